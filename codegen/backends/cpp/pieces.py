"""Polynomials behind the special functions of the C++ backend, each with its measured error.

A :class:`Piece` is a function on an interval, shaped so that a polynomial follows it well. For each precision it is
expanded in Chebyshev polynomials at high precision, cut where what follows is below rounding, converted to powers,
rounded, and measured against mpmath on a dense grid: that error stands beside the coefficients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import mpmath
from mpmath import mpf

from codegen.coefficients import digamma_root
from codegen.functions import MEANING

DIGITS, TERMS, GRID = 60, 64, 97
CUT = {"float": mpf(2) ** -26, "double": mpf(2) ** -55}
"""What is cut off relative to the function: a quarter of a rounding."""


class DegreeError(RuntimeError):
    """A piece that no polynomial of an acceptable degree follows."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A function on an interval; pieces are told apart by identity.

    Attributes
    ----------
    name : str
        Of the coefficients in the generated code.
    formula : str
        What is approximated, in words.
    function : callable
        Of one mpmath number.
    low, high : float or dict
        The interval; a dict gives one for each precision.
    centred : bool
        The polynomial is in ``(2 x - low - high)/(high - low)`` instead of x: well conditioned away from zero.
    weight : float
        Share of the piece in what is made of it: its error counts that much.
    """

    name: str
    formula: str
    function: Callable[[mpf], mpf]
    low: float | dict[str, float]
    high: float | dict[str, float]
    centred: bool = False
    weight: float = 1.0

    def interval(self, precision: str) -> tuple[mpf, mpf]:
        """The interval in one precision."""
        ends = (end[precision] if isinstance(end, dict) else end for end in (self.low, self.high))
        low, high = (mpf(end) for end in ends)
        return low, high


@dataclass(frozen=True)
class Polynomial:
    """Coefficients, lowest power first, and the largest weighted relative error, their own rounding included."""

    coefficients: tuple[float, ...]
    error: float


@cache
def polynomial(piece: Piece, precision: str) -> Polynomial:
    """The shortest polynomial that follows a piece to a quarter of a rounding.

    Raises
    ------
    DegreeError
        If it would need more than :data:`TERMS` terms.
    """
    with mpmath.workdps(DIGITS):
        low, high = piece.interval(precision)
        middle, half = (low + high) / 2, (high - low) / 2
        series = _chebyshev_series(piece.function, middle, half)
        smallest = min(
            abs(piece.function(middle + half * mpf(y))) for y in (-1 + mpf(2) ** -40, 0.1, 1 - mpf(2) ** -40)
        )
        tails = [sum(abs(c) for c in series[n:]) * piece.weight / smallest for n in range(1, TERMS - 4)]
        count = next((n for n, tail in enumerate(tails, 1) if tail < CUT[precision]), None)
        if count is None:
            raise DegreeError(f"{piece.name} needs more than {TERMS} terms in {precision}")
        powers = _powers(series[:count])
        if not piece.centred:
            powers = _substitute(powers, 1 / half, -middle / half)
        rounded = tuple(_round(c, precision) for c in powers)
        worst = mpf(0)
        for k in range(GRID):
            y = mpmath.cos(mpmath.pi * (k + mpf(1) / 3) / GRID)
            exact = piece.function(middle + half * y)
            got = mpmath.polyval(list(reversed(rounded)), y if piece.centred else middle + half * y)
            worst = max(worst, abs(got / exact - 1))
        return Polynomial(tuple(float(c) for c in rounded), float(worst * piece.weight))


def _chebyshev_series(function: Callable[[mpf], mpf], middle: mpf, half: mpf) -> list[mpf]:
    angles = [mpmath.pi * (k + mpf(1) / 2) / TERMS for k in range(TERMS)]
    values = [function(middle + half * mpmath.cos(a)) for a in angles]
    # cos(j a_k) = cos(pi j (2 k + 1)/(2 n)) takes 4 n values
    cosines = [mpmath.cos(mpmath.pi * i / (2 * TERMS)) for i in range(4 * TERMS)]
    series = [
        2 * sum(v * cosines[j * (2 * k + 1) % (4 * TERMS)] for k, v in enumerate(values)) / TERMS for j in range(TERMS)
    ]
    series[0] /= 2
    return series


def _powers(series: list[mpf]) -> list[mpf]:
    """Chebyshev polynomials to powers, by ``T_{j+1} = 2 y T_j - T_{j-1}``."""
    total = [mpf(0)] * len(series)
    older, current = [mpf(0)], [mpf(1)]
    for j, c in enumerate(series):
        for k, value in enumerate(current):
            total[k] += c * value
        following = [mpf(0), *((1 if j == 0 else 2) * value for value in current)]
        for k, value in enumerate(older if j else []):
            following[k] -= value
        older, current = current, following
    return total


def _substitute(powers: list[mpf], slope: mpf, offset: mpf) -> list[mpf]:
    """Coefficients in x of a polynomial in ``slope x + offset``."""
    total = [mpf(0)]
    for c in reversed(powers):
        shifted = [mpf(0), *(slope * t for t in total)]
        for k, t in enumerate(total):
            shifted[k] += offset * t
        shifted[0] += c
        total = shifted
    return total[: len(powers)]


def _round(value: mpf, precision: str) -> mpf:
    with mpmath.workprec(24 if precision == "float" else 53):
        return +value


def _of_root(function: Callable[[mpf], mpf]) -> Callable[[mpf], mpf]:
    """A function of x as one of its square."""
    return lambda v: function(mpmath.sqrt(v))


def _stirling(x: mpf) -> mpf:
    """What Stirling's formula lacks, times x."""
    return x * (mpmath.loggamma(x) - (x - mpf(1) / 2) * mpmath.log(x) + x - mpmath.log(2 * mpmath.pi) / 2)


