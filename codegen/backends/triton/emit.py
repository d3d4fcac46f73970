"""Modules of the Triton backend: a device function for each cell, and the special functions that they call.

A device function computes a block of elements in the dtype of the block, float32 or float64. Everything that Triton
does not compute to a few units in the last place is made of arithmetic, so that its interpreter and a GPU agree.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jinja2
import mpmath
import sympy as sp

from codegen.backends.cpp.pieces import E1_CENTRE, ERFCX_CENTRE, STIRLING_FROM, all_pieces, polynomial
from codegen.backends.torch.emit import WIDTH, wrap_statement
from codegen.backends.triton.printer import TritonPrinter
from codegen.coefficients import digamma_root
from codegen.lower import Kernel
from codegen.printer import SUM, number
from codegen.schedule import Loop, Schedule
from codegen.stabilise import l
from divergences.families import mu

PRECISIONS = {"float64": "double", "float32": "float"}
NAMES = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True)}


def _horner(coefficients: Sequence[float]) -> str:
    """Statements that evaluate a polynomial in x into p, lowest power first."""
    *lower, second, first = coefficients
    return "\n".join(
        [f"        p = {first!r} * x + {second!r}", *(f"        p = p * x + {c!r}" for c in reversed(lower))]
    )


def _tuple(numbers: Iterable[float], depth: int = 8) -> str:
    """A tuple of numbers, filled into lines; a module that has infinities calls them inf."""
    text = " ".join(f"{x!r}," for x in numbers)
    return "(\n" + textwrap.indent(textwrap.fill(text, WIDTH - depth - 4), " " * (depth + 4)) + f"\n{' ' * depth})"


_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("codegen.backends.triton"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"horner": _horner, "tuple": _tuple}


def sources(kernels: Iterable[Kernel], header: Callable[[str], str]) -> dict[str, str]:
    """Text of every generated file, by path relative to the backend's folder; ``header`` makes first lines."""
    files = {
        "special.py": special_module(header("codegen/backends/cpp/pieces.py")),
        "variates.py": _templates.get_template("variates.py.jinja").render(
            header=header("codegen/backends/triton/emit.py")
        ),
    }
    for kernel in kernels:
        kind = kernel.entry.kind
        files[f"{kind}/{kernel.name}.py"] = kernel_module(kernel, header(f"the catalog's {kind} {kernel.entry.pair}"))
    folders = {path.rpartition("/")[0] for path in files}
    return files | {f"{folder}/__init__.py".lstrip("/"): header("codegen/build.py") + "\n" for folder in folders}


def special_module(header: str) -> str:
    """Source of the special functions."""
    return _templates.get_template("special.py.jinja").render(
        header=header,
        pieces=all_pieces(),
        fits={(p.name, dtype): polynomial(p, name) for p in all_pieces() for dtype, name in PRECISIONS.items()},
        formats={dtype: _format(dtype) for dtype in PRECISIONS},
        erf_end={dtype: _end("ERFC_LOG", name) for dtype, name in PRECISIONS.items()},
        stirling_from=STIRLING_FROM,
        erfcx_centre=ERFCX_CENTRE,
        e1_centre=E1_CENTRE,
        **_constants(),
    )


def _end(piece: str, precision: str) -> float:
    return float(next(p for p in all_pieces() if p.name == piece).interval(precision)[1])


def _constants() -> dict[str, float]:
    with mpmath.workdps(40):
        pi, root = mpmath.pi, digamma_root()
        constants = {
            "euler": mpmath.euler, "log2": mpmath.log(2), "pi": pi, "log_pi": mpmath.log(pi), "half_pi": pi / 2,
            "sixth_pi_square": pi**2 / 6, "root_half": mpmath.sqrt(0.5), "root_half_pi": mpmath.sqrt(pi / 2),
            "half_log_2pi": mpmath.log(2 * pi) / 2, "per_half_log2": 2 / mpmath.log(2), "root": root,
        }  # fmt: skip
        log_root = mpmath.log(root)
        with mpmath.workprec(24):  # exact in both precisions
            constants["log_root"] = +log_root
        constants["log_root_rest"] = log_root - constants["log_root"]
        return {name: float(value) for name, value in constants.items()}


def _format(dtype: str) -> dict[str, float | int]:
    """What the exponential function needs to know of a floating-point format.

    ``high + low`` is log 2, where high has so few digits that its products with exponents are exact. Adding ``shift``
    to a number rounds it to an integer k, and leaves the exponent field of 2^(k - 1) in the lowest bits.
    """
    mantissa, bias, digits = {"float64": (52, 1023, 32), "float32": (23, 127, 12)}[dtype]
    with mpmath.workdps(40):
        log2 = mpmath.log(2)
        with mpmath.workprec(digits):
            high = +log2
        return {
            "bits": 64 if dtype == "float64" else 32,
            "mantissa": mantissa,
            "shift": 1.5 * 2.0**mantissa + (bias - 1),
            "high": float(high),
            "low": float(log2 - high),
            "log2e": float(1 / log2),
            # 2^(k - 1) is a normal number between these ends
            "lowest": round(float((2.4 - bias) * log2), 1),
            "highest": round(float((bias + 1.3) * log2), 0),
            "slack": 4.0 * 2.0**-mantissa,
            "largest": float((2 - mpmath.mpf(2) ** -mantissa) * mpmath.mpf(2) ** bias),
        }


