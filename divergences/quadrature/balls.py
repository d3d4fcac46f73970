"""Rigorous enclosures by ball arithmetic: `acb.integral` on the smooth segments, proven bounds beyond the cut-offs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mpmath
import sympy as sp
from flint import acb, arb, ctx

from divergences.families import t
from divergences.quadrature.arithmetic import BALLS, INTERVALS, QuadratureError, ball, from_interval, to_interval
from divergences.quadrature.branches import between
from divergences.quadrature.functionals import Integrated
from divergences.quadrature.growth import LOG, Function, Growth, Square, UnboundedRest, in_log_coordinate
from divergences.quadrature.integrals import End, Integral, Part, Segment
from divergences.quadrature.peaks import peaks, samples

Bound = Callable[[acb], acb]
_WIDE = 2**20


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at ``bits`` bits, in balls and in intervals."""
    before = ctx.prec, mpmath.iv.prec
    ctx.prec = mpmath.iv.prec = bits
    try:
        yield
    finally:
        ctx.prec, mpmath.iv.prec = before


def integrate(problem: Integral, bits: int) -> Integrated:
    """An enclosure of a convergent integral, aiming at a relative accuracy of about ``2**-bits``.

    The radius tells what was reached; where terms of both signs cancel it is relative to their size.

    Raises
    ------
    QuadratureError
        If an integrand cannot be evaluated in ball arithmetic or no bound is found for a tail.
    """
    with precision(bits + 40):
        log_scale = max((_log_peak(problem, s) for s in problem.segments), default=0)
        tolerance = arb(2) ** -(bits + 10)
        total = arb(0)
        for segment, ends in zip(problem.segments, problem.ends, strict=True):
            total += _segment(problem, segment, ends, log_scale, tolerance, bits)
        return Integrated(total, log_scale)


def _log_peak(problem: Integral, segment: Segment) -> int:
    """About the largest logarithm of the integrand's modulus: a hint on which nothing but speed depends."""
    values, weights = [_value(p) for p in segment.parts], [acb(ball(w)) for w in problem.weights]

    def height(x: arb) -> int:
        v = [f(acb(x), False) for f in values]
        total = sum((w * y for w, y in zip(weights, v, strict=True)), acb(0)).real
        total += (1 + abs(problem.factor(*v))).log().real if problem.factor else 0
        mantissa, exponent = total.mid().man_exp() if total.is_finite() else (-1, _LARGEST)
        return int(mantissa) << min(int(exponent), _LARGEST) if exponent > 0 else int(mantissa) >> -int(exponent)

    return max(h for _, h in peaks(height, samples(problem, segment, ball)))


_LARGEST = 2**14
"""Logarithms with more bits than this are taken for minus infinity."""


def _value(part: Part) -> Function:
    f = BALLS.compile(part.branch.expr, t)
    if (part.shift, part.scale) == (0, 1):
        return f
    shift, scale, offset = (acb(ball(c)) for c in (part.shift, part.scale, part.offset))
    return lambda x, analytic: f(shift + scale * x, analytic) + offset


def _integrand(problem: Integral, values: list[Function], log_scale: int, bound: Bound | None = None) -> Function:
    weights, factor = [acb(ball(w)) for w in problem.weights], problem.factor

    def f(x: acb, analytic: bool) -> acb:
        v = [g(x, analytic) for g in values]
        weight = (sum((w * y for w, y in zip(weights, v, strict=True) if w != 0), acb(-log_scale))).exp()
        if bound and not analytic and not weight.abs_upper() < _WIDE:
            weight = bound(x)
        return weight * factor(*v) if factor else weight

    return f


def _bound(problem: Integral, parts: tuple[Part, ...], log_scale: int) -> Bound:
    """The weight on a real interval, by its end points: a ball, being a midpoint and a radius, cannot say that
    exp(-t) is positive on a wide interval, nor therefore that exp(-exp(-t)) is small.
    """
    terms = [
        (INTERVALS.compile(p.branch.expr, t), *(to_interval(ball(c)) for c in (p.shift, p.scale, p.offset, w)))
        for p, w in zip(parts, problem.weights, strict=True)
        if w
    ]

    def bound(x: acb) -> acb:
        at = to_interval(x.real)
        return _exp(sum((w * (f(shift + scale * at) + offset) for f, shift, scale, offset, w in terms), -log_scale))

    return bound


