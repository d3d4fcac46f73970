"""The location-scale families: one declarative record each, from which everything else is derived.

A record states the *standard* member (location 0, scale 1). The general member is ``z = mu + sigma * t``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

t = sp.Symbol("t", real=True)
"""The standardised variable: densities and features under the integral are functions of it."""
p = sp.Symbol("p", positive=True)
"""A probability in (0, 1): the argument of quantile functions."""
mu = sp.Symbol("mu", real=True)
"""Location of the posterior, in units of the prior's scale and measured from the prior's location."""
sigma = sp.Symbol("sigma", positive=True)
"""Scale of the posterior in units of the prior's scale."""
alpha = sp.Symbol("alpha", positive=True)
"""Order of a discrepancy that has one."""


@dataclass(frozen=True)
class Family:
    """A location-scale family.

    Attributes
    ----------
    name : str
        Name in the public functions, lower case.
    symbol : str
        Short name in pairs such as ``La/N``.
    density : sympy.Expr
        Density of the standard member as a function of :data:`t`, on ``support``.
    support : sympy.Interval
        Where the standard member's density is positive.
    quantile : sympy.Expr
        Inverse distribution function of the standard member as a function of :data:`p`.
    latex : str
        The symbol in formulas.
    """

    name: str
    symbol: str
    density: sp.Expr
    support: sp.Interval
    quantile: sp.Expr
    latex: str

    @property
    def log_density(self) -> sp.Expr:
        """Logarithm of the standard density, expanded, on the support."""
        return sp.expand_log(sp.log(self.density), force=True)

    def __str__(self) -> str:
        return self.name


class FamilyTable(Mapping[str, Family]):
    """The families by name; also found by symbol, in any case: ``FAMILIES["La"] is FAMILIES["laplace"]``."""

    def __init__(self, *families: Family) -> None:
        self._by_name = {f.name: f for f in families}

    def __getitem__(self, key: str) -> Family:
        if isinstance(key, str):
            for f in self._by_name.values():
                if key.lower() in (f.name, f.symbol.lower()):
                    return f
        known = ", ".join(f"{f.name} ({f.symbol})" for f in self._by_name.values())
        raise KeyError(f"unknown family {key!r}; known are {known}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def add(self, family: Family) -> Family:
        """Register one more family; every table then has its row and its column.

        Raises
        ------
        ValueError
            If the name or the symbol is taken.
        """
        for f in self._by_name.values():
            if {family.name, family.symbol.lower()} & {f.name, f.symbol.lower()}:
                raise ValueError(f"family {family.name!r} ({family.symbol}) collides with {f.name!r} ({f.symbol})")
        self._by_name[family.name] = family
        return family

    def discard(self, name: str) -> None:
        """Forget a family that was added; unknown names are ignored."""
        self._by_name.pop(name, None)


_half_line = sp.Interval(0, sp.oo)

FAMILIES = FamilyTable(
    Family("normal", "N", sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi), sp.S.Reals, sp.sqrt(2) * sp.erfinv(2 * p - 1),
           r"\mathcal{N}"),
    Family("laplace", "La", sp.exp(-sp.Abs(t)) / 2, sp.S.Reals,
           sp.Piecewise((sp.log(2 * p), p < sp.Rational(1, 2)), (-sp.log(2 * (1 - p)), True)), r"\mathrm{La}"),
    Family("cauchy", "C", 1 / (sp.pi * (1 + t**2)), sp.S.Reals, sp.tan(sp.pi * (p - sp.Rational(1, 2))),
           r"\mathcal{C}"),
    Family("logistic", "Lo", sp.exp(-t) / (1 + sp.exp(-t)) ** 2, sp.S.Reals, sp.log(p) - sp.log(1 - p),
           r"\mathrm{Lo}"),
    Family("uniform", "U", sp.Rational(1, 2), sp.Interval(-1, 1), 2 * p - 1, r"\mathcal{U}"),
    Family("gumbel", "G", sp.exp(-t - sp.exp(-t)), sp.S.Reals, -sp.log(-sp.log(p)), r"\mathcal{G}"),
    Family("exponential", "E", sp.exp(-t), _half_line, -sp.log(1 - p), r"\mathcal{E}"),
)  # fmt: skip
