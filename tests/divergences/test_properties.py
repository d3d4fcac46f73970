"""Properties of the divergences: sign, zeros, and gradients that are the derivatives of the defining integral."""

import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import table
from divergences.ops import divergence

FINITE = sorted(cell.pair for cell in table("kld").values() if cell.status != "infinite")
locations = st.floats(-10, 10).map(lambda x: round(x, 6))
log_scales = st.floats(-6, 3).map(lambda x: round(x, 6))


@given(pair=st.sampled_from(FINITE), location=locations, log_scale=log_scales)
@settings(max_examples=120)
def test_nonnegative_and_zero_only_at_equality(pair: str, location: float, log_scale: float) -> None:
    cell = catalog("kld", *pair.split("/"))
    value = cell.evaluate(location, mpmath.exp(log_scale), dps=20)
    equal = cell.posterior is cell.prior and location == 0 and log_scale == 0
    assert value == 0 if equal else value > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_zero_at_equality(family: str) -> None:
    assert catalog("kld", family, family).evaluate(0, 1, dps=30) == pytest.approx(0, abs=1e-29)
    at = torch.zeros((), dtype=torch.float64)
    assert float(divergence("kld", family, family, at, at)) == 0.0


@given(pair=st.sampled_from(FINITE), location=st.floats(-4, 4), log_scale=st.floats(-3, 2))
@settings(max_examples=60)
def test_gradient_is_the_derivative_of_the_integral(pair: str, location: float, log_scale: float) -> None:
    names = pair.split("/")
    step = mpmath.mpf(10) ** -12  # where the second derivative jumps, the difference is off by its order

    def integral(m: mpmath.mpf, ls: mpmath.mpf) -> mpmath.mpf:
        return quadrature.divergence("kld", *names, m, mpmath.exp(ls), dps=40)

    with mpmath.workdps(60):
        m, ls = mpmath.mpf(location), mpmath.mpf(log_scale)
        values = [integral(m + step, ls), integral(m - step, ls), integral(m, ls + step), integral(m, ls - step)]
        if not all(mpmath.isfinite(v) for v in values):
            return  # at or beyond the edge of the domain the gradient is zero by convention
        truth = (values[0] - values[1]) / (2 * step), (values[2] - values[3]) / (2 * step)
    loc, scale = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (location, log_scale))
    gradients = torch.autograd.grad(divergence("kld", *names, loc, scale), (loc, scale))
    for computed, exact in zip(gradients, truth, strict=True):
        assert abs(float(computed) - exact) <= 1e-10 * (1 + abs(exact))
