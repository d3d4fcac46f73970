"""Rényi divergence of order alpha, ``D_alpha = log I / (alpha - 1)``, ``I = int q**alpha pi**(1 - alpha)``.

At alpha = 1 it is the Kullback-Leibler divergence, its limit from below. (From above the limit may be infinite where
the Kullback-Leibler divergence is finite, as for La/N.) As alpha tends to 0 it tends to minus the logarithm of the
prior's mass on the support of q, as alpha tends to infinity to the worst-case regret.
"""

from __future__ import annotations

import sympy as sp

from divergences.discrepancies import kld
from divergences.entry import Entry
from divergences.existence import converges, overlapping
from divergences.families import Family, alpha, mu, sigma
from divergences.tails import contained

_above = sp.Symbol("delta", positive=True)
"""alpha - 1 for orders above one."""


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Exact condition under which the divergence is finite, and in words why it is not elsewhere.

    It is non-decreasing in alpha, so that what is finite at one order is finite at every lower one.
    """
    below = overlapping(q, prior)  # by Hölder's inequality 0 < I <= 1 for 0 < alpha < 1, unless nothing is shared
    at_one, _ = kld.finiteness(q, prior)
    inside = contained(q, prior, mu, sigma)
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


def build(q: Family, prior: Family) -> Entry:
    """Entry of the Rényi divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    return Entry("renyi", q, prior, "quadrature", finite, None, (), reason)
