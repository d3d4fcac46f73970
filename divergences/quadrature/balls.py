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
from divergences.quadrature.branches import Number, between
from divergences.quadrature.growth import LOG, Growth, UnboundedRest, in_log_coordinate
from divergences.quadrature.integrals import End, Integral, Part, Segment

Function = Callable[[acb, bool], acb]
Bound = Callable[[arb], arb]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at ``bits`` bits of ball arithmetic."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def integrate(problem: Integral, bits: int) -> arb:
    """An enclosure of a convergent integral, aiming at a relative accuracy of about ``2**-bits``.

    The radius tells what was reached; where terms of both signs cancel it is relative to their size.
    """
    with precision(30):
        log_scale = max((int(x) for s in problem.segments for x in _log_weights(problem, s)), default=0)
    with precision(bits + 40):
        tolerance = arb(2) ** -(bits + 10)
        total = sum((_segment(problem, s, log_scale, tolerance, bits) for s in problem.segments), arb(0))
        return total * arb(log_scale).exp()


def _log_weights(problem: Integral, segment: Segment) -> Iterator[float]:
    """Logarithms of the weight at points spread over the segment on every scale that the problem has."""
    f = _log_weight([_value(p) for p in segment.parts], problem.weights)
    points = {between(segment.lo, segment.hi), segment.lo, segment.hi}
    points |= {c + k * s for c, s in problem.centres for k in _SPREAD}
    for x in points:
        if segment.lo <= x <= segment.hi and x.is_finite:
            value = f(acb(ball(x)), False).real
            if value.is_finite() and value > -(10**9):
                yield float(value.mid())


_SPREAD = [sp.S.Zero] + [side * sp.Integer(2) ** k for k in range(-2, 12) for side in (-1, 1)]


def _value(part: Part) -> Function:
    f = BALLS.compile(part.branch.expr, t)
    if (part.shift, part.scale) == (0, 1):
        return f
    shift, scale, offset = (acb(ball(c)) for c in (part.shift, part.scale, part.offset))
    return lambda x, analytic: f(shift + scale * x, analytic) + offset


def _log_weight(values: list[Function], weights: tuple[Number, ...]) -> Function:
    weighted = [(f, acb(ball(w))) for f, w in zip(values, weights, strict=True) if w]
    return lambda x, analytic: sum(
        (f(x, analytic) * w for f, w in weighted[1:]), weighted[0][0](x, analytic) * weighted[0][1]
    )


def _integrand(problem: Integral, values: list[Function], log_scale: int, bound: Bound | None = None) -> Function:
    weights, factor = [acb(ball(w)) for w in problem.weights], problem.factor

    def f(x: acb, analytic: bool) -> acb:
        v = [g(x, analytic) for g in values]
        weight = (sum((w * y for w, y in zip(weights, v, strict=True) if w != 0), acb(-log_scale))).exp()
        if bound and not analytic and not weight.abs_upper() < 2**20:
            weight = acb(bound(x.real))
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

    def bound(x: arb) -> arb:
        total = sum(
            (w * (f(shift + scale * to_interval(x)) + offset) for f, shift, scale, offset, w in terms), -log_scale
        )
        weight = INTERVALS.namespace["exp"](total)
        return from_interval(weight) if mpmath.isfinite(weight.delta) else arb("nan")

    return bound


