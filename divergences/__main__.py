"""``python -m divergences``: formulas, tables and numbers of the catalog on the command line."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable
from typing import NoReturn

import mpmath
import sympy as sp
from sympy.printing.pycode import MpmathPrinter
from sympy.utilities.lambdify import MPMATH_TRANSLATIONS

from divergences.catalog import KINDS, catalog
from divergences.catalog import table as cells
from divergences.entry import Entry

FORMATS = ("text", "latex", "python")


def show(entry: Entry, form: str) -> str:
    """Formula, condition and derivation of a cell as text, LaTeX, or a Python function of mpmath numbers."""
    return {"text": _text, "latex": _latex, "python": _python}[form](entry)


def _value(entry: Entry, printer: Callable[[sp.Basic], str], by_quadrature: str) -> str:
    return by_quadrature if entry.expr is None else printer(entry.expr)


def _text(entry: Entry) -> str:
    lines = [
        f"{entry.kind} of {entry.posterior}(mu, sigma) from {entry.prior}(0, 1), in nats: {entry.status}",
        f"  value   {_value(entry, str, 'no closed form: by quadrature')}",
        f"  finite  {_condition(entry, str)}",
    ]
    if entry.reason:
        lines.append(f"  else    {entry.reason}")
    if entry.derivation:
        lines += ["  steps", *(f"    {step.rule}: {step.text}" for step in entry.derivation)]
    return "\n".join(lines)


def _condition(entry: Entry, printer: Callable[[sp.Basic], str]) -> str:
    return {sp.true: "everywhere", sp.false: "nowhere"}.get(entry.finite) or printer(entry.finite)


def _latex(entry: Entry) -> str:
    left = rf"D_{{\mathrm{{{entry.kind.replace('_', ' ')}}}}}({entry.posterior.latex} \| {entry.prior.latex})"
    lines = [f"% {entry.status}", f"{left} = {_value(entry, sp.latex, r'?')}"]
    lines.append(f"% finite where ${sp.latex(entry.finite)}$")
    lines += [f"% {step.rule}: ${step.latex}$" for step in entry.derivation]
    return "\n".join(lines)


def _python(entry: Entry) -> str:
    arguments = "mu, sigma, alpha" if entry.has_order else "mu, sigma"
    name = f"{entry.kind}_{entry.posterior}_{entry.prior}"
    printer = MpmathPrinter({"fully_qualified_modules": False, "user_functions": _same_in_mpmath(entry.expr)})
    lines = [f"def {name}({arguments}):", f'    """{entry.kind} {entry.pair} in nats, with mpmath numbers."""']
    if entry.finite is not sp.true:
        lines += [f"    if not ({printer.doprint(entry.finite)}):", "        return inf"]
    if entry.has_order and entry.expr is not None:
        lines += ["    if alpha == 1:", f'        raise ValueError("at order one it is kld {entry.pair}")']
    if entry.expr is None:
        call = f'catalog("{entry.kind}", "{entry.posterior}", "{entry.prior}").evaluate({arguments})'
        imports, result = "from divergences import catalog\n", call
    else:
        imports, result = "", "inf" if entry.status == "infinite" else printer.doprint(entry.expr)
    lines.append(f"    return {result}")
    code = "\n".join(lines)
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    used = sorted(name for name in names if hasattr(mpmath, name))
    return f"{imports}from mpmath import {', '.join(used)}\n\n\n{code}" if used else f"{imports}\n\n{code}"


def _same_in_mpmath(expr: sp.Expr | None) -> dict[str, str]:
    """Names of the functions that mpmath has, some under another name, although SymPy's printer knows not of them."""
    names = {f.func.__name__ for f in expr.atoms(sp.Function)} if expr is not None else set()
    translated = {name: MPMATH_TRANSLATIONS.get(name, name) for name in names}
    return {name: other for name, other in translated.items() if hasattr(mpmath, other)}


def table(kind: str) -> str:
    """Status and condition of every cell of one discrepancy."""
    rows = [[entry.pair, entry.status, _condition(entry, str), entry.reason] for entry in cells(kind).values()]
    head = ["pair", "status", "finite", "infinite elsewhere because"]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(3)]
    return "\n".join("  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in [head, *rows])


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


def _cell(pair: str, kind: str) -> Entry:
    if pair.count("/") != 1:
        raise ValueError(f"a pair is written posterior/prior, such as La/N or laplace/normal, not {pair!r}")
    return catalog(kind, *pair.split("/"))


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1000, not {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m divergences", description="Formulas, tables and numbers of the catalog.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="{show,table,eval}")
    shown = commands.add_parser("show", help="formula, condition and derivation of one pair")
    listed = commands.add_parser("table", help="status and condition of every pair")
    evaluated = commands.add_parser("eval", help="value of one pair, to any number of digits")
    for command in (shown, evaluated):
        command.add_argument("pair", help="posterior/prior, such as La/N or laplace/normal")
    for command in (shown, listed, evaluated):
        command.add_argument("--kind", default="kld", help=f"one of {', '.join(KINDS)} (default: kld)")
    shown.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    evaluated.add_argument("--loc", default="0", help="location of the posterior (default: 0); --loc=-1e-3 if negative")
    evaluated.add_argument("--scale", default="1", help="scale of the posterior (default: 1)")
    evaluated.add_argument("--alpha", help="order, of the discrepancies that have one")
    evaluated.add_argument("--dps", type=_digits, default=30, help="decimal digits (default: 30)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Entry point of ``python -m divergences``."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        if options.command == "table":
            print(table(options.kind))
        elif options.command == "show":
            print(show(_cell(options.pair, options.kind), options.format))
        else:
            value = _cell(options.pair, options.kind).evaluate(
                options.loc, options.scale, options.alpha, dps=options.dps
            )
            print(mpmath.nstr(value, options.dps).removeprefix("+"))
    except (KeyError, ValueError, ArithmeticError) as error:
        parser.error(error.args[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
