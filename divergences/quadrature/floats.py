"""Double precision by SciPy's adaptive Gauss-Kronrod rule: milliseconds, for tests at many points."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import scipy.integrate

from divergences.families import t
from divergences.quadrature.arithmetic import FLOATS, QuadratureError
from divergences.quadrature.functionals import Integrated
from divergences.quadrature.integrals import Integral, Segment
from divergences.quadrature.peaks import peaks, samples, width


def integrate(problem: Integral) -> tuple[Integrated, float]:
    """A convergent integral, and an estimate of its mantissa's absolute error."""
    integrands = [_Integrand(problem, s) for s in problem.segments]
    top = max((i.top for i in integrands), default=0.0)
    if not math.isfinite(top):
        raise QuadratureError("a logarithm of the densities overflows double precision")
    log_scale = math.floor(top)
    value = error = size = 0.0
    for integrand in integrands:
        integrand.log_scale = log_scale
        for a, b in pairwise(integrand.ends):
            v, e = _panel(integrand, a, b)
            value, error, size = value + v, error + e, size + abs(v)
    # An exponent is rounded relative to its size, and so the weight relative to the exponent.
    return Integrated(value, log_scale), error + 2.0**-52 * (1 + size) * (8 + abs(log_scale))


def _panel(f: Callable[[float], float], a: float, b: float) -> tuple[float, float]:
    if math.isinf(a):
        return _panel(lambda x: f(-x), -b, math.inf)
    if math.isinf(b):
        # QUADPACK's own map of a half-line has scale one; exp(u) serves light and heavy tails on every scale.
        start, step, a = a, 1 + abs(a), 0.0
        f = _on_log_scale(f, start, step)
    v, e, _, *warning = scipy.integrate.quad(f, a, b, epsabs=1e-15, epsrel=1e-13, limit=100, full_output=1)
    return v, e + abs(v) if warning and "roundoff" not in warning[0] else e


def _on_log_scale(f: Callable[[float], float], start: float, step: float) -> Callable[[float], float]:
    return lambda u: f(start + step * math.expm1(u)) * step * math.exp(u) if u < 600 else 0.0


class _Integrand:
    """The integrand on a segment, divided by ``exp(log_scale)``, and panels for it."""

    log_scale = 0

    def __init__(self, problem: Integral, segment: Segment) -> None:
        self.parts = [
            (FLOATS.compile(p.branch.expr, t), float(p.shift), float(p.scale), float(p.offset)) for p in segment.parts
        ]
        self.weights, self.factor = [float(w) for w in problem.weights], problem.factor
        lo, hi = float(segment.lo), float(segment.hi)
        tops = [(x, h) for x, h in peaks(self.height, samples(problem, segment, float)) if h > -math.inf]
        self.top = max((h for _, h in tops), default=-math.inf)
        focus = [(float(c), float(s)) for c, s in problem.centres]
        focus += [(peak[0], width(self.height, peak, lo, hi)) for peak in tops]
        cuts = {x + side * k * s for x, s in focus for k in (0, 1, 4, 16, 64) for side in (-1, 1)}
        self.ends = [lo, *sorted(x for x in cuts if lo < x < hi), hi]

    def log_weight(self, x: float) -> tuple[float, list[float]]:
        """Logarithm of the weight, and the values of the parts for the factor."""
        try:
            values = [f(shift + scale * x) + offset for f, shift, scale, offset in self.parts]
        except ArithmeticError:  # overflow or 1/0: only where a density vanishes
            return -math.inf, []
        return sum(w * v for w, v in zip(self.weights, values, strict=True) if w), values

    def height(self, x: float) -> float:
        log_weight, values = self.log_weight(x)
        height = log_weight + (math.log1p(abs(self.factor(*values))) if self.factor and values else 0.0)
        return height if math.isfinite(height) else -math.inf

    def __call__(self, x: float) -> float:
        log_weight, values = self.log_weight(x)
        weight = FLOATS.namespace["exp"](log_weight - self.log_scale)
        # Where terms overflow, -inf + inf, another term of the weight is far larger: it is zero there.
        if not weight > 0:
            return 0.0
        return weight * self.factor(*values) if self.factor else weight
