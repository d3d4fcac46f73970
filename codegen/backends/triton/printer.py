"""Triton source for expressions of the intermediate representation."""

from __future__ import annotations

import sympy as sp

from codegen import functions as ir
from codegen.printer import ATOM, Printer

LACKING = (ir.ndtri, ir.cotpi)
"""Functions of quantile functions, which have no kernels here."""
NAMES = {
    sp.exp: "exp", sp.log: "tl.log", sp.Abs: "tl.abs", sp.sign: "sign", sp.tanh: "tanh", sp.sinh: "sinh",
    sp.cosh: "cosh", sp.erf: "erf", sp.atan: "atan", sp.atan2: "atan2",
    **{f: f.__name__ for f in ir.IR_FUNCTIONS if f not in LACKING},
}  # fmt: skip


class TritonPrinter(Printer):
    """Prints expressions; remembers which functions of the generated module ``special`` it used."""

    FUNCTIONS = NAMES

    def __init__(self) -> None:
        self.used: set[str] = set()

    def function(self, expr: sp.Expr) -> str:
        return self.special(super().function(expr))

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if exponent == sp.Rational(1, 2):
            return f"tl.sqrt({self(base)})"
        if exponent == sp.Rational(-1, 2):
            return f"tl.rsqrt({self(base)})"
        if not exponent.is_Integer:
            raise NotImplementedError(f"TritonPrinter does not know the exponent {exponent}")
        n = abs(int(exponent))
        text = self(base, ATOM)
        if n == 2:
            text = f"{self.special('square')}({self(base)})"
        elif n > 2:
            text = f"{self.special('power')}({self(base)}, {n})"
        return text if exponent > 0 else f"(1.0 / {text})"

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        return f"tl.where({condition}, {value}, {otherwise})"

    def special(self, name: str) -> str:
        if not name.startswith("tl."):
            self.used.add(name)
        return name