def _exp(exponent: Any) -> acb:
    weight = INTERVALS.namespace["exp"](exponent)
    return acb(from_interval(weight) if mpmath.isfinite(weight.delta) else arb.nan())


def _segment(
    problem: Integral, segment: Segment, ends: tuple[End, End], log_scale: int, tolerance: arb, bits: int
) -> arb:
    """One segment: its analytic inside, and at ends that are infinite or singular a cut-off and what lies beyond."""
    inner = next((end.at for end in ends if end.is_smooth), between(segment.lo, segment.hi))
    limits, total = [ball(inner), ball(inner)], arb(0)
    for end in ends:
        if end.is_smooth:
            limits[end.right] = ball(end.at)
            continue
        side = 1 if end.right else -1
        start = ball(side * inner if end.at.is_infinite else 1 / abs(end.at - inner)).upper()
        slow = end.at.is_finite or end.log_weight.lead == LOG
        if slow and end.at.is_infinite:
            start = max([start, arb(1), *(2 * abs(ball(p.shift / p.scale)).upper() for p in segment.parts)])
        cut, beyond = cut_off(end, start, slow, log_scale, tolerance)
        total += arb(0, beyond)
        if combined := _combined(end, log_scale):
            at = max(sp.S.Zero, side * inner)
            total += _integral(combined, ball(at), cut, tolerance, bits)
            limits[end.right] = ball(side * at)
            continue
        if slow:
            g = _in_log_coordinate(problem, segment, end, log_scale)
            total += _integral(g, start.log(), cut.log(), tolerance, bits)
            cut = start
        limits[end.right] = side * cut if end.at.is_infinite else ball(end.at) - side / cut
    bound = _bound(problem, segment.parts, log_scale)
    f = _integrand(problem, [_value(p) for p in segment.parts], log_scale, bound)
    return total + _integral(f, limits[0], limits[1], tolerance, bits)


def _combined(end: End, log_scale: int) -> Function | None:
    """The integrand in ``w`` by its growing terms, if those are powers in the weight, and powers and exponentials in
    the factor: like exponents are added before a ball is, which then may be wide though they nearly cancel.
    """
    weight, factor = end.log_weight, end.factor
    if isinstance(factor, Square):
        return None
    powers_only = all(rank == 1 and k.is_Integer for rank, k in weight.terms)
    if not powers_only or any(rank == 0 or (rank == 1 and not k.is_Integer) for rank, k in factor.terms):
        return None
    polynomial = sum((c * t**k for (_, k), c in weight.terms.items()), sp.S.Zero)
    powers = BALLS.compile(sum((c * t**k for (rank, k), c in factor.terms.items() if rank == 1), sp.S.Zero), t)
    exponents = [(sp.S.One, polynomial)] + [
        (c, polynomial + k * t) for (rank, k), c in factor.terms.items() if rank == 2
    ]
    terms = [(acb(ball(c)), BALLS.compile(e, t), INTERVALS.compile(e, t)) for c, e in exponents]
    weight_rest, factor_rest = weight.at(), factor.at()

    def f(w: acb, analytic: bool) -> acb:
        total, rest, coefficient = acb(0), weight_rest(w, analytic) - log_scale, powers(w) + factor_rest(w, analytic)
        for c, exponent, exponent_interval in terms:
            y = (exponent(w) + rest).exp()
            if not analytic and not y.abs_upper() < _WIDE:
                y = _exp(exponent_interval(to_interval(w.real)) + to_interval(rest.real))
            total += c * y * coefficient
            coefficient = acb(1)
        return total

    return f


def _in_log_coordinate(problem: Integral, segment: Segment, end: End, log_scale: int) -> Function:
    """The integrand in ``log w``, where a power is an exponential; dt = +-w dlog(w) or +-dlog(w)/w."""
    f = _integrand(problem, [_part_in_log_coordinate(p, end) for p in segment.parts], log_scale)
    power = 1 if end.at.is_infinite else -1
    return lambda u, analytic: f(u, analytic) * (power * u).exp()


