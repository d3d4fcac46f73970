"""How fast a density decays at each end of its support, and what follows for integrals against it.

The classes are derived from the density by limits, so that a new family has them by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import sympy as sp

from divergences.families import Family, t

_x = sp.Symbol("x", positive=True)


class Decay(IntEnum):
    """Growth of minus the log-density towards an infinite end, slowest first."""

    LOGARITHMIC = 0
    POWER = 1
    EXPONENTIAL = 2


@dataclass(frozen=True)
class Tail:
    """One end of a standard density's support.

    ``-log f(t)`` grows like ``coefficient * log|t|``, ``coefficient * |t|**exponent`` or
    ``coefficient * exp(exponent * |t|)`` at an infinite end. A finite end has ``decay`` None.
    """

    end: sp.Expr
    decay: Decay | None
    coefficient: sp.Expr = sp.S.Zero
    exponent: sp.Expr = sp.S.Zero


CANDIDATES = (
    (Decay.LOGARITHMIC, sp.S.Zero, sp.log(_x)),
    (Decay.POWER, sp.Rational(1, 2), sp.sqrt(_x)),
    (Decay.POWER, sp.S.One, _x),
    (Decay.POWER, sp.Rational(3, 2), _x ** sp.Rational(3, 2)),
    (Decay.POWER, sp.Integer(2), _x**2),
    (Decay.POWER, sp.Integer(3), _x**3),
    (Decay.POWER, sp.Integer(4), _x**4),
    (Decay.EXPONENTIAL, sp.S.One, sp.exp(_x)),
    (Decay.EXPONENTIAL, sp.Integer(2), sp.exp(2 * _x)),
)
"""Comparison functions of a positive symbol x, slowest first, each as its class, its exponent and the expression."""


@cache
def tail(family: Family, side: int) -> Tail:
    """Decay of ``family`` at its upper (``side=1``) or lower (``side=-1``) end.

    Raises
    ------
    NotImplementedError
        If minus the log-density grows like none of the known classes.
    """
    end = family.support.sup if side > 0 else family.support.inf
    if end.is_finite:
        return Tail(end, None)
    growth = -sp.expand_log(sp.log(family.density.subs(t, side * _x)), force=True)
    for decay, exponent, candidate in CANDIDATES:
        ratio = sp.limit(growth / candidate, _x, sp.oo)
        if ratio.is_finite and ratio.is_positive:
            return Tail(end, decay, ratio, exponent)
    raise NotImplementedError(f"minus the log-density of {family.name} grows in no known way towards {end}")


def contained(q: Family, prior: Family, mu: sp.Expr, sigma: sp.Expr) -> sp.Basic:
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


def cross_entropy_converges(q: Tail, prior: Tail, sigma: sp.Expr) -> sp.Basic:
    """Condition under which ``E_Q[-log pi(mu + sigma * t)]`` converges towards one infinite end of q."""
    if prior.decay is None:
        return sp.false
    if prior.decay is Decay.LOGARITHMIC:
        return sp.true
    if q.decay is Decay.LOGARITHMIC:
        # the density falls like |t|**-coefficient: moments below coefficient - 1 exist
        return sp.true if prior.decay is Decay.POWER and prior.exponent < q.coefficient - 1 else sp.false
    if prior.decay is Decay.POWER or q.decay is Decay.EXPONENTIAL or q.exponent > 1:
        return sp.true
    if q.exponent < 1:
        return sp.false
    return sigma * prior.exponent < q.coefficient