def kernel_module(kernel: Kernel, header: str) -> str:
    """Source of the device function of one cell."""
    printer, entry, plan = TritonPrinter(), kernel.entry, kernel.plan
    tables = _tables(plan)
    body = _body(kernel, printer, {name: table["offset"] for name, table in tables.items()})
    formula = f"loc = mu, log_scale = l:\n{kernel.value}" if not plan.tables else str(entry)
    return _templates.get_template("kernel.py.jinja").render(
        header=header,
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        formula=_wrap(formula),
        notes=_wrap(
            f"Finite where {entry.finite}. Evaluated by {kernel.method}.\n"
            f"Operations per element: {plan.operations} for the value and the gradient."
        ),
        functions=sorted(printer.used),
        tables=tables,
        name=f"{entry.kind}_{kernel.name}",
        body=body,
    )


def _tables(plan: Schedule) -> dict[str, dict[str, Any]]:
    """The numbers of every table row by row, and where they begin in memory: at the same place in both precisions."""
    tables: dict[str, dict[str, Any]] = {}
    total = 0
    for table in plan.tables:
        flat = {dtype: [x for row in getattr(table, dtype) for x in row] for dtype in PRECISIONS}
        tables[table.name] = {"columns": table.columns, "offset": total, **flat}
        total += max(map(len, flat.values()))
    return tables


def _wrap(text: str) -> str:
    return "\n".join(
        line for part in text.splitlines() for line in textwrap.wrap(part, WIDTH - 4, break_long_words=False)
    )


def _body(kernel: Kernel, printer: TritonPrinter, offsets: dict[str, int]) -> str:
    plan, domain = kernel.plan, kernel.domain
    lines: list[str] = []

    def emit(text: str, depth: int = 1) -> None:
        lines.extend(wrap_statement("    " * depth + text))

    names = NAMES | {
        symbol: sp.Symbol(column, real=True)
        for table in plan.tables
        for symbol, column in zip(table.symbols, table.columns, strict=True)
    }

    def show(expr: sp.Basic) -> str:
        return printer(expr.xreplace(names))

    if domain is not sp.true:
        point = kernel.interior
        emit(f"finite = {_condition(domain, printer)}")
        emit(f"outside = {printer.special('infinite')}(loc, log_scale)")
        emit(f"loc = tl.where(finite, loc, {number(point[mu])})")
        emit(f"log_scale = tl.where(finite, log_scale, {number(point[l])})")
    for step in plan.steps:
        if isinstance(step, Loop):
            for name in step.accumulators:
                emit(f"{name} = tl.zeros(loc.shape, loc.dtype)")
            counts = [len(getattr(step.table, dtype)) for dtype in PRECISIONS]
            count = f"{counts[0]} if loc.dtype == tl.float64 else {counts[1]}" if len(set(counts)) > 1 else counts[0]
            emit(f"{step.table.name}_rows: tl.constexpr = {count}")
            emit(f"for row in range({step.table.name}_rows):")
            start, width = offsets[step.table.name], len(step.table.columns)
            for k, column in enumerate(step.table.columns):
                emit(f"{column} = tl.load(nodes + ({start + k} + {width} * row))", 2)
            for symbol, expr in step.statements:
                emit(f"{symbol} = {show(expr)}", 2)
            for name, term in zip(step.accumulators, step.terms, strict=True):
                emit(f"{name} = {name} + {show(term)}", 2)
        else:
            emit(f"{step[0]} = {show(step[1])}")
    results = ["value", "d_loc", "d_log_scale"]
    for name, expr in zip(results, plan.outputs, strict=True):
        constant = f"tl.full(loc.shape, {printer(expr)}, loc.dtype)" if expr.is_number else None
        emit(f"{name} = {constant or show(expr)}")
    emit("value = tl.where(value < 0.0, 0.0, value)")
    if domain is not sp.true:
        emit("value = tl.where(finite, value, outside)")
        for name in results[1:]:
            emit(f"{name} = tl.where(finite, {name}, 0.0)")
    emit(f"return {', '.join(results)}")
    return "\n".join(lines)


def _condition(domain: sp.Basic, printer: TritonPrinter) -> str:
    """Closed conditions that round exp(log_scale) get a slack of a few units in the last place."""
    if isinstance(domain, sp.And | sp.Or):
        sign = " & " if isinstance(domain, sp.And) else " | "
        return sign.join(f"({_condition(a, printer)})" for a in sorted(domain.args, key=sp.default_sort_key))
    if domain.has(sp.exp) and domain.rel_op == ">=":
        left = printer((domain.lhs - domain.rhs).xreplace(NAMES), SUM)
        return f"{left} >= -{printer.special('rounding')}(1.0 + {printer(sp.exp(NAMES[l]))})"
    return printer(domain.xreplace(NAMES))
