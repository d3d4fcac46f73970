"""Squared Hellinger distance, ``1 - int sqrt(q pi) = (1/2) int (sqrt(q) - sqrt(pi))**2``, between 0 and 1.

It is one where the two share nothing, and ``1 - exp(-D/2)`` of the Rényi divergence D of order one half.
"""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.discrepancies import renyi
from divergences.entry import Entry
from divergences.families import Family, alpha
from divergences.supports import overlapping


def build(q: Family, prior: Family) -> Entry:
    """Entry of the squared Hellinger distance between ``q(mu, sigma)`` and the standard ``prior``."""
    derived = renyi.integral(q, prior)
    if derived is None:
        return Entry("hellinger", q, prior, "quadrature", sp.true, None)
    shared = overlapping(q, prior)
    expr = sp.Piecewise((1 - derived.expr.subs(alpha, sp.S.Half), shared), (sp.S.One, True))
    derived = derived.then("affinity", "one minus I at alpha = 1/2", sp.Symbol("H") ** 2, expr)
    confirm("hellinger", q, prior, expr, sp.true)
    return Entry("hellinger", q, prior, "closed", sp.true, expr, derived.steps)
