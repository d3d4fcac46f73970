"""Jeffreys' divergence, ``KLD(Q || Pi) + KLD(Pi || Q)``: the sum, not the mean, of the two directions."""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import Derived
from divergences.discrepancies import kld, reverse_kld
from divergences.entry import Entry
from divergences.families import Family


def build(q: Family, prior: Family) -> Entry:
    """Entry of Jeffreys' divergence between ``q(mu, sigma)`` and the standard ``prior``."""
    both = kld.build(q, prior), reverse_kld.build(q, prior)
    finite = sp.And(*(entry.finite for entry in both))
    reason = "; ".join(dict.fromkeys(entry.reason for entry in both if entry.reason))
    if finite is sp.false:
        return Entry("jeffreys", q, prior, "infinite", finite, sp.oo, reason=reason)
    steps = tuple(dict.fromkeys(step for entry in both for step in entry.derivation))
    parts = [entry.expr for entry in both if entry.expr is not None]
    if len(parts) < len(both):
        return Entry("jeffreys", q, prior, "quadrature", finite, None, steps, reason)
    expr = sp.expand_log(sp.Add(*parts))
    left = sp.Symbol("J")
    derived = Derived(expr, steps).then("sum", "the sum of both directions", left, expr)
    confirm("jeffreys", q, prior, expr, finite)
    return Entry("jeffreys", q, prior, "closed", finite, expr, derived.steps, reason)
