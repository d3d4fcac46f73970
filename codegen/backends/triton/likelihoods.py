"""The Triton backend's module of likelihoods: kernels over rows of pixels."""

from __future__ import annotations

from collections.abc import Iterable

import mpmath

from codegen.backends.cpp.likelihoods import LOG1P_UNIT
from codegen.backends.cpp.pieces import polynomial
from codegen.backends.torch.emit import wrap_statement
from codegen.backends.triton.emit import PRECISIONS
from codegen.backends.triton.emit import _templates as templates
from codegen.backends.triton.printer import NAMES, TritonPrinter
from codegen.likelihoods import LikelihoodKernel, digamma, log1p_unit, log_beta, log_exprel
from codegen.printer import number
from codegen.schedule import Loop, Schedule

OWN = (log1p_unit, log_exprel, log_beta)
"""Functions of likelihoods alone, which the template writes."""
CALLED = {"expm1", "log1p", "polynomial_lgamma_far", "polynomial_logsinhc", "rising", "square"}
"""The generated special functions that these call."""


class _Printer(TritonPrinter):
    FUNCTIONS = NAMES | {function: function.__name__ for function in (*OWN, digamma)}


def likelihoods_module(kernels: Iterable[LikelihoodKernel], header: str) -> str:
    """Source of all likelihoods."""
    printer = _Printer()
    described = [_described(kernel, printer) for kernel in kernels]
    own = {function.__name__ for function in OWN}
    return templates.get_template("likelihoods.py.jinja").render(
        header=header,
        kernels=described,
        functions=sorted((printer.used | CALLED) - own),
        piece=LOG1P_UNIT,
        unit={dtype: polynomial(LOG1P_UNIT, name) for dtype, name in PRECISIONS.items()},
        shift_constant=float(mpmath.log(2 * mpmath.pi) / 2 - 8),
    )


def _described(kernel: LikelihoodKernel, printer: TritonPrinter) -> dict[str, object]:
    slopes = [f"d_{symbol.name}" for symbol in kernel.outputs]
    value = f"value = {{}} + {number(kernel.constant)}" if kernel.constant else "value = {}"
    return {
        "name": kernel.name,
        "outputs": [symbol.name for symbol in kernel.outputs],
        "slope_names": slopes,
        "value": _body(kernel.value_plan, printer, [value], "value"),
        "slopes": _body(kernel.slopes_plan, printer, [f"{name} = {{}}" for name in slopes], ", ".join(slopes)),
        "value_operations": kernel.value_plan.operations,
        "slopes_operations": kernel.slopes_plan.operations,
    }


def _body(plan: Schedule, printer: TritonPrinter, results: list[str], returned: str) -> str:
    lines: list[str] = []
    for step in plan.steps:
        assert not isinstance(step, Loop)
        lines += wrap_statement(f"    {step[0]} = {printer(step[1])}")
    for result, expr in zip(results, plan.outputs, strict=True):
        lines += wrap_statement("    " + result.format(printer(expr)))
    return "\n".join([*lines, f"    return {returned}"])
