"""Coefficients of the series and approximations behind the special functions, from mpmath."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import mpmath

from codegen.functions import MEANING

DIGITS = 50


def _floats(term: Callable[[int], mpmath.mpf], count: int) -> tuple[float, ...]:
    with mpmath.workdps(DIGITS):
        return tuple(float(term(k)) for k in range(count))


def chebyshev(function: Callable[[mpmath.mpf], mpmath.mpf], low: float, high: float, degree: int) -> tuple[float, ...]:
    """Monomial coefficients, in ``y = (2 x - low - high)/(high - low)``, of the interpolant at Chebyshev nodes."""
    with mpmath.workdps(DIGITS):
        half, middle = (mpmath.mpf(high) - low) / 2, (mpmath.mpf(high) + low) / 2
        n = degree + 1
        angles = [mpmath.pi * (k + mpmath.mpf(1) / 2) / n for k in range(n)]
        values = [function(middle + half * mpmath.cos(a)) for a in angles]
        series = [2 * sum(v * mpmath.cos(j * a) for v, a in zip(values, angles, strict=True)) / n for j in range(n)]
        series[0] /= 2
        # T_j in monomials, by T_{j+1} = 2 y T_j - T_{j-1}
        total = [mpmath.mpf(0)] * n
        older, current = [mpmath.mpf(1)], [mpmath.mpf(0), mpmath.mpf(1)]
        for j, c in enumerate(series):
            polynomial = older if j == 0 else current
            for k, value in enumerate(polynomial):
                total[k] += c * value
            if j >= 1:
                following = [mpmath.mpf(0), *(2 * value for value in current)]
                for k, value in enumerate(older):
                    following[k] -= value
                older, current = current, following
        return tuple(float(c) for c in total)


def _langevin_term(k: int) -> mpmath.mpf:
    return 4 ** (k + 1) * mpmath.bernoulli(2 * k + 2) / mpmath.factorial(2 * k + 2)


def digamma_root() -> mpmath.mpf:
    """The s with psi(1 + s) = 0."""
    return mpmath.findroot(lambda s: mpmath.digamma(1 + s), mpmath.mpf("0.4616"))


def _deficit(v: mpmath.mpf) -> mpmath.mpf:
    if v == 0:
        return mpmath.mpf(1)
    x = 1 / mpmath.sqrt(v)
    with mpmath.workdps(DIGITS + 20):
        return 2 * x * x * (1 - mpmath.sqrt(mpmath.pi) * x * mpmath.exp(x * x) * mpmath.erfc(x))


_dawson = MEANING["dawson"]


@cache
def all_coefficients() -> dict[str, tuple[float, ...]]:
    """Every coefficient list that a backend's special functions need, by name, lowest power first."""
    m = mpmath
    zeta_excess = _floats(lambda k: (-1) ** k * (m.zeta(k + 2) - 1), 28)
    return {
        # (exp(x) - 1 - x)/x^2 in x, |x| < 1
        "EXPM1MX": _floats(lambda k: 1 / m.factorial(k + 2), 18),
        # log(sinh(x)/x)/x^2 and (coth(x) - 1/x)/x in x^2, |x| < 1; DLMF 4.33.1, 4.33.3
        "LOGSINHC": _floats(lambda k: _langevin_term(k) / (2 * k + 2), 16),
        "LANGEVIN": _floats(_langevin_term, 17),
        # log(pi s/sin(pi s))/s^2 and (1 - pi s cot(pi s))/s^2 in s^2, s < 1/2; DLMF 4.22.1, 4.22.3
        "REFLECTION": _floats(lambda k: m.zeta(2 * k + 2) / (k + 1), 27),
        "PICOT": _floats(lambda k: 2 * m.zeta(2 * k + 2), 28),
        # sum_{k>=2} (zeta(k) - 1) (-e)^k / k over e^2, and its derivative over e, |e| < 1/2; DLMF 5.7.3
        "LGAMMA": tuple(c / (k + 2) for k, c in enumerate(zeta_excess)),
        "DIGAMMA": zeta_excess,
        # psi(1 + s0 + d)/d in d, s0 the zero; DLMF 5.15.1 gives the derivatives
        "DIGAMMA_ROOT": _floats(lambda k: m.psi(k + 1, 1 + digamma_root()) / m.factorial(k + 1), 20),
        # Ein(x)/x in x, x <= 1; DLMF 6.6.4
        "EIN": _floats(lambda k: (-1) ** k / ((k + 1) * m.factorial(k + 1)), 18),
        # x exp(x) E_1(x) in 1/x, for x in [1, 2], [2, 8] and [8, oo)
        "E1_NEAR": chebyshev(lambda w: m.exp(1 / w) * m.e1(1 / w) / w, 0.5, 1.0, 13),
        "E1_MIDDLE": chebyshev(lambda w: m.exp(1 / w) * m.e1(1 / w) / w, 0.125, 0.5, 16),
        "E1_FAR": chebyshev(lambda w: m.exp(1 / w) * m.e1(1 / w) / w if w else m.mpf(1), 0.0, 0.125, 16),
        # 2 x^2 (1 - sqrt(pi) x exp(x^2) erfc(x)) in v = 1/x^2 on [1/16, 1/4] and [0, 1/16]
        "DEFICIT_NEAR": chebyshev(_deficit, 0.0625, 0.25, 18),
        "DEFICIT_FAR": chebyshev(_deficit, 0.0, 0.0625, 16),
        # (1 + 2 u) D(x)/x in u = x^2 on [0, 16] and 2 x D(x) in 1/x^2 on [0, 1/16], D Dawson's function
        "DAWSON_NEAR": chebyshev(lambda u: (1 + 2 * u) * _dawson(m.sqrt(u)) / m.sqrt(u), 0.0, 16.0, 30),
        "DAWSON_FAR": chebyshev(lambda w: 2 * _dawson(1 / m.sqrt(w)) / m.sqrt(w), 0.0, 0.0625, 26),
        # Li_2(1 - exp(u)) = sum B_k (-u)^(k+1)/(k+1)!, |u| <= log 2
        "DILOGARITHM": _floats(lambda k: (-1) ** (k + 1) * m.bernoulli(k) / m.factorial(k + 1), 20),
    }  # fmt: skip
