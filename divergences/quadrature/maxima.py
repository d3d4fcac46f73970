"""Rigorous enclosures of suprema: branch and bound on intervals, by value, slope and curvature.

An interval is done with when the function is below what is known to be reached, is monotone there (its maximum is at an
end), is concave (a tangent at the root of the slope bounds it), or hardly varies. Infinite ends are cut off where the
leading terms bound the function, or its bounded rest encloses it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy as sp
from flint import acb, arb, ctx

from divergences.families import t
from divergences.quadrature.arithmetic import BALLS, QuadratureError, ball
from divergences.quadrature.balls import Exponent, precision
from divergences.quadrature.branches import between
from divergences.quadrature.functionals import Integrated
from divergences.quadrature.growth import Growth, UnboundedRest
from divergences.quadrature.integrals import End, Integral, Segment
from divergences.quadrature.peaks import samples

Real = Callable[[arb], arb]
_MOST_INTERVALS = 4000
_OFF_CENTRE = 0.4871
"""Where intervals are cut: not in the middle, where symmetric functions have their maximum."""


def supremum(problem: Integral, bits: int) -> Integrated:
    """An enclosure of the supremum of a factor that is bounded above, its radius about ``2**-bits``.

    Raises
    ------
    QuadratureError
        If intervals without number are left, as where the supremum is approached slowly towards an infinite end.
    """
    with precision(2 * bits + 60):
        search = _Search(arb(2) ** -bits)
        for segment in problem.segments:
            search.sample(problem, segment)
        for segment, ends in zip(problem.segments, problem.ends, strict=True):
            search.segment(problem, segment, ends)
        return Integrated(search.result())


class _Search:
    """Enclosures of maxima found so far; the largest of them is the supremum."""

    def __init__(self, tolerance: arb) -> None:
        self.tolerance = tolerance
        self.lower, self.found = arb.neg_inf(), list[arb]()

    def result(self) -> arb:
        return self.lower.union(max(found.upper() for found in self.found))

    def add(self, enclosure: arb) -> None:
        """Add an enclosure of the maximum over some set."""
        self.found.append(enclosure)
        self.lower = max(self.lower, enclosure.lower())

    def sample(self, problem: Integral, segment: Segment) -> None:
        """Raise what is known to be reached, so that less need be searched."""
        value = _derivative(problem, segment, 0)
        for x in samples(problem, segment, ball):
            height = value(x)
            self.lower = max(self.lower, height.lower()) if height.is_finite() else self.lower

    def segment(self, problem: Integral, segment: Segment, ends: tuple[End, End]) -> None:
        value, slope, curvature = (_derivative(problem, segment, order) for order in range(3))
        inner = ball(between(segment.lo, segment.hi)).mid()
        self.add(value(inner))
        limits = [inner, inner]
        for end in ends:
            if end.at.is_finite:
                limits[end.right] = ball(end.at)
                self.add(value(limits[end.right]))
            else:
                limits[end.right] = self.tail(end, inner)
        self.compact(value, slope, curvature, *limits)

    def tail(self, end: End, inner: arb) -> arb:
        """Where the infinite rest may be cut off; what it holds above all else is added."""
        side = 1 if end.right else -1
        factor = end.factor
        assert isinstance(factor, Growth)
        cut = max(side * inner, arb(2))
        for _ in range(200):
            try:
                rest = factor.beyond(cut)
            except UnboundedRest:
                rest = arb.nan()
            if not factor.terms and rest.rad() < self.tolerance:
                self.add(rest)
                return side * cut
            if factor.terms and Exponent(factor).highest(cut) + rest < self.lower:
                return side * cut
            cut = (cut * arb("1.5")).mid()
        raise QuadratureError(f"no enclosure of the supremum towards {end.at}")

    def compact(self, value: Real, slope: Real, curvature: Real, low: arb, high: arb) -> None:
        """Add the maximum over an interval."""
        intervals = [(low, high)]
        for _ in range(_MOST_INTERVALS):
            if not intervals:
                return
            a, b = intervals.pop()
            x = a.union(b)
            height, rise = value(x), slope(x)
            middle = (a + (b - a) * _OFF_CENTRE).mid()
            by_slope = value(middle) + rise * (x - middle)
            if height < self.lower or by_slope < self.lower:
                continue
            if by_slope.rad() < self.tolerance:
                self.add(by_slope)
                continue
            if rise > 0 or rise < 0:
                self.add(value(b if rise > 0 else a))
                continue
            if curvature(x) < 0:
                self.add(self.concave(value, slope, curvature, a, b))
                continue
            self.add(value(middle))
            intervals += [(a, middle), (middle, b)]
        raise QuadratureError(f"more than {_MOST_INTERVALS} intervals for a supremum")

    def concave(self, value: Real, slope: Real, curvature: Real, a: arb, b: arb) -> arb:
        """The maximum of a concave function: no tangent is below it."""
        for _ in range(ctx.prec):
            middle = ((a + b) / 2).mid()
            top, rise = value(middle), slope(middle)
            excess = (abs(rise) * (b - a)).upper()
            if excess < self.tolerance or not (rise > 0 or rise < 0):  # found, or all that this precision tells
                break
            newton = middle - rise / curvature(a.union(b))
            low, high = max(a.lower(), newton.lower()), min(b.upper(), newton.upper())
            if high - low < (b - a) / 2 and low <= high:
                a, b = low, high
            else:
                a, b = (middle, b) if rise > 0 else (a, middle)
        return top.lower().union(top.upper() + excess)


@cache
def _differentiated(expr: sp.Expr, order: int) -> sp.Expr:
    """A derivative, quotients of exponentials in partial fractions: on an interval each exponential counts once."""
    expr, y = expr.diff(t, order), sp.Symbol("y")
    quotient = expr.subs(sp.exp(-t), y)
    rational = not quotient.has(t) and quotient.is_rational_function(y)
    return sp.apart(quotient, y).subs(y, sp.exp(-t)) if rational else expr


def _derivative(problem: Integral, segment: Segment, order: int) -> Real:
    """A derivative of the factor on one segment, as a function of ``t``."""
    factor = problem.factor
    assert factor is not None
    parts = []
    for part in segment.parts:
        f = BALLS.compile(_differentiated(part.branch.expr, order), t)
        shift, scale = ball(part.shift), ball(part.scale)
        parts.append((f, shift, scale, scale**order, ball(part.offset) if order == 0 else arb(0)))

    def g(x: arb) -> arb:
        return factor(*(c * f(acb(shift + scale * x), False).real + offset for f, shift, scale, c, offset in parts))

    return g
