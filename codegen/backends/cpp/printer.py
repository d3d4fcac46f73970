"""C++ source for expressions of the intermediate representation.

``V`` is a vector of numbers, ``T`` their type; every function is one of the generated header ``special.h``.
"""

from __future__ import annotations

import sympy as sp

from codegen import functions as ir
from codegen.printer import Printer, number

ELEMENTARY = {
    sp.exp: "exp", sp.log: "log", sp.Abs: "abs", sp.sign: "sign", sp.tanh: "tanh", sp.sinh: "sinh", sp.cosh: "cosh",
    sp.erf: "erf", sp.atan: "atan", sp.atan2: "atan2",
}  # fmt: skip
LACKING = (ir.ndtri, ir.cotpi)
"""Functions of quantile functions, which have no kernels in C++."""
FREE = (sp.Abs, sp.sign)
"""Functions that cost no more than an addition."""


class CppPrinter(Printer):
    """Prints expressions."""

    FUNCTIONS = ELEMENTARY | {f: f.__name__ for f in ir.IR_FUNCTIONS if f not in LACKING}

    def number(self, value: sp.Expr) -> str:
        return f"T({number(value)})"

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        root = {sp.Rational(1, 2): "sqrt({})", sp.Rational(-1, 2): "reciprocal(sqrt({}))"}.get(exponent)
        if root is not None:
            return root.format(self(base))
        if not exponent.is_Integer:
            raise NotImplementedError(f"the C++ backend has no power {exponent}")
        named = {2: "square", -1: "reciprocal"}.get(int(exponent), f"power<{exponent}>")
        return f"{named}({self(base)})"

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        return f"select<V>({condition}, {value}, {otherwise})"


def transcendental_calls(expr: sp.Basic) -> int:
    """Calls of functions that are more than a few instructions."""
    calls = (e for e in sp.preorder_traversal(expr) if type(e) in CppPrinter.FUNCTIONS and not isinstance(e, FREE))
    return sum(1 for _ in calls)
