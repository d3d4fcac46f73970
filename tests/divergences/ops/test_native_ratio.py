"""Log-ratios of priors and posteriors by the C++ operators."""

import pytest
import torch
from native_operands import OPERATOR_CHECKS, parameters

from divergences.ops import Pairing, latent, log_ratio, standard_noise
from divergences.ops.table import families

pytestmark = pytest.mark.usefixtures("operators")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_log_ratios_and_their_derivatives(operators, dtype):
    """Every family as posterior and as prior, samples outside of supports among them."""
    names = families()
    pairing = Pairing((q, p, 1) for q in names for p in names)
    n = len(pairing)
    loc, log_scale = (x.detach() for x in parameters(5, n, dtype=dtype))
    inside = loc + log_scale.exp() * standard_noise(pairing, (3, 5), dtype=dtype)
    for samples in (inside, 0.9 * torch.rand(3, 5, n, dtype=dtype) + 0.05, inside[0]):
        results = []
        for name in ("cpp", "torch"):
            z, m, s = (x.clone().requires_grad_() for x in (samples, loc, log_scale))
            ratio = log_ratio(pairing, z, m, s, backend=name)
            single = [
                log_ratio(
                    Pairing.homogeneous(label, 1), z[..., i : i + 1], m[:, i : i + 1], s[:, i : i + 1], backend=name
                )
                for i, label in enumerate(pairing.labels)
            ]
            each = torch.stack(single, -1)
            finite = torch.where(torch.isfinite(each), each, 0).sum()
            results.append((ratio, each, *torch.autograd.grad(finite, (z, m, s))))
        tolerance = 500 * torch.finfo(dtype).eps
        for cpp, reference in zip(*results, strict=True):
            torch.testing.assert_close(cpp, reference, rtol=tolerance, atol=tolerance, equal_nan=True)


def test_log_ratio_of_an_irregular_layer(operators):
    """Halves of one matrix, several samples, weights; what Torch asks; second derivatives."""
    pairing = Pairing.parse("Lo/N:2,E/E:2,La/C:1")
    matrix = torch.cat([x.detach() for x in parameters(4, 5)], -1).requires_grad_()
    noise = standard_noise(pairing, (3, 4), dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def weighted(matrix, name):
        loc, log_scale = matrix.chunk(2, -1)
        z, _ = latent(pairing, loc, log_scale, noise, backend=name)
        return torch.logsumexp(log_ratio(pairing, z, loc, log_scale, backend=name), 0).square().sum()

    results = []
    for name in ("cpp", "torch"):
        value = weighted(matrix, name)
        (first,) = torch.autograd.grad(value, matrix, create_graph=True)
        results.append((value, first, *torch.autograd.grad(first.square().sum(), matrix)))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-11, atol=1e-11)
    loc, log_scale = parameters(4, 5)
    indices = [[operators.family(name) for name in row] for row in (("logistic", "laplace"), ("normal", "gumbel"))]
    z = torch.randn(2, 4, 5, dtype=torch.float64, requires_grad=True)
    for operator, arguments in (
        (operators.log_ratio, (z, loc, log_scale, *indices, [2, 3])),
        (operators.log_ratio_backward, (torch.ones(2, 4, dtype=torch.float64), z, loc, log_scale, *indices, [2, 3])),
    ):
        torch.library.opcheck(operator.default, arguments, test_utils=OPERATOR_CHECKS)


@pytest.mark.parametrize("rows", [0, 2])
def test_log_ratio_of_many_or_no_latents(rows):
    pairing = Pairing.homogeneous("La/N", 5000)
    loc, log_scale = parameters(rows, 5000)
    z = torch.randn(2, rows, 5000, dtype=torch.float64)
    results = []
    for name in ("cpp", "torch"):
        ratio = log_ratio(pairing, z, loc, log_scale, backend=name)
        results.append((ratio, *torch.autograd.grad(ratio.sum(), (loc, log_scale))))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-12, atol=1e-10)
