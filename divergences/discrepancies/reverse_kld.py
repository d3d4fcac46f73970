"""Reverse Kullback-Leibler divergence, ``KLD(Pi || Q)``: that of the prior from the posterior."""

from __future__ import annotations

import sympy as sp

from divergences.conditions import rewritten
from divergences.confirmation import confirm
from divergences.derivation import Derived
from divergences.discrepancies import kld
from divergences.entry import Entry
from divergences.families import Family, mu, sigma

EXCHANGE = {mu: -mu / sigma, sigma: 1 / sigma}
"""The affine map that makes the posterior standard gives the prior this location and this scale."""


def build(q: Family, prior: Family) -> Entry:
    """Entry of ``KLD(Pi(0, 1) || Q(mu, sigma))``."""
    forward = kld.build(prior, q)
    finite = rewritten(forward.finite.subs(EXCHANGE, simultaneous=True))
    expr = forward.expr
    steps = forward.derivation
    if forward.status == "closed" and expr is not None:
        expr = expr.subs(EXCHANGE, simultaneous=True)
        left = sp.Function("D")(sp.Symbol(prior.latex), sp.Symbol(q.latex))
        text = "exchange the two by the affine map that makes the posterior standard"
        steps = Derived(expr, steps).then("exchange", text, left, expr).steps
        confirm("reverse_kld", q, prior, expr, finite)
    return Entry("reverse_kld", q, prior, forward.status, finite, expr, steps, forward.reason)
