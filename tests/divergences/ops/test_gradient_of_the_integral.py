"""The gradients of the kernels are the derivatives of the defining integrals, wherever a pair is finite."""

import math

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from divergences.ops import divergence
from divergences.ops.table import ORDERED_KINDS, cell, families
from divergences.quadrature import QuadratureError, scipy_divergence

KINDS = ("kld", "reverse_kld", "jeffreys", "renyi", "hellinger", "chi2", "beta", "gamma", "fisher", "support_overlap")
STEP = 2.0**-12
FAMILIES = st.sampled_from(families())


def cells(reach: float, least: float, largest: float) -> dict[str, st.SearchStrategy]:
    """A cell, parameters up to a distance, and a direction in which to differentiate."""
    return {
        "kind": st.sampled_from(KINDS),
        "posterior": FAMILIES,
        "prior": FAMILIES,
        "loc": st.floats(-reach, reach),
        "log_scale": st.floats(least, largest),
        "order": st.floats(0.3, 1.8),
        "direction": st.floats(0, math.pi),
    }


@settings(max_examples=25)
@given(**cells(2, -1.2, 1))
@example("reverse_kld", "laplace", "gumbel", 0.4, 0.3, 1.0, 0.7)
@example("renyi", "gumbel", "logistic", -0.6, 0.2, 0.6, 2.0)
@example("renyi", "uniform", "normal", 0.9, 0.3, 1.5, 1.0)
@example("gamma", "cauchy", "gumbel", 0.5, -0.3, 1.3, 0.2)
@example("fisher", "laplace", "cauchy", 0.5, -0.3, 1.0, 0.2)
@example("fisher", "logistic", "logistic", -0.7, 0.2, 1.0, 1.1)
@example("support_overlap", "uniform", "gumbel", 0.3, 0.2, 1.0, 2.5)
# Powers of these scales as exact numbers took SymPy minutes.
@example("beta", "normal", "gumbel", -2.0139405037698666, 1.45235522669409, 1.613301366352739, 0.9625419555971305)
@example("gamma", "exponential", "normal", -1.008700978036201, 0.328125703798241, 1.5515437826849074, 0.2801107395)
def test_the_gradient_is_that_of_the_integral(kind, posterior, prior, loc, log_scale, order, direction):
    check(kind, posterior, prior, loc, log_scale, order, direction)


@pytest.mark.slow
@settings(max_examples=4000)
@given(**cells(5, -3, 1.6))
def test_the_gradient_is_that_of_the_integral_further_out(kind, posterior, prior, loc, log_scale, order, direction):
    check(kind, posterior, prior, loc, log_scale, order, direction)


def check(kind, posterior, prior, loc, log_scale, order, direction):
    """Along a line in location and log scale, by central differences."""
    alpha = order if kind in ORDERED_KINDS else None
    assume(alpha is None or abs(alpha - 1) > 0.02)
    assume(cell(kind, posterior, prior).is_finite(alpha))
    d_loc, d_log_scale = math.cos(direction), math.sin(direction)
    # Not across a kink: where the modes meet, where the scales are equal, where an end passes a mode or an end.
    edges = [
        loc,
        log_scale,
        abs(loc) - math.exp(log_scale),
        abs(loc) - 1,
        loc + 1 - math.exp(log_scale),
        loc - 1 + math.exp(log_scale),
    ]
    assume(min(map(abs, edges)) > 6 * STEP)

    def truth(step: float) -> float:
        value, error = scipy_divergence(
            kind, posterior, prior, loc + step * d_loc, math.exp(log_scale + step * d_log_scale), alpha
        )
        assume(error < 1e-11 * (1 + abs(value)) < math.inf)
        return value

    try:
        near, far = ((truth(step) - truth(-step)) / (2 * step) for step in (STEP, 2 * STEP))
    except QuadratureError:
        assume(False)
    difference = near + (near - far) / 3  # the error of the third order cancels
    assume(abs(near - far) < 1e-3 * (1 + abs(difference)))
    m, s = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (loc, log_scale))
    value = divergence(kind, posterior, prior, m, s, alpha)
    found = torch.autograd.grad(value, (m, s))
    along = float(found[0]) * d_loc + float(found[1]) * d_log_scale
    # What truncation leaves is of the order of the square of what was assumed to be small; quadrature leaves less.
    assert abs(along - difference) <= 1e-5 * (1 + abs(along)), (kind, posterior, prior)
