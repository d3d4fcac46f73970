"""The supports of a pair: whether one contains the other, whether they overlap, where they end together.

A density is positive up to the finite ends of its support, where it jumps.
"""

from __future__ import annotations

import sympy as sp

from divergences.conditions import positive
from divergences.families import Family, mu, sigma


def contained(q: Family, prior: Family) -> sp.Basic:
    """Condition under which the support of ``mu + sigma * t``, t ~ q, lies in the prior's."""
    conditions = []
    for inner, outer, sign in (
        (q.support.inf, prior.support.inf, 1),
        (q.support.sup, prior.support.sup, -1),
    ):
        if outer.is_infinite:
            continue
        if inner.is_infinite:
            return sp.false
        conditions.append(sign * (mu + sigma * inner - outer) >= 0)
    return sp.And(*conditions)


def overlapping(q: Family, prior: Family) -> sp.Basic:
    """Condition under which the supports of ``mu + sigma * t``, t ~ q, and of the prior share an interval."""
    conditions = []
    for lower, upper, sign in ((q, prior, 1), (prior, q, -1)):  # each must begin before the other ends
        if lower.support.inf.is_infinite or upper.support.sup.is_infinite:
            continue
        begin, end = lower.support.inf, upper.support.sup
        begin, end = (mu + sigma * begin, end) if sign > 0 else (begin, mu + sigma * end)
        conditions.append(positive(end - begin))
    return sp.And(*conditions)


def ending_together(q: Family, prior: Family) -> sp.Basic:
    """Condition under which every finite end of the support of ``mu + sigma * t``, t ~ q, is one of the prior's."""
    conditions = []
    for own, other in ((q.support.inf, prior.support.inf), (q.support.sup, prior.support.sup)):
        if own.is_finite:
            conditions.append(sp.Eq(mu + sigma * own, other) if other.is_finite else sp.false)
    found = sp.solve(conditions, [mu, sigma], dict=True) if sp.false not in conditions else []
    if not conditions:
        return sp.true
    return sp.Or(*(sp.And(*(sp.Eq(symbol, value) for symbol, value in each.items())) for each in found))
