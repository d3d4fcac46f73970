"""Torch source for expressions of the intermediate representation."""

from __future__ import annotations

import sympy as sp

from codegen import functions as ir
from codegen.printer import ATOM, Printer, number

__all__ = ["TorchPrinter", "number"]

UNARY = {
    sp.exp: "torch.exp", sp.log: "torch.log", sp.Abs: "torch.abs", sp.sign: "torch.sign", sp.tanh: "torch.tanh",
    sp.sinh: "torch.sinh", sp.cosh: "torch.cosh", sp.sin: "torch.sin", sp.cos: "torch.cos", sp.tan: "torch.tan",
    sp.erf: "torch.erf", sp.atan: "torch.atan", sp.atan2: "torch.atan2", ir.expm1: "torch.expm1",
    ir.log1p: "torch.log1p", ir.ndtri: "torch.special.ndtri", sp.erfinv: "torch.erfinv",
}  # fmt: skip
SPECIAL = frozenset(f.__name__ for f in ir.IR_FUNCTIONS) - {f.__name__ for f in UNARY}
"""Functions that the generated module ``special`` provides."""


class TorchPrinter(Printer):
    """Prints expressions; remembers which special functions it used."""

    FUNCTIONS = UNARY

    def __init__(self) -> None:
        self.used: set[str] = set()

    def function(self, expr: sp.Expr) -> str:
        name = expr.func.__name__
        if expr.func not in UNARY and name in SPECIAL:
            self.used.add(name)
            return f"special.{name}"
        return super().function(expr)

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        named = {2: "torch.square", sp.Rational(1, 2): "torch.sqrt", -1: "torch.reciprocal",
                 sp.Rational(-1, 2): "torch.rsqrt"}.get(exponent)  # fmt: skip
        if named is not None:
            return f"{named}({self(base)})"
        return f"torch.pow({self(base)}, {exponent if exponent.is_Integer else self(exponent)})"

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        return f"torch.where({condition}, {value}, {otherwise})"

    def _print(self, expr: sp.Basic) -> tuple[str, int]:
        if isinstance(expr, sp.polygamma):
            order, argument = expr.args
            if order == 0:
                return f"torch.special.digamma({self(argument)})", ATOM
            return f"torch.special.polygamma({int(order)}, {self(argument)})", ATOM
        return super()._print(expr)
