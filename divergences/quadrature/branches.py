"""A real function as its smooth branches: what is integrated is analytic between the branch points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import sympy as sp
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from divergences.families import Family, t
from divergences.quadrature.arithmetic import QuadratureError

Number = Any
"""An exact SymPy number, or plus or minus infinity."""


@dataclass(frozen=True)
class Branch:
    """The function ``expr`` of :data:`~divergences.families.t`, smooth on the open interval (lo, hi)."""

    lo: Number
    hi: Number
    expr: sp.Expr


def between(lo: Number, hi: Number) -> Number:
    """A number inside the open interval."""
    if lo.is_finite and hi.is_finite:
        return (lo + hi) / 2
    return lo + 1 if lo.is_finite else hi - 1 if hi.is_finite else sp.S.Zero


def _branch_points(expr: sp.Expr) -> set[Number]:
    points: set[Number] = set()
    for e in expr.atoms(sp.Abs, sp.sign):
        points |= set(_zeros(e.args[0]))
    for e in expr.atoms(sp.Piecewise):
        for _, condition in e.args:
            points |= set(condition.as_set().boundary) if condition not in (True, False) else set()
    return points


def _zeros(expr: sp.Expr) -> sp.FiniteSet:
    zeros = sp.solveset(expr, t, sp.S.Reals)
    if not isinstance(zeros, sp.FiniteSet):
        raise QuadratureError(f"the real zeros of {expr} are not known, so {sp.Abs(expr)} cannot be split at them")
    return zeros


def _smooth_at(expr: sp.Expr, point: Number) -> sp.Expr:
    """``expr`` with the choices its absolute values, signs and cases make at ``point``."""

    def side(e: sp.Expr) -> sp.Expr:
        return sp.S.One if e.args[0].subs(t, point) > 0 else sp.S.NegativeOne

    expr = expr.replace(
        lambda e: isinstance(e, sp.Piecewise),
        lambda e: next(f for f, condition in e.args if condition == True or condition.subs(t, point)),  # noqa: E712
    )
    return expr.replace(lambda e: isinstance(e, sp.Abs), lambda e: side(e) * e.args[0]).replace(
        lambda e: isinstance(e, sp.sign), side
    )


@cache
def branches(expr: sp.Expr, support: sp.Interval = sp.S.Reals) -> tuple[Branch, ...]:
    """The smooth branches of ``expr`` on ``support``, from left to right.

    Raises
    ------
    QuadratureError
        If the points where ``expr`` is not smooth cannot be found.
    """
    if expr.free_symbols - {t}:
        raise QuadratureError(f"{expr} has symbols other than {t}: {sorted(map(str, expr.free_symbols - {t}))}")
    expr = expr.rewrite(sp.Piecewise) if expr.has(sp.Max, sp.Min, sp.Heaviside) else expr
    inner = sorted(x for x in _branch_points(expr) if support.inf < x < support.sup)
    ends = [support.inf, *inner, support.sup]
    return tuple(Branch(a, b, _expanded(_smooth_at(expr, between(a, b)))) for a, b in pairwise(ends))


@cache
def log_density(family: Family) -> tuple[Branch, ...]:
    """The smooth branches of a standard member's log-density, in nats."""
    return tuple(Branch(b.lo, b.hi, _expanded(sp.log(b.expr))) for b in branches(family.density, family.support))


@cache
def score(family: Family) -> tuple[Branch, ...]:
    """The smooth branches of a standard member's score, the derivative of its log-density."""
    return tuple(Branch(b.lo, b.hi, b.expr.diff(t).replace(sp.Mul, _logistic)) for b in log_density(family))


def _logistic(*factors: sp.Expr) -> sp.Expr:
    """The product of the factors, in which exp(u)/(1 + exp(u)), whose terms overflow, becomes 1/(1 + exp(-u))."""
    for factor in factors:
        rest = 1 / factor - 1
        if isinstance(rest, sp.exp) and rest in factors:
            return sp.Mul(*factors) / (rest * factor) / (1 + sp.exp(-rest.exp))
    return sp.Mul(*factors)


def _expanded(expr: sp.Expr) -> sp.Expr:
    """Logarithms of products as sums, hyperbolic functions as exponentials, and no sum of two exponentials that
    overflow: log(exp(u) + exp(v)) is u + log(1 + exp(v - u)).
    """
    if expr.has(HyperbolicFunction):
        expr = sp.powsimp(sp.together(expr.rewrite(sp.exp)))
    return sp.expand_log(expr, force=True).replace(sp.log, _log_sum)


def _log_sum(argument: sp.Expr) -> sp.Expr:
    terms = [term.as_independent(t) for term in sp.Add.make_args(sp.expand(argument))]
    if len(terms) == 2 and terms[0][0] == terms[1][0] and all(isinstance(e, sp.exp) for _, e in terms):
        (c, first), (_, second) = terms
        return sp.log(c) + first.exp + sp.log(1 + sp.exp(second.exp - first.exp))
    return sp.log(argument)
