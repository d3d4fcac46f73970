"""Worst-case regrets in the form that floating point wants, of the cells that have a closed form."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from codegen.closed import ClosedKernel, Formula, Side, require_equal, with_derivatives
from codegen.functions import expm1, expm1mx, log1p, logistic_energy
from codegen.lower import domain
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import mu

s = sp.exp(l)
far = sp.Abs(mu) + s
"""Distance of the prior's centre from the farther end of a posterior that is symmetric and bounded."""
POINTS = ((0.4, -0.9), (-0.3, -0.8), (2.7, -0.2), (0.05, 0.3), (-1.2, 0.15))


def _normal_normal() -> sp.Expr:
    narrow = sp.Piecewise((l, l < 0), (-1, True))
    return sp.Piecewise((-(mu**2) / (2 * expm1(2 * narrow)) - l, l < 0), (0, True))


def _uniform_gumbel() -> sp.Expr:
    """``z + exp(-z)`` is convex: its maximum is at one of the ends."""
    left, right = (expm1mx(-(mu + side * s)) for side in (-1, 1))
    return sp.Piecewise((left, left > right), (right, True)) + 1 - l - sp.log(2)


def _cauchy_cauchy() -> Formula:
    """``arcosh(1 + d) = log(1 + d + sqrt(d (d + 2)))``, ``d = mu**2/(2 sigma) + cosh(l) - 1``."""
    d = mu**2 * sp.exp(-l) / 2 + 2 * sp.sinh(l / 2) ** 2
    root = sp.sqrt(d) * sp.sqrt(d + 2)
    inverse = 1 / sp.Piecewise((root, d > 0), (1, True))
    return log1p(d + root), sp.diff(d, mu) * inverse, (sp.sinh(l) - mu**2 * sp.exp(-l) / 2) * inverse


VALUES: dict[tuple[str, str], Callable[[], sp.Expr]] = {
    ("normal", "normal"): _normal_normal,
    ("normal", "laplace"): lambda: sp.Abs(mu) + s**2 / 2 - l + sp.log(2 / sp.pi) / 2,
    ("laplace", "laplace"): lambda: sp.Abs(mu) - l,
    ("laplace", "logistic"): lambda: logistic_energy(mu) - l - sp.log(2),
    ("uniform", "normal"): lambda: far**2 / 2 - l + sp.log(sp.pi / 2) / 2,
    ("uniform", "laplace"): lambda: far - l,
    ("uniform", "cauchy"): lambda: log1p(far**2) - l + sp.log(sp.pi / 2),
    ("uniform", "logistic"): lambda: logistic_energy(far) - l - sp.log(2),
    ("uniform", "uniform"): lambda: -l,
    ("uniform", "gumbel"): _uniform_gumbel,
    ("uniform", "exponential"): lambda: mu + s - l - sp.log(2),
    ("exponential", "laplace"): lambda: sp.Abs(mu) - l + sp.log(2),
    ("exponential", "logistic"): lambda: logistic_energy(mu) - l,
    ("exponential", "gumbel"): lambda: expm1mx(-mu) + 1 - l,
    ("exponential", "exponential"): lambda: mu - l,
}


def lower_worst_case(entry: Entry) -> ClosedKernel:
    """The formulas of a cell.

    Raises
    ------
    NotImplementedError
        If there are none.
    RewriteError
        If a formula differs from the catalog's.
    """
    pair = entry.posterior.name, entry.prior.name
    if pair == ("cauchy", "cauchy"):
        formula = _cauchy_cauchy()
    elif pair in VALUES:
        formula = with_derivatives(VALUES[pair]())
    else:
        raise NotImplementedError(f"{entry.kind} {entry.pair} has no formula")
    require_equal(entry, formula, POINTS)
    return ClosedKernel(entry, (Side("everywhere", formula, domain(entry.finite)),))
