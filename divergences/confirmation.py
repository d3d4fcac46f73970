"""Confirmation of closed forms against quadrature, at the moment they are derived."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import mpmath
import sympy as sp

from divergences import quadrature
from divergences.derivation import DerivationError
from divergences.families import Family, alpha, mu, sigma
from divergences.numeric import evaluate_expr, holds

POINTS = ((sp.Rational(7, 10), sp.Rational(3, 10)), (sp.Rational(-6, 5), sp.Rational(4, 5)),
          (sp.Rational(1, 5), sp.Rational(3, 2)))  # fmt: skip
"""(mu, sigma) at which every derived expression is held against quadrature: both signs, both sides of sigma = 1."""
_EXCEPTIONAL = ((sp.S.Zero, sp.Rational(3, 10)), (sp.S.Zero, sp.S.One))
"""Where even Jeffreys' divergence of E/E and of U/U is finite."""
DIGITS = 20


def compare(what: str, expr: sp.Expr, truth: mpmath.mpf, point: dict[sp.Symbol, sp.Expr]) -> None:
    """Hold the value of ``expr`` at ``point`` against the truth.

    Raises
    ------
    DerivationError
        If they differ.
    """
    value = evaluate_expr(expr, point, DIGITS)
    if not abs(value - truth) <= mpmath.mpf(10) ** (3 - DIGITS) * (1 + abs(truth)):
        raise DerivationError(f"{what} at {point}: derived {value}, quadrature {truth}")


def confirm(
    kind: str, q: Family, prior: Family, expr: sp.Expr, finite: sp.Basic, orders: Sequence[sp.Expr | None] = (None,)
) -> None:
    """Hold the closed form of a discrepancy against quadrature wherever it is finite at the points.

    Raises
    ------
    DerivationError
        If they differ, or it is finite at none of the points.
    """
    confirmed = 0
    for (m, s), order in product((*POINTS, *_EXCEPTIONAL), orders):
        point = {mu: m, sigma: s} | ({} if order is None else {alpha: order})
        if holds(finite, point):
            truth = quadrature.divergence(kind, q, prior, m, s, order, DIGITS)
            compare(f"{kind} {q.symbol}/{prior.symbol}", expr, truth, point)
            confirmed += 1
    if not confirmed:
        raise DerivationError(f"{kind} {q.symbol}/{prior.symbol} is finite at no point of confirmation")
