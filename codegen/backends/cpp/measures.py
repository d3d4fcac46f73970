"""The divergences beside the Kullback-Leibler one in C++: formulas, quadrature, conditions, operators."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp

from codegen.backends.cpp.emit import OUTPUTS, cost, wrap_statement
from codegen.backends.cpp.emit import _templates as templates
from codegen.backends.cpp.printer import NAMES, CppPrinter
from codegen.closed import ClosedKernel, Side
from codegen.densities import Density
from codegen.functions import expm1, exponential_mean, exprel, exprel2, log_mean, log_mean_slope
from codegen.lower import Kernel
from codegen.panels import NEAR_ONE, PanelCell, panel_rules
from codegen.printer import ATOM, PRODUCT, Printer, number
from codegen.schedule import Loop, fold, loop_guards
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import mu

FOLDER = "measures"
FILES = ("panels.h", "panels.cpp", "members.cpp", "cells.h", "cells.cpp", "library.cpp")
PARTS = {"hellinger": ("renyi", 0.5), "chi2": ("renyi", 2.0)}
"""Divergences made of another one of some order."""
EXCHANGED = {"reverse_kld": False, "jeffreys": True}
"""Divergences made of the Kullback-Leibler divergence of prior and posterior; whether the other direction counts."""
COSTS = {"panels": 8000, "exchanged": 300}
"""Operations per element, roughly."""
Measure = PanelCell | ClosedKernel | Entry

_NAMES = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True)}


class _VectorPrinter(CppPrinter):
    FUNCTIONS = NAMES | {
        function: function.__name__ for function in (exprel, exprel2, exponential_mean, log_mean, log_mean_slope)
    }

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if not exponent.is_Integer and (2 * exponent).is_Integer and abs(exponent) > 1:
            return f"power<{2 * exponent}>(sqrt({self(base)}))"
        return super().power(base, exponent)


_SCALAR: Mapping[type, str] = {
    sp.exp: "std::exp", sp.log: "std::log", expm1: "std::expm1", sp.Abs: "std::abs",
}  # fmt: skip


class _ScalarPrinter(Printer):
    FUNCTIONS = _SCALAR

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if exponent == -1:
            return f"(1.0 / {self(base, ATOM)})"
        return f"std::pow({self(base)}, {self(exponent)})"


def linkable(measures: Iterable[Measure], kernels: Iterable[Kernel]) -> list[Measure]:
    """Without those that call a Kullback-Leibler kernel that C++ lacks, as some of a family of one's own do."""
    there = {(k.entry.posterior, k.entry.prior) for k in kernels if k.entry.kind == "kld"}

    def links(measure: Measure) -> bool:
        if not isinstance(measure, Entry) or measure.kind not in EXCHANGED:
            return True
        pair = measure.posterior, measure.prior
        return pair[::-1] in there and (pair in there or not EXCHANGED[measure.kind])

    return [measure for measure in measures if links(measure)]


def measure_sources(measures: Iterable[Measure], densities: Iterable[Density], header: str) -> dict[str, str]:
    """Every file, by its path; entries are those of divergences that are made of others."""
    members = list(densities)
    indices = {density.family.name: i for i, density in enumerate(members)}
    conditions: dict[str, int] = {}
    cells: list[dict[str, Any]] = []
    closed: list[dict[str, Any]] = []
    known: dict[str, int] = {}
    # what others are made of first
    for measure in sorted(measures, key=lambda m: isinstance(m, Entry)):
        entry = measure if isinstance(measure, Entry) else measure.entry
        q, prior = entry.posterior.name, entry.prior.name
        cell: dict[str, Any] = {
            "name": f"{entry.kind}/{q}_{prior}", "q": indices[q], "prior": indices[prior], "share": 1.0,
            "finite": "nullptr", "part": -1, "orders": (0.0, math.inf), "by_formula": 0,
        }  # fmt: skip
        if isinstance(measure, PanelCell):
            cell |= {"evaluate": entry.kind, **_by_panels(measure, conditions)}
        elif isinstance(measure, ClosedKernel):
            closed.append(_closed(measure, conditions))
            cost_by_formula = max(side["cost"] for side in closed[-1]["sides"])
            cell |= {"evaluate": closed[-1]["function"], "cost": cost_by_formula}
            if measure.otherwise is not None:
                cell |= _by_panels(measure.otherwise, conditions)
                cell |= {"orders": measure.orders(), "by_formula": cost_by_formula}
        elif entry.kind in PARTS:
            kind, order = PARTS[entry.kind]
            part = known[f"{kind}/{q}_{prior}"]
            below, above = cells[part]["orders"]
            cost = cells[part]["by_formula" if order < below or order > above else "cost"]
            cell |= {"evaluate": entry.kind, "part": part, "cost": cost}
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
        "near_one": NEAR_ONE,
        "inf": math.inf,
        "most_nodes": most + 16,
        "members": [_member(density) for density in members],
        "conditions": list(conditions),
        "closed": closed,
        "cells": cells,
        "kernels": sorted({name for cell in cells for name in re.findall(r"&(kld_\w+)", str(cell["evaluate"]))}),
    }
    return {f"{FOLDER}/{name}": templates.get_template(f"{FOLDER}/{name}.jinja").render(context) for name in FILES}