def _part_in_log_coordinate(part: Part, end: End) -> Function:
    """The part as a function of ``log w``, for ``w`` beyond twice the distance of its own origin."""
    side = 1 if end.right else -1
    x = part.shift + part.scale * end.at
    log_scale, shift, offset = (acb(ball(c)) for c in (sp.log(part.scale), side * part.shift / part.scale, part.offset))
    if end.at.is_finite and x not in (part.branch.lo, part.branch.hi):
        f, at, scale = BALLS.compile(part.branch.expr, t), acb(ball(x)), acb(ball(side * part.scale))
        return lambda u, analytic: f(at - scale * (-u).exp(), analytic) + offset
    f = BALLS.compile(in_log_coordinate(part.branch, end.right), t)
    if end.at.is_finite:
        return lambda u, analytic: f(u - log_scale, analytic) + offset
    return lambda u, analytic: f(u + log_scale + (1 + shift * (-u).exp()).log(analytic), analytic) + offset


def _integral(f: Function, a: arb, b: arb, tolerance: arb, bits: int) -> arb:
    if not a < b:
        return arb(0)
    limit = 8000 + 60 * bits  # a few times what the hardest integrals of the seven families take
    return acb.integral(
        f,
        acb(a),
        acb(b),
        rel_tol=arb(2) ** -bits,
        abs_tol=tolerance,
        eval_limit=limit,
        depth_limit=limit,
        use_heap=True,
    ).real


def cut_off(end: End, start: arb, slow: bool, log_scale: int, tolerance: arb) -> tuple[arb, arb]:
    """A cut-off W >= start in the local coordinate, and a bound below ``tolerance`` of the integral beyond it.

    Both are exact; the bound is of the integral divided by ``exp(log_scale)``.
    """
    cut = max(start.upper(), arb(2))
    for _ in range(200):
        try:
            factor = end.factor.root if isinstance(end.factor, Square) else end.factor
            weight_rest, factor_rest = end.log_weight.beyond(cut), abs(factor.beyond(cut))
            break
        except UnboundedRest:
            cut = 2 * cut
    else:
        raise QuadratureError(f"no enclosure of the integrand towards {end.at}")
    # What encloses the rests on [W, oo) does so on every later half-line.
    # arb's own power is not defined across zero
    terms = [(abs(ball(c)) * (acb(factor_rest) ** n).real, Exponent(e)) for c, n, e in end.exponents()]
    for _ in range(400):
        bound = sum((c * e.beyond(cut) for c, e in terms), arb(0)) * (weight_rest - log_scale).exp()
        if bound < tolerance:
            return cut, bound.upper()
        cut = (cut ** arb("1.3") if slow else cut * arb("1.4")).upper()
    raise QuadratureError(f"no cut-off towards {end.at} leaves out less than {tolerance.str(3)}")


class Exponent:
    """E(w) = sum of c g(w), without its rest."""

    def __init__(self, growth: Growth) -> None:
        terms = sorted(growth.terms.items(), reverse=True)
        self.terms = [(rank, ball(k), ball(c)) for (rank, k), c in terms]

    def __call__(self, w: arb) -> arb:
        values = (c * (w.log() if rank == 0 else w**k if rank == 1 else (k * w).exp()) for rank, k, c in self.terms)
        return sum(values, arb(0))

    def beyond(self, cut: arb) -> arb:
        """A bound of the integral of exp(E(w)) over [cut, oo); infinite if ``cut`` is too near.

        If w E'(w) <= -n for all w >= W, then exp(E(w)) <= exp(E(W)) (w/W)**-n.
        """
        n = self.fall(cut)
        return self(cut).exp() * cut / (n - 1) if n > 1 else arb.pos_inf()

    def highest(self, cut: arb) -> arb:
        """A bound of E(w) on [cut, oo); infinite if ``cut`` is too near."""
        return self(cut) if self.fall(cut) > 0 else arb.pos_inf()

    def fall(self, cut: arb) -> arb:
        """A lower bound of -w E'(w) on [cut, oo); minus infinity if ``cut`` is too near.

        w E'(w) is the sum of c e(w), e = w g', and once all e/e_lead decrease it is at most
        e_lead(W) (c_lead + sum of |c| e(W)/e_lead(W)).
        """
        (lead, rate, c_lead), *others = self.terms
        if lead == 2 and any(rank == 1 and not cut > k / rate for rank, k, _ in others):
            return arb.neg_inf()
        top = _elasticity(lead, rate, cut)
        return -top * (c_lead + sum((abs(c) * _elasticity(rank, k, cut) / top for rank, k, c in others), arb(0)))


def _elasticity(rank: int, k: arb, w: arb) -> arb:
    """``w g'(w)`` of the comparison function g."""
    return arb(1) if rank == 0 else k * w**k if rank == 1 else k * w * (k * w).exp()
