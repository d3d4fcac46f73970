"""Numbers from SymPy expressions, in arbitrary precision and with the precision checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import mpmath
import sympy as sp

from divergences.quadrature.arithmetic import exact


class PrecisionError(ArithmeticError):
    """An expression cancels more digits than the working precision allowed here."""


@lru_cache(maxsize=4096)
def _compiled(expr: sp.Basic, symbols: tuple[sp.Symbol, ...]) -> Any:
    return sp.lambdify(symbols, expr, modules=[{"re": mpmath.re, "im": mpmath.im}, "mpmath"])


@lru_cache(maxsize=4096)
def _compiled_terms(expr: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> list[Any]:
    return [_compiled(term, symbols) for term in sp.Add.make_args(sp.expand_mul(expr))]


def evaluate_expr(
    expr: sp.Expr, point: Mapping[sp.Symbol, Any], dps: int, *, limit: int = 2000, name: str = "expression"
) -> mpmath.mpf:
    """Value of ``expr`` at ``point``, to ``dps`` significant digits of max(|value|, 1).

    Terms may be larger than their sum by hundreds of digits. The working precision is raised until it covers what
    the terms cancel and until two precisions agree: agreement alone can be an accident of two empty sums. What cancels
    within a function, as in log(2 - erfc(x)), is not seen: :func:`divergences.enclosure.enclose_expr` is the proof,
    this is for functions that it lacks and for values that are held against an integral.

    Raises
    ------
    PrecisionError
        If ``limit`` digits are not enough.
    """
    symbols = tuple(sorted(point, key=str))
    functions = _compiled_terms(sp.sympify(expr), symbols)
    tolerance = mpmath.mpf(10) ** -dps
    previous = None
    digits = dps + 15
    while digits <= limit:
        with mpmath.workdps(digits):
            arguments = [_at_precision(exact(point[s], str(s))) for s in symbols]
            try:
                terms = [mpmath.re(function(*arguments)) for function in functions]
            except (ZeroDivisionError, OverflowError, ValueError, mpmath.libmp.NoConvergence):
                terms = [mpmath.nan]
            value = mpmath.fsum(terms)
            largest = max(abs(term) for term in terms)
            lost = int(mpmath.log10(largest)) if mpmath.isfinite(largest) and largest > 1 else 0
            enough = mpmath.isfinite(value) and digits >= dps + lost + 5
            if enough and previous is not None and abs(value - previous) <= tolerance * max(1, abs(value)):
                with mpmath.workdps(dps):
                    return +value
            previous = value if enough else None
        digits = max(int(1.5 * digits), dps + lost + 15)
    raise PrecisionError(f"{name} needs more than {limit} digits at {dict(point)}")


def holds(condition: sp.Basic, point: Mapping[sp.Symbol, Any]) -> bool:
    """Whether a condition is met, decided exactly: an edge is an edge, whatever the precision."""
    if condition in (sp.true, sp.false):
        return bool(condition)
    symbols = tuple(sorted(condition.free_symbols, key=str))
    return bool(_condition(condition, symbols)(*(exact(point[s], s.name) for s in symbols)))


@lru_cache(maxsize=4096)
def _condition(condition: sp.Basic, symbols: tuple[sp.Symbol, ...]) -> Any:
    return sp.lambdify(symbols, condition, modules="sympy")


def _at_precision(number: sp.Rational) -> mpmath.mpf:
    return mpmath.mpf(int(number.p)) / int(number.q)
