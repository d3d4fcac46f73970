"""How a function grows towards the end of an interval: what decides existence, and bounds what a cut-off leaves out.

Towards an end the local coordinate ``w`` tends to plus infinity: ``t = w`` or ``t = -w`` at an infinite end, and
``t = end + 1/w`` or ``t = end - 1/w`` at a finite one. A function is written there as

    c_1 g_1(w) + c_2 g_2(w) + ... + rest(w),        g in {exp(k w), w**k, log w},  k > 0,

with exact coefficients and a bounded rest, of which interval arithmetic gives a rigorous enclosure on [W, oo).
Existence is then a comparison of leading terms, without any integration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import mpmath
import sympy as sp
from flint import acb, arb

from divergences.families import t
from divergences.quadrature.arithmetic import BALLS, INTERVALS, QuadratureError, ball, from_interval, to_interval
from divergences.quadrature.branches import Branch, Number

Function = Callable[[acb, bool], acb]
Scale = tuple[int, Number]
"""A comparison function: ``(2, k)`` is exp(k w), ``(1, k)`` is w**k and ``(0, 1)`` is log w. Larger grows faster."""

Product = tuple[Number, tuple[Scale, ...], int]
"""A coefficient, the comparison functions that it multiplies, and the power of the rest that it multiplies."""

LOG: Scale = (0, sp.S.One)
_w = sp.Symbol("w", positive=True)


class UnboundedRest(QuadratureError):
    """No enclosure beyond this cut-off; a later one may have it."""


@dataclass(frozen=True)
class Growth:
    """The growing terms of a function, and everything else: the rest.

    ``beyond(W)`` encloses the rest on [W, oo); ``at()`` makes it a function of ``w`` at the precision of that moment.
    """

    terms: dict[Scale, Number]
    beyond: Callable[[arb], arb]
    at: Callable[[], Function]

    def __add__(self, other: Growth) -> Growth:
        terms = dict(self.terms)
        for scale, c in other.terms.items():
            terms[scale] = terms.get(scale, sp.S.Zero) + c
        terms = {scale: c for scale, c in terms.items() if sign(c)}
        if self is ZERO or other is ZERO:
            return other if self is ZERO else self

        def at() -> Function:
            f, g = self.at(), other.at()
            return lambda w, analytic: f(w, analytic) + g(w, analytic)

        return Growth(terms, lambda cut: self.beyond(cut) + other.beyond(cut), at)

    def __mul__(self, factor: Any) -> Growth:
        factor = sp.sympify(factor)
        if not factor:
            return ZERO

        def at() -> Function:
            f, c = self.at(), acb(ball(factor))
            return lambda w, analytic: f(w, analytic) * c

        return Growth({s: c * factor for s, c in self.terms.items()}, lambda cut: self.beyond(cut) * ball(factor), at)

    __rmul__ = __mul__

    def __sub__(self, other: Growth) -> Growth:
        return self + other * -1

    def __neg__(self) -> Growth:
        return self * -1

    def squared(self) -> Square:
        """The square, which may have terms that are products."""
        return Square(self)

    @property
    def products(self) -> list[Product]:
        """The terms, and the rest."""
        return [*((c, (scale,), 0) for scale, c in self.terms.items()), (sp.S.One, (), 1)]

    @property
    def lead(self) -> Scale | None:
        """The fastest growing term, None for a bounded function."""
        return max(self.terms, default=None)

    @property
    def is_bounded(self) -> bool:
        """Whether nothing grows."""
        return not self.terms

    @property
    def direction(self) -> int:
        """The sign with which the function tends to infinity, 0 for a bounded function."""
        return sign(self.terms[self.lead]) if self.lead else 0

    def rescaled(self, shift: Number, scale: Number) -> Growth:
        """The growth of ``f(shift + scale * w)`` when this is that of ``f(w)``; ``scale`` is positive."""

        def at() -> Function:
            f, a, b = self.at(), acb(ball(shift)), acb(ball(scale))
            return lambda w, analytic: f(a + b * w, analytic)

        result = Growth({}, lambda cut: self.beyond(_beyond(cut, shift, scale)), at)
        for (rank, k), c in self.terms.items():
            result = result + _rescaled_term(rank, k, shift, scale) * c
        return result


@dataclass(frozen=True)
class Square:
    """The square of a function, as the factor of an integral: its terms are products of two of the function's."""

    root: Growth

    @property
    def products(self) -> list[Product]:
        """The products of every two terms, and of each with the rest."""
        both = product(self.root.products, repeat=2)
        return [(c * d, (*scales, *others), m + n) for (c, scales, m), (d, others, n) in both]

    @property
    def is_bounded(self) -> bool:
        return self.root.is_bounded

    @property
    def direction(self) -> int:
        """The sign with which the square tends to infinity, 0 for a bounded function."""
        return abs(self.root.direction)


def constant(number: Number) -> Growth:
    """A constant."""

    def at() -> Function:
        c = acb(ball(number))
        return lambda w, analytic: c

    return Growth({}, lambda cut: ball(number), at)


def term(scale: Scale, c: Number = sp.S.One) -> Growth:
    """The comparison function itself, times ``c``."""
    return Growth({scale: c}, ZERO.beyond, ZERO.at)


ZERO = constant(sp.S.Zero)


def sign(number: Number) -> int:
    """The sign of an exact number; 0 also for one that cannot be told from zero at 2000 digits."""
    if number.is_Rational:
        return int(sp.sign(number))
    value = sp.N(number, 15, maxn=2000)
    return 0 if value.is_zero or value._prec == 1 else int(sp.sign(value))


