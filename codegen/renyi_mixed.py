"""Closed Rényi divergences of different families: logarithms of integrals over alpha - 1.

The logarithms keep their digits, the division costs them near order one. There quadrature serves, which integrates the
small difference itself. Everything is held against the catalog when it is lowered.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from codegen import renyi_lines as lines
from codegen import renyi_parabolas as parabolas
from codegen.closed import ClosedKernel, Formula, Side, require_equal
from codegen.lower import domain
from codegen.panels import lower_panels
from divergences.entry import Entry
from divergences.families import alpha

Integral = Callable[[], Formula] | None

INTEGRALS: dict[tuple[str, str], tuple[Integral, Integral]] = {
    ("laplace", "normal"): (parabolas.laplace_normal, None),
    ("normal", "laplace"): (parabolas.normal_laplace, parabolas.normal_laplace),
    ("normal", "exponential"): (parabolas.normal_exponential, None),
    ("exponential", "normal"): (parabolas.exponential_normal, None),
    ("normal", "uniform"): (parabolas.normal_uniform, None),
    ("uniform", "normal"): (parabolas.uniform_normal_below, parabolas.uniform_normal_above),
    ("laplace", "exponential"): (lines.laplace_exponential, None),
    ("exponential", "laplace"): (
        lambda: lines.exponential_laplace(below=True),
        lambda: lines.exponential_laplace(below=False),
    ),
    ("laplace", "uniform"): (lines.laplace_uniform, None),
    ("uniform", "laplace"): (lines.uniform_laplace_below, lines.uniform_laplace_above),
    ("exponential", "uniform"): (lines.exponential_uniform, None),
    ("uniform", "exponential"): (lines.uniform_exponential_below, lines.uniform_exponential_above),
}
"""Of posterior and prior, below and above order one; None where it is infinite throughout."""
POINTS = ((0.4, -0.9), (-0.3, -0.8), (2.7, -0.2), (0.05, 0.3), (-1.2, 0.15), (-3.0, 0.6), (0.9, 1.5), (-0.2, 2.0))


def lower_mixed(entry: Entry) -> ClosedKernel:
    """The formulas of a cell, and the quadrature that serves near order one.

    Raises
    ------
    NotImplementedError
        If there are none.
    RewriteError
        If a formula differs from the catalog's.
    """
    pair = entry.posterior.name, entry.prior.name
    if pair not in INTEGRALS:
        raise NotImplementedError(f"{entry.kind} {entry.pair} has no formula")
    sides = []
    finite = domain(entry.finite)
    for name, integral, truth, orders in zip(
        ("below", "above"), INTEGRALS[pair], (sp.true, sp.false), ((0.2, 0.7), (1.3, 2.5)), strict=True
    ):
        if integral is None:
            continue
        formula = tuple(e / (alpha - 1) for e in integral())
        for given in orders:
            require_equal(entry, formula, POINTS, given)
        sides.append(Side(name, formula, finite.xreplace({alpha <= 1: truth, alpha < 1: truth})))
    return ClosedKernel(entry, tuple(sides), lower_panels(entry))
