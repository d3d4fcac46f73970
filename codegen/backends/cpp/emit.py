"""Sources of the C++ backend from kernels: the printer's statements inside the templates."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import jinja2
import mpmath
import sympy as sp

from codegen.backends.cpp.operators import OPERATORS
from codegen.backends.cpp.pieces import E1_CENTRE, ERFCX_CENTRE, STIRLING_FROM, all_pieces, polynomial
from codegen.backends.cpp.printer import CppPrinter, calls
from codegen.coefficients import digamma_root
from codegen.densities import Density
from codegen.lower import Kernel
from codegen.printer import PRODUCT, number
from codegen.schedule import Loop, Schedule, fold, loop_guards
from codegen.stabilise import l
from divergences.families import Family, mu

WIDTH = 120
CHEAP = 5
"""A function of fewer instructions is no transcendental one."""
PRECISIONS = ("float", "double")
OUTPUTS: tuple[str, ...] = ("value", "d_loc", "d_log_scale")
FUNCTIONS: dict[str, slice] = {"value": slice(0, 1), "gradient": slice(1, 3), "both": slice(0, 3)}
"""The functions of a kernel, by the outputs that they return. A gradient is zero where the value is infinite, so that
the value is computed along with it."""

WORTH_KEEPING = 80
"""Operations per element from which on derivatives are kept by the forward pass instead of being computed again."""

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("codegen.backends.cpp"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _row_text(row: tuple[float, ...]) -> str:
    text = f"{{{', '.join(map(repr, row))}}},"
    return "\n".join(textwrap.wrap(text, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 5))


_templates.filters["row_text"] = _row_text
_templates.filters["number"] = lambda value: repr(float(value))
_templates.filters["format_output"] = lambda name: f"V& {name}"
_NAMES = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True)}


@dataclass(frozen=True)
class Cost:
    """What one function costs for each element, loops over the float32 tables."""

    operations: int
    calls: int
    arguments: int
    """Of the transcendental functions: those of one argument, its sign aside, can share their work."""
    total: int
    """In instructions."""


def sources(kernels: Iterable[Kernel], densities: Iterable[Density], header: Callable[[str], str]) -> dict[str, str]:
    """Every file of the backend, by its path; ``header`` makes the first line from the name of a source."""
    kernels = list(kernels)
    files = {"coefficients.h": coefficients_header(header("codegen/backends/cpp/pieces.py"))}
    files |= support_files(header("codegen/backends/cpp/templates"))
    files |= library_files(kernels, header("codegen/backends/cpp/templates"))
    files["families.cpp"] = families_source(densities, header("the records of the families"))
    for kernel in kernels:
        entry = kernel.entry
        text = kernel_source(kernel, header(f"the catalog's {entry.kind} {entry.pair}"))
        files[f"{entry.kind}/{kernel.name}.cpp"] = text
    return files


def coefficients_header(header: str) -> str:
    """Source of ``coefficients.h``."""
    pieces = all_pieces()
    fits = {(p.name, precision): polynomial(p, precision) for p in pieces for precision in PRECISIONS}
    constants = {precision: _constants(precision) for precision in PRECISIONS}
    return _templates.get_template("coefficients.h.jinja").render(
        header=header, pieces=pieces, fits=fits, constants=constants
    )


def _constants(precision: str) -> dict[str, str]:
    """Constants of the special functions in one precision; a pair High, Low adds up to more digits than one number."""
    single = precision == "float"
    with mpmath.workdps(40):
        erf_end = mpmath.mpf(4 if single else 6)
        values = {
            "Log2e": 1 / mpmath.log(2), "Log2": mpmath.log(2), "PerHalfLog2": 2 / mpmath.log(2),
            # half is a normal number between these, and infinite as a result above
            "Lowest": mpmath.mpf("-86.5" if single else "-707.5"), "Highest": mpmath.mpf(89 if single else 710),
            "Pi": +mpmath.pi, "HalfPi": mpmath.pi / 2, "SixthPiSquare": mpmath.pi**2 / 6,
            "LogPi": mpmath.log(mpmath.pi),
            "RootHalf": mpmath.sqrt(0.5), "RootHalfPi": mpmath.sqrt(mpmath.pi / 2),
            "HalfLog2Pi": mpmath.log(2 * mpmath.pi) / 2, "Euler": +mpmath.euler, "Root": digamma_root(),
            "ErfEnd": erf_end, "ErfSlope": 2 / (erf_end - 1),
        }  # fmt: skip
        # k log 2 is exact in its high part for every exponent k
        values |= _split("Log2", mpmath.log(2), 15 if single else 32)
        log_root = mpmath.log(digamma_root())
        parts = _split("LogRoot", log_root, 24)
        values |= {"LogRoot": parts["LogRootHigh"], "LogRootRest": parts["LogRootLow"]}
        return {name: repr(float(value)) for name, value in values.items()}


def _split(name: str, value: mpmath.mpf, bits: int) -> dict[str, mpmath.mpf]:
    with mpmath.workprec(bits):
        high = +value
    return {f"{name}High": high, f"{name}Low": value - high}


def support_files(header: str) -> dict[str, str]:
    """Headers that every kernel includes, by file name."""
    names = ("simd.h", "special.h", "precision.h", "kernel.h")
    context = {"header": header, "erfcx_centre": ERFCX_CENTRE, "e1_centre": E1_CENTRE, "stirling_from": STIRLING_FROM}
    return {name: _templates.get_template(f"{name}.jinja").render(context) for name in names}


def library_files(kernels: Iterable[Kernel], header: str) -> dict[str, str]:
    """The operators over all kernels, by file name."""
    names = (
        "strides.h", "views.h", "elementwise.h", "layer.h", "families.h", "ratio.h", "noise.h", "variates.h",
        "variates.cpp", "exponential.cpp", "lookup.h", "operators.h", "shapes.h", "autograd.h", "library.cpp",
    )  # fmt: skip
    context = {
        "header": header,
        "kernels": [identifier(k) for k in kernels],
        "operators": OPERATORS,
        "worth_keeping": WORTH_KEEPING,
    }
    return {name: _templates.get_template(f"{name}.jinja").render(context) for name in names}


def families_source(densities: Iterable[Density], header: str) -> str:
    """Source of the families' log densities."""
    printer = CppPrinter()

    def of_t(expr: sp.Expr) -> str:
        folded = fold(expr)
        return f"t * T(0) + {printer(folded, PRODUCT)}" if folded.is_number else printer(folded)

    def end(value: sp.Expr) -> str:
        return (
            number(value) if value.is_finite else f"{'-' if value < 0 else ''}std::numeric_limits<double>::infinity()"
        )

    families = []
    for density in densities:
        support = density.family.support
        families.append(
            {
                "name": density.family.name,
                "bounded": str(bool(support.inf.is_finite or support.sup.is_finite)).lower(),
                "scale_family": str(_is_scale_family(density.family)).lower(),
                "lower": end(support.inf),
                "upper": end(support.sup),
                "log_density": of_t(density.log_density),
                "score": of_t(density.score),
            }
        )
    return _templates.get_template("families.cpp.jinja").render(header=header, families=families)


