"""Negative log-likelihoods of one pixel, and their derivatives in what a decoder emits, as floating point wants them.

Each is written twice: by the distribution's density, and as a sum of terms that neither cancel nor overflow. The two
are held against each other when they are lowered, and the derivatives against those of the first. Decoder outputs are
reals; a location is their logistic function, a scale or a shape the exponential of a smoothly bounded output.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import mpmath
import sympy as sp

from codegen.functions import MEANING, langevin
from codegen.schedule import Schedule, schedule
from codegen.stabilise import RewriteError

LIMITS = {
    # one grey level, below which a density describes how the data were rounded, to the width of the data's range
    "log_scale": (-math.log(255.0), 0.0),
    # the density of a continuous Bernoulli at 0 and 1 grows like the size of its logit
    "logit": (-255.0, 255.0),
    # logarithms of both shapes of a beta
    "log_shape": (-3.0, 6.0),
}
"""Open intervals onto which outputs are mapped, by what they are."""
BETA_EDGE = 0.5 / 256
"""Targets x of the beta likelihood are ``edge + (1 - 2 edge) x``, half a grey level away from 0 and 1."""

x, a, b = sp.symbols("x a b", real=True)
"""The target in [0, 1], and the outputs."""


class log1p_unit(sp.Function):
    """``log(1 + t)`` for t in [0, 1]."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return 1 / (1 + self.args[0])


class log_exprel(sp.Function):
    """``log((exp(t) - 1)/t)``, relative accuracy at 0."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return (1 + langevin(self.args[0] / 2)) / 2


class log_beta(sp.Function):
    """Logarithm of the beta function of two positive numbers, whose gamma functions cancel where they are large."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        p, q = self.args
        return digamma((p, q)[argindex - 1]) - digamma(p + q)


class digamma(sp.Function):
    """Logarithmic derivative of the gamma function."""

    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.polygamma(1, self.args[0])


EXACT = MEANING | {
    "log1p_unit": mpmath.log1p,
    "log_exprel": lambda t: mpmath.log(mpmath.expm1(t) / t) if t else mpmath.mpf(0),
    "log_beta": lambda p, q: mpmath.loggamma(p) + mpmath.loggamma(q) - mpmath.loggamma(p + q),
    "digamma": mpmath.digamma,
}
"""What the functions compute, in mpmath."""


