"""Source for expressions of the intermediate representation: what all targets share.

A target's printer names its functions and says how it writes numbers, powers and choices; order of terms, signs and
parentheses are the same everywhere, so that the same expression rounds alike on every target.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from codegen.exponentials import exp_neg
from codegen.nodes import NodeSum

LOWEST, SUM, PRODUCT, ATOM = range(4)
"""Binding strength of what was printed."""


def number(value: sp.Expr) -> str:
    """A numeric expression as the shortest float literal that is nearest to it."""
    return repr(float(sp.N(value, 30)))


def _squares_together(product: sp.Mul) -> list[sp.Expr]:
    """Factors that are no numbers; ``x^2 y^2`` is one, ``(x y)^2``: a multiplication less, and no overflow between."""
    factors = [a for a in product.args if not a.is_number]
    squares = [a for a in factors if isinstance(a, sp.Pow) and a.exp == 2]
    if len(squares) < 2:
        return factors
    together = sp.Pow(sp.Mul(*(a.base for a in squares)), 2, evaluate=False)
    return [together, *(a for a in factors if a not in squares)]


class Printer:
    """Prints expressions; a target's printer derives from it."""

    FUNCTIONS: Mapping[type, str] = {}
    """The target's functions, by those of the representation."""

    def __call__(self, expr: sp.Basic, strength: int = LOWEST) -> str:
        """Source of ``expr``, in parentheses if it binds less than ``strength``."""
        text, own = self._print(expr)
        return f"({text})" if own < strength else text

    def number(self, value: sp.Expr) -> str:
        """A number that is not negative."""
        return number(value)

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        """``base ** exponent`` for an exponent that is a number."""
        raise NotImplementedError

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        """``value`` where ``condition`` holds, ``otherwise`` elsewhere."""
        raise NotImplementedError

    def function(self, expr: sp.Expr) -> str:
        """Name of the target's function for ``expr``.

        Raises
        ------
        NotImplementedError
            If the target has none.
        """
        name = self.FUNCTIONS.get(expr.func)
        if name is None:
            raise NotImplementedError(f"{type(self).__name__} does not know {expr.func}")
        return name

    def _print(self, expr: sp.Basic) -> tuple[str, int]:
        if isinstance(expr, sp.Symbol):
            return expr.name, ATOM
        if expr.is_number:
            text = self.number(abs(expr))
            return (f"-{text}", SUM) if expr.is_negative else (text, ATOM)
        if isinstance(expr, NodeSum):
            raise TypeError("sums are scheduled before they are printed")
        for kind in (sp.Add, sp.Mul):
            if isinstance(expr, kind):
                return getattr(self, f"_print_{kind.__name__}")(expr)
        if isinstance(expr, sp.Pow):
            return self.power(*expr.args), ATOM
        if isinstance(expr, sp.core.relational.Relational):
            return f"{self(expr.lhs, SUM)} {expr.rel_op} {self(expr.rhs, SUM)}", LOWEST
        if isinstance(expr, sp.And):
            return " & ".join(f"({self(a)})" for a in sorted(expr.args, key=sp.default_sort_key)), LOWEST
        if isinstance(expr, sp.Piecewise):
            return self._piecewise(expr), ATOM
        if isinstance(expr, exp_neg) and exp_neg not in self.FUNCTIONS:
            return self._print(expr.plain)
        return f"{self.function(expr)}({', '.join(self(a) for a in expr.args)})", ATOM

    def _print_Add(self, expr: sp.Add) -> tuple[str, int]:
        text = ""
        for term in sorted(expr.args, key=lambda a: (bool(a.is_number), sp.default_sort_key(a))):
            coefficient = term if term.is_number else term.as_coeff_Mul()[0]
            negative = bool(coefficient.is_negative)
            text += (" - " if negative else " + ") + self(-term if negative else term, PRODUCT)
        return (text[3:] if text.startswith(" + ") else "-" + text[3:]), SUM

    def _print_Mul(self, expr: sp.Mul) -> tuple[str, int]:
        constant = sp.Mul(*(a for a in expr.args if a.is_number))
        numerator, denominator = [], []
        for factor in sorted(_squares_together(expr), key=sp.default_sort_key):
            base, exponent = factor.as_base_exp()
            if not isinstance(factor, sp.exp) and exponent.is_number and exponent.is_negative:
                denominator.append(self(base**-exponent, ATOM))
            else:
                numerator.append(self(factor, ATOM))
        if abs(constant) != 1:
            numerator.insert(0, self.number(abs(constant)))
        text = " * ".join(numerator) if numerator else self.number(sp.S.One)
        if denominator:
            text += " / " + (denominator[0] if len(denominator) == 1 else f"({' * '.join(denominator)})")
        return (f"-{text}", SUM) if constant.is_negative else (text, PRODUCT)

    def _piecewise(self, expr: sp.Piecewise) -> str:
        *branches, (otherwise, condition) = expr.args
        if condition != True:  # noqa: E712 (SymPy's true)
            raise NotImplementedError("a piecewise expression needs a last branch that always holds")
        text = self(otherwise)
        for value, when in reversed(branches):
            text = self.choice(self(when), self(value), text)
        return text
