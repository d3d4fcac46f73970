"""Fisher divergences and support overlaps: close to the prior, on the lines where they are finite, at kinks."""

import math

import mpmath
import pytest
import torch

from divergences import catalog
from divergences.ops import Pairing, divergence, divergence_sum

BACKENDS = ("cpp", "torch")
SMOOTH = ("normal", "cauchy", "logistic", "gumbel")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("family", SMOOTH)
def test_close_to_the_prior_it_keeps_its_digits(family, backend):
    """It is quadratic there; the closed forms are sums that cancel."""
    for loc, log_scale in ((1e-3, 0.0), (0.0, -1e-4), (-2e-5, 3e-5), (0.04, 0.03)):
        with mpmath.workdps(60):
            m, s = mpmath.mpf(loc), mpmath.mpf(log_scale)
            truth = catalog("fisher", family, family).evaluate(m, mpmath.exp(s), dps=30)
        at = [torch.tensor(x, dtype=torch.float64) for x in (loc, log_scale)]
        assert divergence("fisher", family, family, *at, backend=backend).item() == pytest.approx(
            float(truth), rel=1e-9
        )


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_two_with_ends_must_end_together(backend, dtype):
    loc, log_scale = torch.tensor([0.0, 0.0, 0.1], dtype=dtype), torch.tensor([0.0, -0.5, 0.0], dtype=dtype)
    m, s = loc.clone().requires_grad_(), log_scale.clone().requires_grad_()
    same = divergence("fisher", "E", "E", m, s, backend=backend)
    expected = torch.tensor([0.0, math.expm1(0.5) ** 2, math.inf], dtype=dtype)
    torch.testing.assert_close(same, expected)
    same.sum().backward()
    slope = torch.tensor([0.0, -2 * math.exp(0.5) * math.expm1(0.5), 0.0], dtype=dtype)
    torch.testing.assert_close(s.grad, slope)
    assert (m.grad == 0).all()
    uniform = divergence("fisher", "U", "U", loc, log_scale, backend=backend)
    assert uniform.tolist() == [0.0, math.inf, math.inf]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_kink_of_the_laplace_counts(backend):
    """The jump of the score at the kink is what the posterior's density there is worth, on both sides of a tie."""
    loc = torch.tensor([-1e-6, 0.0, 1e-6], dtype=torch.float64, requires_grad=True)
    value = divergence("fisher", "La", "La", loc, torch.zeros(3, dtype=torch.float64), backend=backend)
    torch.testing.assert_close(value, -2 * torch.expm1(-loc.abs()), rtol=1e-13, atol=0)
    value.sum().backward()
    assert torch.sign(loc.grad).tolist() == [-1.0, 0.0, 1.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_layer_of_many_pairs_is_the_sum_of_its_latents(backend):
    pairing = Pairing.parse("La/N:2,N/C:1,C/Lo:2,G/G:1,E/E:1")
    source = torch.Generator().manual_seed(3)
    loc, log_scale = torch.randn(2, 6, 7, generator=source).double()
    total = divergence_sum("fisher", pairing, loc, log_scale - 1, backend=backend)
    pairs = [pair.split("/") for pair in ("La/N", "La/N", "N/C", "C/Lo", "C/Lo", "G/G", "E/E")]
    columns = [loc[:, :6], torch.zeros(6, 1, dtype=torch.float64)]  # the location of a scale family is zero
    located = torch.cat(columns, -1)
    parts = [divergence("fisher", *p, located[:, i], log_scale[:, i] - 1, backend=backend) for i, p in enumerate(pairs)]
    torch.testing.assert_close(total, sum(parts), rtol=1e-13, atol=0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_support_overlap_is_the_limit_of_renyi(backend):
    loc, log_scale = torch.tensor([0.3, -0.4], dtype=torch.float64), torch.tensor([-0.5, 0.4], dtype=torch.float64)
    for pair in ("U/N", "U/C", "E/La", "U/U", "N/La"):
        value = divergence("support_overlap", *pair.split("/"), loc, log_scale, backend=backend)
        close = divergence("renyi", *pair.split("/"), loc, log_scale, 1e-6)
        torch.testing.assert_close(close, value, rtol=1e-4, atol=1e-5)
