"""Rewriting for floating point: one named rule per hazard, applied before derivatives are taken.

A rule takes an expression in ``mu`` and ``l`` (the log of the scale) and returns an equal one; where its pattern
does not occur it returns its argument. Equality is checked numerically after every rule, so that a rule can be
wrong only loudly.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import sympy as sp

from codegen.functions import (
    MEANING,
    e1_exp,
    expm1,
    expm1mx,
    lgamma1p_exp,
    lgamma_bregman,
    log1mexp,
    log1p,
    log_reflection,
    logcosh,
    logsinhc,
)
from divergences.families import mu, sigma

l = sp.Symbol("l", real=True)  # noqa: E741
"""Log of the scale, the variable that kernels receive."""

Rule = Callable[[sp.Expr], sp.Expr]
CHECK_POINTS = ((-1.3, -0.4), (0.6, -1.7), (2.1, -0.9), (0.2, -0.3), (-0.1, -0.6))


class RewriteError(RuntimeError):
    """A rule changed the value of an expression."""


def _value(expr: sp.Expr, m: float, log_scale: float) -> mpmath.mpf:
    function = sp.lambdify((mu, l), expr, modules=[MEANING, "mpmath"])
    return mpmath.mpf(function(mpmath.mpf(m), mpmath.mpf(log_scale)))


def _require_equal(rule: str, before: sp.Expr, after: sp.Expr) -> None:
    with mpmath.workdps(40):
        for point in CHECK_POINTS:
            old, new = _value(before, *point), _value(after, *point)
            if not abs(old - new) <= mpmath.mpf(10) ** -30 * (1 + abs(old)):
                raise RewriteError(f"{rule} changed the value at (mu, l) = {point}: {old} became {new}")


def _agree(left: sp.Expr, right: sp.Expr) -> bool:
    with mpmath.workdps(40):
        return all(abs(_value(left, *at) - _value(right, *at)) <= mpmath.mpf(10) ** -30 for at in CHECK_POINTS)


def log_variable(expr: sp.Expr) -> sp.Expr:
    """Work in ``l = log sigma``: forming sigma first loses the neighbourhood of sigma = 1."""
    expr = expr.subs(sp.log(sigma**2), 2 * l).subs(sp.log(sigma), l)
    return sp.powsimp(expr.subs(sigma, sp.exp(l)))


def log_of_ratio(expr: sp.Expr) -> sp.Expr:
    """``log A - k l - c = log1p((A - B)/B)``, B = exp(k l + c): two logarithms that cancel where A is near B."""
    logs = [term for term in sp.Add.make_args(expr) if isinstance(term, sp.log) and term.has(mu) and term.has(l)]
    if len(logs) != 1:
        return expr
    numerator = logs[0].args[0]
    rest = expr - logs[0]
    if rest.has(mu) or sp.diff(rest, l, 2) != 0:
        return expr
    denominator = sp.simplify(sp.exp(-rest))
    s = sp.Symbol("s", positive=True)
    difference = sp.expand((numerator - denominator).subs(l, sp.log(s)))
    square = sp.factor(difference.subs(mu, 0))  # (s - 1)^2, whose root is expm1(l)
    difference = difference.subs(mu, 0) - square + (difference - difference.subs(mu, 0)) + square
    difference = sp.Add(*(sp.factor(part) for part in difference.as_independent(mu, as_Add=True)))
    parts = [part.subs(s - 1, expm1(l)).subs(s, sp.exp(l)) / denominator for part in sp.Add.make_args(difference)]
    return log1p(sp.Add(*parts))


def softplus_to_logcosh(expr: sp.Expr) -> sp.Expr:
    """``2 c log(1 + exp(x)) - c x = 2 c logcosh(x/2) + 2 c log 2``: exp(x) overflows, and the sum is even in x."""
    for term in sp.Add.make_args(expr):
        c, log = term.as_independent(mu, as_Add=False)
        if not (isinstance(log, sp.log) and log.args[0].is_Add):
            continue
        one, exponential = log.args[0].as_independent(mu, as_Add=True)
        if one != 1 or not isinstance(exponential, sp.exp):
            continue
        x, half = exponential.args[0], c / 2
        if -half * x in sp.Add.make_args(expr):
            return expr - term + half * x + c * logcosh(x / 2) + c * sp.log(2)
    return expr


def split_exponential(expr: sp.Expr) -> sp.Expr:
    """``a exp(l - u) = a exp(l) expm1(-u) + a exp(l)`` where u depends on mu: the part left at mu = 0 joins others."""
    for term in sp.Add.make_args(expr):
        coefficient, factors = term.as_independent(mu, l, as_Add=False)
        if not isinstance(factors, sp.exp):
            continue
        free, bound = sp.expand(factors.args[0]).as_independent(mu, as_Add=True)
        if bound == 0 or free.coeff(l) == 0 or bound.coeff(l) != 0 or not bound.has(l):
            continue
        outer = coefficient * sp.exp(free)
        return expr - term + outer * expm1(bound) + outer
    return expr


def exponential_minus_linear(expr: sp.Expr) -> sp.Expr:
    """``c expm1(x) - c x = c expm1mx(x)``: two terms that cancel to second order."""
    for term in sp.Add.make_args(expr):
        functions = [f for f in sp.Mul.make_args(term) if isinstance(f, expm1)]
        if len(functions) != 1:
            continue
        x = functions[0].args[0]
        coefficient = term / functions[0]
        linear = sp.powsimp(sp.expand(-coefficient * x))
        if linear in sp.Add.make_args(expr):
            return expr - term - linear + coefficient * expm1mx(x)
    return expr


_LOGARITHMS: tuple[tuple[sp.Expr, sp.Expr], ...] = (
    (sp.sinh(sp.exp(l)) * sp.exp(-l), logsinhc(sp.exp(l))),
    (sp.pi * sp.exp(l) / sp.sin(sp.pi * sp.exp(l)), log_reflection(l)),
    (sp.gamma(sp.exp(l) + 1), lgamma1p_exp(l)),
    (-1 / (sp.exp(2 * l) - 1), -log1mexp(2 * l)),
    (1 / (sp.exp(l) + 1), -log1p(sp.exp(l))),
)
"""Factors k(l) of exp(-mu) and their logarithms in functions without cancellation."""


def complete_exponential(expr: sp.Expr) -> sp.Expr:
    """``exp(-mu) k + mu = expm1mx(A) + 1 + log k``, A = log k - mu: all terms nonnegative, one exponential."""
    if mu not in sp.Add.make_args(expr):
        return expr
    for term in sp.Add.make_args(expr):
        factor = sp.powsimp(term * sp.exp(mu))
        if not term.has(mu) or factor.has(mu):
            continue
        if isinstance(factor, sp.exp):
            log_factor = factor.args[0]
        else:
            log_factor = next((log for known, log in _LOGARITHMS if _agree(factor, known)), None)
        if log_factor is not None:
            return expr - term - mu + expm1mx(log_factor - mu) + 1 + log_factor
    return expr


def mean_absolute_of_uniform(expr: sp.Expr) -> sp.Expr:
    """Mean of |z| on [mu - s, mu + s] without the difference of squares, which cancels where s is small."""
    s = sp.exp(l)
    if not expr.has(sp.Abs(mu - s), sp.Abs(mu + s)):
        return expr
    as_difference = ((mu + s) * sp.Abs(mu + s) - (mu - s) * sp.Abs(mu - s)) / (4 * s)
    r = sp.Abs(mu)
    mean = sp.Piecewise((r, r >= s), (r + (s - r) ** 2 / (2 * s), True))
    return sp.expand(expr - sp.expand(as_difference)) + mean


def bounded_exponent(expr: sp.Expr) -> sp.Expr:
    """``exp(mu/s)`` where only mu < 0 is taken becomes ``exp(min(mu, 0)/s)``: what is not taken must not overflow."""
    below = sp.Piecewise((0, mu >= 0), (mu, True))
    for piecewise in expr.atoms(sp.Piecewise):
        if len(piecewise.args) == 2 and piecewise.args[0].cond == (mu >= 0):
            taken = piecewise.args[1].expr.subs(sp.exp(mu * sp.exp(-l)), sp.exp(below * sp.exp(-l)))
            expr = expr.subs(piecewise, sp.Piecewise(piecewise.args[0], (taken, True)))
    return expr


def shift_lgamma(expr: sp.Expr) -> sp.Expr:
    """``log Gamma(1+s) - l + gamma (s - 1) = log Gamma(s) + gamma (s - 1)``, which vanishes to second order at 1."""
    terms = {lgamma1p_exp(l), -l, sp.EulerGamma * sp.exp(l), -sp.EulerGamma}
    if terms <= set(sp.Add.make_args(expr)):
        return expr - sp.Add(*terms) + lgamma_bregman(l)
    return expr


def bregman(expr: sp.Expr) -> sp.Expr:
    """``a exp(k l) - b l = (b/k)(expm1mx(x) + 1 + log(a k/b))``, ``x = k l + log(a k/b)``, for a, b, k > 0.

    The minimum over l becomes a constant and what is left is nonnegative: nothing cancels near it.
    """
    slope = expr.coeff(l)
    if not (slope.is_number and slope.is_negative):
        return expr
    slope = -slope
    for term in sp.Add.make_args(expr):
        coefficient, power = term.as_independent(l, as_Add=False)
        if not isinstance(power, sp.exp) or coefficient.has(mu) or not coefficient.is_positive:
            continue
        k = power.args[0].coeff(l)
        if power.args[0] != k * l or not k.is_positive:
            continue
        shift = sp.expand_log(sp.log(sp.simplify(coefficient * k / slope)), force=True)
        rest = expr - term + slope * l
        return rest + slope / k * expm1mx(k * l + shift) + slope / k * (1 + shift)
    return expr


def exponential_integral(expr: sp.Expr) -> sp.Expr:
    """``E_1(exp(y)) = e1_exp(y)``: exp(y) overflows where the function is zero."""
    w = sp.Wild("w")
    return expr.replace(sp.expint(1, sp.exp(w)), e1_exp(w))


RULES: tuple[Rule, ...] = (
    log_variable,
    log_of_ratio,
    softplus_to_logcosh,
    exponential_integral,
    split_exponential,
    exponential_minus_linear,
    complete_exponential,
    shift_lgamma,
    mean_absolute_of_uniform,
    bounded_exponent,
    bregman,
)
"""The rules in the order in which they are applied."""


def stabilise(expr: sp.Expr) -> tuple[sp.Expr, tuple[str, ...]]:
    """Rewrite an expression in ``mu`` and ``sigma`` into a stable one in ``mu`` and :data:`l`.

    Returns
    -------
    expr : sympy.Expr
        Equal to the argument, which is checked.
    applied : tuple of str
        Names of the rules that changed it.

    Raises
    ------
    RewriteError
        If a rule changed the value.
    """
    applied = []
    before = expr.subs(sigma, sp.exp(l))
    for rule in RULES:
        after = rule(expr)
        if after != expr:
            _require_equal(rule.__name__, before, after)
            applied.append(rule.__name__)
            before = expr = after
    return expr, tuple(applied)
