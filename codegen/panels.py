"""Cells by quadrature: one engine for all pairs, and what it has to know about each.

An integral of powers of two densities has a closed form for few pairs and orders, and some of those cancel. The
engine (``backends/torch/templates/panels.py.jinja``) places its nodes anew for every location, scale and order, from
the families' log densities, scores, kinks and tails alone, so that it also serves families that were not foreseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from codegen.lower import domain
from codegen.nodes import gauss_legendre
from divergences.entry import Entry
from divergences.families import alpha
from divergences.tails import Decay, decay

NEAR_ONE = 0.09
"""Distance of powers from one and zero below which an integral is computed as one and a small number."""


@dataclass(frozen=True)
class PanelRule:
    """Number of panels, nats below the largest at which the integrand is cut off, nodes and weights on [0, 1]."""

    panels: int
    reach: float
    nodes: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class PanelCell:
    """What a backend prints for one pair.

    Attributes
    ----------
    entry : Entry
        The cell behind it.
    domain : sympy.Basic
        Where it is finite, in ``mu``, ``l`` and ``alpha``.
    share : sympy.Expr
        Factor on the number of panels: heavy tails spread the mass over many scales.
    """

    entry: Entry
    domain: sp.Basic
    share: sp.Expr


def panel_rules() -> dict[str, PanelRule]:
    """The rule for each dtype of the arguments; both are evaluated in float64."""
    return {"float64": _rule(40, 42.0, 16), "float32": _rule(24, 24.0, 10)}


def _rule(panels: int, reach: float, order: int) -> PanelRule:
    return PanelRule(panels, reach, tuple(((1 + t) / 2, w) for t, w in gauss_legendre(order)))


def lower_panels(entry: Entry) -> PanelCell:
    """Prepare one cell."""
    # The integral of the prior's density to a power is one of those in the beta and gamma divergences.
    families = (entry.posterior, entry.prior) if entry.kind in ("beta", "gamma") else (entry.posterior,)
    heavy = any(decay(f, side) is Decay.LOGARITHMIC for f in families for side in (-1, 1))
    return PanelCell(entry, domain(entry.finite), sp.Rational(5, 2) if heavy else sp.S.One)


def orders(entry: Entry) -> tuple[float, float]:
    """Open interval of the orders at which the cell is finite somewhere else than at equality alone."""
    points = {x: sp.false for x in entry.finite.atoms(sp.Eq) if x.free_symbols != {alpha}}
    finite = entry.finite.xreplace(points)
    critical = {sp.S.Zero, sp.S.One}
    for relation in finite.atoms(sp.core.relational.Relational):
        if relation.free_symbols == {alpha}:
            critical |= set(sp.solve(sp.Eq(relation.lhs, relation.rhs), alpha))
    ends = sorted(critical)
    intervals = [*pairwise(ends), (ends[-1], sp.oo)]
    inner = [(low + high) / 2 if high.is_finite else low + 1 for low, high in intervals]
    served = [i for i, a in zip(intervals, inner, strict=True) if finite.subs(alpha, a) is not sp.false]
    return float(served[0][0]), float(served[-1][1])
