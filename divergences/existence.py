"""Where an integral against a density converges, as an exact condition on mu, sigma and the order.

Minus the logarithm of every integrand is a sum of growing terms towards an end: exponentials before powers before
logarithms. The integral converges if the first term that does not cancel grows to plus infinity; where all but the
logarithm cancel, if its coefficient exceeds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy as sp

from divergences.conditions import nonnegative, positive, tidy, zero
from divergences.families import Family, sigma
from divergences.tails import LINEAR, LOG, Decay, Terms, composed, growth

_excess = sp.Symbol("epsilon", positive=True)


def _sum(q: Terms, prior: Terms, a: sp.Expr, b: sp.Expr) -> Terms:
    keys = {*q, *prior}
    total = {key: sp.expand(a * q.get(key, sp.S.Zero) + b * prior.get(key, sp.S.Zero)) for key in keys}
    return {key: c for key, c in total.items() if c != 0}


def _converges(terms: Terms, bounded: bool) -> sp.Basic:
    """Whether exp(-f) is integrable towards infinity, or only bounded, f having these growing terms."""
    faster = sorted((key for key in terms if key != LOG), key=lambda key: (key[0], key[1]), reverse=True)
    slowest = terms.get(LOG, sp.S.Zero)
    condition = nonnegative(slowest) if bounded else positive(slowest - 1)
    for key in reversed(faster):
        if condition is sp.true:
            condition = nonnegative(terms[key])
        else:
            condition = sp.Or(positive(terms[key]), sp.And(zero(terms[key]), condition))
    return condition


def magnitude(family: Family, side: int, derivatives: int = 0) -> Terms:
    """Growing terms of the logarithm of minus the log-density of ``mu + sigma t``, t from ``family``, towards an end.

    With ``derivatives=1`` of the logarithm of its score's absolute value. What grows like log z counts as bounded.
    """
    decay, k = max(growth(family, side))
    if decay is Decay.EXPONENTIAL:
        return {LINEAR: k * sigma}
    return {LOG: k - derivatives}


def expectation_converges(q: Family, side: int, log_factor: Terms) -> sp.Basic:
    """Condition under which ``E_Q[f]`` converges towards an infinite end, ``log_factor`` the growing terms of log f."""
    return _converges(_sum(growth(q, side), log_factor, sp.S.One, -sp.S.One), bounded=False)


def infinite_ends(family: Family) -> Iterable[int]:
    """The infinite ends of a support: -1 the lower, 1 the upper."""
    return [side for side, end in ((-1, family.support.inf), (1, family.support.sup)) if end.is_infinite]


def _cases(q: Family, prior: Family) -> Iterator[tuple[sp.Basic, dict[sp.Symbol, sp.Expr], dict[sp.Symbol, sp.Expr]]]:
    """Cases of sigma in which the order of the exponential terms is settled, each as a substitution and its inverse."""
    ratios = set()
    for side in (-1, 1):
        rates = [[k for decay, k in growth(f, side) if decay is Decay.EXPONENTIAL] for f in (q, prior)]
        ratios |= {own / other for own in rates[0] for other in rates[1]}
    if len(ratios) > 1:
        raise NotImplementedError(f"{q.name} and {prior.name} have exponentials with several ratios of rates: {ratios}")
    if not ratios:
        yield sp.true, {}, {}
        return
    (ratio,) = ratios
    yield sigma < ratio, {sigma: ratio / (1 + _excess)}, {_excess: ratio / sigma - 1}
    yield sp.Eq(sigma, ratio), {sigma: ratio}, {}
    yield sigma > ratio, {sigma: ratio * (1 + _excess)}, {_excess: sigma / ratio - 1}


def converges(q: Family, prior: Family, a: sp.Expr, b: sp.Expr, *, bounded: bool = False) -> sp.Basic:
    """Condition under which ``int q(t)**a pi(mu + sigma t)**b dt`` converges at the infinite ends of its domain.

    Parameters
    ----------
    q, prior : Family
        Families of the two densities.
    a, b : sympy.Expr
        Exponents, of known sign, ``a`` positive. The domain is the support of q, cut to the prior's if b is positive.
    bounded : bool
        Whether it is asked that the integrand be bounded, and not that the integral converge.

    Returns
    -------
    sympy.Basic
        Condition on mu, sigma and the symbols of the exponents; that the supports fit is not part of it.
    """
    alternatives = []
    for case, substitution, inverse in _cases(q, prior) if b != 0 else [(sp.true, {}, {})]:
        conditions: list[sp.Basic] = []
        for side in infinite_ends(q):
            if side not in infinite_ends(prior) and b.is_positive:
                continue
            total = _sum(growth(q, side), composed(growth(prior, side), side), a, b)
            settled: Terms = {}
            for (decay, k), c in total.items():
                key = decay, sp.simplify(k.subs(substitution))
                settled[key] = sp.expand(settled.get(key, sp.S.Zero) + c.subs(substitution))
            conditions.append(_converges({key: c for key, c in settled.items() if c != 0}, bounded))
        alternatives.append(sp.And(case, *conditions).subs(inverse))
    return tidy(sp.Or(*alternatives))