def _segment(problem: Integral, segment: Segment, log_scale: int, tolerance: arb, bits: int) -> arb:
    """One segment: its analytic inside, and at ends that are infinite or singular a cut-off and what lies beyond."""
    inner = between(segment.lo, segment.hi)
    limits, total = [ball(inner), ball(inner)], arb(0)
    for end in problem.ends(segment):
        if end.is_smooth:
            limits[end.right] = ball(end.at)
            continue
        side = 1 if end.right else -1
        start = ball(abs(inner) if end.at.is_infinite else 1 / abs(end.at - inner)).upper()
        slow = end.at.is_finite or end.log_weight.lead == LOG
        if slow and end.at.is_infinite:
            start = max([start, arb(1), *(2 * abs(ball(p.shift / p.scale)).upper() for p in segment.parts)])
        cut, beyond = cut_off(end, start, slow, tolerance * arb(log_scale).exp())
        total += arb(0, (beyond * arb(-log_scale).exp()).upper())
        if slow:
            g = _integrand(problem, [_in_log_coordinate(p, end) for p in segment.parts], log_scale)
            power = 1 if end.at.is_infinite else -1
            total += _integral(lambda u, a: g(u, a) * (power * u).exp(), start.log(), cut.log(), tolerance, bits)
            cut = start
        limits[end.right] = side * cut if end.at.is_infinite else ball(end.at) - side / cut
    bound = _bound(problem, segment.parts, log_scale)
    f = _integrand(problem, [_value(p) for p in segment.parts], log_scale, bound)
    return total + _integral(f, limits[0], limits[1], tolerance, bits)


def _in_log_coordinate(part: Part, end: End) -> Function:
    """The part as a function of ``log w``; for ``w`` beyond twice the distance of its own origin."""
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
    value = acb.integral(f, acb(a), acb(b), rel_tol=arb(2) ** -bits, abs_tol=tolerance, use_heap=True).real
    if not value.is_finite():
        raise QuadratureError(f"the integrand has no finite enclosure on [{a.str(6)}, {b.str(6)}]")
    return value


def cut_off(end: End, start: arb, slow: bool, tolerance: arb) -> tuple[arb, arb]:
    """A cut-off W >= start in the local coordinate and a bound, if possible below ``tolerance``, of what is beyond it.

    Raises
    ------
    QuadratureError
        If no bound is found.
    """
    with precision(64):
        cut = max(start.upper(), arb(2))
        for _ in range(200):
            try:
                log_scale, factor_rest = end.log_weight.rest(cut).upper(), end.factor.rest(cut)
                break
            except UnboundedRest:
                cut = 2 * cut
        else:
            raise QuadratureError(f"no enclosure of the integrand towards {end.at}")
        # What encloses the rests on [W, oo) does so on every later half-line.
        terms = [(abs(c if isinstance(c, arb) else ball(c)), e) for c, e in end.exponents()]
        terms[-1] = (abs(factor_rest), terms[-1][1])
        for _ in range(400):
            beyond = [_beyond(e, cut) for _, e in terms]
            if all(b is not None for b in beyond):
                bound = log_scale.exp() * sum((c * b for (c, _), b in zip(terms, beyond, strict=True)), arb(0))
                if bound < tolerance:
                    return cut.upper(), bound.upper()
            cut = (cut ** arb("1.25") if slow else cut * arb("1.25")).upper()
    raise QuadratureError(f"no cut-off towards {end.at} leaves out less than {tolerance.str(3)}")


def _beyond(exponent: Growth, cut: arb) -> arb | None:
    """A bound of the integral of exp(E(w)) over [cut, oo), E without its rest; None if ``cut`` is too near.

    If w E'(w) <= -k for all w >= W, then exp(E(w)) <= exp(E(W)) (w/W)**-k.
    """
    lead = exponent.lead
    assert lead is not None

    def elasticity(scale: tuple[int, Any]) -> arb:  # w d/dw of the comparison function
        rank, k = scale[0], ball(scale[1])
        return arb(1) if rank == 0 else k * cut**k if rank == 1 else k * cut * (k * cut).exp()

    top = elasticity(lead)
    others = arb(0)
    for scale, c in exponent.terms.items():
        if scale != lead:
            if lead[0] == 2 and scale[0] == 1 and not cut > ball(scale[1]) / ball(lead[1]):
                return None  # the ratio of the elasticities does not decrease yet
            others += abs(ball(c)) * elasticity(scale) / top
    k = top * (-ball(exponent.terms[lead]) - others)
    if not k > 1:
        return None
    return _evaluate(exponent, cut).exp() * cut / (k - 1)


def _evaluate(exponent: Growth, cut: arb) -> arb:
    total = arb(0)
    for (rank, k), c in exponent.terms.items():
        total += ball(c) * (cut.log() if rank == 0 else cut ** ball(k) if rank == 1 else (ball(k) * cut).exp())
    return total