@dataclass(frozen=True)
class LikelihoodKernel:
    """What a backend prints for one likelihood.

    Attributes
    ----------
    name : str
    value : sympy.Expr
        Negative log-likelihood in nats without its constant, of the target :data:`x` and the outputs.
    slopes : tuple of sympy.Expr
        Its derivatives in the outputs.
    constant : sympy.Expr
        Nats to add for every pixel.
    """

    name: str
    value: sp.Expr
    slopes: tuple[sp.Expr, ...]
    constant: sp.Expr

    @property
    def outputs(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the decoder outputs of one pixel."""
        return (a, b)[: len(self.slopes)]

    @cached_property
    def value_plan(self) -> Schedule:
        """The value, scheduled."""
        return schedule([self.value])

    @cached_property
    def slopes_plan(self) -> Schedule:
        """The derivatives, scheduled together; the value is not needed for them."""
        return schedule(self.slopes)


def bounded(raw: sp.Expr, kind: str) -> tuple[sp.Expr, sp.Expr]:
    """An output mapped onto its interval of :data:`LIMITS`, with slope one in the middle, and the derivative."""
    low, high = (sp.Float(end, 30) for end in LIMITS[kind])
    middle, half = (low + high) / 2, (high - low) / 2
    t = sp.tanh((raw - middle) / half)
    return middle + half * t, 1 - t**2


# The logistic function m of an output from its nearer end: |a| = side a, and |m - end| = rest keeps its digits.
_right = a > 0
side = sp.Piecewise((sp.S.One, _right), (sp.S.NegativeOne, True))
e = sp.exp(-side * a)
rest = e / (1 + e)
to_end = sp.Piecewise((1 - x, _right), (x, True))
"""The target's distance from that end."""
error = side * (to_end - rest)
"""The location minus the target."""
location_slope = rest * (1 - rest)

_logistic = 1 / (1 + sp.exp(-a))
Formulas = tuple[sp.Expr, sp.Expr, tuple[sp.Expr, ...], sp.Expr]
"""The definition, the value in the form that is computed, its derivatives, and the constant of the value."""


def _bernoulli() -> Formulas:
    definition = -x * sp.log(_logistic) - (1 - x) * sp.log(1 - _logistic)
    return definition, side * a * to_end + log1p_unit(e), (error,), sp.S.Zero


def _continuous_bernoulli() -> Formulas:
    """Its normaliser is ``logit/(2 p - 1)``, Loaiza-Ganem & Cunningham (2019), one through the logit zero."""
    logit, slope = bounded(a, "logit")
    p = 1 / (1 + sp.exp(-logit))
    definition = -x * sp.log(p) - (1 - x) * sp.log(1 - p) - sp.log(logit / (2 * p - 1))
    value = side * logit * to_end + log_exprel(-side * logit)
    return definition, value, (((1 + langevin(logit / 2)) / 2 - x) * slope,), sp.S.Zero


def _mse() -> Formulas:
    return (x - _logistic) ** 2 / 2, error**2 / 2, (error * location_slope,), sp.S.Zero


def _mae() -> Formulas:
    return sp.Abs(x - _logistic), sp.Abs(error), (sp.sign(error) * location_slope,), sp.S.Zero


def _normal() -> Formulas:
    log_scale, slope = bounded(b, "log_scale")
    constant = sp.log(2 * sp.pi) / 2
    inverse = sp.exp(-log_scale)
    square = (error * inverse) ** 2
    definition = (x - _logistic) ** 2 / sp.exp(2 * log_scale) / 2 + log_scale + constant
    slopes = (error * inverse**2 * location_slope, (1 - square) * slope)
    return definition, square / 2 + log_scale, slopes, constant


def _laplace() -> Formulas:
    log_scale, slope = bounded(b, "log_scale")
    inverse = sp.exp(-log_scale)
    ratio = sp.Abs(error) * inverse
    definition = sp.Abs(x - _logistic) / sp.exp(log_scale) + log_scale + sp.log(2)
    slopes = (sp.sign(error) * inverse * location_slope, (1 - ratio) * slope)
    return definition, ratio + log_scale, slopes, sp.log(2)


def _beta() -> Formulas:
    """The density of x before the squeeze, whose Jacobian belongs to it."""
    (log_p, p_slope), (log_q, q_slope) = bounded(a, "log_shape"), bounded(b, "log_shape")
    p, q = sp.exp(log_p), sp.exp(log_q)
    width = 1 - 2 * sp.Float(BETA_EDGE)
    low, high = (sp.log(BETA_EDGE + width * distance) for distance in (x, 1 - x))
    constant = -sp.log(width)
    definition = (1 - p) * low + (1 - q) * high + sp.loggamma(p) + sp.loggamma(q) - sp.loggamma(p + q) + constant
    value = (1 - p) * low + (1 - q) * high + log_beta(p, q)
    total = digamma(p + q)
    slopes = (p * (digamma(p) - total - low) * p_slope, q * (digamma(q) - total - high) * q_slope)
    return definition, value, slopes, constant


FORMULAS = {
    "bernoulli": _bernoulli,
    "continuous_bernoulli": _continuous_bernoulli,
    "mse": _mse,
    "mae": _mae,
    "normal": _normal,
    "laplace": _laplace,
    "beta": _beta,
}
"""The likelihoods by name. ``mse`` and ``mae`` leave the scale unspecified: half the squared and the absolute error."""
POINTS = ((0.3, 0.7, -0.4), (0.9, -2.1, -3.0), (0.0, 1.3, 0.8), (1.0, -0.2, 2.5), (0.45, 4.0, -1.1))


def lower_likelihood(name: str) -> LikelihoodKernel:
    """The kernel of a likelihood.

    Raises
    ------
    RewriteError
        If its formulas are not those of the definition.
    """
    definition, value, slopes, constant = FORMULAS[name]()
    outputs = (a, b)[: len(slopes)]
    pairs = [(definition, value + constant)]
    pairs += [(sp.diff(definition, output), slope) for output, slope in zip(outputs, slopes, strict=True)]
    with mpmath.workdps(40):
        for exact, written in pairs:
            functions = [sp.lambdify((x, a, b), f, modules=[EXACT, "mpmath"]) for f in (exact, written)]
            for point in POINTS:
                expected, found = (f(*map(mpmath.mpf, point)) for f in functions)
                if not abs(found - expected) <= mpmath.mpf(10) ** -20 * (1 + abs(expected)):
                    raise RewriteError(f"{name} at {point}: {expected} became {found}")
    return LikelihoodKernel(name, value, slopes, constant)


def likelihood_kernels() -> list[LikelihoodKernel]:
    """The kernels of all likelihoods."""
    return [lower_likelihood(name) for name in FORMULAS]
