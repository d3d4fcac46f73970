"""Where an integral ``int q(t)**a pi(mu + sigma t)**b dt`` converges, as an exact condition on mu, sigma and the order.

Minus the log-density of each family is expanded towards each end of its support in growing terms, exponentials before
powers before logarithms. The integral converges at an end if the first term that does not cancel in the weighted sum
of the two expansions grows to plus infinity; where all but the logarithm cancel, if its coefficient exceeds one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import sympy as sp

from divergences.families import Family, mu, sigma, t
from divergences.tails import CANDIDATES, Decay

_x = sp.Symbol("x", positive=True)
_excess = sp.Symbol("epsilon", positive=True)

Scale = tuple[Decay, Any]
"""A comparison function of x: ``log x``, ``x**k`` or ``exp(k x)``."""
Terms = dict[Scale, sp.Expr]


@cache
def growth(family: Family, side: int) -> Terms:
    """All growing terms of minus the standard log-density as ``x = side * t`` tends to infinity; none at a finite end.

    Raises
    ------
    NotImplementedError
        If minus the log-density is not a sum of such terms.
    """
    if (family.support.sup if side > 0 else family.support.inf).is_finite:
        return {}
    rest = -sp.expand_log(sp.log(family.density.subs(t, side * _x)), force=True)
    terms: Terms = {}
    while not sp.limit(rest, _x, sp.oo).is_finite:
        scale, candidate, coefficient = _leading(rest)
        terms[scale] = coefficient
        rest = sp.expand(rest - coefficient * candidate)
    return terms


def _leading(expr: sp.Expr) -> tuple[Scale, sp.Expr, sp.Expr]:
    for decay, exponent, candidate in CANDIDATES:
        ratio = sp.limit(expr / candidate, _x, sp.oo)
        if ratio.is_finite and ratio.is_nonzero:
            return (decay, exponent), candidate, ratio
    raise NotImplementedError(f"{expr} grows in no known way")


def _composed(terms: Terms, side: int) -> Terms:
    """The growing terms of ``f(mu + sigma t)`` in ``x = side * t``, from those of f."""
    shift = side * mu
    out: Terms = {}
    for (decay, k), c in terms.items():
        if decay is Decay.EXPONENTIAL:
            out[decay, k * sigma] = c * sp.exp(k * shift)
        elif decay is Decay.LOGARITHMIC:
            out[decay, k] = out.get((decay, k), sp.S.Zero) + c
        else:
            for j in range(int(sp.ceiling(k))):
                power = c * sp.binomial(k, j) * sigma ** (k - j) * shift**j
                out[decay, k - j] = out.get((decay, k - j), sp.S.Zero) + power
    return out


def _sum(q: Terms, prior: Terms, a: sp.Expr, b: sp.Expr) -> Terms:
    keys = {*q, *prior}
    total = {key: a * q.get(key, sp.S.Zero) + b * prior.get(key, sp.S.Zero) for key in keys}
    return {key: sp.expand(c) for key, c in total.items()}


def positive(number: sp.Expr) -> sp.Basic:
    """The condition ``number > 0``, freed from factors of known sign and with a plus sign on both sides."""
    return _relation(number, sp.Lt)


def nonnegative(number: sp.Expr) -> sp.Basic:
    """The condition ``number >= 0``, as :func:`positive`."""
    condition = sp.Not(positive(-number))
    return condition.reversed if isinstance(condition, sp.Rel) and condition.lhs.is_number else condition


def zero(number: sp.Expr) -> sp.Basic:
    """The condition ``number == 0``, freed from factors that are not zero."""
    return _relation(number, sp.Eq)


def _relation(number: sp.Expr, relation: Callable[[sp.Expr, sp.Expr], sp.Basic]) -> sp.Basic:
    rest = sp.S.One
    for factor in sp.Mul.make_args(sp.factor(number)):
        rest *= sp.sign(factor) if sp.sign(factor).is_Integer else factor
    terms = sp.Add.make_args(sp.expand(rest))
    left = -sp.Add(*(x for x in terms if x.could_extract_minus_sign()))
    right = sp.Add(*(x for x in terms if not x.could_extract_minus_sign()))
    if left == 0 and right.is_positive:
        return sp.true if relation is sp.Lt else sp.false
    if right == 0 and left.is_positive:
        return sp.false
    if (left * right).has(sp.exp) and left.is_positive and right.is_positive and not (left.is_Add or right.is_Add):
        left, right = sp.S.Zero, sp.expand_log(sp.log(right / left))
    return relation(right, left) if relation is sp.Eq else relation(left, right)


def _converges(terms: Terms, bounded: bool) -> sp.Basic:
    """Whether exp(-f) is integrable towards infinity, or only bounded, f having these growing terms."""
    logarithm: Scale = (Decay.LOGARITHMIC, sp.S.Zero)
    faster = sorted((key for key in terms if key != logarithm), key=lambda key: (key[0], key[1]), reverse=True)
    slowest = terms.get(logarithm, sp.S.Zero)
    condition = nonnegative(slowest) if bounded else positive(slowest - 1)
    for key in reversed(faster):
        if condition is sp.true:
            condition = nonnegative(terms[key])
        else:
            condition = sp.Or(positive(terms[key]), sp.And(zero(terms[key]), condition))
    return condition


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
        for side in _infinite_ends(q, prior, b):
            total = _sum(growth(q, side), _composed(growth(prior, side), side), a, b)
            settled: Terms = {}
            for (decay, k), c in total.items():
                key = decay, sp.simplify(k.subs(substitution))
                settled[key] = sp.expand(settled.get(key, sp.S.Zero) + c.subs(substitution))
            conditions.append(_converges({key: c for key, c in settled.items() if c != 0}, bounded))
        alternatives.append(sp.And(case, *conditions).subs(inverse))
    return tidy(sp.Or(*alternatives))


def _infinite_ends(q: Family, prior: Family, b: sp.Expr) -> Iterable[int]:
    for side in (-1, 1):
        ends = [f.support.sup if side > 0 else f.support.inf for f in (q, prior)]
        if ends[0].is_infinite and (ends[1].is_infinite or not b.is_positive):
            yield side


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


def rewritten(condition: sp.Basic) -> sp.Basic:
    """The condition with every relation freed from factors of known sign."""
    for relation in condition.atoms(sp.Rel):
        if isinstance(relation, sp.Eq):
            new = zero(relation.lhs - relation.rhs)
        elif isinstance(relation, sp.StrictLessThan | sp.StrictGreaterThan):
            new = positive(relation.gts - relation.lts)
        else:
            new = nonnegative(relation.gts - relation.lts)
        condition = condition.subs(relation, new)
    return condition


def tidy(condition: sp.Basic) -> sp.Basic:
    """The condition as alternatives, without those that contradict themselves."""
    alternatives = sp.Or.make_args(sp.to_dnf(condition))
    return sp.Or(*(sp.And(*sp.And.make_args(a)).simplify() if a.has(mu) else a for a in alternatives))
