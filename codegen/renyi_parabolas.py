"""Logarithms of integrals of powers of a normal and another density, with their derivatives.

Between kinks and edges the integrand is the exponential of a parabola: tails of a normal distribution, and its mass in
an interval; Dawson's function where the parabola opens upwards. Functions are named by posterior and prior, as in
:mod:`codegen.renyi_lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from codegen.closed import Formula
from codegen.functions import dawson, expm1, exprel, log1p, mills_deficit, mills_tail
from codegen.nodes import gauss_legendre
from codegen.renyi_lines import least, most, order, r, rate, rest
from codegen.stabilise import l
from divergences.families import alpha, mu


def _factor(y: sp.Expr) -> sp.Expr:
    """``erfc(y/sqrt 2)``, times ``exp(y^2/2)`` where y is positive."""
    return mills_tail(least(y, sp.S.Zero), most(y, sp.S.Zero))


@dataclass(frozen=True)
class _Tail:
    """``exp(a x + x^2/2) erfc((a + x)/sqrt 2) = int_0^oo exp(-(t + a)^2/2 - x t) dt sqrt(2/pi)``.

    Its exponent is split from a factor of order one: at ``y = a + x >= 0`` it is -a^2/2 and the factor a scaled
    complementary error function, else the exponent is x (a + x/2).
    """

    a: sp.Expr
    x: sp.Expr

    @property
    def y(self) -> sp.Expr:
        return self.a + self.x

    @property
    def factor(self) -> sp.Expr:
        return _factor(self.y)

    @property
    def excess(self) -> sp.Expr:
        """Minus the derivative of the logarithm in x."""
        low, high = least(self.y, sp.S.Zero), most(self.y, sp.S.Zero)
        return sp.sqrt(2 / sp.pi) * mills_deficit(low, high) / self.factor

    @property
    def slope(self) -> sp.Expr:
        """Minus the derivative of the logarithm of the factor in y."""
        low = least(self.y, sp.S.Zero)
        return self.at_either(self.excess, sp.sqrt(2 / sp.pi) * sp.exp(-(low**2) / 2) / self.factor)

    def at_either(self, right: sp.Expr, left: sp.Expr) -> sp.Expr:
        """One of two expressions, by the sign of y."""
        return sp.Piecewise((left, self.y < 0), (right, True))

    @property
    def exponent(self) -> sp.Expr:
        return self.at_either(-(self.a**2) / 2, self.x * (self.a + self.x / 2))

    @property
    def by_a(self) -> sp.Expr:
        """Derivative of the logarithm."""
        return self.at_either(-self.a, self.x) - self.slope

    @property
    def by_width(self) -> sp.Expr:
        """Derivative in log s where ``a`` is proportional to 1/s and ``x`` to s."""
        return self.at_either(self.a**2, self.x**2) + (self.a - self.x) * self.slope


def _scaled_gauss() -> tuple[sp.Expr, sp.Expr]:
    """Scale of a normal posterior's density to the power alpha, and the logarithm of the integral's constant factor."""
    return sp.exp(l) / sp.sqrt(alpha), -alpha * (sp.log(2 * sp.pi) / 2 + l) + l - sp.log(alpha) / 2


def normal_exponential() -> Formula:
    """``int_0^oo exp(-(z - mu)^2/2s^2 - rest z) dz``."""
    s, constant = _scaled_gauss()
    tail = _Tail(-mu / s, rest * s)
    value = constant + sp.log(sp.pi / 2) / 2 + tail.exponent + sp.log(tail.factor)
    return value, -tail.by_a / s, 1 - alpha + tail.by_width


def exponential_normal() -> Formula:
    """``int_mu^oo exp(-rate (z - mu) - rest z^2/2) dz``."""
    tail = _Tail(sp.sqrt(rest) * mu, rate / sp.sqrt(rest))
    constant = -alpha * l - rest * sp.log(2 * sp.pi) / 2 + sp.log(sp.pi / 2) / 2 - sp.log(rest) / 2
    return constant + tail.exponent + sp.log(tail.factor), sp.sqrt(rest) * tail.by_a, tail.x * tail.excess - alpha


def _both_sides(c: sp.Expr, x: sp.Expr) -> tuple[_Tail, _Tail, sp.Expr, sp.Expr, sp.Expr]:
    """The tails at -c and c for c >= 0, the first of which is the larger one.

    Returns them, the logarithm of their sum, the second one's share of it, and the derivative of the logarithm in c.
    """
    main, other = _Tail(-c, x), _Tail(c, x)
    lead = sp.Piecewise((0, x >= c), ((x - c) ** 2 / 2, x >= -c), (-2 * c * x, True))  # of the exponents
    ratio = sp.exp(-lead) * other.factor / main.factor
    share = ratio / (1 + ratio)
    by_c = sp.Piecewise(
        (-x * (1 - ratio) / (1 + ratio), x < c), (-c + (1 - share) * main.slope - share * other.slope, True)
    )
    return main, other, main.exponent + sp.log(main.factor) + log1p(ratio), share, by_c


def normal_laplace() -> Formula:
    """``int exp(-(z - mu)^2/2s^2 - rest |z|) dz``."""
    s, constant = _scaled_gauss()
    main, other, log, share, by_c = _both_sides(r / s, rest * s)
    by_width = (1 - share) * main.by_width + share * other.by_width
    value = constant + sp.log(sp.pi / 2) / 2 - rest * sp.log(2) + log
    return value, sp.sign(mu) * by_c / s, 1 - alpha + by_width


def laplace_normal() -> Formula:
    """``int exp(-rate |z - mu| - rest z^2/2) dz``."""
    main, other, log, share, by_c = _both_sides(sp.sqrt(rest) * r, rate / sp.sqrt(rest))
    excess = (1 - share) * main.excess + share * other.excess
    constant = -alpha * (sp.log(2) + l) - rest * sp.log(2 * sp.pi) / 2 + sp.log(sp.pi / 2) / 2 - sp.log(rest) / 2
    return constant + log, sp.sign(mu) * sp.sqrt(rest) * by_c, main.x * excess - alpha


NARROW = sp.Rational(1, 10)
"""Fall of a Gauss exponent below which an interval is integrated by nodes."""


def _mean_fall(width: sp.Expr, slope: sp.Expr, curvature: int) -> sp.Expr:
    """Mean of ``exp(-slope t - curvature t^2/2)`` over [0, width], by nodes."""
    steps = [(sp.Float((1 + t) / 2), sp.Float(w)) for t, w in gauss_legendre(6)]
    return sum(w * sp.exp(-width * t * (slope + curvature * width * t / 2)) for t, w in steps)


def _box(c: sp.Expr, h: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    """``int exp(-z^2/2) dz`` over an interval of width h about c >= 0.

    Returns its logarithm, and the derivatives of that in c, in log s where c and h are proportional to s, and in log h.
    """
    start, end = c - h / 2, c + h / 2
    near = most(start, sp.S.Zero)
    depth = near**2 / 2
    root = sp.sqrt(sp.pi / 2)
    across = root * (sp.erf(end / sp.sqrt(2)) - sp.erf(start / sp.sqrt(2)))
    low = least(start, sp.S.Zero)  # zero where it is used
    beside = root * (mills_tail(low, near) - sp.exp(-c * h) * mills_tail(low, end))
    small = least(h, sp.S.One)
    narrow = small * _mean_fall(small, near, 1)
    total = sp.Piecewise((across, start < 0), (narrow, c * h < NARROW), (beside, True))
    first = sp.Piecewise((sp.exp(-(start**2) / 2), start < 0), (1, True)) / total
    last = sp.Piecewise((sp.exp(-(end**2) / 2), start < 0), (sp.exp(-c * h), True)) / total
    by_c = first * expm1(-c * h)
    apart = end * last - start * first
    together = c * by_c + h * (first + last) / 2
    by_scale = sp.Piecewise((apart, start < 0), (together, c * h < NARROW), (apart, True))
    return sp.log(total) - depth, by_c, by_scale, h * (first + last) / 2


def normal_uniform() -> Formula:
    """``int exp(-(z - mu)^2/2s^2) dz`` over [-1, 1]."""
    s, constant = _scaled_gauss()
    c, h = r / s, 2 / s
    log, by_c, by_scale, _ = _box(c, h)
    return constant - rest * sp.log(2) + log, sp.sign(mu) * by_c / s, 1 - alpha - by_scale


def uniform_normal_below() -> Formula:
    """``int exp(-rest z^2/2) dz`` over [mu - sigma, mu + sigma]."""
    root = sp.sqrt(rest)
    c, h = root * r, 2 * root * sp.exp(l)
    log, by_c, _, by_width = _box(c, h)
    constant = -alpha * (sp.log(2) + l) - rest * sp.log(2 * sp.pi) / 2 - sp.log(rest) / 2
    return constant + log, sp.sign(mu) * root * by_c, by_width - alpha


SMALL, LARGE = sp.Float("1e-160"), sp.Float("1e160")
"""Of arguments whose products and quotients are numbers, or whose squares are none."""


def _number(x: sp.Expr) -> sp.Expr:
    """``x`` within these bounds; NaN stays."""
    return sp.Piecewise((SMALL, x < SMALL), (LARGE, x > LARGE), (x, True))


def uniform_normal_above() -> Formula:
    """``int exp(order z^2/2) dz`` over [mu - sigma, mu + sigma].

    That is the width times the exponential at the end farther from zero times a mean ``level`` in (0, 1], a difference
    of Dawson's functions: what multiplies the order is the square of that end, so that no exponential overflows.
    """
    root = sp.sqrt(order)
    centre, half = _number(r), _number(sp.exp(l))
    c, h = root * centre, 2 * root * half
    start, end = c - h / 2, c + h / 2
    ratio = sp.exp(-c * h)  # of the integrand at both ends
    wide = sp.sqrt(2) * (dawson(end / sp.sqrt(2)) - ratio * dawson(start / sp.sqrt(2))) / h
    narrow = _mean_fall(h, end, -1)
    sigma = sp.exp(l)
    level = sp.Piecewise((wide, r < sigma), (narrow, 2 * order * r * sigma < NARROW), (wide, True))
    value = order * (sp.log(sp.pi / 2) / 2 - l + (centre + half) ** 2 / 2) + sp.log(level)
    by_c = c * exprel(-c * h) / level
    return value, sp.sign(mu) * root * by_c, (1 + ratio) / (2 * level) - alpha
