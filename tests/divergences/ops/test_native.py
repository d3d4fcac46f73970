"""The C++ operators: what Torch asks of an operator, and what they refuse or leave to others."""

import pytest
import torch
from native_operands import FINITE, OPERATOR_CHECKS, parameters

from divergences.ops import DivergenceError, Pairing, divergence, divergence_sum, latent
from divergences.ops.native import backend

pytestmark = pytest.mark.usefixtures("operators")


def test_every_finite_cell_has_a_kernel(operators):
    names = [f"kld/{c.posterior}_{c.prior}" for c in FINITE]
    indices = [operators.kernel(name) for name in names]
    assert sorted(indices) == list(range(len(FINITE)))
    assert [operators.kernel_name(i) for i in indices] == names
    assert operators.kernel("kld/cauchy_normal") == -1


@pytest.mark.parametrize(
    "name", ["kld/laplace_normal", "kld/laplace_cauchy"]
)  # one computes derivatives again, one keeps
@pytest.mark.parametrize("test", OPERATOR_CHECKS)
def test_what_torch_asks_of_an_operator(operators, name, test):
    index = operators.kernel(name)
    loc, log_scale = parameters(5, 3)
    counts = [2, 1]
    noise = torch.randn(4, 5, 3, dtype=torch.float64)
    fixed = loc.detach(), log_scale.detach()
    cheap = operators.kernel("kld/laplace_normal")  # the derivative of a gradient is traced node by node
    for operator, arguments in (
        (operators.divergence, (loc, log_scale, index)),
        (operators.divergence_with_gradient, (*fixed, index)),
        (operators.divergence_backward, (torch.ones(5, 3, dtype=torch.float64), loc, log_scale, None, None, cheap)),
        (operators.divergence_backward, (noise[0], *fixed, noise[1], noise[2], cheap)),
        (operators.divergence_sum, (loc, log_scale, [index, index], counts)),
        (operators.divergence_sum_with_gradient, (*fixed, [index, index], counts)),
        (operators.latent, (loc, log_scale, noise, [index, index], counts)),
        (operators.latent_with_gradient, (*fixed, noise, [index, index], counts, True)),
        (operators.latent_with_gradient, (*fixed, noise, [index, index], counts, False)),
        (operators.layer_backward, (noise, torch.ones(5, dtype=torch.float64), loc, log_scale, noise, None,
                                    [cheap, cheap], counts)),
        (operators.layer_backward, (noise, noise[0, :, 0], *fixed, noise, noise[:2], [cheap, cheap], counts)),
    ):  # fmt: skip
        torch.library.opcheck(operator.default, arguments, test_utils=test)


def test_variates_as_an_operator(operators):
    samplers = [operators.sampler(name) for name in ("normal", "laplace", "unknown")]
    assert samplers[-1] == -1
    arguments = (torch.zeros((), dtype=torch.float64), [5, 3], samplers[:2], [2, 1], None)
    torch.library.opcheck(operators.variates.default, arguments, test_utils=("test_schema", "test_faketensor"))
    for size, indices, counts, message in (
        ([5, 4], samplers[:2], [2, 1], "3 columns"),
        ([5, 3], samplers[:1], [2, 1], "1 samplers"),
        ([3], [-1], [3], "no sampler -1"),
    ):
        with pytest.raises(ValueError, match=message):
            operators.variates(torch.zeros(()), size, indices, counts, None)


def test_a_drawing_layer_as_an_operator(operators):
    kernels = [operators.kernel(name) for name in ("kld/laplace_normal", "kld/normal_normal")]
    samplers = [operators.sampler(name) for name in ("laplace", "normal")]
    m, s = parameters(5, 3)
    arguments = (m.detach(), s.detach(), kernels, [2, 1], samplers, None)
    for operator, keep in (
        (operators.draw_latent, ()),
        (operators.draw_latent_with_gradient, (True,)),
        (operators.draw_latent_with_gradient, (False,)),
    ):
        torch.library.opcheck(operator.default, (*arguments, *keep), test_utils=("test_schema", "test_faketensor"))
    torch.manual_seed(0)
    z, nats = operators.draw_latent(m, s, kernels, [2, 1], samplers, None)
    assert z.requires_grad
    assert nats.requires_grad
    torch.manual_seed(0)
    noise = operators.variates(m, [5, 3], samplers, [2, 1], None)
    assert torch.allclose(z, m + s.exp() * noise, rtol=1e-14, atol=1e-15)
    torch.manual_seed(0)
    again, _, offset, kept = operators.draw_latent_with_gradient(*arguments, True)
    assert torch.equal(again, z)
    assert torch.allclose(offset, s.exp() * noise, rtol=1e-14, atol=1e-15)
    assert kept.shape == (2, 5, 3)
    for wrong, counts, message in (
        (samplers[:1], [2, 1], "1 samplers"),
        ([*samplers[:1], -1], [2, 1], "no sampler -1"),
        (samplers, [2, 2], "4 latents"),
    ):
        with pytest.raises(ValueError, match=message):
            operators.draw_latent(m, s, kernels, counts, wrong, None)


def test_what_the_operators_lack_is_left_to_the_torch_backend():
    loc, log_scale = parameters(4, 2)
    arguments = ("kld", Pairing.parse("C/N:1,N/N:1"), loc, log_scale)
    assert torch.isinf(divergence_sum(*arguments, backend="cpp")).all()
    worst = [divergence("worst_case", "N", "C", loc, log_scale, backend=b) for b in ("cpp", "torch")]
    assert torch.equal(*worst)
    noise = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    z, nats = latent(Pairing.parse("N/N:2"), loc, log_scale, noise, backend="cpp")
    (through_noise,) = torch.autograd.grad(z.sum() + nats.sum(), noise)
    torch.testing.assert_close(through_noise, log_scale.exp().detach())


def test_the_operators_refuse_what_they_cannot_read(operators):
    loc, log_scale = (x.detach() for x in parameters(4, 2))
    with pytest.raises(ValueError, match="there is no kernel 99"):
        operators.divergence(loc, log_scale, 99)
    with pytest.raises(ValueError, match="one shape and one dtype"):
        operators.divergence(loc, log_scale[:3], 0)
    with pytest.raises(ValueError, match="the segments have 3 latents"):
        operators.divergence_sum(loc, log_scale, [0], [3])
    with pytest.raises(ValueError, match="a segment has -1 latents"):
        operators.divergence_sum(loc, log_scale, [0, 0], [3, -1])
    with pytest.raises(ValueError, match="noise of shape"):
        operators.latent(loc, log_scale, loc[:3], [0], [2])
    with pytest.raises(DivergenceError, match="the backend 'cpp' computes on the CPU"):
        backend.require_usable(torch.device("cuda"))