def _deficit(x: mpf) -> mpf:
    with mpmath.workdps(2 * DIGITS):
        return (1 + x) ** 2 * (1 - mpmath.sqrt(mpmath.pi) * x * mpmath.exp(x * x) * mpmath.erfc(x))


def _on_half_line(centre: float, function: Callable[[mpf], mpf], limit: mpf) -> Callable[[mpf], mpf]:
    """A function of x >= 0 as one of ``t = (x - centre)/(x + centre)``, with its limit where x is out of range."""
    return lambda t: function(centre * (1 + t) / (1 - t)) if 1 - t > mpf(10) ** -8 else limit


ERFCX_CENTRE, E1_CENTRE = 3, 2
STIRLING_FROM = 8


@cache
def all_pieces() -> tuple[Piece, ...]:
    """Every polynomial that the special functions need."""
    m, half, dawson = mpmath, mpf(1) / 2, MEANING["dawson"]
    with mpmath.workdps(DIGITS):
        pi, root, log2 = +m.pi, digamma_root(), m.log(2)
    low_root, high_root = (float(root * m.expm1(d)) for d in (-0.3, 0.3))
    return (
        Piece("EXP", "(exp(r) - 1 - r)/r^2", lambda r: (m.expm1(r) - r) / r**2, -0.35, 0.35),
        # |s| <= 3 - 2 sqrt 2, since 1 + f is between sqrt(1/2) and sqrt 2
        Piece("LOG", "(log((1 + s)/(1 - s)) - 2 s)/s^3 in s^2",
              _of_root(lambda s: 2 * (m.atanh(s) - s) / s**3), 0, 0.02945, weight=0.03),
        Piece("LOG_CUBIC", "2 (log(1 + f) - f + f^2/2)/f^3", lambda f: 2 * (m.log1p(f) - f + f * f / 2) / f**3,
              -0.2929, 0.41422, weight=0.1),
        Piece("LOG1P_UNIT", "log(1 + x)/x", lambda x: m.log1p(x) / x, 0, 1, True),
        Piece("LOGCOSH", "log(cosh(x))/x^2 in x^2", _of_root(lambda x: m.log(m.cosh(x)) / x**2), 0, 1),
        Piece("ATAN", "(atan(t)/t - 1)/t^2 in t^2", _of_root(lambda t: (m.atan(t) / t - 1) / t**2), 0, 1, weight=0.3),
        Piece("ERF", "erf(x)/x in x^2", _of_root(lambda x: m.erf(x) / x), 0, 1),
        Piece("ERFC_LOG", "-log(erfc(x))", lambda x: -m.log(m.erfc(x)), 1, {"float": 4, "double": 6}, True),
        Piece("ERFCX", "(1 + 2 x) exp(x^2) erfc(x) in (x - 3)/(x + 3)",
              _on_half_line(ERFCX_CENTRE, lambda x: (1 + 2 * x) * m.exp(x * x) * m.erfc(x), 2 / m.sqrt(pi)),
              -1, 1, True),
        Piece("DEFICIT", "(1 + x)^2 (1 - sqrt(pi) x exp(x^2) erfc(x)) in (x - 3)/(x + 3)",
              _on_half_line(ERFCX_CENTRE, _deficit, half), -1, 1, True),
        Piece("DAWSON", "(1 + 2 x^2) D(x)/x in x^2, D Dawson's function",
              _of_root(lambda x: (1 + 2 * x * x) * dawson(x) / x), 0, 16, True),
        Piece("DAWSON_FAR", "2 x D(x) in 1/x^2", _of_root(lambda w: 2 / w * dawson(1 / w)), 0, 1 / 16, True),
        Piece("EIN", "(E_1(x) + gamma + log x)/x", lambda x: (m.e1(x) + m.euler + m.log(x)) / x, 0, 1, True),
        Piece("E1_FAR", "x exp(x) E_1(x) in (x - 2)/(x + 2)",
              _on_half_line(E1_CENTRE, lambda x: x * m.exp(x) * m.e1(x), mpf(1)), -1 / 3, 1, True),
        Piece("DILOGARITHM", "Li_2(1 - exp(u))/u", lambda u: m.polylog(2, -m.expm1(u)).real / u, 0, float(log2), True),
        Piece("LOGSINHC", "log(sinh(x)/x)/x^2 in x^2", _of_root(lambda x: m.log(m.sinh(x) / x) / x**2), 0, 1),
        Piece("LANGEVIN", "(coth(x) - 1/x)/x in x^2", _of_root(lambda x: (m.coth(x) - 1 / x) / x), 0, 1),
        Piece("SINPI", "sin(pi u)/u in u^2", _of_root(lambda u: m.sinpi(u) / u), 0, 0.25),
        Piece("COSPI", "(cos(pi u) - 1)/u^2 in u^2", _of_root(lambda u: (m.cospi(u) - 1) / u**2), 0, 0.25),
        Piece("REFLECTION", "log(pi s/sin(pi s))/s^2 in s^2",
              _of_root(lambda s: m.log(pi * s / m.sinpi(s)) / s**2), 0, 0.25),
        Piece("PICOT", "(1 - pi s cot(pi s))/s^2 in s^2",
              _of_root(lambda s: (1 - pi * s * m.cospi(s) / m.sinpi(s)) / s**2), 0, 0.25),
        Piece("LGAMMA", "(log Gamma(1 + e) + gamma e - e + log(1 + e))/e^2",
              lambda e: (m.loggamma(1 + e) + m.euler * e - e + m.log1p(e)) / e**2, -0.5, 0.5),
        Piece("DIGAMMA", "(psi(1 + e) + gamma - e/(1 + e))/e",
              lambda e: (m.digamma(1 + e) + m.euler - e / (1 + e)) / e, -0.5, 0.5),
        Piece("DIGAMMA_ROOT", "psi(1 + s + d)/d, psi(1 + s) = 0",
              lambda d: m.digamma(1 + root + d) / d, low_root, high_root),
        Piece("LGAMMA_FAR", "x (log Gamma(x) - Stirling's formula) in 1/x^2",
              _of_root(lambda w: _stirling(1 / w)), 0, 1 / STIRLING_FROM**2),
        Piece("DIGAMMA_FAR", "x^2 (psi(x) - log x + 1/(2 x)) in 1/x^2",
              _of_root(lambda w: (m.digamma(1 / w) - m.log(1 / w) + w / 2) / w**2), 0, 1 / STIRLING_FROM**2),
    )  # fmt: skip
