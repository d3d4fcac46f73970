"""Log density, its derivative and quantile function of each family, rewritten for floating point."""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
import sympy as sp

from codegen.functions import MEANING, cotpi, log1p, logcosh, ndtri, softplus
from codegen.stabilise import RewriteError
from divergences.families import Family, p, t
from divergences.tails import LOG, growth


@dataclass(frozen=True)
class Density:
    """The standard member of a family as a backend prints it.

    Kinks are where the score jumps, tails the exponents of the powers as which the density falls towards the lower
    and the upper end, infinite where it falls faster or ends.
    """

    family: Family
    log_density: sp.Expr
    score: sp.Expr
    quantile: sp.Expr
    kinks: tuple[sp.Expr, ...]
    tails: tuple[sp.Expr, ...]


def lower_density(family: Family) -> Density:
    """Rewrite a family's record, and check that nothing but rounding changed.

    Raises
    ------
    RewriteError
        If a rewritten expression differs from the record.
    """
    w = sp.Wild("w")
    log_density = family.log_density.replace(sp.log(1 + sp.exp(w)), softplus(w))
    log_density = log_density.replace(sp.log(1 + t**2), log1p(t**2)).replace(sp.log(sp.cosh(w)), logcosh(w))
    quantile = family.quantile.replace(sp.sqrt(2) * sp.erfinv(2 * p - 1), ndtri(p))
    # from the nearer end: tan(pi (p - 1/2)) cancels in both tails
    ends = sp.Piecewise((-cotpi(p), p < sp.Rational(1, 2)), (cotpi(1 - p), True))
    quantile = quantile.replace(sp.tan(sp.pi * (p - sp.Rational(1, 2))), ends)
    quantile = quantile.replace(sp.log(2 - 2 * p), sp.log(2) + log1p(-p)).replace(sp.log(1 - p), log1p(-p))
    score = sp.diff(log_density, t).replace(1 / (1 + sp.exp(w)), (1 - sp.tanh(w / 2)) / 2)
    rewritten = (
        (t, family.log_density, log_density),
        (t, sp.diff(family.log_density, t), score),
        (p, family.quantile, quantile),
    )
    for symbol, before, after in rewritten:
        for point in ("0.3", "0.7"):
            values = [sp.lambdify(symbol, e, modules=[MEANING, "mpmath"])(mpmath.mpf(point)) for e in (before, after)]
            if abs(values[0] - values[1]) > 1e-12:
                raise RewriteError(f"{family.name} at {symbol} = {point}: {values[0]} became {values[1]}")
    tails = tuple(_tail(family, side) for side in (-1, 1))
    return Density(family, log_density, sp.expand(score), quantile, _kinks(family), tails)


def _tail(family: Family, side: int) -> sp.Expr:
    terms = growth(family, side)
    return terms[LOG] if set(terms) == {LOG} else sp.oo


def _kinks(family: Family) -> tuple[sp.Expr, ...]:
    """Points inside the support at which an absolute value or a piecewise definition changes its branch."""
    log_density = family.log_density
    zeros = [modulus.args[0] for modulus in log_density.atoms(sp.Abs)]
    zeros += [relation.lhs - relation.rhs for relation in log_density.atoms(sp.core.relational.Relational)]
    points = {point for zero in zeros for point in sp.solveset(zero, t, family.support)}
    return tuple(sorted(points, key=float))
