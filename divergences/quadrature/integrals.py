"""Integrals of densities: their domain, its smooth segments, and whether they converge at every end.

Every integral here is over ``t``, the posterior's standardised variable, and reads

    integral exp(w_1 f_1 + w_2 f_2 + ...) factor(f_1, f_2, ...) dt,     f_i(t) = branch(shift + scale t) + offset,

with f_i a log-density or a feature. An engine needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import acb, arb

from divergences.families import Family, t
from divergences.quadrature import branches as smooth
from divergences.quadrature.arithmetic import BALLS, QuadratureError, ball
from divergences.quadrature.branches import Branch, Number, between
from divergences.quadrature.growth import LOG, ZERO, Growth, Square, constant, growth, sign, term

Factor = Callable[..., Any]
"""Sums, differences, multiples of the values f_i or the square of one: it is applied to balls, floats and growths."""


@dataclass(frozen=True)
class Part:
    """One branch of a function of ``shift + scale * t``, plus ``offset``."""

    branch: Branch
    shift: Number = sp.S.Zero
    scale: Number = sp.S.One
    offset: sp.Expr = sp.S.Zero

    @property
    def interval(self) -> tuple[Number, Number]:
        """Where the branch holds, in ``t``."""
        return (self.branch.lo - self.shift) / self.scale, (self.branch.hi - self.shift) / self.scale

    def growth(self, end: Number, right: bool) -> Growth:
        """Growth towards ``end`` in the local coordinate ``w`` of :mod:`~divergences.quadrature.growth`."""
        side = 1 if right else -1
        if end.is_infinite:
            local = growth(self.branch, right).rescaled(side * self.shift, self.scale)
        elif end == self.interval[right]:
            local = growth(self.branch, right).rescaled(sp.S.Zero, 1 / self.scale)
        else:
            local = Growth({}, lambda cut: self._near(ball(self.shift + self.scale * end), side, cut), ZERO.at)
        return local + constant(self.offset)

    def is_analytic(self, at: Number) -> bool:
        """Whether the branch continues analytically through a finite point."""
        x = arb(ball(self.shift + self.scale * at).mid(), arb(2) ** -20)
        try:
            return bool(BALLS.compile(self.branch.expr, t)(acb(x, arb(0, arb(2) ** -20)), True).is_finite())
        except QuadratureError:  # nothing is known of it in ball arithmetic
            return True

    def _near(self, end: arb, side: int, cut: arb) -> arb:
        inner = end - side * ball(self.scale) / cut
        return BALLS.compile(self.branch.expr, t)(acb(end.union(inner)), True).real


@dataclass(frozen=True)
class Segment:
    """An interval of ``t`` on which every part is smooth."""

    lo: Number
    hi: Number
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class End:
    """A segment's end where the domain is infinite or a part is singular: growths of the weight and of the factor."""

    at: Number
    right: bool
    log_weight: Growth
    factor: Growth | Square
    is_analytic: bool

    @property
    def is_smooth(self) -> bool:
        """Whether the integrand continues analytically through it, so that nothing need be cut off."""
        return self.is_analytic and self.log_weight.is_bounded and self.factor.is_bounded

    def exponents(self) -> list[tuple[Number, int, Growth]]:
        """Terms c, n, E(w) with |integrand dt/dw| <= sum of |c| R**n exp(E(w)).

        R bounds the factor's rest, or that of what it is the square of; E's rest is that of the weight.
        """
        log_jacobian = term(LOG, sp.Integer(-2)) if self.at.is_finite else ZERO
        weight = self.log_weight + log_jacobian
        spare = (-weight.terms[LOG] - 1) / 3 if weight.lead == LOG else sp.Rational(1, 4)
        terms: list[tuple[Number, int, Growth]] = []
        for c, scales, n in self.factor.products:
            exponent = weight
            for rank, k in scales:
                if rank == 0:  # log w <= w**d / (e d)
                    c, exponent = c / (sp.E * spare), exponent + term(LOG, spare)
                else:
                    exponent += term((1, sp.S.One) if rank == 2 else LOG, k)
            terms.append((c, n, exponent))
        return terms

    @property
    def divergence(self) -> int:
        """0 if the integral converges here, else the sign with which it tends to infinity."""
        # The integral of dw/w is the boundary case.
        if self.is_smooth or all((e + term(LOG)).direction < 0 for _, _, e in self.exponents()):
            return 0
        return self.factor.direction or 1


