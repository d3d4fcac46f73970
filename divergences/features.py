"""Features: the functions of z that make up minus the log-density of a standard prior.

``-log pi(z)`` of every family is a linear combination of a few features, so that the expectations that a whole
column of the table needs are derived once per (posterior, feature) and not once per pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from divergences.families import Family, t

z = sp.Symbol("z", real=True)
"""The variable before standardisation, ``z = mu + sigma * t``."""

LOG_CAUCHY = sp.log(1 + z**2)
SOFTPLUS = sp.log(1 + sp.exp(-z))


@dataclass(frozen=True)
class Decomposition:
    """``-log pi(z) = constant + sum of coefficient * feature`` on the support of the prior."""

    constant: sp.Expr
    terms: tuple[tuple[sp.Expr, sp.Expr], ...]
    """Pairs (coefficient, feature), the feature an expression in :data:`z`, in a fixed order."""

    @property
    def expr(self) -> sp.Expr:
        """The decomposition put together again."""
        return self.constant + sp.Add(*(c * f for c, f in self.terms))


def decompose(prior: Family) -> Decomposition:
    """Split minus the standard log-density of ``prior`` into a constant and features of z."""
    expr = sp.expand(-prior.log_density.subs(t, z))
    constant, rest = expr.as_independent(z, as_Add=True)
    terms = []
    for term in sp.Add.make_args(rest):
        if term == 0:
            continue
        coefficient, feature = term.as_independent(z, as_Add=False)
        terms.append((coefficient, feature))
    return Decomposition(constant, tuple(sorted(terms, key=lambda pair: sp.default_sort_key(pair[1]))))
