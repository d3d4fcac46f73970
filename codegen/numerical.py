"""Cross entropies ``E_Q[-log pi]`` by fixed nodes, where no closed form exists or Torch cannot evaluate it.

Cauchy prior: contour rules, and the digamma function for a logistic posterior. Logistic prior: mixtures of normals,
trapezoidal rules, the symmetry ``E|z + L| `` of posterior and prior noise. Bounded posterior: a difference of
primitives, or Gauss-Legendre where that cancels.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from codegen.functions import (
    e1_exp,
    expm1,
    expm1mx,
    gauss_absolute,
    log1p,
    logistic_energy,
    logistic_energy_primitive,
    reciprocal_imag,
    reciprocal_real,
    smoothed_shift,
)
from codegen.nodes import (
    NodeSum,
    contour_table,
    gumbel_table,
    kolmogorov_table,
    legendre_table,
    logistic_table,
    recurrence_table,
    wide_logistic_table,
)
from codegen.stabilise import l
from divergences.families import mu

s = sp.exp(l)


# --------------------------------------------------------------------------- Cauchy prior


def _contour(family: str, m: sp.Expr) -> sp.Expr:
    """``E log(1 + z^2) = 2 Re E log(z + i)`` on the contour of the family."""
    table = contour_table(family)
    tx, ty, wx, wy = table.symbols
    x, y = m + s * tx, 1 + s * ty
    return NodeSum(wx * sp.log(x**2 + y**2) - 2 * wy * sp.atan2(y, x), table)


def _log_cauchy_of_laplace() -> sp.Expr:
    """Half an exponential on either side."""
    return (_contour("exponential", mu) + _contour("exponential", -mu)) / 2


def _log_cauchy_of_logistic() -> sp.Expr:
    """``2 log(2 pi s) + 2 Re psi(w + 1/2)``, ``w = (1 + i mu)/(2 pi s)``: recurrence, then the asymptotic series.

    ``psi(w + 1/2) = psi(W + 1/2) - sum_{k<n} 1/(w + k + 1/2)``, ``W = w + n``, DLMF 5.5.2, and
    ``psi(W + 1/2) ~ log W - sum_j B_{2j}(1/2) / (2j W^{2j})``, DLMF 5.11.2 and 24.4.27.
    """
    table = recurrence_table()
    (a,) = table.symbols
    period = 2 * sp.pi * s
    x = 1 + period * a
    recurrence = NodeSum(2 * period * reciprocal_real(x, mu), table)
    real = 1 + period * len(table.float64)  # period * W = real + i mu
    u, v = period * reciprocal_real(real, mu), period * reciprocal_imag(real, mu)  # 1/W
    q_real, q_modulus = u**2 - v**2, (u**2 + v**2) ** 2  # of q = W^-2: Re q, |q|^2
    powers = [sp.S.One, q_real]  # Re q^j by its two-term recurrence
    for _ in range(2, 8):
        powers.append(2 * q_real * powers[-1] - q_modulus * powers[-2])
    half = sp.Rational(1, 2)
    series = sp.Add(*(-sp.bernoulli(2 * j, half) / j * powers[j] for j in range(1, 8)))
    return sp.log(real**2 + mu**2) - recurrence + series


# --------------------------------------------------------------------------- logistic prior


def _logistic_energy_of_normal() -> sp.Expr:
    """``E|z + L|`` with the logistic noise L of the prior as a mixture of normals."""
    table = kolmogorov_table()
    variance, _, w = table.symbols
    return NodeSum(w * gauss_absolute(mu, sp.exp(2 * l) + variance), table)


def _logistic_energy_of_exponential() -> sp.Expr:
    table = kolmogorov_table()
    variance, deviation, w = table.symbols
    ratio = deviation * sp.exp(-l)
    return NodeSum(w * (gauss_absolute(mu, variance) + s * smoothed_shift(mu / deviation, ratio)), table)


def _logistic_energy_of_laplace() -> sp.Expr:
    table = kolmogorov_table()
    variance, deviation, w = table.symbols
    ratio = deviation * sp.exp(-l)
    shifts = (smoothed_shift(mu / deviation, ratio) + smoothed_shift(-mu / deviation, ratio)) / 2
    return NodeSum(w * (gauss_absolute(mu, variance) + s * shifts), table)


def _logistic_energy_of_gumbel() -> sp.Expr:
    """Nodes of the Gumbel while it is the narrower one, else ``E_L E_G|mu + L + s t|`` over nodes of the logistic."""
    own = gumbel_table()
    t, w = own.symbols
    narrow = NodeSum(w * logistic_energy(mu + s * t), own)
    other = logistic_table()
    noise, weight = other.symbols
    wide = mu + sp.EulerGamma * s + 2 * s * NodeSum(weight * e1_exp((mu + noise) * sp.exp(-l)), other)
    return sp.Piecewise((narrow, l < sp.log(sp.Rational(29, 20))), (wide, True))


def kld_logistic_logistic() -> sp.Expr:
    """The whole divergence: ``E|mu + s L + L'| `` is symmetric in the two, so nodes go on the narrower one.

    Near the prior the integrand is ``expm1mx(log(pi/q)) >= 0`` instead, so that small values keep their digits.
    """
    wider = l > 0
    m = sp.Piecewise((mu * sp.exp(-l), wider), (mu, True))
    narrow = sp.Piecewise((-l, wider), (l, True))
    unit = sp.Piecewise((sp.exp(l), wider), (1, True))
    table = logistic_table()
    t, w = table.symbols
    far = unit * NodeSum(w * logistic_energy(m + sp.exp(narrow) * t), table) - 2 - l
    close = sp.And(sp.Abs(mu) < 1, sp.Abs(l) < sp.Rational(7, 20))
    near_mu, near_l = (sp.Piecewise((variable, close), (0, True)) for variable in (mu, l))  # no overflow elsewhere
    close_table = wide_logistic_table()
    t, th, w = close_table.symbols
    d = near_mu + expm1(near_l) * t
    log_ratio = near_l - 2 * log1p(2 * sp.sinh(d / 4) ** 2 + sp.sinh(d / 2) * th)
    near = NodeSum(w * expm1mx(log_ratio), close_table)
    return sp.Piecewise((near, close), (far, True))


# --------------------------------------------------------------------------- bounded posterior


def _mean_over_interval(function: Callable, primitive: Callable, edge: float) -> sp.Expr:
    """Mean over [mu - s, mu + s]: Gauss-Legendre for a narrow interval, a difference of primitives for a wide one."""
    table = legendre_table()
    t, w = table.symbols
    narrow = NodeSum(w * function(mu + s * t), table)
    wide = (primitive(mu + s) - primitive(mu - s)) / (2 * s)
    return sp.Piecewise((narrow, l < sp.log(edge)), (wide, True))


def _log_cauchy_of_uniform() -> sp.Expr:
    def primitive(z: sp.Expr) -> sp.Expr:
        return z * log1p(z**2) - 2 * z + 2 * sp.atan(z)

    return _mean_over_interval(lambda z: log1p(z**2), primitive, sp.Rational(1, 2))


def _logistic_energy_of_uniform() -> sp.Expr:
    return _mean_over_interval(logistic_energy, logistic_energy_primitive, sp.S.One)


CROSS_ENTROPIES: dict[tuple[str, str], Callable[[], sp.Expr]] = {
    ("normal", "cauchy"): lambda: _contour("normal", mu),
    ("gumbel", "cauchy"): lambda: _contour("gumbel", mu),
    ("exponential", "cauchy"): lambda: _contour("exponential", mu),
    ("laplace", "cauchy"): _log_cauchy_of_laplace,
    ("logistic", "cauchy"): _log_cauchy_of_logistic,
    ("uniform", "cauchy"): _log_cauchy_of_uniform,
    ("normal", "logistic"): _logistic_energy_of_normal,
    ("laplace", "logistic"): _logistic_energy_of_laplace,
    ("exponential", "logistic"): _logistic_energy_of_exponential,
    ("gumbel", "logistic"): _logistic_energy_of_gumbel,
    ("uniform", "logistic"): _logistic_energy_of_uniform,
}
"""``E_Q[-log pi]`` without its constant (log pi for the Cauchy), for the pairs that need nodes."""
