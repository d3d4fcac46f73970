"""SymPy expressions in one variable, compiled for three kinds of numbers.

SymPy's own ``lambdify`` serves neither balls, whose logarithm must be told whether analyticity is being asked for,
nor speed, since it evaluates constants such as ``log(2*pi)`` anew at every point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy as sp
from flint import acb, arb, fmpq, fmpz

_ATOMS = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
}


class QuadratureError(ArithmeticError):
    """The requested accuracy was not reached, so no number is returned."""


def exact(value: Any, name: str = "value") -> sp.Rational:
    """The exact rational value of a number; a float means its binary value, a string its decimal one.

    Raises
    ------
    ValueError
        If ``value`` is not a finite real number.
    """
    try:
        if isinstance(value, mpmath.mpf):
            if not mpmath.isfinite(value):
                raise ValueError
            sign, mantissa, exponent, _ = value._mpf_
            return sp.Integer((-1) ** sign * int(mantissa)) * sp.Integer(2) ** exponent
        if isinstance(value, sp.Float):
            return exact(mpmath.mpf(value))
        if isinstance(value, sp.Expr):
            if not value.is_Rational:
                raise ValueError
            return value
        fraction = Fraction(value)
        return sp.Rational(fraction.numerator, fraction.denominator)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise ValueError(f"{name} must be a finite real number, got {value!r}") from None


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one kind of number spells the operations of an expression."""

    constant: Callable[[sp.Expr], Any]
    functions: Mapping[str, str]
    namespace: Mapping[str, Any]

    def compile(self, expr: sp.Expr, x: sp.Symbol) -> Callable[..., Any]:
        """``f(value, analytic=False)`` for ``expr`` in ``x``, its constants at the precision of this moment."""
        build, constants = _builder(self, expr, x)
        return build(*map(self.constant, constants))


@cache
def _builder(a: Arithmetic, expr: sp.Expr, x: sp.Symbol) -> tuple[Callable[..., Any], tuple[sp.Expr, ...]]:
    spell = a.functions
    constants: dict[sp.Expr, str] = {}

    def emit(e: sp.Expr) -> str:
        if e == x:
            return "x"
        if not e.has(x):
            literal = e.is_Integer and abs(e) < 2**31 and e != expr
            return str(e) if literal else constants.setdefault(e, f"c{len(constants)}")
        if isinstance(e, sp.Add | sp.Mul):
            fixed, rest = e.as_independent(x, as_Add=isinstance(e, sp.Add))
            parts = ([] if fixed == e.identity else [fixed]) + list(type(e).make_args(rest))
            return "(" + (" + " if isinstance(e, sp.Add) else " * ").join(map(emit, parts)) + ")"
        if isinstance(e, sp.exp):
            return spell["exp"].format(emit(e.exp))
        if isinstance(e, sp.Pow):
            base, power = e.as_base_exp()
            if power.is_Integer and abs(power) < 2**31:
                return f"{emit(base)}**{power}" if power > 0 else f"(1 / {emit(base)}**{-power})"
            if power == sp.Rational(1, 2):
                return spell["sqrt"].format(emit(base))
            return emit(sp.exp(power * sp.log(base), evaluate=False))
        if isinstance(e, sp.log) and e.args[0].is_Add and "softplus" in spell:
            rest = sp.expand(e.args[0] - 1)
            if isinstance(rest, sp.exp):
                return spell["softplus"].format(emit(rest.exp))
        name = type(e).__name__
        if name not in spell:
            raise QuadratureError(f"{name}({', '.join(map(str, e.args))}) cannot be evaluated here")
        return spell[name].format(*map(emit, e.args))

    source = emit(expr)
    scope: dict[str, Any] = dict(a.namespace)
    exec(f"def build({', '.join(constants.values())}):\n return lambda x, analytic=False: {source}", scope)
    return scope["build"], tuple(constants)


def ball(expr: Any) -> arb:
    """A constant expression as a real ball at the current precision."""
    expr = sp.sympify(expr)
    if expr.is_Rational:
        return arb(fmpq(fmpz(int(expr.p)), fmpz(int(expr.q))))
    if expr in _ATOMS:
        return _ATOMS[expr]()
    if isinstance(expr, sp.Add):
        return sum((ball(a) for a in expr.args), arb(0))
    if isinstance(expr, sp.Mul):
        return math.prod((ball(a) for a in expr.args), start=arb(1))
    if isinstance(expr, sp.exp):
        return ball(expr.exp).exp()
    if isinstance(expr, sp.Pow):
        base = ball(expr.base)
        # arb's own power is not defined for a negative base.
        return (acb(base) ** int(expr.exp)).real if expr.exp.is_Integer else base ** ball(expr.exp)
    if isinstance(expr, sp.Abs):
        return abs(ball(expr.args[0]))
    method = getattr(arb, {"loggamma": "lgamma"}.get(type(expr).__name__, type(expr).__name__), None)
    if method is None or not isinstance(expr, sp.Function):
        raise QuadratureError(f"the constant {expr} cannot be enclosed")
    return method(*map(ball, expr.args))


def to_mpf(value: arb) -> mpmath.mpf:
    """The midpoint of a ball, exactly."""
    mantissa, exponent = value.mid().man_exp()
    return mpmath.mpf((int(mantissa), int(exponent)))


