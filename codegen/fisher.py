"""Fisher divergences in the form that floating point wants: the catalog's closed forms, and sums over nodes.

``E_Q[(s_q - s_pi)**2] = E_Q[s_q**2] + E_Q[s_pi**2 + 2 s_pi']`` with what jumps of the scores add. The mean for a Cauchy
or a logistic prior is taken on the nodes of the cross entropy, or made of its derivatives (:mod:`codegen.numerical`).
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from codegen.closed import ClosedKernel, Formula, Side, require_equal, with_derivatives
from codegen.functions import exp_neg_exp, expm1, lgamma1p_exp, log_reflection, reciprocal_imag, reciprocal_real
from codegen.lower import domain
from codegen.nodes import NodeSum, contour_table, gumbel_table, logistic_table, wide_logistic_table
from codegen.numerical import CROSS_ENTROPIES
from codegen.polygamma import scaled_polygamma
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import mu
from divergences.scores import fisher_information

s, inverse = sp.exp(l), sp.exp(-l)
double = l + sp.log(2)
"""Log of twice the scale."""
CLOSE = sp.And(sp.Abs(mu) < 1, sp.Abs(l) < sp.Rational(7, 20))
"""Where two members of one family nearly agree and closed forms cancel: there the square is integrated."""
POINTS = ((0.4, -0.9), (-0.3, -0.8), (2.7, -0.75), (0.05, 0.3), (-1.2, 0.15), (0.0, -0.5), (0.0, 0.0))


def _clipped(x: sp.Expr, most: int) -> sp.Expr:
    return sp.Piecewise((x, x < most), (most, True))


# --------------------------------------------------------------------------- elementary


def _normal_laplace() -> sp.Expr:
    return 1 + inverse**2 - 2 * sp.sqrt(2 / sp.pi) * inverse * sp.exp(-((mu * inverse) ** 2) / 2)


def _logistic_laplace() -> sp.Expr:
    return 1 + inverse**2 / 3 - inverse * (1 - sp.tanh(mu * inverse / 2) ** 2)


def _gumbel_laplace() -> sp.Expr:
    y = _clipped(mu * inverse, 7)
    return 1 + inverse**2 - 4 * inverse * sp.exp(y) * exp_neg_exp(y)


def _cauchy_cauchy() -> sp.Expr:
    """Squares but for one term, which they outweigh; v is minus the imaginary part of 1/(1 + sigma + i mu)."""
    v = -reciprocal_imag(1 + s, mu)
    share = mu * v / (1 + s)
    return sp.tanh(l / 2) ** 2 * (2 * inverse + inverse**2 / 2) + 18 * v**2 + 6 * share**2 - 2 * share


def _gumbel_prior(once: sp.Expr, twice: sp.Expr) -> sp.Expr:
    """``E[exp(-2 z) - 4 exp(-z)]`` from the logarithms of the two means."""
    return sp.exp(once) * (sp.exp(twice - once) - 4)


def _laplace_gumbel() -> sp.Expr:
    return 1 + inverse**2 + sp.exp(-mu) * (4 / expm1(2 * l) - sp.exp(-mu) / expm1(2 * double))


def _gumbel_gumbel() -> sp.Expr:
    far = 1 + inverse**2 + _gumbel_prior(lgamma1p_exp(l) - mu, lgamma1p_exp(double) - 2 * mu)
    m, log_scale = _near()
    table = gumbel_table()
    t, w = table.symbols
    difference = sp.exp(-log_scale) * expm1(-t) - expm1(-m - sp.exp(log_scale) * t)
    return sp.Piecewise((NodeSum(w * difference**2, table), CLOSE), (far, True))


def _near() -> tuple[sp.Expr, sp.Expr]:
    """Location and log scale where they are close to the prior's, zero elsewhere: nothing overflows."""
    return tuple(sp.Piecewise((variable, CLOSE), (0, True)) for variable in (mu, l))


# --------------------------------------------------------------------------- by nodes


def _own(q: Entry) -> sp.Expr:
    information = fisher_information(q.posterior)
    assert information is not None
    return information.expr * inverse**2


def _cauchy_prior(entry: Entry) -> sp.Expr:
    """``s**2 + 2 s' = -2 Im 1/(z + i) + 6 Re 1/(z + i)**2``, analytic above the real axis: on the family's contour."""
    family = entry.posterior.name
    if family == "laplace":  # half an exponential on either side
        return _own(entry) + (_on_contour("exponential", mu) + _on_contour("exponential", -mu)) / 2
    return _own(entry) + _on_contour(family, mu)


def _on_contour(family: str, m: sp.Expr) -> sp.Expr:
    table = contour_table(family)
    tx, ty, wx, wy = table.symbols
    x, y = m + s * tx, 1 + s * ty
    a, b = reciprocal_real(x, y), reciprocal_imag(x, y)
    return NodeSum(wx * (6 * (a**2 - b**2) - 2 * b) - wy * (12 * a * b + 2 * a), table)


def _logistic_cauchy(entry: Entry) -> Formula:
    """The same by ``E 1/(z + i) = -i psi'(w + 1/2)/p``, ``w = (1 - i mu)/p``, ``p = 2 pi sigma``."""
    p = 2 * sp.pi * s
    (re1, _), (re2, im2), (re3, im3) = (scaled_polygamma(m, sp.S.One, -mu, p) for m in (1, 2, 3))
    by_log_scale = -2 * (re1 + re2 + mu * im2) - 6 * (2 * re2 + re3 + mu * im3)
    own = _own(entry)
    return own + 2 * re1 + 6 * re2, 2 * im2 + 6 * im3, by_log_scale - 2 * own


