"""Rényi divergences: one quadrature for all pairs, and what it has to know about each.

The integral of ``q**alpha * pi**(1 - alpha)`` has a closed form for few pairs and orders, and some of those cancel.
The engine (``backends/torch/templates/panels.py.jinja``) places its nodes anew for every location, scale and order,
from the families' log densities, scores and kinks alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from codegen.nodes import gauss_legendre
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import alpha, sigma
from divergences.tails import Decay, decay


@dataclass(frozen=True)
class PanelRule:
    """Number of panels, nats below the largest at which the integrand is cut off, nodes and weights on [0, 1]."""

    panels: int
    reach: float
    nodes: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class RenyiCell:
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

    @property
    def name(self) -> str:
        """Stem of the generated module."""
        return f"{self.entry.posterior.name}_{self.entry.prior.name}"

    @property
    def orders(self) -> tuple[float, float]:
        """Open interval of the orders at which it is finite somewhere."""
        # It is non-decreasing in the order: what is infinite just above one is infinite at every higher order.
        beyond_one = self.entry.finite.subs(alpha, sp.Rational(1001, 1000)) is not sp.false
        return (0.0, float("inf")) if beyond_one else (0.0, 1.0)


def panel_rules() -> dict[str, PanelRule]:
    """The rule for each dtype of the arguments; both are evaluated in float64."""
    return {"float64": _rule(40, 42.0, 16), "float32": _rule(24, 24.0, 10)}


def _rule(panels: int, reach: float, order: int) -> PanelRule:
    return PanelRule(panels, reach, tuple(((1 + t) / 2, w) for t, w in gauss_legendre(order)))


def lower_renyi(entry: Entry) -> RenyiCell:
    """Prepare one cell; ``sigma < 1`` becomes exact as ``l < 0``."""
    unit = {sigma < 1: l < 0, sp.Eq(sigma, 1): sp.Eq(l, 0)}
    domain = entry.finite.xreplace(unit).subs(sigma, sp.exp(l))
    heavy = any(decay(entry.posterior, side) is Decay.LOGARITHMIC for side in (-1, 1))
    return RenyiCell(entry, domain, sp.Rational(5, 2) if heavy else sp.S.One)
