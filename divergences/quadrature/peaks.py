"""Where an integrand is large: sampled on every scale that a problem has, then zoomed in on.

Adaptive rules halve the panel on which they see an error; a peak that falls between all their nodes they do not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from divergences.quadrature.branches import Number, between
from divergences.quadrature.integrals import Integral, Segment

Height = Callable[[Any], Any]
"""About the logarithm of the integrand's modulus, without its zeros: comparable numbers, minus infinity included."""

_POWERS = (*range(-2, 12), 16, 22, 30, 40)


def samples(problem: Integral, segment: Segment, number: Callable[[Number], Any]) -> list[Any]:
    """Points of the segment around every centre, on every scale, and its finite ends, as numbers of the given type."""
    points = [number(x) for x in (segment.lo, between(segment.lo, segment.hi), segment.hi) if x.is_finite]
    lo = points[0] if segment.lo.is_finite else None
    hi = points[-1] if segment.hi.is_finite else None
    for c, s in ((number(c), number(s)) for c, s in problem.centres):
        spread = (c + side * s * 2.0**k for k in _POWERS for side in (-1, 1))
        points += [x for x in (c, *spread) if (lo is None or lo < x) and (hi is None or x < hi)]
    return sorted(points)


def peaks(height: Height, points: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Local maxima ``(x, height)`` of the sampled function, each refined until its height is known within one."""
    found = []
    heights = [height(x) for x in points]
    for i, h in enumerate(heights):
        if h == max(heights[max(i - 1, 0) : i + 2]) and (i == 0 or h > heights[i - 1]):
            found.append(_zoom(height, points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)], (points[i], h)))
    return found


def _zoom(height: Height, lo: Any, hi: Any, best: tuple[Any, Any]) -> tuple[Any, Any]:
    for _ in range(40):
        points = [lo + (hi - lo) * k / 8 for k in range(9)]
        heights = [height(x) for x in points]
        i = max(range(9), key=heights.__getitem__)
        best = max(best, (points[i], heights[i]), key=lambda peak: peak[1])
        left, right = max(i - 1, 0), min(i + 1, 8)
        # Where the neighbours are hardly lower, nothing between them is much higher.
        if not heights[i] - min(heights[left], heights[right]) > 1:
            break
        lo, hi = points[left], points[right]
    return best


def width(height: Height, peak: tuple[Any, Any], lo: Any, hi: Any) -> Any:
    """About the distance from a peak, towards the farther end, at which the integrand has fallen by a factor e."""
    x, top = peak
    side = 1 if hi - x > x - lo else -1
    step = (1 + abs(x)) / 2**45
    while lo < x + side * 2 * step < hi and height(x + side * step) > top - 1:
        step *= 2
    return step
