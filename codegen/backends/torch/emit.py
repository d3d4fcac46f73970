"""Modules of the torch backend from kernels: the printer's statements inside the templates."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping

import jinja2
import mpmath
import sympy as sp

from codegen.backends.torch.printer import TorchPrinter, number
from codegen.closed import ClosedKernel
from codegen.coefficients import all_coefficients, digamma_root
from codegen.densities import Density
from codegen.lower import Kernel
from codegen.nodes import NodeTable
from codegen.panels import NEAR_ONE, PanelCell, PanelRule
from codegen.schedule import Loop, Schedule, fold
from codegen.stabilise import l
from divergences.families import mu

WIDTH = 120
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("codegen.backends.torch"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _row_text(row: tuple[float, ...]) -> str:
    """One row of a table, on several lines if it is long."""
    text = f"({', '.join(map(repr, row))}{',' if len(row) == 1 else ''}),"
    return "\n".join(textwrap.wrap(text, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 9))


_templates.filters["row_text"] = _row_text
_NAMES = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True)}


def special_module(header: str) -> str:
    """Source of the special functions."""
    with mpmath.workdps(30):
        log_root = mpmath.log(digamma_root())
        with mpmath.workprec(24):
            rounded = +log_root
        constants = {
            "euler": mpmath.euler,
            "log2": mpmath.log(2),
            "root": digamma_root(),
            "log_root": rounded,
            "log_root_rest": log_root - rounded,
        }
    return _templates.get_template("special.py.jinja").render(
        header=header, coefficients=all_coefficients(), **{name: float(value) for name, value in constants.items()}
    )


def kernel_module(kernel: Kernel, header: str) -> str:
    """Source of one kernel."""
    printer = TorchPrinter()
    joint = kernel.plan
    alone = joint.restricted(slice(1))
    value_body = _body(alone, kernel.domain, printer)
    grad_body = _body(joint, kernel.domain, printer)
    tables = {t.name: t for t in joint.tables}
    entry = kernel.entry
    formula = f"loc = mu, log_scale = l:\n{kernel.value}" if not tables else str(entry)
    notes = (
        f"Finite where {entry.finite}. Evaluated by {kernel.method}.\n"
        f"Operations per element: {alone.operations} for the value, {joint.operations} with the gradient."
    )
    return _templates.get_template("kernel.py.jinja").render(
        header=header,
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        formula=_wrap(formula),
        notes=_wrap(notes),
        uses_special=bool(printer.used),
        tables=list(tables.values()),
        value_body=value_body,
        grad_body=grad_body,
    )


def family_module(density: Density, header: str) -> str:
    """Source of a family's log density, score, quantile function and what quadrature has to know."""
    printer = TorchPrinter()
    support = density.family.support
    outside = [f"t < {number(support.inf)}"] if support.inf.is_finite else []
    outside += [f"t > {number(support.sup)}"] if support.sup.is_finite else []
    return _templates.get_template("family.py.jinja").render(
        header=header,
        name=density.family.name,
        bounded=bool(outside),
        outside=" | ".join(f"({o})" for o in outside) if len(outside) > 1 else "".join(outside),
        support=_tuple(support.inf, support.sup),
        kinks=_tuple(*density.kinks),
        tails=_tuple(*density.tails),
        log_density=_function_of_t(density.log_density, printer),
        score=_function_of_t(density.score, printer),
        quantile=printer(fold(density.quantile)),
        uses_special=bool(printer.used),
    )


def _function_of_t(expr: sp.Expr, printer: TorchPrinter) -> str:
    """Source of ``expr``; a constant still has the shape of t and carries NaN on."""
    if not expr.is_number:
        return printer(fold(expr))
    sign = "-" if expr.is_negative else "+"
    return "0.0 * t" if expr.is_zero else f"0.0 * t {sign} {number(abs(expr))}"


def _tuple(*values: sp.Expr) -> str:
    texts = [number(v) if v.is_finite else f'float("{float(v)}")' for v in values]
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def closed_module(kernel: ClosedKernel, header: str) -> str:
    """Source of a kernel by formulas, of which one with an order has two, below and above order one."""
    entry, printer = kernel.entry, TorchPrinter()
    sides = []
    tables: dict[str, NodeTable] = {}
    for side in kernel.sides:
        constants, joint = side.scheduled
        tables |= {table.name: table for table in joint.tables}
        bodies = [_body(plan, sp.true, printer) for plan in (joint.restricted(slice(1)), joint)]
        scalars = [f"    {symbol} = {sp.pycode(expr)}" for symbol, expr in constants]
        condition = _condition(side.domain, printer, eps="eps")
        sides.append(
            {
                "name": side.name,
                "value": "\n".join([*_used(scalars, bodies[0]), bodies[0]]),
                "grad": "\n".join([*_used(scalars, bodies[1]), bodies[1]]),
                "condition": "\n".join(wrap_statement(f"    condition = {condition}")),
                "double": side.double,
                "interior": side.interior,
            }
        )
    quadrature = None
    if kernel.otherwise is not None:
        condition = _condition(kernel.otherwise.domain, printer, eps="eps")
        quadrature = {
            "imports": sorted({entry.posterior.name, entry.prior.name}),
            "condition": "\n".join(wrap_statement(f"    condition = {condition}")),
            "share": number(kernel.otherwise.share),
        }
    return _templates.get_template("closed.py.jinja").render(
        header=header,
        kind=entry.kind,
        q=entry.posterior.name,
        prior=entry.prior.name,
        quadrature=quadrature,
        uses_math=any("math." in f"{side['value']}{side['grad']}" for side in sides),
        by_formula=_by_formula(*kernel.orders()),
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        notes=_wrap(f"Finite where {entry.finite}."),
        uses_special=bool(printer.used),
        ordered=entry.has_order,
        tables=list(tables.values()),
        sides=sides,
    )


