"""Polygamma functions of a complex argument, as real expressions: recurrence, then the asymptotic series."""

from __future__ import annotations

import sympy as sp

from codegen.functions import reciprocal_imag, reciprocal_real
from codegen.nodes import NodeSum, recurrence_table

SERIES = 9
"""Terms of the asymptotic series after the first."""
Parts = tuple[sp.Expr, sp.Expr]
"""Real and imaginary part."""


def scaled_polygamma(order: int, x: sp.Expr, y: sp.Expr, p: sp.Expr) -> Parts:
    """``psi^(m)(c/p + 1/2) / p^m`` for ``c = x + i y``, ``x > 0``, ``p > 0`` and an order m of at least one.

    The derivative with respect to c is the one of the next order, that with respect to ``log p``
    ``-m`` times itself less c times the next. ``p`` may tend to zero, where it is ``(-1)^(m-1) (m-1)! / c^m``.

    DLMF 5.15.5 for the first n terms, and from ``W = c/p + n`` on the m-th derivative of
    ``psi(W + 1/2) ~ log W - sum_j B_{2j}(1/2)/(2j W^2j)``, 5.11.2 and 24.4.27.
    """
    m = sp.Integer(order)
    sign = (-1) ** (m - 1)
    table = recurrence_table()
    (a,) = table.symbols
    term = _power(_reciprocal(x + p * a, y), order + 1)
    below = tuple(sign * sp.factorial(m) * p * NodeSum(part, table) for part in term)
    first = _reciprocal(x + p * len(table.float64), y)
    outer = _power(first, order)
    u, v = _power((p * first[0], p * first[1]), 2)
    # A real polynomial at u + i v by its two-term recurrence, Knuth (TAOCP 2, 4.6.4).
    weights = [sp.factorial(m - 1)] + [
        sp.bernoulli(2 * j, sp.Rational(1, 2)) * sp.rf(2 * j + 1, order - 1) for j in range(1, SERIES + 1)
    ]
    last, before = weights[-1], sp.S.Zero
    for weight in weights[-2:0:-1]:
        last, before = weight + 2 * u * last - (u**2 + v**2) * before, last
    series = sign * (weights[0] - (u**2 + v**2) * before + u * last), sign * v * last
    tail = _product(outer, series)
    return below[0] + tail[0], below[1] + tail[1]


def _reciprocal(x: sp.Expr, y: sp.Expr) -> Parts:
    return reciprocal_real(x, y), reciprocal_imag(x, y)


def _product(a: Parts, b: Parts) -> Parts:
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def _power(a: Parts, n: int) -> Parts:
    result: Parts = (sp.S.One, sp.S.Zero)
    for _ in range(n):
        result = _product(result, a)
    return result
