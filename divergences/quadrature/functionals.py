"""The discrepancies as functionals of two densities: which integrals, and what is made of their values.

All are written with the densities of the posterior q and the prior p with respect to ``t``. A new one, whether an
f-divergence or a sum of several integrals, is one more entry of :data:`FUNCTIONALS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from divergences.quadrature.branches import Number
from divergences.quadrature.integrals import Factor

Term = tuple[Sequence[Number], Factor | None]
"""Exponents of q and p, and the factor as a function of log q and log p (None means one)."""


@dataclass(frozen=True)
class Functional:
    """A discrepancy: ``finish`` makes its value of the values of the integrals ``terms``, of any number type.

    ``needs_order`` says whether it has an order alpha.
    """

    terms: Callable[[Number], Sequence[Term]]
    finish: Callable[[Sequence[Any], Any, Callable[[Any], Any]], Any]
    needs_order: bool = False


FUNCTIONALS = {
    "kld": Functional(
        terms=lambda alpha: [((sp.S.One, sp.S.Zero), lambda log_q, log_p: log_q - log_p)],
        finish=lambda values, alpha, log: values[0],
    ),
    "renyi": Functional(
        terms=lambda alpha: [((alpha, 1 - alpha), None)],
        finish=lambda values, alpha, log: log(values[0]) / (alpha - 1),
        needs_order=True,
    ),
}
