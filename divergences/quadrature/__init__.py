"""Numerical truth, from the family records alone: no closed form is used anywhere in this package."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from divergences.families import FAMILIES, t


class QuadratureError(ArithmeticError):
    """The requested accuracy was not reached; no number is returned."""


def _lambda(expr: sp.Expr, x: sp.Symbol) -> Any:
    return sp.lambdify(x, expr, modules="mpmath")


def _integrate(f: Any, points: list[Any], dps: int) -> mpmath.mpf:
    value, error = mpmath.quad(f, points, error=True, maxdegree=9)
    if not mpmath.isfinite(value) or error > mpmath.mpf(10) ** (-dps) * (1 + abs(value)):
        raise QuadratureError(f"the error estimate {mpmath.nstr(error, 3)} misses {dps} digits of {mpmath.nstr(value, 5)}")
    return mpmath.re(value)


def expectation(q: str, feature: sp.Expr, mu: Any = 0, sigma: Any = 1, dps: int = 30) -> mpmath.mpf:
    """E[feature(mu + sigma T)] for T the standard member of ``q``; ``feature`` is in the symbol ``z``."""
    family = FAMILIES[str(q)]
    z = sp.Symbol("z", real=True)
    with mpmath.workdps(dps + 15):
        loc, scale = mpmath.mpf(mu), mpmath.mpf(sigma)
        density, phi = _lambda(family.density, t), _lambda(sp.sympify(feature), z)
        lo, hi = (mpmath.mpf(str(e).replace("oo", "inf")) for e in (family.support.inf, family.support.sup))
        inner = [c * w for c in (-1, 1) for w in (1, 4, 16)] + [0]
        inner += [-loc / scale + k / scale for k in (-16, -4, -1, 0, 1, 4, 16)]
        cut = 700 + 10 * dps  # densities beyond it are below 10^-300; mpmath cannot take exp(-exp(1e9))
        ends = [max(lo, -mpmath.inf), min(hi, mpmath.inf)]
        points = [ends[0], *sorted({x for x in inner if lo < x < hi and abs(x) < cut}), ends[1]]

        def f(x: mpmath.mpf) -> mpmath.mpf:
            if q == "gumbel" and x < -cut:
                return mpmath.mpf(0)
            d = density(x)
            return d * phi(loc + scale * x) if d else mpmath.mpf(0)

        return +_integrate(f, points, dps)


def entropy(q: str, dps: int = 30) -> mpmath.mpf:
    """Differential entropy of the standard member, in nats."""
    log_density = FAMILIES[str(q)].log_density
    z = sp.Symbol("z", real=True)
    return expectation(q, -log_density.subs(t, z), 0, 1, dps)
