"""Divergences of an order, and those made of others, in C++: quadrature, closed forms, conditions, operators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import sympy as sp

from codegen.backends.cpp.emit import _templates as templates
from codegen.backends.cpp.emit import wrap_statement
from codegen.backends.cpp.printer import NAMES, CppPrinter
from codegen.densities import Density
from codegen.functions import expm1, exprel, exprel2, log_mean, log_mean_slope
from codegen.panels import PanelCell, panel_rules
from codegen.printer import ATOM, PRODUCT, Printer, number
from codegen.renyi import Formula, OrderedKernel
from codegen.schedule import Invariants, Loop, fold, schedule
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import mu

FOLDER = "measures"
FILES = ("panels.h", "panels.cpp", "members.cpp", "cells.h", "cells.cpp", "library.cpp")
PARTS = {"hellinger": "renyi", "chi2": "renyi"}
EXCHANGED = {"reverse_kld": False, "jeffreys": True}
"""Divergences made of the Kullback-Leibler divergence of prior and posterior; whether the other direction counts."""
COSTS = {"panels": 8000, "closed": 150, "exchanged": 300}
"""Operations per element, roughly."""
Measure = PanelCell | OrderedKernel | Entry

_NAMES = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True)}


class _VectorPrinter(CppPrinter):
    FUNCTIONS = NAMES | {function: function.__name__ for function in (exprel, exprel2, log_mean, log_mean_slope)}


_SCALAR: Mapping[type, str] = {sp.exp: "std::exp", expm1: "std::expm1", sp.Abs: "std::abs"}


class _ScalarPrinter(Printer):
    FUNCTIONS = _SCALAR

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if exponent == -1:
            return f"(1.0 / {self(base, ATOM)})"
        return f"std::pow({self(base)}, {self(exponent)})"


def measure_sources(measures: Iterable[Measure], densities: Iterable[Density], header: str) -> dict[str, str]:
    """Every file, by its path; entries are those of divergences that are made of others."""
    members = list(densities)
    indices = {density.family.name: i for i, density in enumerate(members)}
    conditions: dict[str, int] = {}
    cells: list[dict[str, object]] = []
    closed: list[dict[str, object]] = []
    known: dict[str, int] = {}
    # what others are made of first
    for measure in sorted(measures, key=lambda m: isinstance(m, Entry)):
        entry = measure if isinstance(measure, Entry) else measure.entry
        q, prior = entry.posterior.name, entry.prior.name
        cell: dict[str, object] = {
            "name": f"{entry.kind}/{q}_{prior}", "q": indices[q], "prior": indices[prior], "share": 1.0,
            "finite": "nullptr", "part": -1,
        }  # fmt: skip
        if isinstance(measure, PanelCell):
            index = _index(_condition(measure.domain), conditions)
            cell |= {"evaluate": entry.kind, "share": number(measure.share), "finite": f"condition_{index}"}
            cell["cost"] = COSTS["panels"]
        elif isinstance(measure, OrderedKernel):
            closed.append(_closed(measure, conditions))
            cell |= {"evaluate": closed[-1]["function"], "cost": COSTS["closed"]}
        elif entry.kind in PARTS:
            part = known[f"{PARTS[entry.kind]}/{q}_{prior}"]
            cell |= {"evaluate": entry.kind, "part": part, "cost": cells[part]["cost"]}
        else:
            forward = f"&kld_{q}_{prior}" if EXCHANGED[entry.kind] else "nullptr"
            cell |= {"evaluate": f"exchanged<&kld_{prior}_{q}, {forward}>", "cost": COSTS["exchanged"]}
        known[str(cell["name"])] = len(cells)
        cells.append(cell)
    rules = dict(zip(("double", "float"), panel_rules().values(), strict=True))
    share = max(float(str(cell["share"])) for cell in cells)
    most = max(int(rule.panels * share) * len(rule.nodes) for rule in rules.values())
    context = {
        "header": header,
        "rules": rules,
        "most_nodes": most + 16,
        "members": [_member(density) for density in members],
        "conditions": list(conditions),
        "closed": closed,
        "cells": cells,
        "kernels": sorted({name for cell in cells for name in re.findall(r"&(kld_\w+)", str(cell["evaluate"]))}),
    }
    return {f"{FOLDER}/{name}": templates.get_template(f"{FOLDER}/{name}.jinja").render(context) for name in FILES}


def _member(density: Density) -> dict[str, object]:
    """A family's standard member."""
    printer = CppPrinter()
    support = density.family.support

    def end(value: sp.Expr) -> str:
        return number(value) if value.is_finite else f"{'-' if value.is_extended_negative else ''}kInfinite"

    def of_t(expr: sp.Expr) -> str:
        return f"t * T(0) + {printer(fold(expr), PRODUCT)}" if expr.is_number else printer(fold(expr))

    return {
        "type": density.family.name.capitalize(),
        "lower": end(support.inf),
        "upper": end(support.sup),
        "kinks": [number(kink) for kink in density.kinks],
        "tails": [end(tail) for tail in density.tails],
        "log_density": of_t(density.log_density),
        "score": of_t(density.score),
    }