def _is_scale_family(family: Family) -> bool:
    return bool(family.support.inf.is_finite and family.support.sup.is_infinite)


def identifier(kernel: Kernel) -> str:
    """C++ name of a kernel."""
    return f"{kernel.entry.kind}_{kernel.name}"


def kernel_source(kernel: Kernel, header: str) -> str:
    """Source of one kernel, a translation unit of its own."""
    printer = CppPrinter()
    entry = kernel.entry
    plans = {name: kernel.plan.restricted(slice(0, outputs.stop)) for name, outputs in FUNCTIONS.items()}
    costs = {name: cost(plan) for name, plan in plans.items()}
    functions: list[dict[str, object]] = []
    for name, plan in plans.items():
        outputs = OUTPUTS[FUNCTIONS[name]]
        body = _body(plan, outputs, kernel, printer)
        functions.append({"name": name, "outputs": outputs, "body": body})
    notes = [f"Finite where {entry.finite}. Evaluated by {kernel.method}."]
    notes += [
        f"{name.capitalize()}: {c.operations} operations per element, {c.calls} of them transcendental functions "
        f"(different arguments: {c.arguments})."
        for name, c in costs.items()
    ]
    return _templates.get_template("kernel.cpp.jinja").render(
        header=header,
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        notes="\n".join(f"// {line}" for note in notes for line in textwrap.wrap(note, WIDTH - 3)),
        tables=kernel.plan.tables,
        functions=functions,
        identifier=identifier(kernel),
        name=f"{entry.kind}/{kernel.name}",
        scale_family=str(_is_scale_family(entry.posterior)).lower(),
        costs=[c.total for c in costs.values()],
    )


