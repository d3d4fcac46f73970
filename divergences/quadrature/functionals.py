"""The discrepancies as functionals of two densities: which integrals, and what is made of their values.

All are written with the densities of the posterior q and the prior p with respect to ``t``. A new one, whether an
f-divergence or a sum of several integrals, is one more entry of :data:`FUNCTIONALS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy as sp

from divergences.quadrature.branches import Number
from divergences.quadrature.integrals import Factor

Term = tuple[Sequence[Number], Factor | None]
"""Exponents of q and p, and the factor as a function of log q and log p (None means one)."""


@dataclass(frozen=True)
class Integrated:
    """The value ``mantissa * exp(log_scale)`` of an integral: a ball, an mpmath number or a float.

    Weights overflow and underflow every range, their logarithms do not.
    """

    mantissa: Any
    log_scale: int = 0

    @property
    def value(self) -> Any:
        """The integral."""
        if not self.log_scale:
            return self.mantissa
        if isinstance(self.mantissa, float):
            return self.mantissa * math.exp(min(self.log_scale, 709.0)) if self.log_scale < 709 else math.inf
        if isinstance(self.mantissa, mpmath.mpf):
            return self.mantissa * mpmath.exp(self.log_scale)
        return self.mantissa * type(self.mantissa)(self.log_scale).exp()

    @property
    def log(self) -> Any:
        """The logarithm of the integral, minus infinity for a float that is not positive."""
        if isinstance(self.mantissa, float):
            return math.log(self.mantissa) + self.log_scale if self.mantissa > 0 else -math.inf
        if isinstance(self.mantissa, mpmath.mpf):
            return mpmath.log(self.mantissa) + self.log_scale
        return self.mantissa.log() + self.log_scale


@dataclass(frozen=True)
class Functional:
    """A discrepancy: ``finish`` makes its value of the integrals ``terms`` and of the order, as numbers of one type.

    ``needs_order`` says whether it has an order alpha.
    """

    terms: Callable[[Number], Sequence[Term]]
    finish: Callable[[Sequence[Integrated], Any], Any]
    needs_order: bool = False


FUNCTIONALS = {
    "kld": Functional(
        terms=lambda alpha: [((sp.S.One, sp.S.Zero), lambda log_q, log_p: log_q - log_p)],
        finish=lambda integrals, alpha: integrals[0].value,
    ),
    "renyi": Functional(
        terms=lambda alpha: [((alpha, 1 - alpha), None)],
        finish=lambda integrals, alpha: integrals[0].log / (alpha - 1),
        needs_order=True,
    ),
}
