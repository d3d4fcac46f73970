"""Functions of the intermediate representation that SymPy lacks: each with its derivative and its exact meaning.

They exist because the plain formula loses digits or overflows somewhere. A backend supplies one implementation for
each; ``MEANING`` is what the implementations and the rewriting rules are held against.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

MEANING: dict[str, Callable[..., Any]] = {}
"""What each function computes, in mpmath, by the name of the function."""


def _means(meaning: Callable[..., Any]) -> Callable[[type], type]:
    def register(function: type) -> type:
        MEANING[function.__name__] = meaning
        return function

    return register


class _Real(sp.Function):
    """Real for real arguments, never evaluated by SymPy."""

    is_extended_real = True

    @classmethod
    def eval(cls, *args: sp.Expr) -> None:
        return None


@_means(mpmath.expm1)
class expm1(_Real):
    """``exp(x) - 1`` without cancellation at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.exp(self.args[0])


@_means(mpmath.log1p)
class log1p(_Real):
    """``log(1 + x)`` without cancellation at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return 1 / (1 + self.args[0])


@_means(lambda x: mpmath.expm1(x) - x)
class expm1mx(_Real):
    """``exp(x) - 1 - x >= 0``, the Bregman divergence of the exponential; relative accuracy at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return expm1(self.args[0])


@_means(lambda x: mpmath.expm1(x) / x if x else mpmath.mpf(1))
class exprel(_Real):
    """``(exp(x) - 1)/x``, one at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return 1 + (x - 1) * exprel2(x)


@_means(lambda x: (mpmath.expm1(x) - x) / x**2 if x else mpmath.mpf(1) / 2)
class exprel2(_Real):
    """``(exp(x) - 1 - x)/x^2``, one half at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return (exprel(x) - 2 * exprel2(x)) / x


@_means(lambda x: 1 / x - 1 / mpmath.expm1(x) if x else mpmath.mpf(1) / 2)
class exponential_mean(_Real):
    """``1/x - 1/(exp(x) - 1)``, the mean of the density proportional to ``exp(-x t)`` on [0, 1], for x >= 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return -1 / (expm1(x) * expm1(-x)) - 1 / x**2


@_means(lambda x, a: mpmath.log(a * mpmath.exp((a - 1) * x) + (1 - a) * mpmath.exp(a * x)) / (1 - a))
class log_mean(_Real):
    """``log(a exp((a - 1) x) + (1 - a) exp(a x))/(1 - a) >= 0``, relative accuracy at x = 0; a is constant."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise NotImplementedError("log_mean is differentiated in its first argument alone")
        return log_mean_slope(*self.args)


@_means(lambda x, a: a * mpmath.expm1(x) / (1 + (1 - a) * mpmath.expm1(x)))
class log_mean_slope(_Real):
    """``a (exp(x) - 1)/(a + (1 - a) exp(x))``, no overflow; a is constant."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise NotImplementedError("log_mean_slope is differentiated in its first argument alone")
        x, a = self.args
        return a * sp.exp(x) / (1 + (1 - a) * expm1(x)) ** 2


@_means(lambda x: mpmath.log(mpmath.cosh(x)))
class logcosh(_Real):
    """``log cosh x``, no overflow, relative accuracy at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.tanh(self.args[0])


@_means(lambda x: mpmath.log(-mpmath.expm1(x)))
class log1mexp(_Real):
    """``log(1 - exp(x))`` for x < 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.exp(self.args[0]) / expm1(self.args[0])


@_means(lambda x: mpmath.log(mpmath.sinh(x) / x) if x else mpmath.mpf(0))
class logsinhc(_Real):
    """``log(sinh(x)/x)``, no overflow, relative accuracy at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return langevin(self.args[0])


@_means(lambda x: mpmath.coth(x) - 1 / x if x else mpmath.mpf(0))
class langevin(_Real):
    """``coth(x) - 1/x``, relative accuracy at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return 1 - 2 * langevin(x) / x - langevin(x) ** 2


@_means(lambda x: mpmath.log(mpmath.pi * mpmath.exp(x) / mpmath.sinpi(mpmath.exp(x))))
class log_reflection(_Real):
    """``log(pi s / sin(pi s))`` as a function of log s < 0; relative accuracy at s -> 0, no cancellation at s -> 1."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return one_minus_picot(self.args[0])


