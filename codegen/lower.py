"""Lowering: from a catalog entry to the expressions that a kernel evaluates, value and gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from codegen.numerical import CROSS_ENTROPIES, kld_logistic_logistic
from codegen.schedule import Schedule, schedule
from codegen.stabilise import l, stabilise
from divergences.entry import Entry
from divergences.families import mu, sigma
from divergences.features import decompose


@dataclass(frozen=True)
class Kernel:
    """What a backend prints.

    Attributes
    ----------
    entry : Entry
        The cell behind it.
    value, d_loc, d_log_scale : sympy.Expr
        The divergence and its gradient in ``mu`` and ``l``, valid where ``domain`` holds.
    domain : sympy.Basic
        Where it is finite, in ``mu`` and ``l``.
    method : str
        How it is evaluated, in words.
    """

    entry: Entry
    value: sp.Expr
    d_loc: sp.Expr
    d_log_scale: sp.Expr
    domain: sp.Basic
    method: str

    @property
    def name(self) -> str:
        """Stem of the generated module."""
        return f"{self.entry.posterior.name}_{self.entry.prior.name}"

    @cached_property
    def plan(self) -> Schedule:
        """Value and gradient, scheduled together; every backend prints this."""
        return schedule([self.value, self.d_loc, self.d_log_scale])

    @property
    def interior(self) -> dict[sp.Symbol, sp.Expr]:
        """A point at which a backend may evaluate where the result is infinite anyway: nothing overflows there."""
        point = {mu: sp.Float(0.5), l: sp.Float(-1.0)}
        if self.domain.subs(point) != sp.true:
            raise ValueError(f"the interior point is outside of {self.domain}")
        return point


def lower(entry: Entry) -> Kernel:
    """Choose how a finite cell is evaluated, stabilise it and differentiate it.

    Raises
    ------
    NotImplementedError
        If the cell has neither a closed form nor a node rule.
    """
    value, method = _value(entry)
    return Kernel(entry, value, sp.diff(value, mu), sp.diff(value, l), domain(entry.finite), method)


def _value(entry: Entry) -> tuple[sp.Expr, str]:
    q, prior = entry.posterior, entry.prior
    if (q.name, prior.name) == ("logistic", "logistic"):
        return kld_logistic_logistic(), "fixed nodes"
    cross_entropy = CROSS_ENTROPIES.get((q.name, prior.name))
    if cross_entropy is not None:
        own_entropy = next(step.right for step in entry.derivation if step.rule == "entropy")
        return cross_entropy() + decompose(prior).constant - own_entropy - l, "fixed nodes"
    if entry.expr is None:
        raise NotImplementedError(f"{entry.kind} {entry.pair} has neither a closed form nor a node rule")
    value, applied = stabilise(entry.expr)
    return value, "closed form, rewritten by " + ", ".join(applied)


def domain(condition: sp.Basic) -> sp.Basic:
    """A condition of finiteness in the kernel's variables; those on the scale alone, ``sigma < 1``, become exact."""
    exact = {sigma < 1: l < 0, sigma <= 1: l <= 0, sp.Eq(sigma, 1): sp.Eq(l, 0)}
    return condition.xreplace(exact).subs(sigma, sp.exp(l))
