"""One cell of the catalog: the divergence of a posterior family from a standard prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import mpmath
import sympy as sp
from flint import arb

from divergences import families as symbols
from divergences import quadrature
from divergences.derivation import Step
from divergences.enclosure import NoBallArithmeticError, enclose_expr
from divergences.families import Family
from divergences.numeric import PrecisionError, evaluate_expr, exact, holds
from divergences.quadrature.arithmetic import to_mpf

Status = Literal["closed", "quadrature", "infinite"]


@dataclass(frozen=True)
class Entry:
    """Divergence ``D(Q(mu, sigma) || Pi(0, 1))`` of one pair, in nats.

    Attributes
    ----------
    kind : str
        Name of the discrepancy.
    posterior, prior : Family
        The pair; the prior is standard (by affine invariance that is no restriction).
    status : {"closed", "quadrature", "infinite"}
        Whether a closed form was derived, only a quadrature rule serves, or the divergence is infinite everywhere.
    finite : sympy.Basic
        Condition on :data:`~divergences.families.mu`, :data:`~divergences.families.sigma` and, for a discrepancy
        with an order, :data:`~divergences.families.alpha` under which it is finite.
    expr : sympy.Expr or None
        The closed form where ``finite`` holds; ``oo`` for an infinite cell, None for a quadrature cell.
    derivation : tuple of Step
        The steps that led to ``expr``, each with its LaTeX.
    reason : str
        Why the divergence is infinite where ``finite`` fails; empty if it is finite everywhere.
    """

    kind: str
    posterior: Family
    prior: Family
    status: Status
    finite: sp.Basic
    expr: sp.Expr | None
    derivation: tuple[Step, ...] = ()
    reason: str = ""

    @property
    def pair(self) -> str:
        """The pair as written in commands, such as ``La/N``."""
        return f"{self.posterior.symbol}/{self.prior.symbol}"

    @property
    def has_order(self) -> bool:
        """Whether the discrepancy has an order, alpha."""
        return quadrature.FUNCTIONALS[self.kind].needs_order

    def evaluate(self, mu: Any, sigma: Any, alpha: Any = None, dps: int = 30) -> mpmath.mpf:
        """Value in nats, correct to ``dps`` digits, or to ``10**-(dps + 330)`` where it is smaller than any float.

        Parameters
        ----------
        mu, sigma : number or str
            Location and scale of the posterior relative to the prior; a float stands for its exact binary value.
        alpha : number, optional
            Order, for the discrepancies that have one; at order 1 the value is the Kullback-Leibler divergence.
        dps : int
            Decimal digits.

        Returns
        -------
        mpmath.mpf
            ``mpmath.inf`` outside :attr:`finite`.

        Raises
        ------
        ValueError
            If sigma or alpha is not positive, an argument is not a finite real number, or alpha is missing or
            given where it does not belong.
        """
        point = {symbols.mu: exact(mu, "mu"), symbols.sigma: _positive(sigma, "sigma")}
        if self.has_order != (alpha is not None):
            wants = "needs an order, alpha > 0" if self.has_order else f"has no order; got alpha = {alpha!r}"
            raise ValueError(f"{self.kind} {wants}")
        if alpha is not None:
            point[symbols.alpha] = _positive(alpha, "alpha")
        if not holds(self.finite, point):
            return mpmath.inf
        if self.expr is not None and point.get(symbols.alpha) != 1:
            try:
                return self._closed(point, dps)
            except PrecisionError:
                pass  # the closed form cancels too many digits here; its defining integral does not
        m, s, a = (point.get(symbol) for symbol in (symbols.mu, symbols.sigma, symbols.alpha))
        return quadrature.divergence(self.kind, self.posterior, self.prior, m, s, a, dps)

    def _closed(self, point: Mapping[sp.Symbol, Any], dps: int) -> mpmath.mpf:
        name = f"{self.kind} {self.pair}"
        try:
            ball = enclose_expr(self.expr, point, arb(10) ** -(dps + 330), digits=dps, name=name)
        except NoBallArithmeticError:  # as may be with a family of one's own
            return evaluate_expr(self.expr, point, dps, limit=600, name=name)
        with mpmath.workdps(dps + 5):
            return mpmath.mpf(0) if ball.contains(0) else +to_mpf(ball)

    def __str__(self) -> str:
        value = {"closed": str(self.expr), "quadrature": "by quadrature", "infinite": "oo"}[self.status]
        where = "" if self.finite in (sp.true, sp.false) else f" if {self.finite}"
        return f"{self.kind} {self.pair}: {value}{where}"


def _positive(value: Any, name: str) -> sp.Rational:
    number = exact(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return number
