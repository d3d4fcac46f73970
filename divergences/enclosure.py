"""Closed forms evaluated in ball arithmetic: a ball that provably contains the value of an expression at a point.

Rational numbers stay exact until a transcendental function takes them, so that a difference that is zero is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq, fmpz

from divergences.numeric import PrecisionError, holds
from divergences.quadrature.arithmetic import exact
from divergences.quadrature.balls import precision

Value = Any  # fmpq while exact, then acb


class NoBallArithmeticError(PrecisionError):
    """A function that balls do not have."""


def enclose_expr(
    expr: sp.Expr,
    point: Mapping[sp.Symbol, Any],
    radius: arb,
    *,
    digits: int | None = None,
    most_bits: int = 2**15,
    name: str = "expression",
) -> arb:
    """A ball that contains the real part of ``expr`` at ``point``.

    Parameters
    ----------
    expr : sympy.Expr
        A closed form, multivalued functions on their principal branches.
    point : mapping
        Exact value of every symbol.
    radius : arb
        The largest radius that the ball may have, positive.
    digits : int, optional
        Significant digits of the value that serve as well.
    most_bits : int
        The precision at which it gives up.

    Raises
    ------
    PrecisionError
        If ``most_bits`` are not enough, as at a singularity that is removable only in the limit.
    NoBallArithmeticError
        If the expression has a function for which there is none.
    """
    at = {symbol: _rational(exact(value, str(symbol))) for symbol, value in point.items()}
    wanted = most_bits if digits is None else math.ceil(digits * math.log2(10)) + 2
    bits = 128 if digits is None else max(128, wanted + 32)
    while bits <= most_bits:
        with precision(bits):
            ball = acb(_Evaluation(point, at)(expr)).real
            if ball.is_finite() and (ball.rad() <= radius or ball.rel_accuracy_bits() >= wanted):
                return ball
        bits *= 2
    raise PrecisionError(f"{name} has no enclosure of radius {radius.str(3, radius=False)} at {dict(point)}")


def _rational(number: sp.Rational) -> fmpq:
    return fmpq(fmpz(int(number.p)), fmpz(int(number.q)))


class _Evaluation:
    """One evaluation at one point and at the precision of this moment; shared subexpressions are evaluated once."""

    def __init__(self, point: Mapping[sp.Symbol, Any], at: Mapping[sp.Symbol, fmpq]) -> None:
        self.point = point
        self.known: dict[sp.Basic, Value] = dict(at)

    def __call__(self, e: sp.Basic) -> Value:
        if e not in self.known:
            self.known[e] = self._value(e)
        return self.known[e]

    def _value(self, e: sp.Basic) -> Value:
        if e.is_Rational:
            return _rational(e)
        if isinstance(e, sp.Piecewise):
            return self(next(value for value, where in e.args if holds(where, self.point)))
        if isinstance(e, sp.Add):
            return sum((self(a) for a in e.args[1:]), self(e.args[0]))
        if isinstance(e, sp.Mul):
            return math.prod((self(a) for a in e.args[1:]), start=self(e.args[0]))
        if isinstance(e, sp.Pow):
            return self._power(e)
        if e in _CONSTANTS:
            return acb(_CONSTANTS[e]())
        name = type(e).__name__
        if name not in _FUNCTIONS:
            raise NoBallArithmeticError(f"there is no ball arithmetic for {name}")
        return _FUNCTIONS[name](*(self._argument(a) for a in e.args))

    def _argument(self, a: sp.Basic) -> Any:
        # The two lists of parameters of a hypergeometric function are tuples.
        return [acb(self(x)) for x in a.args] if isinstance(a, sp.Tuple) else self(a)

    def _power(self, e: sp.Pow) -> Value:
        base, power = self(e.base), self(e.exp)
        if isinstance(power, fmpq) and power.q == 1:
            if isinstance(base, fmpq) and power < 0 and base == 0:
                return acb(arb.nan())
            return base ** int(power.p)
        if power == fmpq(1, 2):
            return acb(base).sqrt()
        return acb(base) ** acb(power)


_CONSTANTS: Mapping[sp.Basic, Callable[[], Any]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.I: lambda: acb(0, 1),
}


def _abs(z: Value) -> Value:
    return abs(z) if isinstance(z, fmpq) else acb(abs(z))


def _extreme(choose: Callable[[arb, arb], arb], exactly: Callable[..., fmpq]) -> Callable[..., Value]:
    def extreme(*values: Value) -> Value:
        if all(isinstance(v, fmpq) for v in values):
            return exactly(*values)
        first, *others = (acb(v).real for v in values)
        for other in others:
            first = choose(first, other)
        return acb(first)

    return extreme


def _hypergeometric(upper: list[acb], lower: list[acb], z: Value) -> acb:
    z = acb(z)
    if len(upper) == 2 and len(lower) == 1:
        return z.hypgeom_2f1(*upper, *lower)
    if len(upper) == 1 and len(lower) == 1:
        return z.hypgeom_1f1(*upper, *lower)
    return z.hypgeom(upper, lower)


def _polygamma(order: Value, z: Value) -> acb:
    return acb(z).digamma() if order == 0 else acb(z).polygamma(acb(order))


def _of_one(method: str) -> Callable[[Value], acb]:
    return lambda z: getattr(acb(z), method)()


_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **{name: _of_one(name) for name in (
        "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asinh", "acosh",
        "erf", "erfc", "erfi", "gamma",
    )},
    "loggamma": _of_one("lgamma"),
    "Si": _of_one("si"),
    "Ci": _of_one("ci"),
    "Ei": _of_one("ei"),
    "re": lambda z: acb(acb(z).real),
    "im": lambda z: acb(acb(z).imag),
    "Abs": _abs,
    "Max": _extreme(arb.max, max),
    "Min": _extreme(arb.min, min),
    "hyper": _hypergeometric,
    "polygamma": _polygamma,
    "polylog": lambda order, z: acb(z).polylog(acb(order)),
    "expint": lambda order, z: acb(z).expint(acb(order)),
    "uppergamma": lambda order, z: acb(z).gamma_upper(acb(order)),
    "legendre": lambda degree, z: acb(z).legendre_p(acb(degree)),
}  # fmt: skip
