"""Chi-squared divergence, ``int q**2 / pi - 1``, Pearson's: log(1 + it) is the Rényi divergence of order two."""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.discrepancies import renyi
from divergences.entry import Entry
from divergences.families import Family, alpha
from divergences.supports import contained


def build(q: Family, prior: Family) -> Entry:
    """Entry of the chi-squared divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite = renyi.finiteness(q, prior)[0].subs(alpha, 2)
    heavy = f"the {q.name} tail is too heavy for the {prior.name}"
    outside = f"the {q.name} has mass where the {prior.name} density is zero"
    inside = contained(q, prior)
    reasons = [outside] * (inside is not sp.true) + [heavy] * (inside is not sp.false and finite is not inside)
    reason = "; ".join(reasons)
    if finite is sp.false:
        return Entry("chi2", q, prior, "infinite", finite, sp.oo, reason=reason)
    derived = renyi.integral(q, prior)
    if derived is None:
        return Entry("chi2", q, prior, "quadrature", finite, None, reason=reason)
    expr = derived.expr.subs(alpha, 2) - 1
    derived = derived.then("second_order", "I at alpha = 2, minus one", sp.Symbol(r"\chi^2"), expr)
    confirm("chi2", q, prior, expr, finite)
    return Entry("chi2", q, prior, "closed", finite, expr, derived.steps, reason)
