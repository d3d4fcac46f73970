"""Torch source for expressions of the intermediate representation."""

from __future__ import annotations

import sympy as sp

from codegen import functions as ir
from codegen.nodes import NodeSum

UNARY = {
    sp.exp: "torch.exp", sp.log: "torch.log", sp.Abs: "torch.abs", sp.sign: "torch.sign", sp.tanh: "torch.tanh",
    sp.sinh: "torch.sinh", sp.cosh: "torch.cosh", sp.sin: "torch.sin", sp.cos: "torch.cos", sp.tan: "torch.tan",
    sp.erf: "torch.erf", sp.atan: "torch.atan", sp.atan2: "torch.atan2", ir.expm1: "torch.expm1",
    ir.log1p: "torch.log1p", ir.ndtri: "torch.special.ndtri",
}  # fmt: skip
SPECIAL = frozenset(f.__name__ for f in ir.IR_FUNCTIONS) - {f.__name__ for f in UNARY}
"""Functions that the generated module ``special`` provides."""


def number(value: sp.Expr) -> str:
    """A numeric expression as the shortest float literal that is nearest to it."""
    return repr(float(sp.N(value, 30)))


_LOWEST, _SUM, _PRODUCT, _ATOM = range(4)
"""Binding strength of what was printed."""


class TorchPrinter:
    """Prints expressions; remembers which special functions it used."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def __call__(self, expr: sp.Basic, strength: int = _LOWEST) -> str:
        """Source of ``expr``, in parentheses if it binds less than ``strength``."""
        text, own = self._print(expr)
        return f"({text})" if own < strength else text

    def _print(self, expr: sp.Basic) -> tuple[str, int]:
        if isinstance(expr, sp.Symbol):
            return expr.name, _ATOM
        if expr.is_number:
            text = number(expr)
            return text, _SUM if text.startswith("-") else _ATOM
        if isinstance(expr, NodeSum):
            raise TypeError("sums are scheduled before they are printed")
        for kind in (sp.Add, sp.Mul, sp.Pow):
            if isinstance(expr, kind):
                return getattr(self, f"_print_{kind.__name__}")(expr)
        if isinstance(expr, sp.core.relational.Relational):
            return f"{self(expr.lhs, _SUM)} {expr.rel_op} {self(expr.rhs, _SUM)}", _LOWEST
        if isinstance(expr, sp.And):
            return " & ".join(f"({self(a)})" for a in sorted(expr.args, key=sp.default_sort_key)), _LOWEST
        if isinstance(expr, sp.Piecewise):
            return self._piecewise(expr), _ATOM
        if isinstance(expr, sp.polygamma):
            order, argument = expr.args
            if order == 0:
                return f"torch.special.digamma({self(argument)})", _ATOM
            return f"torch.special.polygamma({int(order)}, {self(argument)})", _ATOM
        name = UNARY.get(expr.func)
        if name is None and expr.func.__name__ in SPECIAL:
            self.used.add(expr.func.__name__)
            name = f"special.{expr.func.__name__}"
        if name is None:
            raise NotImplementedError(f"the torch backend does not know {expr.func}")
        return f"{name}({', '.join(self(a) for a in expr.args)})", _ATOM

    def _print_Add(self, expr: sp.Add) -> tuple[str, int]:
        text = ""
        for term in sorted(expr.args, key=lambda a: (bool(a.is_number), sp.default_sort_key(a))):
            coefficient = term if term.is_number else term.as_coeff_Mul()[0]
            negative = bool(coefficient.is_negative)
            text += (" - " if negative else " + ") + self(-term if negative else term, _PRODUCT)
        return (text[3:] if text.startswith(" + ") else "-" + text[3:]), _SUM

    def _print_Mul(self, expr: sp.Mul) -> tuple[str, int]:
        constant = sp.Mul(*(a for a in expr.args if a.is_number))
        numerator, denominator = [], []
        for factor in sorted((a for a in expr.args if not a.is_number), key=sp.default_sort_key):
            base, exponent = factor.as_base_exp()
            if not isinstance(factor, sp.exp) and exponent.is_number and exponent.is_negative:
                denominator.append(self(base**-exponent, _ATOM))
            else:
                numerator.append(self(factor, _ATOM))
        if abs(constant) != 1:
            numerator.insert(0, number(abs(constant)))
        text = " * ".join(numerator) if numerator else "1.0"
        if denominator:
            text += " / " + (denominator[0] if len(denominator) == 1 else f"({' * '.join(denominator)})")
        return (f"-{text}", _SUM) if constant.is_negative else (text, _PRODUCT)

    def _print_Pow(self, expr: sp.Pow) -> tuple[str, int]:
        base, exponent = expr.args
        named = {2: "torch.square", sp.Rational(1, 2): "torch.sqrt", -1: "torch.reciprocal",
                 sp.Rational(-1, 2): "torch.rsqrt"}.get(exponent)  # fmt: skip
        if named is not None:
            return f"{named}({self(base)})", _ATOM
        power = str(exponent) if exponent.is_Integer else self(exponent)
        return f"torch.pow({self(base)}, {power})", _ATOM

    def _piecewise(self, expr: sp.Piecewise) -> str:
        *branches, (otherwise, condition) = expr.args
        if condition != True:  # noqa: E712 (SymPy's true)
            raise NotImplementedError("a piecewise expression needs a last branch that always holds")
        text = self(otherwise)
        for value, when in reversed(branches):
            text = f"torch.where({self(when)}, {self(value)}, {text})"
        return text
