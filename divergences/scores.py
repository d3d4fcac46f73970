"""Scores, the derivatives of log-densities, and the expectations that their squares and products come down to.

By parts ``E_Q[score_q score_pi] = -E_Q[score_pi']`` plus what is left at the ends, so that the mean squared difference
of two scores takes no product of the two (Hyvärinen, Estimation of non-normalized statistical models by score matching,
2005). What it takes instead, the prior's ``score**2 + 2 score'``, is made of the features of its log-density.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import sympy as sp

from divergences import rules
from divergences.derivation import DerivationError, Derived, Step, rule
from divergences.expectations import expectation, is_understood
from divergences.families import FAMILIES, Family, mu, sigma, t
from divergences.features import LOG_CAUCHY, SOFTPLUS, decompose, z
from divergences.power_integrals import branches

E = sp.Function("E")


@rule("definition; x = exp(-t) for a smooth density that is elementary in it")
@cache
def fisher_information(q: Family) -> Derived | None:
    """``E[score(t)**2]`` of the standard member, the Fisher information of its location; None where no rule serves."""
    if not is_understood(q):
        return None
    score = q.log_density.diff(t)
    if q.density.has(sp.exp(-t)) and q.support == sp.S.Reals:
        integrand = sp.simplify((score**2 * q.density).subs(t, -sp.log(rules.x)) / rules.x)
        value = sp.integrate(integrand, (rules.x, 0, sp.oo))
    else:
        value = rules.integral(sp.simplify(score**2) * q.density, q.support.inf, q.support.sup)
    value = sp.simplify(value)
    if value.has(sp.Integral):
        raise DerivationError(f"no primitive found for the squared score of the {q.name}")
    text = f"mean squared score of the standard {q.name}"
    return Derived(value).then("fisher_information", text, sp.Symbol("I"), value)


# --------------------------------------------------------------------------- from a feature to others


@rule("the density integrates to one")
def unit(q: Family, feature: sp.Expr) -> Derived:
    """``E 1``."""
    return Derived(sp.S.One)


@rule("differentiation under the integral sign in the location")
def second_derivative(q: Family, feature: sp.Expr) -> Derived | None:
    """``E f''(z)`` from ``E f(z)``."""
    if feature == SOFTPLUS and q.density == FAMILIES["cauchy"].density:  # f'' is the logistic density; E f is infinite
        return density_under_cauchy(FAMILIES["logistic"])
    expected = expectation(q, feature)
    left = E(feature.diff(z, 2))
    return expected and expected.then("second_derivative", "in mu", left, expected.expr.diff(mu, 2))


@rule("differentiation under the integral sign in location and scale, along the ray through both")
def euler_derivative(q: Family, feature: sp.Expr) -> Derived | None:
    """``E z f'(z)`` from ``E f(z)``."""
    expected = expectation(q, feature)
    if expected is None:
        return None
    value = sp.expand_mul(mu * expected.expr.diff(mu) + sigma * expected.expr.diff(sigma))
    return expected.then("euler_derivative", "apply mu d/dmu + sigma d/dsigma", E(z * feature.diff(z)), value)


@rule("2 z has twice the location and twice the scale")
def doubled(q: Family, feature: sp.Expr) -> Derived | None:
    """``E f(2 z)`` from ``E f(z)``."""
    expected = expectation(q, feature)
    if expected is None:
        return None
    value = expected.expr.subs({mu: 2 * mu, sigma: 2 * sigma}, simultaneous=True)
    return expected.then("doubled", "double mu and sigma", E(feature.subs(z, 2 * z)), value)


@rule("E_Q[pi(z)] = int q pi dz = E_Pi[q(z)], with the affine map that makes Q standard")
def density_under_cauchy(prior: Family) -> Derived | None:
    """``E[pi(z)]`` for z Cauchy, from ``E_Pi log(1 + z**2)`` by ``2/(1 + z**2) = 2 - z d/dz log(1 + z**2)``."""
    derived = euler_derivative(prior, LOG_CAUCHY)
    if derived is None:
        return None
    there = derived.expr.subs({mu: -mu / sigma, sigma: 1 / sigma}, simultaneous=True)
    value = sp.expand_mul((2 - there) / (2 * sp.pi * sigma))
    return derived.then("density_under_cauchy", "exchange the two", E(sp.Function(r"\pi")(z)), value)


# --------------------------------------------------------------------------- what the mean squared difference takes

Find = Callable[[Family, sp.Expr], Derived | None]


@cache
def hyvarinen(prior: Family) -> tuple[tuple[sp.Expr, Find, sp.Expr], ...] | None:
    """``score**2 + 2 score'`` of the standard prior between its kinks, as a sum over features f of its log-density.

    Returns
    -------
    tuple of (sympy.Expr, function, sympy.Expr), or None
        Coefficients; how to find the expectation of the term, such as :func:`doubled` for ``f(2 z)``; f. None where the
        features do not make it up.
    """
    slopes = [branch.shape.diff(t).subs(t, z) for branch in branches(prior)]
    value, *others = (sp.simplify(slope**2 + 2 * slope.diff(z)) for slope in slopes)
    if any(other != value for other in others):
        return None
    columns: list[tuple[sp.Expr, Find, sp.Expr]] = [(sp.S.One, unit, sp.S.One)]
    for _, f in decompose(prior).terms:
        columns += [
            (f, expectation, f),
            (f.subs(z, 2 * z), doubled, f),
            (f.diff(z, 2), second_derivative, f),
            (z * f.diff(z), euler_derivative, f),
        ]
    power = sp.Symbol("X", positive=True)  # of exp(-z)
    columns = [(sp.expand(term).subs(sp.exp(-z), power), find, f) for term, find, f in columns]
    columns = [column for column in columns if column[0].is_rational_function(z, power)]
    unknown = sp.symbols(f"c:{len(columns)}")
    difference = sp.expand(value).subs(sp.exp(-z), power)
    if not difference.is_rational_function(z, power):  # as of a family that somebody added
        return None
    difference -= sp.Add(*(c * term for c, (term, *_) in zip(unknown, columns, strict=True)))
    found = sp.solve(sp.Poly(sp.numer(sp.together(difference)), z, power).coeffs(), unknown, dict=True)
    if not found:
        return None
    values = [found[0].get(c, c).subs(dict.fromkeys(unknown, sp.S.Zero)) for c in unknown]
    return tuple((c, find, f) for c, (_, find, f) in zip(values, columns, strict=True) if c != 0)


@rule("a sum of expectations; at a kink the score jumps, and its derivative counts the jump times the density there")
def mean_hyvarinen(q: Family, prior: Family) -> Derived | None:
    """``E_Q[score**2 + 2 score']`` of the prior, or None where no rule finds it."""
    value: sp.Expr = sp.S.Zero
    steps: tuple[Step, ...] = ()
    terms = hyvarinen(prior)
    if terms is None:
        return None
    for coefficient, find, feature in terms:
        derived = find(q, feature)
        if derived is None:
            return None
        value += coefficient * derived.expr
        steps += tuple(step for step in derived.steps if step not in steps)
    for left, right in pairwise(branches(prior)):
        jump = (right.shape - left.shape).diff(t).subs(t, left.high)
        value += 2 * jump * q.density.subs(t, (left.high - mu) / sigma) / sigma
    s = sp.Function("s")(z)
    text = f"mean of the squared score of the {prior.name} and twice its derivative"
    return Derived(value, steps).then("mean_hyvarinen", text, E(s**2 + 2 * s.diff(z)), value)
