"""Arbitrary precision by mpmath: tanh-sinh panels, the worst one halved until the error estimate is small.

Independent of the balls: no cut-off (infinite panels are mapped to finite ones), other nodes, another library. Error
estimates are not proofs, so every value is computed twice, on different panels and at different precisions.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import pairwise

import mpmath

from divergences.families import t
from divergences.quadrature.arithmetic import MPMATH, QuadratureError, mpf_constant
from divergences.quadrature.functionals import Integrated
from divergences.quadrature.integrals import Integral, Segment
from divergences.quadrature.peaks import peaks, samples, width

_LAYOUTS = (1, 4, 16), (1.625, 7, 31)
_MOST_PANELS = 500


def refine(attempt: Callable[[int, int], mpmath.mpf], dps: int) -> mpmath.mpf:
    """The value on which ``attempt(digits, layout)`` agrees with itself to ``dps`` digits.

    Raises
    ------
    QuadratureError
        If no two successive attempts agree, or one is not finite.
    """
    digits, previous = dps + 10, None
    for i in range(10):
        with mpmath.workdps(digits + 10):
            value = attempt(digits, i % 2)
            if not mpmath.isfinite(value):
                raise QuadratureError(f"the convergent integral came out as {value}: its integrand is out of reach")
            if previous is not None and abs(value - previous) <= mpmath.mpf(10) ** -dps * abs(value):
                break
        digits, previous = (digits + 8 if previous is None else 2 * digits), value
    else:
        raise QuadratureError(f"{mpmath.nstr(value, 10)} and {mpmath.nstr(previous, 10)} differ within {dps} digits")
    with mpmath.workdps(dps + 5):
        return +value


def integrate(problem: Integral, digits: int, layout: int) -> Integrated:
    """A convergent integral, to ``digits`` digits relative to the integral of the integrand's absolute value.

    Raises
    ------
    QuadratureError
        If the error estimate does not become that small.
    """
    integrands = [_Integrand(problem, s, layout) for s in problem.segments]
    log_scale = int(max((i.top for i in integrands), default=0))
    panels: list[tuple[mpmath.mpf, int, Panel]] = []
    for f in integrands:
        f.log_scale = log_scale
        for a, b in pairwise(f.ends):
            panel = Panel(f, a, b)
            heapq.heappush(panels, (-panel.error, len(panels), panel))
    for count in range(len(panels), _MOST_PANELS):
        error = -mpmath.fsum(e for e, _, _ in panels)
        if error <= mpmath.mpf(10) ** -digits * mpmath.fsum(abs(p.value) for _, _, p in panels):
            return Integrated(mpmath.fsum(p.value for _, _, p in panels), log_scale)
        _, _, worst = heapq.heappop(panels)
        for i, half in enumerate(worst.halves()):
            heapq.heappush(panels, (-half.error, _MOST_PANELS * (i + 1) + count, half))
    raise QuadratureError(f"the error estimate is still {mpmath.nstr(error, 3)} on {_MOST_PANELS} panels")


class Panel:
    """An interval with the integral over it and an estimate of its error; either end may be infinite."""

    def __init__(self, f: _Integrand, a: mpmath.mpf, b: mpmath.mpf) -> None:
        self.f, self.a, self.b = f, a, b
        # Gauss-Legendre takes half the points, but does not see a layer at an end.
        smooth = mpmath.isfinite(b - a) and abs(f.height(a) - f.height(b)) < 30
        method, degree = ("gauss-legendre", 5) if smooth else ("tanh-sinh", 7)
        self.value, self.error = mpmath.quad(f, [a, b], error=True, method=method, maxdegree=degree)

    def halves(self) -> tuple[Panel, Panel]:
        """The two halves; of a half-line, a panel as long as the distance from zero and the rest."""
        a, b = self.a, self.b
        middle = 2 * b - 1 - abs(b) if a == -mpmath.inf else 2 * a + 1 + abs(a) if b == mpmath.inf else (a + b) / 2
        return Panel(self.f, a, middle), Panel(self.f, middle, b)


class _Integrand:
    """The integrand on a segment, divided by ``exp(log_scale)``, and where its panels begin and end."""

    log_scale = 0

    def __init__(self, problem: Integral, segment: Segment, layout: int) -> None:
        self.parts = [
            (MPMATH.compile(p.branch.expr, t), *map(mpf_constant, (p.shift, p.scale, p.offset))) for p in segment.parts
        ]
        self.weights = [(i, mpf_constant(w)) for i, w in enumerate(problem.weights) if w]
        self.factor = problem.factor
        lo, hi = (mpmath.mpf(str(x).replace("oo", "inf")) if x.is_infinite else mpf_constant(x)
                  for x in (segment.lo, segment.hi))  # fmt: skip
        tops = peaks(self.height, samples(problem, segment, mpf_constant))
        self.top = max(h for _, h in tops)
        focus = [(mpf_constant(c), mpf_constant(s)) for c, s in problem.centres]
        focus += [(peak[0], width(self.height, peak, lo, hi)) for peak in tops]
        cuts = {x + side * k * s for x, s in focus for k in (0, *_LAYOUTS[layout]) for side in (-1, 1)}
        self.ends = [lo, *sorted(x for x in cuts if lo < x < hi), hi]

    def log_weight(self, x: mpmath.mpf) -> tuple[mpmath.mpf, list[mpmath.mpf]]:
        """Logarithm of the weight, and the values of the parts for the factor."""
        values = [f(shift + scale * x) + offset for f, shift, scale, offset in self.parts]
        return sum(w * values[i] for i, w in self.weights), values

    def height(self, x: mpmath.mpf) -> mpmath.mpf:
        log_weight, values = self.log_weight(x)
        height = log_weight + (mpmath.log1p(abs(self.factor(*values))) if self.factor else 0)
        return height if mpmath.isfinite(height) else -mpmath.inf

    def __call__(self, x: mpmath.mpf) -> mpmath.mpf:
        log_weight, values = self.log_weight(x)
        weight = MPMATH.namespace["exp"](log_weight - self.log_scale)
        return weight * self.factor(*values) if self.factor and weight else weight
