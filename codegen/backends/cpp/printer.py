"""C++ source for expressions of the intermediate representation.

``V`` is a vector of numbers, ``T`` their type; every function is one of the generated header ``special.h``.
"""

from __future__ import annotations

import sympy as sp

from codegen import functions as ir
from codegen.exponentials import exp_neg
from codegen.printer import Printer, number

INSTRUCTIONS = {
    sp.Abs: 1, sp.sign: 3, sp.exp: 16, exp_neg: 10, ir.expm1: 17, ir.expm1mx: 20, sp.log: 25, sp.atan2: 30, sp.atan: 25,
    ir.log1p: 32, sp.tanh: 30, sp.sinh: 30, sp.cosh: 30, ir.exp_neg_exp: 32, sp.erf: 40, ir.dawson: 45, ir.softplus: 32,
    ir.logistic_energy: 32, ir.logistic_energy_primitive: 42, ir.log1mexp: 60, ir.logsinhc: 90, ir.langevin: 60,
    ir.log_reflection: 70, ir.one_minus_picot: 70, ir.mills_tail: 70, ir.mills_deficit: 100, ir.e1_exp: 90,
    ir.logcosh: 110, ir.digamma1p_exp: 140, ir.lgamma_bregman_slope: 140, ir.lgamma_bregman: 180, ir.lgamma1p_exp: 250,
}  # fmt: skip
"""The functions that ``special.h`` has, and the instructions of a call in float32, roughly."""

NAMES = {function: function.__name__.lower() for function in INSTRUCTIONS}


class CppPrinter(Printer):
    """Prints expressions."""

    FUNCTIONS = NAMES

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


def calls(expr: sp.Basic) -> list[tuple[sp.Expr, int]]:
    """Every call of a function, and its instructions."""
    return [(e, INSTRUCTIONS[type(e)]) for e in sp.preorder_traversal(expr) if type(e) in CppPrinter.FUNCTIONS]