def _by_panels(measure: PanelCell, conditions: dict[str, int]) -> dict[str, Any]:
    """What the table of cells says about one by quadrature."""
    index = _index(_condition(measure.domain), conditions)
    return {"share": number(measure.share), "finite": f"condition_{index}", "cost": COSTS["panels"]}


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


def _closed(kernel: ClosedKernel, conditions: dict[str, int]) -> dict[str, Any]:
    entry = kernel.entry
    name = f"{entry.kind}_{entry.posterior.name}_{entry.prior.name}"
    sides = [_side(side, f"{name}_{side.name}", _index(_condition(side.domain), conditions)) for side in kernel.sides]
    return {"function": name, "sides": sides, "quadrature": kernel.otherwise is not None}


def _side(side: Side, name: str, condition: int) -> dict[str, Any]:
    """What the template prints of one side; numbers that depend on the order alone are computed once."""
    constants, plan = side.scheduled
    scalar, vector = _ScalarPrinter(), _VectorPrinter()
    places = {symbol: sp.Symbol(f"c[{i}]", real=True) for i, (symbol, _) in enumerate(constants)}
    columns = {
        symbol: sp.Symbol(column, real=True)
        for table in plan.tables
        for symbol, column in zip(table.symbols, table.columns, strict=True)
    }
    lines: list[str] = []

    def show(expr: sp.Basic) -> str:
        return vector(expr.xreplace(_NAMES | places | columns))

    def emit(text: str, depth: int = 2) -> None:
        lines.extend(wrap_statement("  " * depth + text))

    guards = loop_guards(plan)
    for step in plan.steps:
        if not isinstance(step, Loop):
            emit(f"const auto {step[0]} = {show(step[1])};")
            continue
        for accumulator in step.accumulators:
            emit(f"V {accumulator}{{}};")
        conditions = (("" if holds else "~", show(c), c.is_Symbol) for c, holds in guards[step.table.name])
        taken = " & ".join(sign + (text if alone else f"({text})") for sign, text, alone in conditions)
        if taken:
            emit(f"if (any({taken}))")
        emit(f"for (const auto& row : {name}_{step.table.name}) {{")
        used = {f for e in (*(e for _, e in step.statements), *step.terms) for f in e.free_symbols}
        numbered = zip(range(len(step.table.columns)), step.table.symbols, step.table.columns, strict=True)
        emit(f"const T {', '.join(f'{column} = row[{i}]' for i, s, column in numbered if s in used)};", 3)
        for symbol, expr in step.statements:
            emit(f"const auto {symbol} = {show(expr)};", 3)
        for accumulator, term in zip(step.accumulators, step.terms, strict=True):
            emit(f"{accumulator} += {show(term)};", 3)
        emit("}")
    for output, expr in zip(OUTPUTS, plan.outputs, strict=True):
        emit(f"{output} = splat<V>({show(expr)});")
    return {
        "name": name,
        "order": side.name,
        "condition": condition,
        "interior": side.interior,
        "tables": [{"name": f"{name}_{table.name}", "table": table} for table in plan.tables],
        "constants": len(places),
        "scalars": "\n".join(f"    {places[symbol]} = {scalar(expr)};" for symbol, expr in constants),
        "body": "\n".join(lines),
        "cost": cost(plan).total,
    }
