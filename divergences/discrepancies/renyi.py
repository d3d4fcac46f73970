"""Rényi divergence of order alpha, ``D_alpha = log I / (alpha - 1)``, ``I = int q**alpha pi**(1 - alpha)``.

At alpha = 1 it is the Kullback-Leibler divergence, its limit from below. (From above the limit may be infinite where
the Kullback-Leibler divergence is finite, as for La/N.) As alpha tends to 0 it tends to minus the logarithm of the
prior's mass on the support of q, as alpha tends to infinity to the worst-case regret.
"""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import Derived
from divergences.discrepancies import kld
from divergences.entry import Entry
from divergences.existence import converges
from divergences.families import Family, alpha, sigma
from divergences.power_integrals import a, b, legendre_integral, power_integral
from divergences.supports import contained, overlapping

_above = sp.Symbol("delta", positive=True)
"""alpha - 1 for orders above one."""


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Exact condition under which the divergence is finite, and in words why it is not elsewhere.

    It is non-decreasing in alpha, so that what is finite at one order is finite at every lower one.
    """
    below = overlapping(q, prior)  # by Hölder's inequality 0 < I <= 1 for 0 < alpha < 1, unless nothing is shared
    at_one, _ = kld.finiteness(q, prior)
    inside = contained(q, prior)
    above = inside if inside is sp.false else sp.And(inside, converges(q, prior, 1 + _above, -_above))
    above = above.subs(1 + _above, alpha).subs(_above, alpha - 1)
    reasons = []
    if below is not sp.true:
        reasons.append("below order one the two share no interval")
    if inside is not sp.true:
        reasons.append(f"from order one on the {q.name} has mass where the {prior.name} density is zero")
    if above is not inside:
        reasons.append(f"above some order the {q.name} tail is too heavy for the {prior.name}")
    finite = _joined(below, at_one, above)
    return finite, "" if finite is sp.true else "; ".join(reasons)


def _joined(below: sp.Basic, at_one: sp.Basic, above: sp.Basic) -> sp.Basic:
    """One condition from those for alpha < 1, alpha = 1 and alpha > 1, each implied by the next."""
    further = sp.And(*(set(sp.And.make_args(above)) - set(sp.And.make_args(at_one))))
    from_one_on = at_one if further is sp.true else sp.And(at_one, sp.Or(alpha <= 1, further))
    return from_one_on if at_one is sp.true else sp.Or(sp.And(alpha < 1, below), from_one_on)


D = sp.Function(r"D_\alpha")
CONFIRMATION_ORDERS = tuple(sp.Rational(n, 20) for n in (6, 10, 16, 25, 40, 52))


def integral(q: Family, prior: Family) -> Derived | None:
    """Closed form of I where the supports overlap and it converges, or None where there is none."""
    derived = legendre_integral(q, prior) or power_integral(q, prior)
    if derived is None:
        return None
    value = sp.piecewise_fold(sigma ** (1 - alpha) * derived.expr.subs({a: alpha, b: 1 - alpha}))
    return derived.then("exponents", "a = alpha, b = 1 - alpha, prior density per unit of t", sp.Symbol("I"), value)


def build(q: Family, prior: Family) -> Entry:
    """Entry of the Rényi divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    derived = integral(q, prior)
    if derived is None:
        return Entry("renyi", q, prior, "quadrature", finite, None, (), reason)
    branches = derived.expr.args if isinstance(derived.expr, sp.Piecewise) else ((derived.expr, True),)
    expr = sp.Piecewise(*((log_over(value, alpha - 1), where) for value, where in branches))
    left = D(sp.Symbol(q.latex), sp.Symbol(prior.latex))
    derived = derived.then("logarithm", "the logarithm over alpha - 1", left, expr)
    confirm("renyi", q, prior, expr, finite, CONFIRMATION_ORDERS)
    return Entry("renyi", q, prior, "closed", finite, expr, derived.steps, reason)


def log_over(product: sp.Expr, denominator: sp.Expr) -> sp.Expr:
    """The logarithm of a product that is positive as a whole, over a denominator, in as many logarithms as can be."""
    outside, inside = sp.S.Zero, sp.S.One
    for factor in sp.Mul.make_args(sp.factor_terms(product)):
        base, exponent = factor.as_base_exp()
        if isinstance(factor, sp.exp) or base.is_positive or exponent == -sp.S.Half:
            outside += sp.expand_log(sp.log(factor), force=True)
        else:
            inside *= factor
    base, exponent = inside.as_base_exp()
    if exponent == -1:  # what is left is positive as well
        outside, inside = outside - sp.log(base), sp.S.One
    outside = sp.expand(outside)
    logs = sorted((x for x in outside.atoms(sp.log) if outside.coeff(x) != 0), key=sp.default_sort_key)
    rest = outside - sp.expand(sum(outside.coeff(x) * x for x in logs))
    return sum((sp.factor(e / denominator) * x for e, x in [(rest, 1), *((outside.coeff(x), x) for x in logs)]),
               sp.log(inside) / denominator)  # fmt: skip
