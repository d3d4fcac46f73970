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


@_means(lambda x: mpmath.log(mpmath.cosh(x)))
class logcosh(_Real):
    """``log cosh x``, no overflow, relative accuracy at 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return sp.tanh(self.args[0])


@_means(lambda x: mpmath.log(-mpmath.expm1(x)))
class log1mexp(_Real):
    """``log(1 - exp(x))`` for x < 0."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return -1 / expm1(-self.args[0])


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
        x = self.args[0]
        return sp.exp(x) * sp.polygamma(0, 1 + sp.exp(x))


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
        return -sp.exp(-sp.exp(self.args[0]))


@_means(lambda p, x: mpmath.exp(p) * mpmath.erfc(x))
class exp_erfc(_Real):
    """``exp(p) erfc(x)`` where the factors alone may over- or underflow."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        p, x = self.args
        return exp_erfc(p, x) if argindex == 1 else -2 / sp.sqrt(sp.pi) * sp.exp(p - x**2)


@_means(lambda p, x: mpmath.exp(p - x * x) - mpmath.sqrt(mpmath.pi) * x * mpmath.exp(p) * mpmath.erfc(x))
class exp_erfc_deficit(_Real):
    """``exp(p - x^2) - sqrt(pi) x exp(p) erfc(x) > 0``, whose terms cancel for large x."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        p, x = self.args
        return exp_erfc_deficit(p, x) if argindex == 1 else -sp.sqrt(sp.pi) * exp_erfc(p, x)


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
        arguments = a * r + r**2 / 2, (a + r) / sp.sqrt(2)
        return r * exp_erfc(*arguments) if argindex == 1 else -sp.sqrt(2 / sp.pi) * exp_erfc_deficit(*arguments)

    def expansion(self) -> sp.Expr:
        """In elementary functions and :class:`exp_erfc`."""
        a, r = self.args
        return sp.erf(a / sp.sqrt(2)) + exp_erfc(a * r + r**2 / 2, (a + r) / sp.sqrt(2))


COMPOSITES = (gauss_absolute, smoothed_shift)
"""Functions that stand for a formula until derivatives have been taken; no backend sees them."""


def expand_composites(expr: sp.Expr) -> sp.Expr:
    """Replace every composite by its formula."""
    return expr.replace(lambda e: isinstance(e, COMPOSITES), lambda e: e.expansion())


IR_FUNCTIONS = (
    expm1, log1p, expm1mx, logcosh, log1mexp, logsinhc, langevin, log_reflection, one_minus_picot, lgamma1p_exp,
    lgamma_bregman, lgamma_bregman_slope, e1_exp, exp_erfc, exp_erfc_deficit, logistic_energy,
    logistic_energy_primitive, softplus, ndtri,
)  # fmt: skip