def _logistic_prior(entry: Entry) -> sp.Expr:
    """``s**2 + 2 s' = 1 - 4 f''`` with ``f = -log pi``."""
    return _own(entry) + 1 - 4 * CROSS_ENTROPIES[entry.posterior.name, "logistic"]().diff(mu, 2)


def _cauchy_logistic(entry: Entry) -> Formula:
    """``E_Q[4 pi(z)] = (2/pi**2) Re psi'((sigma + i mu)/(2 pi) + 1/2)``."""
    (re1, _), (re2, im2) = (scaled_polygamma(m, s, mu, 2 * sp.pi) for m in (1, 2))
    own, factor = _own(entry), 8 / sp.pi
    return own + 1 - factor * re1, factor * im2, -2 * own - factor * s * re2


def _logistic_logistic(entry: Entry) -> Formula:
    """Nodes go on the narrower of the two; where they nearly agree, the square is integrated."""
    wider = l > 0
    m = sp.Piecewise((mu * inverse, wider), (mu, True))
    narrow = sp.Piecewise((-l, wider), (l, True))
    unit = sp.Piecewise((inverse, wider), (1, True))
    table = logistic_table()
    t, w = table.symbols
    shared = 1 - sp.tanh((m + sp.exp(narrow) * t) / 2) ** 2
    far = _own(entry) + 1 - 2 * unit * NodeSum(w * shared, table)
    near_mu, near_l = _near()
    wide = wide_logistic_table()
    t, th, w = wide.symbols
    # tanh(t/2) - tanh(z/2) and what the scale adds, each small by itself
    shift = near_mu + expm1(near_l) * t
    step = sp.tanh(shift / 2) * (1 - th**2) / (1 + th * sp.tanh(shift / 2))
    near = NodeSum(w * (expm1(-near_l) * th - step) ** 2, wide)
    return with_derivatives(sp.Piecewise((near, CLOSE), (far, True)))


ELEMENTARY: dict[tuple[str, str], Callable[[], sp.Expr]] = {
    ("normal", "normal"): lambda: mu**2 + 4 * sp.sinh(l) ** 2,
    ("normal", "laplace"): _normal_laplace,
    ("normal", "gumbel"): lambda: 1 + inverse**2 + _gumbel_prior(s**2 / 2 - mu, 2 * s**2 - 2 * mu),
    ("laplace", "normal"): lambda: mu**2 + 2 * s**2 - 2 + inverse**2,
    ("laplace", "laplace"): lambda: expm1(-l) ** 2 - 2 * inverse * expm1(-sp.Abs(mu) * inverse),
    ("laplace", "gumbel"): _laplace_gumbel,
    ("cauchy", "laplace"): lambda: 1 + inverse**2 / 2 - 4 / sp.pi * reciprocal_real(s, mu),
    ("cauchy", "cauchy"): _cauchy_cauchy,
    ("logistic", "normal"): lambda: mu**2 + sp.pi**2 * s**2 / 3 - 2 + inverse**2 / 3,
    ("logistic", "laplace"): _logistic_laplace,
    ("logistic", "gumbel"): lambda: (
        1 + inverse**2 / 3 + _gumbel_prior(log_reflection(l) - mu, log_reflection(double) - 2 * mu)
    ),
    ("uniform", "uniform"): lambda: sp.S.Zero,
    ("gumbel", "normal"): lambda: sp.pi**2 * s**2 / 6 + (mu + sp.EulerGamma * s) ** 2 - 2 + inverse**2,
    ("gumbel", "laplace"): _gumbel_laplace,
    ("gumbel", "gumbel"): _gumbel_gumbel,
    ("exponential", "exponential"): lambda: expm1(-l) ** 2,
}
BY_NODES: dict[tuple[str, str], Callable[[Entry], Formula]] = {
    ("cauchy", "logistic"): _cauchy_logistic,
    ("logistic", "cauchy"): _logistic_cauchy,
    ("logistic", "logistic"): _logistic_logistic,
}


def formula(entry: Entry) -> Formula:
    """Value and derivatives of a cell.

    Raises
    ------
    NotImplementedError
        If there is no formula, as for families of one's own.
    """
    pair = entry.posterior.name, entry.prior.name
    if pair in ELEMENTARY:
        return with_derivatives(ELEMENTARY[pair]())
    if pair in BY_NODES:
        return BY_NODES[pair](entry)
    if pair in CROSS_ENTROPIES:
        return with_derivatives((_cauchy_prior if pair[1] == "cauchy" else _logistic_prior)(entry))
    raise NotImplementedError(f"{entry.kind} {entry.pair} has no formula")


def lower_fisher(entry: Entry) -> ClosedKernel:
    """The formulas of a cell.

    Raises
    ------
    NotImplementedError
        If there are none.
    RewriteError
        If a formula differs from the catalog's.
    """
    side = Side("everywhere", formula(entry), domain(entry.finite))
    require_equal(entry, side.formula, POINTS)
    return ClosedKernel(entry, (side,))
