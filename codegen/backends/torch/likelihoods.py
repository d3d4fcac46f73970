"""The torch backend's module of likelihoods."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.backends.torch.emit import _templates as templates
from codegen.backends.torch.emit import wrap_statement
from codegen.backends.torch.printer import UNARY, TorchPrinter, number
from codegen.likelihoods import BETA_EDGE, LIMITS, LikelihoodKernel, digamma, log1p_unit, log_beta, log_exprel
from codegen.schedule import Loop, Schedule

templates.filters["typed"] = lambda name: f"{name}: Tensor"


class _Printer(TorchPrinter):
    FUNCTIONS = UNARY | {
        log1p_unit: "torch.log1p",
        log_exprel: "_log_exprel",
        digamma: "torch.special.digamma",
        log_beta: "_log_beta",
    }


def likelihoods_module(kernels: Iterable[LikelihoodKernel], header: str) -> str:
    """Source of all likelihoods."""
    described = [
        {
            "name": kernel.name,
            "outputs": [symbol.name for symbol in kernel.outputs],
            "constant": number(kernel.constant),
            "value": _body(kernel.value_plan, "{}"),
            "slopes": _body(kernel.slopes_plan, "({},)"),
        }
        for kernel in kernels
    ]
    return templates.get_template("likelihoods.py.jinja").render(
        header=header, kernels=described, limits=LIMITS, beta_edge=BETA_EDGE
    )


def _body(plan: Schedule, result: str) -> str:
    printer, lines = _Printer(), []
    for step in plan.steps:
        assert not isinstance(step, Loop)
        lines += wrap_statement(f"    {step[0]} = {printer(step[1])}")
    results = ", ".join(printer(expr) for expr in plan.outputs)
    lines += wrap_statement(f"    result = {result.format(results)}")
    return "\n".join([*lines, "    return result"])
