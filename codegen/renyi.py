"""Closed Rényi divergences of matched pairs in the form that floating point wants, with their gradients.

The catalog's formulas cancel near the match and at the edge of existence. Here each is a sum of terms of one sign.
:func:`log_mean` is what the scale contributes, ``log(alpha x^-(1 - alpha) + (1 - alpha) x^alpha)/(1 - alpha)`` at a
ratio of scales x; the location adds a second term. Everything is held against the catalog when it is lowered.
"""

from __future__ import annotations

import sympy as sp

from codegen.closed import ClosedKernel, Formula, Side, require_equal
from codegen.functions import expm1, expm1mx, exprel, exprel2, log1p, log_mean, log_mean_slope
from codegen.lower import domain
from codegen.renyi_mixed import lower_mixed
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import alpha, mu

rest = 1 - alpha
HUGE = sp.Integer(10) ** 15
SHORTER = sp.exp((l - sp.Abs(l)) / 2)
"""The lesser of the two scales."""


def _normal() -> tuple[Formula, Formula]:
    below_variance, above_variance = alpha + rest * sp.exp(2 * l), 1 + rest * expm1(2 * l)
    return (
        _normal_formula(below_variance, 1 / (rest + alpha * sp.exp(-2 * l))),
        _normal_formula(above_variance, sp.exp(2 * l) / above_variance),
    )


def _normal_formula(variance: sp.Expr, quotient: sp.Expr) -> Formula:
    """With the variance alpha + (1 - alpha) sigma^2, and sigma^2 over it."""
    loss = alpha * mu**2 / variance
    value = log_mean(2 * l, alpha) / 2 + loss / 2
    return value, alpha * mu / variance, log_mean_slope(2 * l, alpha) - loss * rest * quotient


def _exponential() -> tuple[Formula, Formula]:
    scale, slope = log_mean(l, alpha), log_mean_slope(l, alpha)
    outside = -alpha * sp.exp(-l) / rest * mu
    below = (
        scale + sp.Piecewise((mu, mu >= 0), (outside, True)),
        sp.Piecewise((sp.S.One, mu >= 0), (-alpha * sp.exp(-l) / rest, True)),
        slope + sp.Piecewise((sp.S.Zero, mu >= 0), (-outside, True)),
    )
    return below, (scale + mu, sp.S.One, slope)


def _uniform() -> tuple[Formula, Formula]:
    """The interval inside the other one, and what it loses by lying across an edge."""
    excess = sp.Abs(mu) - sp.Abs(expm1(l))
    lost = sp.Piecewise((excess, excess > 0), (0, True)) / (2 * SHORTER)  # a part of the shorter interval
    left = (1 - lost) * rest
    inner = sp.Piecewise((-l, l < 0), (alpha / rest * l, True))
    # the shorter one shrinks with the posterior, or the posterior grows beyond the prior
    moved = sp.Piecewise((sp.S.Half - lost, l < 0), (-sp.exp(l) / 2, True)) / left
    below = (
        inner - log1p(-lost) / rest,
        sp.Piecewise((sp.sign(mu) / (2 * SHORTER * left), excess > 0), (0, True)),
        (1 / rest * (1 + sp.sign(l)) - 2) / 2 + sp.Piecewise((moved, excess > 0), (0, True)),
    )
    return below, (-l, sp.S.Zero, -sp.S.One)


def _laplace() -> tuple[Formula, Formula]:
    """With a = alpha/sigma, b = 1 - alpha, r = |mu| the location adds ``log((a exp(-b r) - b exp(-a r))/(a - b))``."""
    a = alpha * sp.exp(-l)
    r = sp.Abs(mu)
    near = sp.Piecewise((r, r < HUGE), (HUGE, True))
    scale, slope = log_mean(l, alpha), log_mean_slope(l, alpha)

    narrow = a > rest  # the posterior's tail, weighted, is the steeper one
    least, most = sp.Piecewise((rest, narrow), (a, True)), sp.Piecewise((a, narrow), (rest, True))
    x = (most - least) * near
    u, g = least * r, exprel(-x)
    location = expm1mx(log1p(u)) - log1p(-u * x * exprel2(-x) / (1 + u))
    spread = sp.Piecewise(
        ((g - exprel2(-x)) / (1 + rest * near * g), narrow), (exprel2(-x) / (sp.exp(-x) + rest * near * g), True)
    )
    below = (
        scale + location / rest,
        sp.sign(mu) * most * u * g / (1 + u * g) / rest,
        slope - a * near * near * spread,
    )

    order = alpha - 1
    w, y = order * r, (a + order) * near
    small = sp.Piecewise((w, w < 1), (1, True))
    close = log1p((a * expm1mx(small) + order * expm1mx(-a * small / order)) / (a + order))
    far = w + log1p(order * sp.Piecewise((expm1(-y), w >= 1), (0, True)) / (a + order))
    share = (a + order) / (a + order * sp.exp(-y))
    growth = exprel(-y)
    above = (
        scale + sp.Piecewise((close, w < 1), (far, True)) / order,
        sp.sign(mu) * a * near * growth * share,
        slope - a * near * near * (growth - exprel2(-y)) * share,
    )
    return below, above


FORMULAS = {"normal": _normal, "exponential": _exponential, "uniform": _uniform, "laplace": _laplace}
"""Of the matched pairs that have one, by the family's name."""
OVERLAPPING = sp.Abs(mu) - sp.Abs(expm1(l)) < 2 * SHORTER
"""That two uniforms share an interval, with the rounding of the formula."""
POINTS = ((0.4, -0.9), (-0.3, -0.8), (2.7, -0.2), (0.05, 0.3), (-1.2, 0.15))


def lower_renyi(entry: Entry) -> ClosedKernel:
    """The formulas of a cell.

    Raises
    ------
    NotImplementedError
        If there are none.
    RewriteError
        If a formula differs from the catalog's.
    """
    if entry.posterior is not entry.prior:
        return lower_mixed(entry)
    if entry.posterior.name not in FORMULAS:
        raise NotImplementedError(f"{entry.kind} {entry.pair} has no formula")
    below, above = FORMULAS[entry.posterior.name]()
    finite = domain(entry.finite)
    below_one, above_one = ({alpha <= 1: truth, alpha < 1: truth} for truth in (sp.true, sp.false))
    # The edges are written as in the formulas, so that these are finite inside.
    written = {sp.exp(k * l) * (alpha - 1) < alpha: (alpha - 1) * expm1(k * l) < 1 for k in (1, 2)}
    domain_below, domain_above = finite.xreplace(below_one), finite.xreplace(above_one).xreplace(written)
    if entry.posterior.name == "uniform":
        domain_below = OVERLAPPING
    for formula, orders in ((below, (0.2, 0.7)), (above, (1.3, 2.5))):
        for order in orders:
            require_equal(entry, formula, POINTS, order)
    # Above order one in float64: what is close to an edge of existence is a quotient of small differences.
    sides = Side("below", below, domain_below, double=False), Side("above", above, domain_above)
    return ClosedKernel(entry, sides)