def _index(text: str, known: dict[str, int]) -> int:
    return known.setdefault(text, len(known))


def _condition(domain: sp.Basic) -> str:
    return "\n".join(wrap_statement(f"  return {_scalar_condition(domain)};"))


def _scalar_condition(domain: sp.Basic) -> str:
    """Closed conditions that round exp(log_scale) get a slack of a few units in the last place."""
    printer = _ScalarPrinter()
    if domain in (sp.true, sp.false):
        return str(bool(domain)).lower()
    if isinstance(domain, sp.And | sp.Or):
        sign = " && " if isinstance(domain, sp.And) else " || "
        return sign.join(f"({_scalar_condition(a)})" for a in sorted(domain.args, key=sp.default_sort_key))
    if domain.has(sp.exp) and domain.rel_op == ">=":
        left = printer((domain.lhs - domain.rhs).xreplace(_NAMES))
        return f"{left} >= -4.0 * eps * (1.0 + {printer(sp.exp(_NAMES[l]))})"
    relation = domain.xreplace(_NAMES)
    if isinstance(relation, sp.Equality):
        return f"{printer(relation.lhs)} == {printer(relation.rhs)}"
    return printer(relation)


def _closed(kernel: OrderedKernel, conditions: dict[str, int]) -> dict[str, object]:
    name = kernel.entry.posterior.name
    sides = (("below", kernel.below, kernel.domain_below), ("above", kernel.above, kernel.domain_above))
    return {
        "type": name.capitalize(),
        "function": f"closed_{name}",
        **{side: _index(_condition(domain), conditions) for side, _, domain in sides},
        "sides": [{"name": side, **_side(formula)} for side, formula, _ in sides],
    }


def _side(formula: Formula) -> dict[str, str]:
    constants = Invariants({mu, l}, prefix="c")
    plan = schedule([constants.move(e) for e in formula])
    scalar, vector = _ScalarPrinter(), _VectorPrinter()
    places = {symbol: sp.Symbol(f"c[{i}]", real=True) for i, (symbol, _) in enumerate(constants.moved)}
    scalars = [f"    {places[symbol]} = {scalar(expr)};" for symbol, expr in constants.moved]
    lines: list[str] = []
    for step in plan.steps:
        assert not isinstance(step, Loop)
        lines += wrap_statement(f"    const auto {step[0]} = {vector(step[1].xreplace(_NAMES | places))};")
    for name, expr in zip(("value", "d_loc", "d_log_scale"), plan.outputs, strict=True):
        text = vector(expr.xreplace(_NAMES | places))
        lines += wrap_statement(f"    {name} = splat<V>({text});")
    return {"scalars": "\n".join(scalars), "body": "\n".join(lines)}
