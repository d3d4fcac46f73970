"""A derivation as data: an expression together with the steps that led to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sympy as sp


class DerivationError(RuntimeError):
    """A derived expression disagrees with quadrature, or a rule was applied where it does not hold."""


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Attributes
    ----------
    rule : str
        Name of the function that took the step.
    text : str
        What was done, in a sentence.
    left, right : sympy.Basic
        The equation that the step establishes.
    """

    rule: str
    text: str
    left: sp.Basic
    right: sp.Basic

    @property
    def latex(self) -> str:
        """The equation in LaTeX."""
        return f"{sp.latex(self.left)} = {sp.latex(self.right)}"

    def __str__(self) -> str:
        return f"[{self.rule}] {self.text}: {self.left} = {self.right}"


@dataclass(frozen=True)
class Derived:
    """An expression, the steps behind it, and the condition under which it holds."""

    expr: sp.Expr
    steps: tuple[Step, ...] = ()
    condition: sp.Basic = sp.true

    def then(self, rule: str, text: str, left: sp.Basic, expr: sp.Expr, condition: sp.Basic = sp.true) -> Derived:
        """The same derivation, one step further."""
        return Derived(expr, (*self.steps, Step(rule, text, left, expr)), sp.And(self.condition, condition))


RULES: dict[str, str] = {}
"""Reference of every rule, by its name."""

F = TypeVar("F", bound=Callable)


def rule(reference: str) -> Callable[[F], F]:
    """Mark a function as a rule of derivation and keep the reference that proves it."""

    def mark(function: F) -> F:
        RULES[function.__name__] = reference
        return function

    return mark