@dataclass(frozen=True)
class Integral:
    """One integral over ``t``; ``factor`` None means one."""

    weights: tuple[Number, ...]
    factor: Factor | None
    segments: tuple[Segment, ...]
    centres: tuple[tuple[Number, Number], ...]
    uncovered: bool = False

    @cached_property
    def ends(self) -> tuple[tuple[End, End], ...]:
        """The left and the right end of every segment."""
        return tuple((self._end(s, s.lo, False), self._end(s, s.hi, True)) for s in self.segments)

    def _end(self, segment: Segment, at: Number, right: bool) -> End:
        growths = [part.growth(at, right) for part in segment.parts]
        log_weight = sum((g * w for g, w in zip(growths, self.weights, strict=True)), ZERO)
        factor = self.factor(*growths) if self.factor else constant(sp.S.One)
        is_analytic = at.is_finite and all(part.is_analytic(at) for part in segment.parts)
        return End(at, right, log_weight, factor, is_analytic)

    @cached_property
    def infinity(self) -> Number:
        """0 if the integral converges, otherwise oo, -oo, or nan where both signs occur."""
        signs = {end.divergence for pair in self.ends for end in pair} | {int(self.uncovered)}
        total = sum(sp.oo * s for s in signs - {0})
        return sp.sympify(total)


def density(family: Family, shift: Number = sp.S.Zero, scale: Number = sp.S.One) -> list[Part]:
    """Log-density, with respect to ``t``, of ``(T - shift) / scale`` for T the family's standard member."""
    return [Part(b, shift, scale, sp.log(scale)) for b in smooth.log_density(family)]


def score(family: Family, factor: Number, shift: Number = sp.S.Zero, scale: Number = sp.S.One) -> list[Part]:
    """``factor`` times the standard member's score at ``shift + scale * t``."""
    return [
        Part(Branch(b.lo, b.hi, sp.Mul(factor, b.expr, evaluate=b.expr.is_number)), shift, scale)
        for b in smooth.score(family)
    ]


def feature(expr: sp.Expr, shift: Number, scale: Number, support: sp.Interval = sp.S.Reals) -> list[Part]:
    """The feature, an expression in ``t``, of ``shift + scale * t``, defined where that lies in ``support``."""
    return [Part(b, shift, scale) for b in smooth.branches(expr, support)]


def quotient_jumps(q: list[Part], p: list[Part]) -> bool:
    """Whether the quotient of two densities, of which the parts are the logarithms, jumps inside the support of p."""
    lo, hi = p[0].interval[0], p[-1].interval[1]
    cuts = {end for part in (*q, *p) for end in part.interval if lo < end < hi}
    return any(_jumps([_limits(q, x), _limits(p, x)]) for x in cuts)


def _jumps(limits: list[tuple[Number, Number]]) -> bool:
    (q_left, q_right), (p_left, p_right) = limits
    if q_left.is_infinite or q_right.is_infinite:
        return q_left != q_right
    return sign(q_left - p_left - q_right + p_right) != 0


def _limits(parts: list[Part], at: Number) -> tuple[Number, Number]:
    """The limits of a log-density from the left and from the right, minus infinity outside its support."""
    left, right = (
        next((p for p in parts if p.interval[side] == at or p.interval[0] < at < p.interval[1]), None)
        for side in (1, 0)
    )
    return tuple(
        -sp.oo if p is None else sp.limit(p.branch.expr, t, p.shift + p.scale * at, side) + p.offset
        for p, side in ((left, "-"), (right, "+"))
    )


def integral(functions: Sequence[list[Part]], weights: Sequence[Number], factor: Factor | None) -> Integral:
    """The integral over the set where all positively weighted functions are defined.

    Functions that are neither weighted nor seen by a factor are left out. Where one that is used is not defined on
    the whole of that set, its density is zero there and the integral is infinite: it is marked as ``uncovered``.
    """
    used = [i for i, w in enumerate(weights) if w or factor]
    spans = {i: (functions[i][0].interval[0], functions[i][-1].interval[1]) for i in used}
    lo = max((spans[i][0] for i in used if weights[i] > 0), default=-sp.oo)
    hi = min((spans[i][1] for i in used if weights[i] > 0), default=sp.oo)
    uncovered = bool(lo < hi) and any(bool(spans[i][0] > lo or spans[i][1] < hi) for i in used)
    cuts = {end for i in used for part in functions[i] for end in part.interval if lo < end < hi}
    ends = sorted({lo, hi, *cuts}) if lo < hi and not uncovered else []
    segments = tuple(
        Segment(a, b, tuple(_holding(functions[i], between(a, b)) for i in used)) for a, b in pairwise(ends)
    )
    centres = tuple(dict.fromkeys((-p.shift / p.scale, 1 / p.scale) for i in used for p in functions[i]))
    return Integral(tuple(weights[i] for i in used), factor, segments, centres, uncovered)


def _holding(parts: list[Part], at: Number) -> Part:
    return next(p for p in parts if p.interval[0] < at < p.interval[1])
