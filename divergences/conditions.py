"""Conditions on mu, sigma and the order, in one form: freed from factors of known sign, a plus sign on both sides."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from divergences.families import mu


def positive(number: sp.Expr) -> sp.Basic:
    """The condition ``number > 0``, freed from factors of known sign and with a plus sign on both sides."""
    return _relation(number, sp.Lt)


def nonnegative(number: sp.Expr) -> sp.Basic:
    """The condition ``number >= 0``, as :func:`positive`."""
    condition = sp.Not(positive(-number))
    return condition.reversed if isinstance(condition, sp.Rel) and condition.lhs.is_number else condition


def zero(number: sp.Expr) -> sp.Basic:
    """The condition ``number == 0``, freed from factors that are not zero."""
    return _relation(number, sp.Eq)


def _relation(number: sp.Expr, relation: Callable[[sp.Expr, sp.Expr], sp.Basic]) -> sp.Basic:
    rest = sp.S.One
    for factor in sp.Mul.make_args(sp.factor(number)):
        rest *= sp.sign(factor) if sp.sign(factor).is_Integer else factor
    terms = sp.Add.make_args(sp.expand(rest))
    left = -sp.Add(*(x for x in terms if x.could_extract_minus_sign()))
    right = sp.Add(*(x for x in terms if not x.could_extract_minus_sign()))
    if left == 0 and right.is_positive:
        return sp.true if relation is sp.Lt else sp.false
    if right == 0 and left.is_positive:
        return sp.false
    if (left * right).has(sp.exp) and left.is_positive and right.is_positive and not (left.is_Add or right.is_Add):
        left, right = sp.S.Zero, sp.expand_log(sp.log(right / left))
    return relation(right, left) if relation is sp.Eq else relation(left, right)


def rewritten(condition: sp.Basic) -> sp.Basic:
    """The condition with every relation freed from factors of known sign."""
    for relation in condition.atoms(sp.Rel):
        if isinstance(relation, sp.Eq):
            new = zero(relation.lhs - relation.rhs)
        elif isinstance(relation, sp.StrictLessThan | sp.StrictGreaterThan):
            new = positive(relation.gts - relation.lts)
        else:
            new = nonnegative(relation.gts - relation.lts)
        condition = condition.subs(relation, new)
    return condition


def tidy(condition: sp.Basic) -> sp.Basic:
    """The condition as alternatives, without those that contradict themselves."""
    alternatives = sp.Or.make_args(sp.to_dnf(condition))
    return sp.Or(*(sp.And(*sp.And.make_args(a)).simplify() if a.has(mu) else a for a in alternatives))