def mpf_constant(expr: Any) -> mpmath.mpf:
    """A constant expression at mpmath's current precision."""
    return mpmath.mpf(sp.N(expr, mpmath.mp.dps + 5))


def _guarded_exp(x: mpmath.mpf) -> mpmath.mpf:
    # mpmath reduces the argument by log 2 at as many bits as the argument has: exp(-exp(1e9)) would never end.
    if abs(x) < 1e10:
        return mpmath.exp(x)
    return mpmath.inf if x > 0 else mpmath.mpf(0)  # also for what is not a number


def _softplus(x: mpmath.mpf) -> mpmath.mpf:
    return max(x, mpmath.mpf(0)) + mpmath.log1p(_guarded_exp(-abs(x)))


def _float_exp(x: float) -> float:
    return math.inf if x > 709.7 else math.exp(x)  # not a number stays one


def _float_log(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


def _float_softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _ball_softplus(x: acb, analytic: bool) -> acb:
    # Of the two forms of log(1 + exp(x)), the one whose argument of log stays near 1 for a wide ball x. Both are the
    # continuation of the real function wherever their logarithm is analytic.
    return x + (1 + (-x).exp()).log(analytic) if x.real.mid() > 0 else (1 + x.exp()).log(analytic)


def to_interval(value: arb) -> Any:
    """An mpmath interval that contains the ball."""
    return mpmath.iv.mpf([_bound(value.lower(), "-inf").a, _bound(value.upper(), "inf").b])


def _bound(end: arb, otherwise: str) -> Any:
    if not end.is_finite():
        return mpmath.iv.mpf(otherwise)
    mantissa, exponent = end.man_exp()
    return mpmath.iv.mpf(int(mantissa)) * mpmath.iv.mpf(2) ** int(exponent)


def from_interval(value: Any) -> arb:
    """A ball that contains the finite mpmath interval."""
    lower, upper = map(_exact_ball, value._mpi_)
    return lower.union(upper)


def _exact_ball(raw: tuple[int, int, int, int]) -> arb:
    sign, mantissa, exponent, _ = raw
    return (-1) ** sign * int(mantissa) * arb(2) ** exponent


def _interval_exp(x: Any) -> Any:
    # By balls: mpmath reduces the argument by log 2 at as many bits as the argument has.
    (low, high), iv = x._mpi_, mpmath.iv
    lower = _bound(_exact_ball(low).exp().lower(), "0") if mpmath.isfinite(x.a) else iv.mpf(0)
    upper = _bound(_exact_ball(high).exp().upper(), "inf") if mpmath.isfinite(x.b) else iv.exp(x.b)
    return iv.mpf([max(lower.a, iv.mpf(0)), upper.b])


def _interval_log(x: Any) -> Any:
    return mpmath.iv.log(x) if x.a >= 0 else mpmath.iv.mpf(["-inf", "inf"])


def _interval_sqrt(x: Any) -> Any:
    return mpmath.iv.sqrt(x) if x.a >= 0 else mpmath.iv.mpf(["-inf", "inf"])


def _interval_softplus(x: Any) -> Any:
    iv = mpmath.iv
    ends = [e + iv.log(1 + _interval_exp(-e)) if e > 0 else iv.log(1 + _interval_exp(e)) for e in (x.a, x.b)]
    return iv.mpf([ends[0].a, ends[1].b])


_MEROMORPHIC = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "coth", "sech", "csch", "erf", "erfc", "gamma")

BALLS = Arithmetic(
    lambda c: acb(ball(c)),
    # A branch cut makes a function non-analytic where it is finite, so logarithm and root must know what is asked.
    {"exp": "({}).exp()", "log": "({}).log(analytic)", "sqrt": "({}).sqrt(analytic)",
     "softplus": "softplus({}, analytic)", "loggamma": "({}).lgamma(analytic)",
     **{f: f"({{}}).{f}()" for f in _MEROMORPHIC}},
    {"softplus": _ball_softplus},
)  # fmt: skip
MPMATH = Arithmetic(
    mpf_constant,
    {f: f"{f}({{}})" for f in ("exp", "log", "sqrt", "softplus", "loggamma", "atan", "asinh", *_MEROMORPHIC)},
    {**{f: getattr(mpmath, f) for f in ("log", "sqrt", "loggamma", "atan", "asinh", *_MEROMORPHIC)},
     "exp": _guarded_exp, "softplus": _softplus},
)  # fmt: skip
INTERVALS = Arithmetic(
    lambda c: to_interval(ball(c)),
    {f: f"{f}({{}})" for f in ("exp", "log", "sqrt", "softplus", "sin", "cos", "tan")},
    {**{f: getattr(mpmath.iv, f) for f in ("sin", "cos", "tan")},
     "exp": _interval_exp, "log": _interval_log, "sqrt": _interval_sqrt, "softplus": _interval_softplus},
)  # fmt: skip
FLOATS = Arithmetic(
    float,
    {**{f: f"{f}({{}})" for f in ("exp", "log", "sqrt", "softplus", "loggamma", "atan", "asinh", "erf", "erfc",
                                  "sin", "cos", "tan", "tanh")}},
    {**{f: getattr(math, f) for f in ("sqrt", "atan", "asinh", "erf", "erfc", "sin", "cos", "tan", "tanh")},
     "exp": _float_exp, "log": _float_log, "softplus": _float_softplus, "loggamma": math.lgamma},
)  # fmt: skip