@_means(lambda x: 1 - mpmath.pi * mpmath.exp(x) * mpmath.cot(mpmath.pi * mpmath.exp(x)))
class one_minus_picot(_Real):
    """``1 - pi s cot(pi s)`` as a function of log s < 0; relative accuracy at s -> 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        c = one_minus_picot(x)
        return c**2 - c + sp.pi**2 * sp.exp(2 * x)


@_means(lambda x: mpmath.loggamma(1 + mpmath.exp(x)))
class lgamma1p_exp(_Real):
    """``log Gamma(1 + s)`` as a function of log s; relative accuracy at s = 1."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return digamma1p_exp(self.args[0])


@_means(lambda x: mpmath.exp(x) * mpmath.digamma(1 + mpmath.exp(x)))
class digamma1p_exp(_Real):
    """``s psi(1 + s)`` as a function of log s; relative accuracy at its zero, s = 0.4616."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return digamma1p_exp(x) + sp.exp(2 * x) * sp.polygamma(1, 1 + sp.exp(x))


@_means(lambda x: mpmath.loggamma(mpmath.exp(x)) + mpmath.euler * mpmath.expm1(x))
class lgamma_bregman(_Real):
    """``log Gamma(s) + gamma (s - 1) >= 0`` as a function of log s; relative accuracy at s = 1."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return lgamma_bregman_slope(self.args[0])


@_means(lambda x: mpmath.exp(x) * (mpmath.digamma(mpmath.exp(x)) + mpmath.euler))
class lgamma_bregman_slope(_Real):
    """``s (psi(s) + gamma)`` as a function of log s; relative accuracy at s = 1."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x = self.args[0]
        return lgamma_bregman_slope(x) + sp.exp(2 * x) * sp.polygamma(1, sp.exp(x))


@_means(lambda y: mpmath.e1(mpmath.exp(y)))
class e1_exp(_Real):
    """``E_1(exp(y))``, the exponential integral on a logarithmic scale."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return -exp_neg_exp(self.args[0])


@_means(lambda y: mpmath.exp(-mpmath.exp(y)))
class exp_neg_exp(_Real):
    """``exp(-exp(y))``, zero where exp(y) overflows, and so are its derivatives."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return -sp.exp(self.args[0]) * exp_neg_exp(self.args[0])


@_means(lambda a, r: mpmath.exp(a * r + r * r / 2) * mpmath.erfc((a + r) / mpmath.sqrt(2)))
class mills_tail(_Real):
    """``exp(a r + r^2/2) erfc((a + r)/sqrt 2)``: the factors alone over- and underflow."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        a, r = self.args
        edge = sp.sqrt(2 / sp.pi)
        return r * self - edge * sp.exp(-(a**2) / 2) if argindex == 1 else -edge * mills_deficit(a, r)


def _mills_deficit(a: mpmath.mpf, r: mpmath.mpf) -> mpmath.mpf:
    return mpmath.exp(-a * a / 2) - mpmath.sqrt(mpmath.pi / 2) * (a + r) * MEANING["mills_tail"](a, r)


@_means(_mills_deficit)
class mills_deficit(_Real):
    """``exp(-a^2/2) - sqrt(pi/2) (a + r) mills_tail(a, r) > 0``, whose terms cancel where a + r is large."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        a, r = self.args
        tail, root = mills_tail(a, r), sp.sqrt(sp.pi / 2)
        along = tail.fdiff(argindex)
        own = -a * sp.exp(-(a**2) / 2) if argindex == 1 else 0
        return own - root * (tail + (a + r) * along)


@_means(lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x))
class dawson(_Real):
    """``exp(-x^2) int_0^x exp(t^2) dt``, Dawson's function; DLMF 7.2.5."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return 1 - 2 * self.args[0] * self


@_means(lambda z: abs(z) + 2 * mpmath.log1p(mpmath.exp(-abs(z))))
class logistic_energy(_Real):
    """``2 log(2 cosh(z/2))``, minus the log-density of the standard logistic."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.tanh(self.args[0] / 2)


@_means(
    lambda z: mpmath.sign(z) * (z * z / 2 + 2 * mpmath.re(mpmath.polylog(2, -mpmath.exp(-abs(z)))) + mpmath.pi**2 / 6)
)
class logistic_energy_primitive(_Real):
    """Odd primitive of :class:`logistic_energy`, a dilogarithm."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return logistic_energy(self.args[0])


