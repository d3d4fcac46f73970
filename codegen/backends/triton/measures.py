"""Divergences of an order in Triton: formulas of matched pairs, and quadrature that places its nodes anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import mpmath
import sympy as sp

from codegen.backends.torch.emit import wrap_statement
from codegen.backends.triton.emit import _templates as templates
from codegen.backends.triton.emit import _wrap
from codegen.backends.triton.printer import TritonPrinter
from codegen.closed import ClosedKernel, Side
from codegen.densities import Density
from codegen.panels import NEAR_ONE, PanelCell, panel_rules
from codegen.printer import SUM
from codegen.schedule import Loop, fold
from codegen.stabilise import l
from divergences.entry import Entry
from divergences.families import alpha, mu

POWERS = {"renyi": "alpha, 1.0 - alpha", "beta": "1.0 + 0.0 * alpha, alpha - 1.0"}
POWERS["gamma"] = POWERS["beta"]
"""Of both densities in the integral behind each divergence."""
BY_FORMULA = "_by_formula"
"""What ends the names of formulas beside quadrature."""
CALLED = {"exp", "expm1", "expm1mx", "log1p", "sign", "with_sign_of"}
"""Generated special functions that the engine calls."""
TABLE, BREAKS = 40, 8
"""Where the first table of two families begins, and how many breaks it has room for."""

_ARGUMENTS = {mu: sp.Symbol("loc", real=True), l: sp.Symbol("log_scale", real=True), alpha: sp.Symbol("a", real=True)}
_WIDE = {mu: sp.Symbol("m", real=True), l: sp.Symbol("s", real=True), alpha: sp.Symbol("order", real=True)}


def measure_sources(
    measures: Iterable[PanelCell | ClosedKernel | Entry], densities: Sequence[Density], header: Callable[[str], str]
) -> dict[str, str]:
    """Every file, by its path; of ``measures`` those that have code here."""
    files = {"panels.py": panels_module(densities, header("codegen/panels.py"))}
    for measure in measures:
        if isinstance(measure, Entry) or measure.entry.kind not in POWERS:
            continue
        entry = measure.entry
        heading = header(f"the catalog's {entry.kind} {entry.pair}")
        path = f"{entry.kind}/{entry.posterior.name}_{entry.prior.name}"
        panels = measure if isinstance(measure, PanelCell) else measure.otherwise
        if isinstance(measure, ClosedKernel):
            files[f"{path}{BY_FORMULA if panels else ''}.py"] = _ordered(measure, heading)
        if panels is not None and (source := _panel_cell(panels, densities, heading)) is not None:
            files[f"{path}.py"] = source
    folders = {path.partition("/")[0] for path in files if "/" in path}
    return files | {f"{folder}/__init__.py": header("codegen/build.py") + "\n" for folder in folders}


def panels_module(densities: Sequence[Density], header: str) -> str:
    """Source of the engine."""
    printer = TritonPrinter()

    def of_t(expr: sp.Expr) -> str:
        expr = fold(expr)
        return f"tl.full(t.shape, {printer(expr)}, t.dtype)" if expr.is_number else printer(expr)

    members = [{"name": d.family.name, "log_density": of_t(d.log_density), "score": of_t(d.score)} for d in densities]
    return templates.get_template("panels.py.jinja").render(
        header=header,
        members=members,
        rules={
            dtype: (rule.reach, *(float(x) for node in rule.nodes for x in node))
            for dtype, rule in panel_rules().items()
        },
        functions=sorted(printer.used | CALLED),
        log6=float(mpmath.log(6)),
        near_one=NEAR_ONE,
    )


def _panel_cell(cell: PanelCell, densities: Sequence[Density], header: str) -> str | None:
    """Source of a pair; None where it has more breaks than the engine has room for."""
    entry = cell.entry
    indices = {d.family.name: i for i, d in enumerate(densities)}
    q, prior = (densities[indices[f.name]] for f in (entry.posterior, entry.prior))
    pairs = [(q, prior), *([(q, q), (prior, prior)] if entry.kind != "renyi" else [])]
    described = [_described(*pair, offset=TABLE + (8 + 2 * BREAKS) * i) for i, pair in enumerate(pairs)]
    if any(d["breaks"] > BREAKS for d in described):
        return None
    rules = panel_rules()
    printer = TritonPrinter()
    condition = _condition(cell.domain, printer)
    printer.special("settled")
    return templates.get_template("panel_cell.py.jinja").render(
        header=header,
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        notes=_wrap(f"By quadrature. Finite where {entry.finite}."),
        name=f"{entry.kind}_{entry.posterior.name}_{entry.prior.name}",
        kind=entry.kind,
        functions=sorted(printer.used),
        names=[entry.kind, "integral", *(["log_norm"] if described[1:] else [])],
        panels={dtype: int(rule.panels * cell.share) for dtype, rule in rules.items()},
        counts={dtype: len(rule.nodes) for dtype, rule in rules.items()},
        tables={d["offset"]: d["numbers"] for d in described},
        main=described[0],
        norms=dict(zip(("own", "other"), described[1:], strict=True)) if described[1:] else {},
        q=indices[entry.posterior.name],
        prior=indices[entry.prior.name],
        powers=POWERS[entry.kind],
        condition=condition,
    )


def _described(q: Density, prior: Density, offset: int) -> dict[str, Any]:
    """What the engine has to know about two families, as numbers."""
    ends, ends_of_prior = ([float(x) for x in (d.family.support.inf, d.family.support.sup)] for d in (q, prior))
    tails = [float(x) for pair in zip(q.tails, prior.tails, strict=True) for x in pair]
    inf = float("inf")
    fixed = [x for x in (*map(float, q.kinks), *ends) if abs(x) < inf]
    moving = [x for x in (*map(float, prior.kinks), *ends_of_prior) if abs(x) < inf]
    count = len(fixed) + len(moving)
    room = [inf] * (BREAKS - count)
    numbers = [*ends, *ends_of_prior, *tails, *fixed, *[inf] * len(moving), *room, *[inf] * len(fixed), *moving, *room]
    return {
        "offset": offset,
        "numbers": numbers,
        "breaks": 1 << max(count - 1, 0).bit_length(),
        "edges": any(abs(x) < inf for x in ends_of_prior),
        "bounded": any(abs(x) < inf for x in ends),
    }


def _ordered(kernel: ClosedKernel, header: str) -> str:
    """Source of formulas for orders below and above one."""
    entry = kernel.entry
    printer = TritonPrinter()
    sides = [_side(side, printer) for side in kernel.sides]
    for name in ("exp", "rounding", "settled"):
        printer.special(name)
    return templates.get_template("ordered.py.jinja").render(
        header=header,
        title=f"{entry.kind} of the {entry.posterior.name} from the standard {entry.prior.name}, in nats.",
        notes=_wrap(f"Finite where {entry.finite}."),
        name=f"{entry.kind}_{entry.posterior.name}_{entry.prior.name}",
        functions=sorted(printer.used),
        beside_quadrature=kernel.otherwise is not None,
        sides=sides,
    )


def _side(side: Side, printer: TritonPrinter) -> dict[str, Any]:
    constants, plan = side.scheduled
    # What depends on the order alone is computed in float64.
    lines = [f"    {symbol} = ({printer(expr)}).to(loc.dtype)" for symbol, expr in constants]
    if any(alpha in e.free_symbols for e in (*(s[1] for s in plan.steps if not isinstance(s, Loop)), *plan.outputs)):
        lines.append("    a = alpha.to(loc.dtype)")
    for step in plan.steps:
        assert not isinstance(step, Loop)
        lines += wrap_statement(f"    {step[0]} = {printer(step[1].xreplace(_ARGUMENTS))}")
    for output, expr in zip(("value", "d_loc", "d_log_scale"), plan.outputs, strict=True):
        text = printer(expr.xreplace(_ARGUMENTS))
        lines += wrap_statement(
            f"    {output} = " + (f"tl.full(loc.shape, {text}, loc.dtype)" if expr.is_number else text)
        )
    condition = _condition(side.domain, printer, "slack")
    return {"name": side.name, "double": side.double, "condition": condition, "body": "\n".join(lines)}


def _condition(domain: sp.Basic, printer: TritonPrinter, slack: str | None = None) -> str:
    """Statements that say where a divergence is finite, of arguments in float64."""
    lines = ["    finite = (loc == loc) & (log_scale == log_scale)"]
    if domain is not sp.true:
        text = _logical(domain, printer)
        names = [
            f"    {s} = {name}.to(tl.float64)" for s, name in (("m", "loc"), ("s", "log_scale")) if _uses(domain, s)
        ]
        if _uses(domain, "order"):
            names.append("    order = tl.full(loc.shape, alpha, tl.float64)")
        if "slack" in text and slack is None:
            names.append(f"    slack = {printer.special('rounding')}(1.0 + {printer.special('exp')}(log_scale))")
        lines = [*names, *wrap_statement(f"    finite = (loc == loc) & (log_scale == log_scale) & ({text})")]
    return "\n".join(lines)


def _uses(domain: sp.Basic, name: str) -> bool:
    return any(s.name == name for s in domain.xreplace(_WIDE).free_symbols)


def _logical(domain: sp.Basic, printer: TritonPrinter) -> str:
    """Closed conditions that round exp(log_scale) get a slack of a few units in the last place."""
    if isinstance(domain, sp.And | sp.Or):
        sign = " & " if isinstance(domain, sp.And) else " | "
        return sign.join(f"({_logical(a, printer)})" for a in sorted(domain.args, key=sp.default_sort_key))
    if domain.has(sp.exp) and domain.rel_op == ">=":
        return f"{printer((domain.lhs - domain.rhs).xreplace(_WIDE), SUM)} >= -slack"
    return printer(domain.xreplace(_WIDE))
