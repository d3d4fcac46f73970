"""Kernels of the divergences beside the Kullback-Leibler one: formulas in the form that floating point wants.

Each is held against the catalog when it is lowered. All are evaluated in float64, whatever the dtype of the arguments,
unless a formula says that it needs no such care.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import mpmath
import sympy as sp

from codegen.functions import MEANING
from codegen.nodes import NodeSum
from codegen.panels import NEAR_ONE, PanelCell
from codegen.schedule import Invariants, Schedule, schedule
from codegen.stabilise import RewriteError, l
from divergences.entry import Entry
from divergences.families import alpha, mu

Formula = tuple[sp.Expr, sp.Expr, sp.Expr]
"""Value and derivatives with respect to mu and l."""


@dataclass(frozen=True)
class Side:
    """Formulas for some of the orders, or for a divergence without one.

    Attributes
    ----------
    name : str
        ``"below"`` or ``"above"`` order one; ``"everywhere"`` for a divergence without an order.
    formula : tuple of sympy.Expr
        Value and derivatives with respect to mu and l.
    domain : sympy.Basic
        Where they hold, in ``mu``, ``l`` and ``alpha``.
    double : bool
        Whether they are evaluated in float64 throughout.
    """

    name: str
    formula: Formula
    domain: sp.Basic
    double: bool = True

    @property
    def varying(self) -> set[sp.Symbol]:
        """What is not the same for all elements and nodes."""
        return {mu, l} | {x for e in self.formula for n in e.atoms(NodeSum) for x in n.table.symbols}

    @cached_property
    def scheduled(self) -> tuple[list[tuple[sp.Symbol, sp.Expr]], Schedule]:
        """What depends on the order alone, to be computed once, and the joint schedule of value and derivatives."""
        constants = Invariants(self.varying, prefix="c")
        plan = schedule([constants.move(e) for e in self.formula])
        return constants.moved, plan

    @property
    def interior(self) -> tuple[float, float]:
        """A location and a log scale at which a backend may evaluate where the result is not used."""
        for at in ((0.5, -1.0), (0.0, -1.0)):
            if self.domain.subs(dict(zip((mu, l), at, strict=True))) != sp.false:
                return at
        return 0.0, 0.0


@dataclass(frozen=True)
class ClosedKernel:
    """A cell by formulas.

    Attributes
    ----------
    entry : Entry
        The cell.
    sides : tuple of Side
        Its formulas.
    otherwise : PanelCell or None
        What serves the orders near one, and those of a side that has no formula.
    """

    entry: Entry
    sides: tuple[Side, ...]
    otherwise: PanelCell | None = None

    def orders(self) -> tuple[float, float]:
        """The formulas serve orders below the first number and above the second."""
        if self.otherwise is None:
            return 1.0, 1.0
        names = {side.name for side in self.sides}
        return 1.0 - NEAR_ONE if "below" in names else 0.0, 1.0 + NEAR_ONE if "above" in names else math.inf


def with_derivatives(value: sp.Expr) -> Formula:
    """A value and its derivatives."""
    return value, sp.diff(value, mu), sp.diff(value, l)


def require_equal(entry: Entry, formula: Formula, points: tuple[tuple[float, float], ...], order: float = 1.0) -> None:
    """Hold a formula against the catalog, 20 digits of its value and its derivatives.

    Sums over nodes are held to 12 digits at two points, and their derivatives against their own differences.

    Raises
    ------
    RewriteError
        If it differs at one of the points (location, log scale) where the divergence is finite.
    """
    by_nodes = formula[0].has(NodeSum)
    digits, dps = (12, 16) if by_nodes else (20, 40)
    value, *derivatives = (_function(e) for e in formula)
    given = mpmath.mpf(order) if entry.has_order else None

    def known(m: mpmath.mpf, log_scale: mpmath.mpf) -> mpmath.mpf:
        return entry.evaluate(m, mpmath.exp(log_scale), given, dps=dps)

    def own(m: mpmath.mpf, log_scale: mpmath.mpf) -> mpmath.mpf:
        return value(m, log_scale, mpmath.mpf(order))

    def require(found: mpmath.mpf, expected: mpmath.mpf) -> None:
        if abs(found - expected) > mpmath.mpf(10) ** -digits * (1 + abs(expected)):
            raise RewriteError(f"{entry.kind} {entry.pair} at {point}, {order}: {expected} became {found}")

    with mpmath.workdps(40):
        step = mpmath.mpf(2) ** -40
        for point in points[:2] if by_nodes else points:
            m, log_scale = map(mpmath.mpf, point)
            expected = known(m, log_scale)
            if mpmath.isinf(expected):
                continue
            require(own(m, log_scale), expected)
            truth = own if by_nodes else known
            for derivative, (dm, ds) in zip(derivatives, ((step, 0), (0, step)), strict=True):
                ends = [truth(m + sign * dm, log_scale + sign * ds) for sign in (1, -1)]
                if not any(map(mpmath.isinf, ends)):  # finite on a line alone: no derivative across it
                    require(derivative(m, log_scale, mpmath.mpf(order)), (ends[0] - ends[1]) / (2 * step))


def _function(expr: sp.Expr) -> Callable[[mpmath.mpf, mpmath.mpf, mpmath.mpf], mpmath.mpf]:
    """``expr`` as a function of mu, l and alpha; its sums over nodes as their float64 tables have them."""
    sums = {n: sp.Symbol(f"sum{i}") for i, n in enumerate(sorted(expr.atoms(NodeSum), key=sp.default_sort_key))}
    modules = [MEANING, "mpmath"]
    outer = sp.lambdify((mu, l, alpha, *sums.values()), expr.xreplace(sums), modules=modules)
    bodies = [(sp.lambdify((mu, l, *n.table.symbols), n.body, modules=modules), n.table.float64) for n in sums]

    def function(m: mpmath.mpf, log_scale: mpmath.mpf, order: mpmath.mpf) -> mpmath.mpf:
        totals = (mpmath.fsum(body(m, log_scale, *map(mpmath.mpf, row)) for row in rows) for body, rows in bodies)
        return outer(m, log_scale, order, *totals)

    return function
