"""Gamma divergence of order alpha (its gamma):

    log(int q**alpha) / (alpha (alpha - 1)) + log(int pi**alpha) / alpha - log(int q pi**(alpha - 1)) / (alpha - 1).

At alpha = 1 it is the Kullback-Leibler divergence. It is made of the integrals of the beta divergence and, unlike it,
invariant under a common affine map, and infinite where the two share nothing. Logarithms of integrals cannot be put
under one integral sign: where one of the three diverges it counts as infinite, unless the two are equal.
"""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import Derived
from divergences.discrepancies import beta
from divergences.entry import Entry
from divergences.families import Family, alpha
from divergences.supports import overlapping


def build(q: Family, prior: Family) -> Entry:
    """Entry of the gamma divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = beta.finiteness(q, prior)
    shared = overlapping(q, prior)
    if shared is not sp.true:
        finite = sp.And(finite, shared)
        reason += "; " * bool(reason) + "where the two share no interval"
    parts = beta.integrals(q, prior)
    if parts is None:
        return Entry("gamma", q, prior, "quadrature", finite, None, (), reason)
    own, other, cross = (sp.expand_log(sp.log(part.expr)) for part in parts)
    expr = own / (alpha * (alpha - 1)) + other / alpha - cross / (alpha - 1)
    steps = tuple(dict.fromkeys(step for part in parts for step in part.steps))
    derived = Derived(expr, steps).then("sum", "logarithms of the three integrals", sp.Symbol(r"D_\gamma"), expr)
    confirm("gamma", q, prior, expr, finite, beta.ORDERS)
    return Entry("gamma", q, prior, "closed", finite, expr, derived.steps, reason)