@_means(lambda x: mpmath.log1p(mpmath.exp(x)))
class softplus(_Real):
    """``log(1 + exp(x))`` without overflow."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return 1 / (1 + sp.exp(-self.args[0]))


@_means(lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1))
class ndtri(_Real):
    """Quantile function of the standard normal, accurate in the lower tail."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.sqrt(2 * sp.pi) * sp.exp(ndtri(self.args[0]) ** 2 / 2)


@_means(lambda p: mpmath.cot(mpmath.pi * p))
class cotpi(_Real):
    """``cot(pi p)``; SymPy would shift the argument by its period, which rounds."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return -sp.pi * (1 + cotpi(self.args[0]) ** 2)


@_means(
    lambda m, v: m * mpmath.erf(m / mpmath.sqrt(2 * v)) + mpmath.sqrt(2 * v / mpmath.pi) * mpmath.exp(-m * m / (2 * v))
)
class gauss_absolute(_Real):
    """``E|N(m, v)|``; its derivatives are single terms, which SymPy would find as sums that cancel."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        m, v = self.args
        return sp.erf(m / sp.sqrt(2 * v)) if argindex == 1 else sp.exp(-(m**2) / (2 * v)) / sp.sqrt(2 * sp.pi * v)

    def expansion(self) -> sp.Expr:
        """In elementary functions."""
        m, v = self.args
        return m * sp.erf(m / sp.sqrt(2 * v)) + 2 * v * sp.exp(-(m**2) / (2 * v)) / sp.sqrt(2 * sp.pi * v)


@_means(
    lambda a, r: mpmath.erf(a / mpmath.sqrt(2)) + mpmath.exp(a * r + r * r / 2) * mpmath.erfc((a + r) / mpmath.sqrt(2))
)
class smoothed_shift(_Real):
    """``(E|m + s T + d N| - E|m + d N|)/s`` for T standard exponential, N standard normal, a = m/d, r = d/s."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        a, r = self.args
        return r * mills_tail(a, r) if argindex == 1 else -sp.sqrt(2 / sp.pi) * mills_deficit(a, r)

    def expansion(self) -> sp.Expr:
        """In elementary functions and :class:`mills_tail`."""
        a, r = self.args
        return sp.erf(a / sp.sqrt(2)) + mills_tail(a, r)


@_means(lambda x, y: x / (x * x + y * y))
class reciprocal_real(_Real):
    """``Re 1/(x + i y)``; its derivatives do not square the squared modulus, which would overflow."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x, y = self.args
        real, imaginary = reciprocal_real(x, y), reciprocal_imag(x, y)
        return imaginary**2 - real**2 if argindex == 1 else 2 * real * imaginary

    def expansion(self) -> sp.Expr:
        """In elementary functions."""
        x, y = self.args
        return x / (x**2 + y**2)


@_means(lambda x, y: -y / (x * x + y * y))
class reciprocal_imag(_Real):
    """``Im 1/(x + i y)``, see :class:`reciprocal_real`."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        x, y = self.args
        real, imaginary = reciprocal_real(x, y), reciprocal_imag(x, y)
        return -2 * real * imaginary if argindex == 1 else imaginary**2 - real**2

    def expansion(self) -> sp.Expr:
        """In elementary functions."""
        x, y = self.args
        return -y / (x**2 + y**2)


COMPOSITES = (gauss_absolute, smoothed_shift, reciprocal_real, reciprocal_imag)
"""Functions that stand for a formula until derivatives have been taken; no backend sees them."""


def expand_composites(expr: sp.Expr) -> sp.Expr:
    """Replace every composite by its formula."""
    return expr.replace(lambda e: isinstance(e, COMPOSITES), lambda e: e.expansion())


IR_FUNCTIONS = (
    expm1, log1p, expm1mx, logcosh, log1mexp, logsinhc, langevin, log_reflection, one_minus_picot, lgamma1p_exp,
    digamma1p_exp, lgamma_bregman, lgamma_bregman_slope, exp_neg_exp, e1_exp, mills_tail, mills_deficit,
    dawson, logistic_energy, logistic_energy_primitive, softplus, ndtri, cotpi, exprel, exprel2, exponential_mean,
    log_mean, log_mean_slope,
)  # fmt: skip
