"""Beta divergence of order alpha (its beta), also called density power divergence:

    int q**alpha / (alpha (alpha - 1)) + int pi**alpha / alpha - int q pi**(alpha - 1) / (alpha - 1).

At alpha = 1 it is the Kullback-Leibler divergence. The common affine map changes it: for a prior of scale s the value
is that of the standard prior times ``s**(1 - alpha)``.

The sum of the three integrands is nowhere negative, and where one of the integrals diverges so does that of the sum: at
an end where q/pi has a limit other than one, they grow at different rates or with coefficients that do not cancel. Only
where q/pi tends to one at heavy tails would the sum converge alone: among the seven families for two Cauchys of equal
scale, up to order one half. There it counts as infinite too, as it is at all scales nearby, unless the two are equal.
"""

from __future__ import annotations

import sympy as sp

from divergences.conditions import rewritten
from divergences.confirmation import confirm
from divergences.derivation import Derived
from divergences.discrepancies import kld
from divergences.entry import Entry
from divergences.existence import converges
from divergences.families import Family, alpha, mu, sigma
from divergences.power_integrals import a, b, norm, power_integral
from divergences.supports import contained, overlapping

_odds = sp.Symbol("omega", positive=True)
ORDERS = tuple(sp.Rational(n, 20) for n in (12, 18, 25, 40, 53))


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Condition under which all three integrals converge, at order one that of the Kullback-Leibler divergence."""
    at_one, why = kld.finiteness(q, prior)
    inside = contained(q, prior)
    below = inside
    if inside is not sp.false:
        order = 1 / (1 + _odds)
        own = converges(q, prior, order, sp.S.Zero), converges(prior, q, order, sp.S.Zero)
        across = converges(q, prior, sp.S.One, order - 1)
        below = sp.And(inside, rewritten(sp.And(*own, across).subs(_odds, 1 / alpha - 1)))
        equal = {mu: sp.S.Zero, sigma: sp.S.One}
        if (q.density, q.support) == (prior.density, prior.support) and below.subs(equal) is not sp.true:
            below = sp.Or(below, sp.And(*(sp.Eq(*item) for item in equal.items())))
    reasons = []
    if inside is not sp.true:
        reasons.append(f"up to order one the {q.name} has mass where the {prior.name} density is zero")
    elif why:
        reasons.append(f"at order one {why}")
    if below is not inside:
        reasons.append("below some order a power of a density, or their quotient, is not integrable")
    # above order one there is no condition: densities are bounded, and so their powers integrable
    if below.subs(alpha, 1) == at_one:
        finite = sp.Or(alpha > 1, below) if below is not sp.true else sp.true
    elif at_one is sp.true:
        finite = sp.Or(alpha >= 1, below)
    else:
        finite = sp.Or(alpha > 1, sp.And(sp.Eq(alpha, 1), at_one), sp.And(alpha < 1, below))
    return finite, "; ".join(reasons)


def integrals(q: Family, prior: Family) -> tuple[Derived, Derived, Derived] | None:
    """Closed forms of the integrals of q**alpha, pi**alpha and q pi**(alpha - 1), or None where one has none."""
    cross = power_integral(q, prior)
    if cross is None:
        return None
    own, other = norm(q), norm(prior)
    if own is None or other is None:
        return None
    shared = sp.Piecewise((cross.expr.subs({a: 1, b: alpha - 1}), overlapping(q, prior)), (sp.S.Zero, True))
    symbol, power = sp.Symbol("I"), sigma ** (1 - alpha)
    return (
        own.then("exponents", "a = alpha, density per unit of z", symbol, own.expr.subs(a, alpha) * power),
        other.then("exponents", "a = alpha", symbol, other.expr.subs(a, alpha)),
        cross.then("exponents", "a = 1, b = alpha - 1", symbol, shared),
    )


def build(q: Family, prior: Family) -> Entry:
    """Entry of the beta divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    parts = integrals(q, prior)
    if parts is None:
        return Entry("beta", q, prior, "quadrature", finite, None, (), reason)
    own, other, cross = parts
    expr = own.expr / (alpha * (alpha - 1)) + other.expr / alpha - cross.expr / (alpha - 1)
    steps = tuple(dict.fromkeys(step for part in parts for step in part.steps))
    derived = Derived(expr, steps).then("sum", "the three integrals", sp.Symbol(r"D_\beta"), expr)
    confirm("beta", q, prior, expr, finite, ORDERS)
    return Entry("beta", q, prior, "closed", finite, expr, derived.steps, reason)