def _by_formula(below: float, above: float) -> str:
    """Whether formulas serve an order, of the two orders up to and from which they do."""
    parts = [f"alpha < {below!r}"] if below > 0.0 else []
    return " or ".join([*parts, *([f"alpha > {above!r}"] if above < math.inf else [])])


def _used(lines: list[str], body: str) -> list[str]:
    """The assignments whose name occurs in the body."""
    return [line for line in lines if re.search(rf"\b{line.split()[0]}\b", body)]


def panels_module(rules: Mapping[str, PanelRule], header: str) -> str:
    """Source of the quadrature of powers of two densities."""
    return _templates.get_template("panels.py.jinja").render(header=header, rules=rules, near_one=NEAR_ONE)


def suprema_module(header: str) -> str:
    """Source of the suprema of log ratios of two densities."""
    return _templates.get_template("suprema.py.jinja").render(header=header)


def measures_module(header: str) -> str:
    """Source of the divergences that are made of such integrals or suprema."""
    return _templates.get_template("measures.py.jinja").render(header=header)


def cell_module(cell: PanelCell, header: str) -> str:
    """Source of one divergence by quadrature."""
    entry, printer = cell.entry, TorchPrinter()
    condition = _condition(cell.domain, printer, eps="eps")
    return _templates.get_template("cell.py.jinja").render(
        header=header,
        kind=entry.kind,
        q=entry.posterior.name,
        prior=entry.prior.name,
        imports=sorted({entry.posterior.name, entry.prior.name}),
        notes=_wrap(f"Finite where {entry.finite}."),
        condition="\n".join(wrap_statement(f"    condition = {condition}")),
        uses_torch="torch." in condition,
        share=number(cell.share),
    )


def _wrap(text: str) -> str:
    return "\n".join(
        line for part in text.splitlines() for line in textwrap.wrap(part, WIDTH - 4, break_long_words=False)
    )


def _body(plan: Schedule, domain: sp.Basic, printer: TorchPrinter) -> str:
    lines: list[str] = []

    def emit(text: str, depth: int = 1) -> None:
        lines.extend(wrap_statement("    " * depth + text))

    names = _NAMES | {
        symbol: sp.Symbol(column, real=True)
        for table in plan.tables
        for symbol, column in zip(table.symbols, table.columns, strict=True)
    }

    def show(expr: sp.Basic) -> str:
        return printer(expr.xreplace(names))

    if domain is not sp.true:
        interior = _interior(domain)
        emit(f"finite = {_condition(domain, printer)}")
        emit(f"loc = torch.where(finite, loc, {number(interior[mu])})")
        emit(f"log_scale = torch.where(finite, log_scale, {number(interior[l])})")
    for step in plan.steps:
        if isinstance(step, Loop):
            for name in step.accumulators:
                emit(f"{name} = torch.zeros_like(loc)")
            columns = ", ".join(step.table.columns)
            emit(f"for {columns}{',' if len(step.table.columns) == 1 else ''} in {step.table.name.upper()}[loc.dtype]:")
            for symbol, expr in step.statements:
                emit(f"{symbol} = {show(expr)}", 2)
            for name, term in zip(step.accumulators, step.terms, strict=True):
                emit(f"{name} = {name} + {show(term)}", 2)
        else:
            emit(f"{step[0]} = {show(step[1])}")
    results = ["value", "d_loc", "d_log_scale"][: len(plan.outputs)]
    for name, expr in zip(results, plan.outputs, strict=True):
        if expr.is_number:
            emit(f"{name} = torch.full_like(loc, {printer(expr)})")
        else:
            emit(f"{name} = {show(expr)}")
    emit("value = torch.clamp(value, min=0.0)")
    if domain is not sp.true:
        emit('value = torch.where(finite, value, float("inf"))')
        for name in results[1:]:
            emit(f"{name} = torch.where(finite, {name}, 0.0)")
    emit(f"return {', '.join(results)}")
    return "\n".join(lines)


def _interior(domain: sp.Basic) -> dict[sp.Symbol, sp.Expr]:
    """A point at which the formulas are evaluated where the result is infinite anyway: nothing overflows there."""
    point = {mu: sp.Float(0.5), l: sp.Float(-1.0)}
    if domain.subs(point) != sp.true:
        raise ValueError(f"the interior point is outside of {domain}")
    return point


def _condition(domain: sp.Basic, printer: TorchPrinter, eps: str = "torch.finfo(loc.dtype).eps") -> str:
    """Closed conditions that round exp(log_scale) get a slack of a few units in the last place."""
    if domain in (sp.true, sp.false):
        return str(bool(domain))
    if isinstance(domain, sp.And | sp.Or):
        sign = " & " if isinstance(domain, sp.And) else " | "
        return sign.join(f"({_condition(a, printer, eps)})" for a in sorted(domain.args, key=sp.default_sort_key))
    if domain.has(sp.exp) and domain.rel_op == ">=":
        left = printer((domain.lhs - domain.rhs).xreplace(_NAMES))
        return f"{left} >= -4.0 * {eps} * (1.0 + {printer(sp.exp(_NAMES[l]))})"
    return printer(domain.xreplace(_NAMES))


def wrap_statement(line: str) -> list[str]:
    """Break a long assignment inside parentheses at its operators."""
    if len(line) <= WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    target, _, value = line.strip().partition(" = ")
    pieces = textwrap.wrap(value, WIDTH - len(indent) - 4, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}{target} = (", *(f"{indent}    {piece}" for piece in pieces), f"{indent})"]
