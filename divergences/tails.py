"""How a density falls towards each infinite end of its support: the growing terms of minus its logarithm.

They are derived from the density by limits, so that a new family has them by itself.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Any

import sympy as sp

from divergences.families import Family, mu, sigma, t

_x = sp.Symbol("x", positive=True)


class Decay(IntEnum):
    """Growth of minus the log-density towards an infinite end, slowest first."""

    LOGARITHMIC = 0
    POWER = 1
    EXPONENTIAL = 2


Scale = tuple[Decay, Any]
"""A comparison function of x: ``log x``, ``x**k`` or ``exp(k x)``. Larger grows faster."""
Terms = dict[Scale, sp.Expr]
"""A sum of comparison functions, each with its coefficient."""
LOG: Scale = (Decay.LOGARITHMIC, sp.S.Zero)
LINEAR: Scale = (Decay.POWER, sp.S.One)

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


def decay(family: Family, side: int) -> Decay | None:
    """Class of the decay at the upper (``side=1``) or lower (``side=-1``) end, None at a finite one."""
    terms = growth(family, side)
    return max(terms)[0] if terms else None


def _leading(expr: sp.Expr) -> tuple[Scale, sp.Expr, sp.Expr]:
    for decay, exponent, candidate in CANDIDATES:
        ratio = sp.limit(expr / candidate, _x, sp.oo)
        if ratio.is_finite and ratio.is_nonzero:
            return (decay, exponent), candidate, ratio
    raise NotImplementedError(f"{expr} grows in no known way")


def composed(terms: Terms, side: int) -> Terms:
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
