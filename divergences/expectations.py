"""``E_Q[feature(mu + sigma t)]`` and the entropies: each derived once, and confirmed by quadrature when derived."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy as sp

from divergences import quadrature, rules
from divergences.confirmation import DIGITS, POINTS, compare
from divergences.derivation import DerivationError, Derived, Step
from divergences.families import FAMILIES, Family, mu, sigma
from divergences.features import LOG_CAUCHY, SOFTPLUS, decompose, z
from divergences.numeric import holds
from divergences.power_integrals import has_polynomial_log_density


@cache
def expectation(q: Family, feature: sp.Expr) -> Derived | None:
    """Closed form of ``E[feature(mu + sigma t)]`` for t standard ``q``, or None where no rule finds one.

    Raises
    ------
    DerivationError
        If the derived expression disagrees with quadrature.
    """
    try:
        derived = _derive(q, feature)
    except (DerivationError, NotImplementedError):
        if q.name in _SEVEN:
            raise
        return None  # a family that somebody added: what no rule derives is left to quadrature
    if derived is not None:
        confirm(q, feature, derived)
    return derived


@cache
def entropy(q: Family) -> Derived | None:
    """Differential entropy of the standard member in nats: ``-E log q`` from the features of q itself, at (0, 1)."""
    own = decompose(q)
    parts = [expectation(q, feature) for _, feature in own.terms]
    steps: tuple[Step, ...] = ()
    value = own.constant
    if all(part is not None for part in parts):
        for (coefficient, _), part in zip(own.terms, parts, strict=True):
            assert part is not None
            value += coefficient * sp.simplify(part.expr.subs({mu: 0, sigma: 1}))
            steps += part.steps
    elif q.name not in _SEVEN:
        return None
    else:
        try:
            value = -rules.integral(sp.expand(q.density * q.log_density), q.support.inf, q.support.sup)
        except DerivationError:
            return None
    derived = Derived(sp.simplify(value), steps).then(
        "entropy", f"entropy of the standard {q.name}", sp.Symbol("H"), sp.simplify(value)
    )
    compare(f"entropy of {q.name}", derived.expr, quadrature.entropy(q.name, DIGITS), {})
    return derived


def confirm(q: Family, feature: sp.Expr, derived: Derived) -> None:
    """Hold a derived expectation against quadrature at :data:`~divergences.confirmation.POINTS`."""
    for m, s in POINTS:
        if holds(derived.condition, {mu: m, sigma: s}):
            truth = quadrature.expectation(q.name, feature, m, s, DIGITS)
            compare(f"E[{feature}] under {q.name}", derived.expr, truth, {mu: m, sigma: s})


# --------------------------------------------------------------------------- which rule serves what


@cache
def mgf(q: Family) -> Derived:
    """Moment generating function of the standard member."""
    by_substitution = q.name in ("logistic", "gumbel")
    return rules.mgf_by_exponential_substitution(q) if by_substitution else rules.mgf_by_integration(q)


def _mean(q: Family) -> Derived:
    first, _ = rules.cumulants(q, mgf(q))
    value = mu + sigma * first.expr
    return first.then("affine", "shift and scale", sp.Function("E")(z), value)


def _square(q: Family) -> Derived:
    first, second = rules.cumulants(q, mgf(q))
    value = (mu + sigma * first.expr) ** 2 + sigma**2 * second.expr
    both = Derived(value, (*first.steps, *second.steps[-1:]))
    return both.then("affine", "square of the mean plus the variance", sp.Function("E")(z**2), value)


def _exponential(q: Family) -> Derived:
    return rules.exponential_moment(q, mgf(q))


def _absolute(q: Family) -> Derived:
    end = {"laplace": sp.Symbol("a", negative=True), "exponential": sp.Symbol("a", positive=True)}.get(
        q.name, sp.Symbol("a", real=True)
    )
    if q.name == "uniform":
        return rules.by_primitive(q, sp.Abs(z))
    partial = (rules.lower_partial_moment_by_substitution if q.name == "gumbel" else rules.lower_partial_moment)(q, end)
    mean = _mean(q).expr
    derived = rules.absolute_moment(q, mean, partial, end)
    if end.is_negative:
        return derived.then("even", "even in mu", sp.Function("E")(sp.Abs(z)), derived.expr.subs(mu, sp.Abs(mu)))
    if end.is_positive:
        value = sp.Piecewise((mean, mu >= 0), (derived.expr, True))
        return derived.then("one_sided", "z >= 0 throughout where mu >= 0", sp.Function("E")(sp.Abs(z)), value)
    return derived


def _log_cauchy(q: Family) -> Derived | None:
    s, u, b = sigma, rules.u, rules.b
    half = sp.Rational(1, 2)
    if q.name == "uniform":
        return rules.by_primitive(q, LOG_CAUCHY)
    if q.name == "cauchy":
        transform = sp.simplify(rules.characteristic_function_of_cauchy(q).expr.subs(u, s * u))
        return rules.frullani_expectation(rules.frullani_primitive(rules.frullani_derivative(q, transform)))
    if q.name == "laplace":
        w = b / s
        auxiliary = -sp.Ci(w) * sp.cos(w) - (sp.Si(w) - sp.pi / 2) * sp.sin(w)  # g of DLMF 6.2.18, g' = f - 1/w
        derivative = rules.frullani_derivative(q, mgf(q).expr.subs(rules.v, sp.I * s * u))
        return rules.frullani_expectation(rules.frullani_primitive(derivative, auxiliary + sp.log(b)))
    if q.name == "exponential":
        a = sp.Symbol("a", positive=True)
        derivative = rules.frullani_derivative(q, sp.simplify(mgf(q).expr.subs(rules.v, -a * u)))
        return rules.frullani_expectation(rules.continued(rules.frullani_primitive(derivative), a, -sp.I * s))
    if q.name == "logistic":
        derivative = rules.frullani_derivative_by_series(q, sp.simplify(mgf(q).expr.subs(rules.v, sp.I * s * u)))
        return rules.frullani_expectation(
            rules.frullani_primitive(derivative, sp.polygamma(0, b / (2 * sp.pi * s) + half))
        )
    if q.name == "normal":
        transform = mgf(q).expr.subs(rules.v, sp.I * s * u)
        derivative = rules.frullani_derivative(q, transform)
        return rules.frullani_expectation(rules.frullani_primitive_by_mellin(derivative, transform))
    return None  # Gumbel: the derivative is a Laplace transform of Gamma(1 - i s u), which no classical function is


def _softplus(q: Family) -> Derived | None:
    if q.name == "uniform":
        return rules.by_primitive(q, SOFTPLUS)
    if q.name == "exponential":
        return rules.softplus_of_exponential(q)
    if q.name == "laplace":
        return rules.softplus_of_mirrored(rules.softplus_of_exponential(FAMILIES["exponential"]))
    return None  # normal: a Mordell integral; logistic: a double sine; Gumbel: a Fox H function


_FEATURES: dict[sp.Expr, Callable[[Family], Derived | None]] = {
    z: _mean, z**2: _square, sp.Abs(z): _absolute, sp.exp(-z): _exponential, LOG_CAUCHY: _log_cauchy,
    SOFTPLUS: _softplus,
}  # fmt: skip
_SEVEN = frozenset({"normal", "laplace", "cauchy", "logistic", "uniform", "gumbel", "exponential"})
"""The families that these rules were written for; one that is added to the table is none of them."""


def is_understood(q: Family) -> bool:
    """Whether SymPy's search for a primitive of the density, and the like, is known to end."""
    return q.name in _SEVEN or has_polynomial_log_density(q)


def _derive(q: Family, feature: sp.Expr) -> Derived | None:
    if q.name in _SEVEN and feature in _FEATURES:
        return _FEATURES[feature](q)
    # elsewhere SymPy's search for a primitive may never end
    simple = feature.is_polynomial(z) or feature == sp.exp(-z)
    return rules.by_integration(q, feature) if simple and has_polynomial_log_density(q) else None
