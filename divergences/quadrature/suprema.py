"""Suprema of a factor instead of integrals: every local maximum on a grid of all scales, refined, and the limits.

The arguments and the kind of result are those of :func:`divergences.quadrature.arbitrary.integrate`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import mpmath

from divergences.families import t
from divergences.quadrature.arithmetic import MPMATH, mpf_constant
from divergences.quadrature.functionals import Integrated
from divergences.quadrature.integrals import Integral, Segment
from divergences.quadrature.peaks import samples

_SUBDIVISIONS = (4, 7)


def is_infinite(problem: Integral) -> bool:
    """Whether the factor grows without bound towards an end."""
    return any(end.factor.direction > 0 for pair in problem.ends for end in pair)


def supremum(problem: Integral, digits: int, layout: int) -> Integrated:
    """The supremum of a factor that is bounded above, to ``digits`` digits."""
    with mpmath.workdps(3 * digits):  # the limit at infinity is taken far out, where digits cancel
        return Integrated(max(_on_segment(problem, s, digits, _SUBDIVISIONS[layout]) for s in problem.segments))


def _on_segment(problem: Integral, segment: Segment, digits: int, subdivisions: int) -> mpmath.mpf:
    parts = [
        (MPMATH.compile(p.branch.expr, t), *map(mpf_constant, (p.shift, p.scale, p.offset))) for p in segment.parts
    ]

    factor = problem.factor
    assert factor is not None

    def value(x: mpmath.mpf) -> mpmath.mpf:
        height = factor(*(f(shift + scale * x) + offset for f, shift, scale, offset in parts))
        return height if mpmath.isfinite(height) else -mpmath.inf  # an exponential overflows out there

    nodes = samples(problem, segment, mpf_constant)
    fine = [a + (b - a) * k / subdivisions for a, b in pairwise(nodes) for k in range(subdivisions)] + nodes[-1:]
    far = 10 ** mpmath.mpf(digits + 5) * (1 + max(abs(x) for x in nodes))
    points = [-far] * segment.lo.is_infinite + fine + [far] * segment.hi.is_infinite
    heights = [value(x) for x in points]
    best, flat = max(heights), mpmath.mpf(10) ** -digits
    for a, b, h in ((points[0], points[1], heights[0]), (points[-2], points[-1], heights[-1])):
        if h > best - 1:  # from a kink the factor may rise for less than the distance to the next point
            best = max(best, _refined(value, a, b, digits))
    for i in range(1, len(points) - 1):
        lower, upper = sorted((heights[i - 1], heights[i + 1]))
        if heights[i] >= upper and heights[i] > max(best - 1, lower + flat):
            best = max(best, _refined(value, points[i - 1], points[i + 1], digits))
    return best


def _refined(value: Callable[[mpmath.mpf], mpmath.mpf], low: mpmath.mpf, high: mpmath.mpf, digits: int) -> mpmath.mpf:
    """Golden section: an error of the argument counts squared in the value."""
    ratio = (mpmath.sqrt(5) - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = value(a), value(b)
    while high - low > mpmath.mpf(10) ** (-digits / 2 - 3) * (1 + abs(low)):
        if at_a > at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = value(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = value(b)
    return max(at_a, at_b)
