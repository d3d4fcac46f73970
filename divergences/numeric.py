"""Numbers from SymPy expressions, in arbitrary precision and with the precision checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import mpmath
import sympy as sp

from divergences.families import mu, sigma


class PrecisionError(ArithmeticError):
    """An expression cancels more digits than the working precision allowed here."""


def exact(value: Any, name: str = "value") -> mpmath.mpf:
    """``value`` as an mpmath number; a float stands for its exact binary value.

    Raises
    ------
    ValueError
        If the value is not a finite real number.
    """
    try:
        number = mpmath.mpf(value.p) / value.q if isinstance(value, sp.Rational) else mpmath.mpf(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a finite real number, got {value!r}") from error
    if not mpmath.isfinite(number):
        raise ValueError(f"{name} must be a finite real number, got {value!r}")
    return number


@lru_cache(maxsize=4096)
def _compiled(expr: sp.Basic, symbols: tuple[sp.Symbol, ...]) -> Any:
    return sp.lambdify(symbols, expr, modules=[{"re": mpmath.re, "im": mpmath.im}, "mpmath"])


def evaluate_expr(
    expr: sp.Expr, point: Mapping[sp.Symbol, Any], dps: int, *, limit: int = 2000, name: str = "expression"
) -> mpmath.mpf:
    """Value of ``expr`` at ``point``, to ``dps`` digits.

    The working precision is raised until two precisions agree, so that cancellation cannot go unnoticed.

    Raises
    ------
    PrecisionError
        If ``limit`` digits are not enough.
    """
    symbols = tuple(sorted(point, key=str))
    function = _compiled(sp.sympify(expr), symbols)
    previous = None
    digits = dps + 15
    while digits <= limit:
        with mpmath.workdps(digits):
            try:
                value = mpmath.re(function(*(exact(point[s], str(s)) for s in symbols)))
            except (ZeroDivisionError, OverflowError, mpmath.libmp.NoConvergence, ValueError):
                value = None
            if value is not None and previous is not None and mpmath.isfinite(value):
                scale = max(abs(value), mpmath.mpf(10) ** -dps)
                if abs(value - previous) <= scale * mpmath.mpf(10) ** (-dps):
                    break
            previous = value
        digits = int(1.6 * digits) + 10
    else:
        raise PrecisionError(f"{name} needs more than {limit} digits at {dict(point)}")
    with mpmath.workdps(dps):
        return +value


def holds(condition: sp.Basic, mu_value: Any, sigma_value: Any, **more: Any) -> bool:
    """Whether a condition on mu and sigma (and further symbols by name) is met at exact numbers."""
    if condition in (sp.true, sp.false):
        return bool(condition)
    symbols = tuple(sorted(condition.free_symbols, key=str))
    values = {mu.name: mu_value, sigma.name: sigma_value, **more}
    with mpmath.workdps(60):
        return bool(_compiled(condition, symbols)(*(exact(values[s.name], s.name) for s in symbols)))