def _beyond(cut: arb, shift: Number, scale: Number) -> arb:
    """The cut-off of the inner coordinate ``shift + scale * w``, at least half of ``scale * cut``."""
    if not abs(ball(shift)) <= ball(scale) * cut / 2:
        raise UnboundedRest(f"the cut-off {cut.str(5)} is too near")
    return (ball(shift) + ball(scale) * cut).lower()


def _rescaled_term(rank: int, k: Number, shift: Number, scale: Number) -> Growth:
    if rank == 2:
        return term((2, k * scale), sp.exp(k * shift))
    ratio = shift / scale

    def epsilon(cut: arb) -> arb:
        return arb(0, (abs(ball(ratio)) / cut).upper()) if shift else arb(0)

    if rank == 0:

        def log_at() -> Function:
            r = acb(ball(ratio))
            return lambda w, analytic: (1 + r / w).log(analytic)

        return constant(sp.log(scale)) + Growth({LOG: sp.S.One}, lambda cut: (1 + epsilon(cut)).log(), log_at)
    # Binomial series of (scale w + shift)**k down to the constant; Lagrange's form bounds what follows.
    orders = range(int(sp.floor(k)) + 1)
    terms = {(1, k - n): scale**k * sp.binomial(k, n) * ratio**n for n in orders}
    whole = constant(terms.pop((1, sp.S.Zero), sp.S.Zero))
    whole = sum((term(s, c) for s, c in terms.items() if c), whole)
    if k.is_Integer or not shift:
        return whole
    following, order = scale**k * sp.binomial(k, len(orders)), len(orders)

    def bound(cut: arb) -> arb:
        e = epsilon(cut)
        power = (acb(e) ** order).real  # arb's own power is not defined across zero
        return ball(following) * (1 + e) ** ball(k - order) * power * cut ** ball(k)

    series = sp.expand(sum((c * t**n for (_, n), c in terms.items()), sp.S.Zero))
    return whole + Growth({}, bound, lambda: BALLS.compile((scale * t + shift) ** k - series, t))


@cache
def growth(branch: Branch, right: bool) -> Growth:
    """The growth of a branch towards its right or left end.

    Raises
    ------
    QuadratureError
        If the branch does not grow like a combination of exponentials, powers and logarithms.
    """
    number, expr = branch.expr.as_coeff_Mul()
    if number != 1 and expr != 1:
        return growth(Branch(branch.lo, branch.hi, expr), right) * number
    terms: dict[Scale, Number] = {}
    rest = _dominated(branch, right)
    while not sp.limit(rest, _w, sp.oo).is_finite:
        scale, g = _leading(rest)
        c = sp.limit(rest / g, _w, sp.oo)
        if len(terms) == 8 or not c.is_finite or c.is_zero:
            end = branch.hi if right else branch.lo
            raise QuadratureError(f"the growth of {branch.expr} towards {end} is not understood")
        terms[scale] = c
        rest = sp.expand(rest - c * g)
    return Growth(terms, _enclosure(rest), lambda: BALLS.compile(rest.subs(_w, t), t))


def in_log_coordinate(branch: Branch, right: bool) -> sp.Expr:
    """The branch as a function of log w, in :data:`~divergences.families.t`, free of cancellation towards the end."""

    def reciprocal(e: sp.Expr) -> sp.Expr:
        top, others = _split(e.base)
        return top**e.exp * others**e.exp

    expr = _dominated(branch, right).replace(lambda e: e.is_Pow and e.base.is_Add and e.exp.is_negative, reciprocal)
    return expr.subs(_w, sp.exp(t))


def _leading(f: sp.Expr) -> tuple[Scale, sp.Expr]:
    power = sp.limit(_w * f.diff(_w) / f, _w, sp.oo)
    if power.is_infinite:
        rate = sp.limit(f.diff(_w) / f, _w, sp.oo)
        return (2, rate), sp.exp(rate * _w)
    return (LOG, sp.log(_w)) if power.is_zero else ((1, power), _w**power)


@cache
def _dominated(branch: Branch, right: bool) -> sp.Expr:
    """The branch in ``w``, log(a + b + ...) written as log(a) + log(1 + b/a + ...) with ``a`` the dominant term."""
    end, side = (branch.hi, 1) if right else (branch.lo, -1)
    expr = branch.expr.rewrite(sp.exp).subs(t, side * _w if end.is_infinite else end - side / _w)

    def logarithm(e: sp.Expr) -> sp.Expr:
        top, others = _split(e.args[0])
        return sp.expand_log(sp.log(top), force=True) + sp.log(others)

    return sp.expand(
        sp.expand_log(expr, force=True).replace(lambda e: isinstance(e, sp.log) and e.args[0].is_Add, logarithm)
    )


def _split(total: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The dominant term of a sum, and the sum divided by it."""
    terms = list(sp.Add.make_args(sp.expand(total)))
    top = terms[0]
    for a in terms[1:]:
        top = a if sp.limit(a / top, _w, sp.oo).is_infinite else top
    return top, sp.Add(*(sp.expand(sp.powsimp(a / top)) for a in terms))


def _enclosure(rest: sp.Expr) -> Callable[[arb], arb]:
    if not rest.has(_w):
        return lambda cut: ball(rest)
    expr = rest.subs(_w, 1 / t)
    if expr.is_rational_function(t):
        expr = sp.cancel(expr)  # no quotient of two infinities at t = 0

    def enclose(cut: arb) -> arb:
        value = INTERVALS.compile(expr, t)(mpmath.iv.mpf([0, to_interval(1 / cut).b]))
        if not mpmath.isfinite(value.delta):
            raise UnboundedRest(f"{rest} has no enclosure beyond w = {cut.str(5)}")
        return from_interval(value)

    return enclose
