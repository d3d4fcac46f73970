"""The catalog, which has standard priors alone, against integrals of two densities in general position."""

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import KINDS
from divergences.families import alpha, mu, sigma
from divergences.numeric import holds
from divergences.quadrature import FUNCTIONALS, floats
from divergences.quadrature.integrals import density, feature, integral, score

INTEGRATED = [kind for kind in KINDS if not FUNCTIONALS[kind].supremum]
SCALING = {"beta": lambda scale, order: scale ** (1 - order), "fisher": lambda scale, order: 1 / scale**2}
"""By what the common affine map changes a discrepancy; the others it does not change."""

kinds = st.sampled_from(INTEGRATED)
pairs = st.tuples(*2 * [st.sampled_from(sorted(FAMILIES))])
locations = st.integers(-12, 12).map(lambda n: sp.Rational(n, 4))
scales = st.sampled_from([sp.Rational(n, 8) for n in (3, 5, 7, 8, 10, 13, 20)])
orders = st.sampled_from([sp.Rational(n, 8) for n in (5, 7, 8, 9, 12, 16, 24)])


def in_general_position(kind, q, p, order):
    """Of two densities as triples (name, location, scale), by integrals over z itself."""
    functional = FUNCTIONALS[kind if order != 1 else "kld"]
    (own, m, s), (other, loc, scale) = ((FAMILIES[name], *rest) for name, *rest in (q, p))
    to_own, to_other = (-m / s, 1 / s), (-loc / scale, 1 / scale)
    scores = score(own, 1 / s, *to_own), score(other, 1 / scale, *to_other)
    functions = [density(own, *to_own), density(other, *to_other), *scores, feature(sp.S.Zero, *to_own, own.support)]
    integrals = [floats.integrate(integral(functions, *term))[0] for term in functional.terms(order)]
    return functional.finish(integrals, None if order is None else float(order))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(kinds, pairs, locations, scales, locations, scales, orders)
def test_a_common_affine_map_changes_beta_and_fisher_alone(kind, pair, m, s, loc, scale, order):
    order = order if FUNCTIONALS[kind].needs_order else None
    standard = (m - loc) / scale, s / scale
    cell = catalog(kind, *pair)
    assume(holds(cell.finite, dict(zip((mu, sigma, alpha), (*standard, order), strict=True))))
    found = cell.evaluate(*standard, order, dps=15) * SCALING.get(kind, lambda *_: 1)(scale, order or 1)
    truth = in_general_position(kind, (pair[0], m, s), (pair[1], loc, scale), order)
    assert abs(found - truth) < 1e-9 * (1 + abs(truth))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(kinds, pairs, locations, scales, orders)
def test_three_engines_agree(kind, pair, m, s, order):
    arguments = (kind, *pair, m, s, order if FUNCTIONALS[kind].needs_order else None)
    assume(quadrature.is_finite(*arguments))
    ball = quadrature.divergence(*arguments, dps=20, engine="balls")
    panels = quadrature.divergence(*arguments, dps=20, engine="mpmath")
    value, error = quadrature.scipy_divergence(*arguments)
    assert abs(ball - panels) <= mpmath.mpf(10) ** -18 * (1 + abs(ball))
    assert abs(ball - value) <= 10 * error + 1e-12 * (1 + abs(ball))


FLOORS = {
    "La/N": 0.072, "Lo/N": 0.014, "U/N": 0.176, "G/N": 0.091, "E/N": 0.766, "N/La": 0.048, "Lo/La": 0.020,
    "E/La": 0.693, "U/C": 0.467, "N/G": 0.081, "U/G": 0.207, "E/G": 0.471, "La/G": 0.262, "Lo/G": 0.145,
}  # fmt: skip
"""Smallest KLD of mismatched pairs in nats, to three digits; the exponential as in a VAE, with location zero."""


@pytest.mark.parametrize("pair", FLOORS)
def test_the_kld_of_a_mismatched_pair_has_its_known_floor(pair):
    cell = catalog("kld", *pair.split("/"))
    free = 1 if cell.posterior.name == "exponential" else 2

    def value(x):
        location = float(x[1]) if free == 2 else 0
        return min(float(cell.evaluate(location, mpmath.exp(float(x[0])), dps=15)), 1e3)

    found = minimize(value, [-0.5, 0.3][:free], method="Nelder-Mead", options={"fatol": 1e-6, "xatol": 1e-4})
    assert found.success
    assert round(found.fun, 3) == FLOORS[pair]