def cost(plan: Schedule) -> Cost:
    """Operations and transcendental calls of a schedule for each element in float32."""
    operations = transcendental = total = 0
    arguments: dict[frozenset[sp.Expr], int] = {}

    def count(expressions: Iterable[sp.Basic], times: int) -> None:
        nonlocal operations, transcendental, total
        for e in expressions:
            found = calls(e)
            dear = [call for call, cost in found if cost >= CHEAP]
            operations += times * int(e.count_ops())
            transcendental += times * len(dear)
            arguments.update({frozenset((call.args[0], -call.args[0])): times for call in dear})
            total += times * (int(e.count_ops()) + sum(cost for _, cost in found))

    for step in plan.steps:
        if isinstance(step, Loop):
            count((*(e for _, e in step.statements), *step.terms), len(step.table.float32))
            additions = len(step.terms) * len(step.table.float32)
            operations, total = operations + additions, total + additions
        else:
            count([step[1]], 1)
    count(plan.outputs, 1)
    return Cost(operations, transcendental, sum(arguments.values()), total)


def _body(plan: Schedule, results: tuple[str, ...], kernel: Kernel, printer: CppPrinter) -> str:
    lines: list[str] = []

    def emit(text: str, depth: int = 2) -> None:
        lines.extend(wrap_statement("  " * depth + text))

    names = _NAMES | {
        symbol: sp.Symbol(column, real=True)
        for table in plan.tables
        for symbol, column in zip(table.symbols, table.columns, strict=True)
    }

    def show(expr: sp.Basic) -> str:
        return printer(expr.xreplace(names))

    conditional = kernel.domain is not sp.true
    if "value" not in results:
        emit("V value;")
    if conditional:
        emit(f"const Bits<V> finite = {_condition(kernel.domain, printer)};")
        emit("const V given_loc = loc, given_log_scale = log_scale;")
        interior = kernel.interior
        emit(f"loc = select<V>(finite, loc, {printer(interior[mu])});")
        emit(f"log_scale = select<V>(finite, log_scale, {printer(interior[l])});")
    guards = loop_guards(plan)
    for step in plan.steps:
        if isinstance(step, Loop):
            for name in step.accumulators:
                emit(f"V {name}{{}};")
            taken = " & ".join(
                ("" if holds else "~") + (show(c) if c.is_Symbol else f"({show(c)})")
                for c, holds in guards[step.table.name]
            )
            if taken:
                emit(f"if (any({taken}))")
            emit(f"for (const auto& row : {step.table.name}<T>) {{")
            used = {f for e in (*(e for _, e in step.statements), *step.terms) for f in e.free_symbols}
            numbered = zip(range(len(step.table.columns)), step.table.symbols, step.table.columns, strict=True)
            emit(f"const T {', '.join(f'{column} = row[{i}]' for i, s, column in numbered if s in used)};", 3)
            for symbol, expr in step.statements:
                emit(f"const auto {symbol} = {show(expr)};", 3)
            for name, term in zip(step.accumulators, step.terms, strict=True):
                emit(f"{name} += {show(term)};", 3)
            emit("}")
        else:
            emit(f"const auto {step[0]} = {show(step[1])};")
    for name, expr in zip(OUTPUTS, plan.outputs, strict=False):
        text = show(expr)
        emit(f"{name} = {f'splat<V>({text})' if expr.is_number else text};")
    given = "given_loc, given_log_scale, finite" if conditional else "loc, log_scale, everywhere<V>()"
    slopes = "".join(f", {name}" for name in results if name != "value")
    emit(f"settle({given}, value{slopes});")
    return "\n".join(lines)


def _condition(domain: sp.Basic, printer: CppPrinter) -> str:
    """Closed conditions that round exp(log_scale) get a slack of a few units in the last place."""
    parts = []
    for part in sorted(sp.And.make_args(domain), key=sp.default_sort_key):
        text = printer(part.xreplace(_NAMES))
        if part.has(sp.exp) and part.rel_op == ">=":
            left = printer((part.lhs - part.rhs).xreplace(_NAMES))
            slack = f"T(-4) * std::numeric_limits<T>::epsilon() * (T(1) + {printer(sp.exp(_NAMES[l]))})"
            text = f"{left} >= {slack}"
        parts.append(f"({text})")
    return " & ".join(parts)


def wrap_statement(line: str) -> list[str]:
    """Break a long statement at its spaces."""
    if len(line) <= WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(), WIDTH, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
