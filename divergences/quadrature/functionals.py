"""The discrepancies as functionals of two densities: which integrals, and what is made of their values.

All are written with the densities of the posterior q and the prior p with respect to ``z = mu + sigma t``. A new one,
whether an f-divergence or a sum of several integrals, is one more entry of :data:`FUNCTIONALS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy as sp

from divergences.quadrature.branches import Number
from divergences.quadrature.growth import Growth
from divergences.quadrature.integrals import Factor

Term = tuple[Sequence[Number], Factor | None]
"""Exponents of the functions q, p, ..., and the factor as a function of their logarithms (None means one).

After the two densities come the scores, d/dz log q and d/dz log p, of which the exponent is zero and the factor sees
the values, and the indicator of where q is positive; what a discrepancy does not need it leaves out at the end.
"""


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

    ``needs_order`` says whether it has an order alpha, ``supremum`` whether it is made not of integrals but of the
    suprema of the factors over the sets where the weights are positive. One that is ``differential`` is infinite where
    q/p jumps inside the support of p; one that is ``of_support`` is zero where the support of q has that of p in it.
    """

    terms: Callable[[Number], Sequence[Term]]
    finish: Callable[[Sequence[Integrated], Any], Any]
    needs_order: bool = False
    supremum: bool = False
    differential: bool = False
    of_support: bool = False


def squared(x: Any) -> Any:
    """The square of a number, by a product, which for a float may be infinite, or of a growth."""
    return x.squared() if isinstance(x, Growth) else x * x


_ONE = (sp.S.One, sp.S.Zero)
_KLD = Functional(
    terms=lambda alpha: [(_ONE, lambda log_q, log_p: log_q - log_p)],
    finish=lambda integrals, alpha: integrals[0].value,
)


def _ordered(
    terms: Callable[[Number], Sequence[Term]], finish: Callable[[Sequence[Integrated], Any], Any]
) -> Functional:
    """A discrepancy of order alpha whose limit at order one is the Kullback-Leibler divergence."""
    return Functional(
        terms=lambda alpha: _KLD.terms(alpha) if alpha == 1 else terms(alpha),
        finish=lambda integrals, alpha: (_KLD.finish if alpha == 1 else finish)(integrals, alpha),
        needs_order=True,
    )


def _three_integrals(alpha: Number) -> Sequence[Term]:
    return [((alpha, sp.S.Zero), None), ((sp.S.Zero, alpha), None), ((sp.S.One, alpha - 1), None)]


FUNCTIONALS = {
    "kld": _KLD,
    "reverse_kld": Functional(
        terms=lambda alpha: [(_ONE[::-1], lambda log_q, log_p: log_p - log_q)],
        finish=lambda integrals, alpha: integrals[0].value,
    ),
    "jeffreys": Functional(
        terms=lambda alpha: [
            (_ONE, lambda log_q, log_p: log_q - log_p),
            (_ONE[::-1], lambda log_q, log_p: log_p - log_q),
        ],
        finish=lambda integrals, alpha: integrals[0].value + integrals[1].value,
    ),
    "hellinger": Functional(
        terms=lambda alpha: [((sp.S.Half, sp.S.Half), None)],
        finish=lambda integrals, alpha: 1 - integrals[0].value,
    ),
    "chi2": Functional(
        terms=lambda alpha: [((sp.Integer(2), -sp.S.One), None)],
        finish=lambda integrals, alpha: integrals[0].value - 1,
    ),
    "fisher": Functional(
        terms=lambda alpha: [((*_ONE, 0, 0), lambda log_q, log_p, score_q, score_p: squared(score_q - score_p))],
        finish=lambda integrals, alpha: integrals[0].value,
        differential=True,
    ),
    "support_overlap": Functional(
        terms=lambda alpha: [((*_ONE[::-1], 0, 0, sp.S.One), None)],
        finish=lambda integrals, alpha: -integrals[0].log,
        of_support=True,
    ),
    "worst_case": Functional(
        terms=lambda alpha: [(_ONE, lambda log_q, log_p: log_q - log_p)],
        finish=lambda suprema, alpha: suprema[0].value,
        supremum=True,
    ),
    "renyi": _ordered(
        terms=lambda alpha: [((alpha, 1 - alpha), None)],
        finish=lambda integrals, alpha: integrals[0].log / (alpha - 1),
    ),
    "beta": _ordered(
        terms=_three_integrals,
        finish=lambda i, alpha: i[0].value / (alpha * (alpha - 1)) + i[1].value / alpha - i[2].value / (alpha - 1),
    ),
    "gamma": _ordered(
        terms=_three_integrals,
        finish=lambda i, alpha: i[0].log / (alpha * (alpha - 1)) + i[1].log / alpha - i[2].log / (alpha - 1),
    ),
}
"""Every discrepancy by its name; what each one is, and by which convention, its module in the catalog says."""
