"""Likelihoods in C++: their functions over rows of pixels, and the operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import mpmath
import sympy as sp

from codegen.backends.cpp.emit import Cost, cost, wrap_statement
from codegen.backends.cpp.emit import _templates as templates
from codegen.backends.cpp.pieces import Piece, polynomial
from codegen.backends.cpp.printer import NAMES, CppPrinter
from codegen.likelihoods import LikelihoodKernel, digamma, log1p_unit, log_beta, log_exprel
from codegen.printer import number
from codegen.schedule import Loop, Schedule

LOG1P_UNIT = Piece("LOG1P_UNIT", "log(1 + t)/t", lambda t: mpmath.log1p(t) / t, 0, 1)
FOLDER = "likelihoods"
INSTRUCTIONS = {log1p_unit: 12, log_exprel: 65, digamma: 60, log_beta: 250}
"""Functions of likelihoods alone, and the instructions of a call in float32, roughly."""


class _Printer(CppPrinter):
    FUNCTIONS = NAMES | {function: function.__name__ for function in INSTRUCTIONS}


def likelihood_sources(kernels: Iterable[LikelihoodKernel], header: str) -> dict[str, str]:
    """Every file, by its path."""
    context = {
        "header": header,
        "kernels": [_described(kernel) for kernel in kernels],
        "unit_piece": LOG1P_UNIT,
        "unit": {precision: polynomial(LOG1P_UNIT, precision) for precision in ("float", "double")},
    }
    paths = (f"{FOLDER}/{name}" for name in ("kernels.h", "kernels.cpp", "library.cpp"))
    return {path: templates.get_template(f"{path}.jinja").render(context) for path in paths}


def _described(kernel: LikelihoodKernel) -> dict[str, object]:
    value, slopes = _cost(kernel.value_plan), _cost(kernel.slopes_plan)
    return {
        "name": kernel.name,
        "type": "".join(word.capitalize() for word in kernel.name.split("_")),
        "outputs": len(kernel.outputs),
        "constant": number(kernel.constant),
        "value": straight_line(kernel.value_plan, ["return {};"], _Printer()),
        "slopes": straight_line(
            kernel.slopes_plan, [f"d_{symbol.name} = {{}};" for symbol in kernel.outputs], _Printer()
        ),
        "value_cost": value.total,
        "slopes_cost": slopes.total,
        "costs": (f"Value: {_says(value)}", f"Derivatives: {_says(slopes)}"),
    }


def _cost(plan: Schedule) -> Cost:
    common = cost(plan)
    expressions = [step[1] for step in plan.steps if not isinstance(step, Loop)] + plan.outputs
    own = [
        INSTRUCTIONS[type(e)] for expr in expressions for e in sp.preorder_traversal(expr) if type(e) in INSTRUCTIONS
    ]
    return replace(common, calls=common.calls + len(own), total=common.total + sum(own))


def _says(spent: Cost) -> str:
    return f"{spent.operations} operations per pixel, {spent.calls} of them transcendental functions."


def straight_line(plan: Schedule, results: list[str], printer: CppPrinter) -> str:
    """The body of a function from a schedule without loops; ``results`` say what becomes of each output."""
    lines: list[str] = []
    for step in plan.steps:
        assert not isinstance(step, Loop)
        kind = "Bits<V>" if step[1].is_Relational else "V"
        lines += wrap_statement(f"    const {kind} {step[0]} = {printer(step[1])};")
    for result, expr in zip(results, plan.outputs, strict=True):
        lines += wrap_statement("    " + result.format(printer(expr)))
    return "\n".join(lines)
