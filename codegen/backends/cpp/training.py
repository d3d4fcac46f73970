"""The operators of training in C++: networks with generated activations, limits of their outputs, Adam."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.activations import ActivationKernel, erfcx
from codegen.backends.cpp.emit import _templates as templates
from codegen.backends.cpp.likelihoods import straight_line
from codegen.backends.cpp.printer import NAMES, CppPrinter

FILES = (
    "activations/kernels.h", "activations/kernels.cpp", "dense/library.cpp", "bounded/library.cpp", "adam/library.cpp",
    "transpose.h",
)  # fmt: skip


class _Printer(CppPrinter):
    FUNCTIONS = NAMES | {erfcx: "erfcx"}


def training_sources(kernels: Iterable[ActivationKernel], header: str) -> dict[str, str]:
    """Every file, by its path."""
    results = ["value = {};", "slope = {};"]
    described = [
        {"name": kernel.name, "type": kernel.name.capitalize(), "body": straight_line(kernel.plan, results, _Printer())}
        for kernel in kernels
    ]
    return {path: templates.get_template(f"{path}.jinja").render(header=header, kernels=described) for path in FILES}
