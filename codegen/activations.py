"""Activations of networks and their derivatives, computed together because they share their transcendental functions.

Each is written twice: as it is defined, and in a form that neither cancels nor overflows, which is held against the
definition and its derivative when it is lowered. NaN remains NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import mpmath
import sympy as sp

from codegen.schedule import Schedule, schedule
from codegen.stabilise import RewriteError

x = sp.Symbol("x", real=True)
"""The argument."""


class erfcx(sp.Function):
    """``exp(t^2) erfc(t)`` for t >= 0."""

    is_extended_real = True


EXACT = {"erfcx": lambda t: mpmath.exp(t * t) * mpmath.erfc(t)}
"""What the functions compute, in mpmath."""


@dataclass(frozen=True)
class ActivationKernel:
    """What a backend prints for one activation: its value and its derivative at :data:`x`."""

    name: str
    value: sp.Expr
    slope: sp.Expr

    @cached_property
    def plan(self) -> Schedule:
        """Both, scheduled together."""
        return schedule([self.value, self.slope])


Formulas = tuple[sp.Expr, sp.Expr, sp.Expr]
"""The definition, and value and derivative in the form that is computed."""


def _gelu() -> Formulas:
    """Hendrycks & Gimpel (2016): x times the normal distribution function, here from its nearer tail."""
    gauss = sp.exp(-(x**2) / 2)
    tail = gauss * erfcx(sp.Abs(x) / sp.sqrt(2)) / 2
    cdf = sp.Piecewise((1 - tail, x > 0), (tail, True))
    return x * sp.erfc(-x / sp.sqrt(2)) / 2, x * cdf, cdf + x * gauss / sp.sqrt(2 * sp.pi)


def _relu() -> Formulas:
    low = x <= 0
    return sp.Max(x, 0), sp.Piecewise((0, low), (x, True)), sp.Piecewise((0, low), (1, True))


def _silu() -> Formulas:
    e = sp.exp(-sp.Abs(x))
    logistic = sp.Piecewise((1, x > 0), (e, True)) / (1 + e)
    return x / (1 + sp.exp(-x)), x * logistic, logistic * (1 + x * (1 - logistic))


def _tanh() -> Formulas:
    value = sp.tanh(x)
    return value, value, 1 - value**2


FORMULAS = {"gelu": _gelu, "relu": _relu, "silu": _silu, "tanh": _tanh}
"""The activations by name."""
POINTS = (-8.5, -3.1, -0.7, -0.02, 0.01, 0.4, 1.9, 6.3)


def lower_activation(name: str) -> ActivationKernel:
    """The kernel of an activation.

    Raises
    ------
    RewriteError
        If its formulas are not those of the definition.
    """
    definition, value, slope = FORMULAS[name]()
    with mpmath.workdps(40):
        for exact, written in ((definition, value), (sp.diff(definition, x), slope)):
            functions = [sp.lambdify(x, f, modules=[EXACT, "mpmath"]) for f in (exact, written)]
            for point in POINTS:
                expected, found = (f(mpmath.mpf(point)) for f in functions)
                if not abs(found - expected) <= mpmath.mpf(10) ** -20 * (1 + abs(expected)):
                    raise RewriteError(f"{name} at {point}: {expected} became {found}")
    return ActivationKernel(name, value, slope)


def activation_kernels() -> list[ActivationKernel]:
    """The kernels of all activations."""
    return [lower_activation(name) for name in FORMULAS]
