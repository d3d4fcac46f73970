"""Numerical truth, from the family records alone: no closed form is used anywhere in this package.

A discrepancy is a functional of two densities (:mod:`.functionals`), made of integrals (:mod:`.integrals`) over smooth
segments (:mod:`.branches`). Leading terms at the ends (:mod:`.growth`) decide where it is infinite. Three engines
evaluate what is finite, and share nothing but the integrand: rigorous balls (:mod:`.balls`), arbitrary precision
(:mod:`.arbitrary`) and double precision (:mod:`.floats`).

Families are names, symbols or :class:`~divergences.families.Family` records. Locations, scales and orders are taken
exactly: a float means its binary value, a string its decimal value. Discrepancies are in nats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import sympy as sp
from flint import arb

from divergences.families import FAMILIES, Family, t
from divergences.quadrature import arbitrary, balls, floats, maxima, suprema
from divergences.quadrature.arithmetic import QuadratureError, ball, exact, mpf_constant, to_mpf
from divergences.quadrature.functionals import FUNCTIONALS, Functional, Integrated
from divergences.quadrature.integrals import Integral, density, feature, integral, quotient_jumps, score

__all__ = [
    "FUNCTIONALS",
    "QuadratureError",
    "certified",
    "divergence",
    "enclose",
    "entropy",
    "expectation",
    "is_finite",
    "scipy_divergence",
]

ENGINES = ("balls", "mpmath")
_MOST_BITS = 2**14


def divergence(
    kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any = None, dps: int = 30,
    engine: str | None = None,
) -> mpmath.mpf:  # fmt: skip
    """The discrepancy of Q(mu, sigma) from the standard prior P, in nats, to ``dps`` digits.

    Parameters
    ----------
    kind : str
        A key of :data:`FUNCTIONALS`.
    q, p : str or Family
        Posterior and prior.
    mu, sigma, alpha : number or str
        Location and scale of the posterior; the order, for discrepancies that have one. ``renyi`` at order 1 is its
        limit from below, ``kld``.
    dps : int
        Significant decimal digits.
    engine : {"balls", "mpmath"}, optional
        By default balls, and mpmath where a density has functions for which there is no ball arithmetic.

    Returns
    -------
    mpmath.mpf
        ``mpmath.inf`` where it is infinite.

    Raises
    ------
    ValueError
        For an unknown name, sigma <= 0, alpha <= 0, or a number that is not finite.
    QuadratureError
        If the accuracy was not reached.
    """
    if engine not in (None, *ENGINES):
        raise ValueError(f"unknown engine {engine!r}; known are {', '.join(ENGINES)}")
    if engine != "mpmath":
        try:
            return _rounded(enclose(kind, q, p, mu, sigma, alpha, dps), dps)
        except QuadratureError:
            if engine:
                raise
    problem = _Problem(kind, q, p, mu, sigma, alpha)
    if problem.trivial is not None:
        return mpmath.mpf(problem.trivial)
    measure = suprema.supremum if problem.functional.supremum else arbitrary.integrate
    return arbitrary.refine(
        lambda digits, layout: problem.finish([measure(i, digits, layout) for i in problem.integrals], mpf_constant),
        dps,
    )


def enclose(
    kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any = None, dps: int = 30
) -> arb:  # fmt: skip
    """A ball that provably contains the discrepancy, its relative radius below ``10**-dps``; see :func:`divergence`."""
    return certified(kind, q, p, mu, sigma, alpha, dps)[0]


def certified(
    kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any = None, dps: int = 30,
    most_bits: int = _MOST_BITS,
) -> tuple[arb, int]:  # fmt: skip
    """The ball of :func:`enclose` and the bits of its arithmetic, 0 where the value takes no integration.

    Values that are tiny or cancel take many bits; it gives up above about ``most_bits``.
    """
    problem = _Problem(kind, q, p, mu, sigma, alpha)
    if problem.trivial is not None:
        return arb(problem.trivial), 0
    measure = maxima.supremum if problem.functional.supremum else balls.integrate
    return _refine(
        lambda bits: problem.finish([measure(i, bits) for i in problem.integrals], ball), dps, most_bits=most_bits
    )


def scipy_divergence(
    kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any = None
) -> tuple[float, float]:  # fmt: skip
    """The discrepancy in double precision, in milliseconds, and an estimate of its absolute error."""
    problem = _Problem(kind, q, p, mu, sigma, alpha)
    if problem.trivial is not None:
        return float(problem.trivial), 0.0
    if problem.functional.supremum:
        raise QuadratureError(f"{kind} is a supremum, which double precision does not serve")
    integrals = [floats.integrate(i) for i in problem.integrals]
    low, value, high = (
        problem.finish([replace(i, mantissa=i.mantissa + sign * error) for i, error in integrals], float)
        for sign in (-1, 0, 1)
    )
    error = max(abs(high - value), abs(value - low)) + math.ulp(value)
    if not math.isfinite(error):
        raise QuadratureError(f"double precision overflows or underflows on the way to {value}")
    return value, error


def is_finite(kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any = None) -> bool:
    """Whether the discrepancy is finite: a question of supports and of leading terms, answered without integration."""
    return _Problem(kind, q, p, mu, sigma, alpha).trivial != math.inf


def expectation(q: str | Family, expr: Any, mu: Any = 0, sigma: Any = 1, dps: int = 30) -> mpmath.mpf:
    """E[f(mu + sigma T)] for T the standard member of ``q``, with error at most ``10**-dps * max(1, |value|)``.

    Parameters
    ----------
    expr : sympy.Expr
        The feature f, an expression in one symbol such as ``Abs(z)`` or ``log(1 + z**2)``.

    Returns
    -------
    mpmath.mpf
        ``inf`` or ``-inf`` where it diverges, ``nan`` where it is undefined.
    """
    expr, loc, scale = sp.sympify(expr), exact(mu, "mu"), _positive(sigma, "sigma")
    symbols = expr.free_symbols
    if len(symbols) > 1:
        raise ValueError(f"the feature {expr} must have one symbol, not {sorted(map(str, symbols))}")
    functions = [density(_family(q)), feature(expr.xreplace(dict.fromkeys(symbols, t)), loc, scale)]
    problem = integral(functions, (sp.S.One, sp.S.Zero), lambda log_q, f: f)
    if problem.infinity != 0:
        return mpmath.mpf(str(problem.infinity).replace("oo", "inf"))
    return _rounded(_refine(lambda bits: balls.integrate(problem, bits).value, dps, absolute=True)[0], dps)


def entropy(q: str | Family, dps: int = 30) -> mpmath.mpf:
    """Differential entropy of the standard member in nats, with error at most ``10**-dps * max(1, |value|)``."""
    problem = integral([density(_family(q))], (sp.S.One,), lambda log_q: -log_q)
    return _rounded(_refine(lambda bits: balls.integrate(problem, bits).value, dps, absolute=True)[0], dps)


def _family(name: str | Family) -> Family:
    if isinstance(name, Family):
        return name
    try:
        return FAMILIES[name]
    except KeyError as error:
        raise ValueError(error.args[0]) from None


def _positive(value: Any, name: str) -> sp.Rational:
    number = exact(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be positive, not {value}")
    return number


class _Problem:
    """One discrepancy at one point: its integrals, and its value where that takes no integration."""

    def __init__(self, kind: str, q: str | Family, p: str | Family, mu: Any, sigma: Any, alpha: Any) -> None:
        if kind not in FUNCTIONALS:
            raise ValueError(f"unknown discrepancy {kind!r}; known are {', '.join(FUNCTIONALS)}")
        functional = FUNCTIONALS[kind]
        if (alpha is None) == functional.needs_order:
            raise ValueError(f"{kind} needs an order alpha" if alpha is None else f"{kind} has no order alpha")
        loc, scale = exact(mu, "mu"), _positive(sigma, "sigma")
        self.order = None if alpha is None else _positive(alpha, "alpha")
        if kind == "renyi" and self.order == 1:
            functional = FUNCTIONALS["kld"]
        self.functional: Functional = functional
        posterior, prior = _family(q), _family(p)
        functions = [
            density(posterior), density(prior, loc, scale), score(posterior, 1 / scale),
            score(prior, sp.S.One, loc, scale), feature(sp.S.Zero, sp.S.Zero, sp.S.One, posterior.support),
        ]  # fmt: skip
        terms = functional.terms(self.order)
        self.jumps = functional.differential and quotient_jumps(*functions[:2])
        inner, outer = ((f[0].interval[0], f[-1].interval[1]) for f in (functions[1], functions[0]))
        self.covered = functional.of_support and bool(outer[0] <= inner[0] and inner[1] <= outer[1])
        self.integrals: list[Integral] = [integral(functions, w, factor) for w, factor in terms]
        # With respect to z = mu + sigma t, a density is 1/sigma as large, and dz = sigma dt. Evaluated, a power of two
        # doubles is not only kept: SymPy looks for roots in it, for minutes.
        powers = [sp.S.One - sum(w[:2]) for w, _ in terms]
        self.jacobians = [sp.Pow(scale, power, evaluate=power.is_Integer) for power in powers]
        self.trivial = self._trivial(posterior == prior and loc == 0 and scale == 1)

    def _trivial(self, equal: bool) -> float | None:
        if equal or self.covered:
            return 0.0
        if self.jumps or any(i.uncovered if self.functional.supremum else i.infinity != 0 for i in self.integrals):
            return math.inf
        if self.functional.supremum:
            return math.inf if any(suprema.is_infinite(i) for i in self.integrals) else None
        # An integral over nothing is zero, of which a logarithm may be taken.
        sample = self.finish([Integrated(1.0 if i.segments else 0.0) for i in self.integrals], float)
        return None if math.isfinite(sample) else math.inf

    def finish(self, integrals: Sequence[Integrated], number: Callable[[Any], Any]) -> Any:
        """The discrepancy, of its integrals and of its order made a number of their type."""
        in_z = [
            i if j == 1 else replace(i, mantissa=i.mantissa * number(j))
            for i, j in zip(integrals, self.jacobians, strict=True)
        ]
        return self.functional.finish(in_z, None if self.order is None else number(self.order))


def _refine(
    attempt: Callable[[int], arb], dps: int, absolute: bool = False, most_bits: int = _MOST_BITS
) -> tuple[arb, int]:
    """The first ball of ``attempt(bits)`` that has ``dps`` digits, and its bits, which grow by what was missing.

    With ``absolute``, what stays near zero need only be ``10**-dps`` small.
    """
    if not isinstance(dps, int) or dps < 1:
        raise ValueError(f"dps must be a positive integer, not {dps!r}")
    wanted = math.ceil(dps * math.log2(10)) + 2
    bits, limit = wanted + 8, 4 * wanted if absolute else most_bits + 4 * wanted
    value, radius, failures = arb.pos_inf(), arb.pos_inf(), 0
    while bits <= limit and failures < 3:
        with balls.precision(bits + 40):
            value = attempt(bits)
            if value.is_finite() and value.rel_accuracy_bits() >= wanted:
                return value, bits + 40
            progress = value.is_finite() and value.rad() < radius / 2**8 and value.rad() < 1 + abs(value.mid())
        failures += not progress
        radius = value.rad() if progress else radius
        missing = wanted - value.rel_accuracy_bits() if value.is_finite() else bits
        bits += missing + 24 if 0 < missing <= wanted else bits
    if absolute and value.rad() < arb(2) ** -wanted:
        return (arb(0) if value.contains(0) else value), bits
    raise QuadratureError(f"{value.str(10)} has not the {dps} digits asked for")


def _rounded(value: arb, dps: int) -> mpmath.mpf:
    with mpmath.workdps(dps + 5):
        return to_mpf(value) if value.is_finite() else mpmath.mpf("inf")
