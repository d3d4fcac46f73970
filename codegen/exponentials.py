"""Exponentials of multiples of one argument, from one exponential.

``exp(2 x)`` beside ``exp(x)`` is its square, and ``exp(-x)`` beside ``exp(x)`` or ``expm1(x)`` needs no range reduction
of its own: a target whose exponential has one prints :class:`exp_neg`, which to others is ``exp(-x)``. Powers over- and
underflow where their exponentials do.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import sympy as sp

from codegen.functions import expm1, expm1mx

HIGHEST = 3
"""Highest power taken: every factor adds its rounding."""
Assignment = tuple[sp.Symbol, sp.Expr]


class exp_neg(sp.Function):
    """``exp(-x)`` beside another exponential function of x."""

    is_extended_real = True

    @property
    def plain(self) -> sp.Expr:
        """What it is."""
        return sp.exp(-self.args[0])


def share_exponentials(outputs: Iterable[sp.Expr], later: Set[sp.Symbol]) -> tuple[list[Assignment], list[sp.Expr]]:
    """Exponentials whose powers are used, as statements, and the expressions in terms of them.

    Powers are taken of exponentials of plus or minus a symbol; not of those ``later``, which the statements precede.
    """
    outputs = list(outputs)
    exponents = {e.args[0] for out in outputs for e in out.atoms(sp.exp) if not e.args[0].has(sp.exp)}
    beside = {f.args[0] for out in outputs for f in out.atoms(expm1, expm1mx)}
    # of exp(x) and exp(-x), the one with the minus is the reciprocal one
    reciprocal = {x for x in exponents if -x in beside or (-x in exponents and x.could_extract_minus_sign())}
    replaced = {sp.exp(x): exp_neg(-x) for x in reciprocal}
    statements: list[Assignment] = []
    for x in sorted(exponents, key=sp.default_sort_key):
        if not x.as_coeff_Mul()[1].is_Symbol or x.free_symbols & later:
            continue
        multiples = {n: n * x for n in range(2, HIGHEST + 1) if n * x in exponents - beside - reciprocal}
        if multiples:
            power = sp.Symbol(f"e{len(statements)}", real=True)
            statements.append((power, replaced.get(sp.exp(x), sp.exp(x))))
            replaced |= {sp.exp(x): power, **{sp.exp(m): power**n for n, m in multiples.items()}}
    return statements, [out.xreplace(replaced) for out in outputs]
