"""Derivations kept by content: what was derived once from the same sources is read, not derived again.

One JSON file for each discrepancy lies in ``derivations/``. Its key is a digest of the sources that a derivation
depends on; with another key the file is ignored and everything is derived afresh. Only ``codegen.build`` writes.
"""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.functions.special.hyper import TupleArg

from divergences.derivation import Step
from divergences.entry import Entry
from divergences.families import Family

PACKAGE = Path(__file__).parent
FOLDER = PACKAGE / "derivations"
_NAMES = vars(sp) | {"TupleArg": TupleArg, "ExprCondPair": ExprCondPair, "__builtins__": {}}
_NEUTRAL = frozenset({"entry", "families", "numeric"})


@cache
def digest(kind: str) -> str:
    """Digest of the sources behind one discrepancy's derivations, found by their imports, and of SymPy's version."""
    total = hashlib.sha256(sp.__version__.encode())
    for path in sorted(_sources(PACKAGE / f"discrepancies/{kind}.py", set())):
        total.update(path.read_bytes())
    return total.hexdigest()[:32]


def _sources(path: Path, found: set[Path]) -> set[Path]:
    """A module and those of this package that it imports, except what only represents or evaluates an entry."""
    found.add(path)
    for node in ast.walk(ast.parse(path.read_text())):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and module.startswith(PACKAGE.name):
            folder = PACKAGE.joinpath(*module.split(".")[1:])
            for source in (folder.with_suffix(".py"), *(folder / f"{alias.name}.py" for alias in node.names)):
                if source.is_file() and source.stem not in _NEUTRAL and source not in found:
                    _sources(source, found)
    return found


def record(family: Family) -> str:
    """The part of a family that derivations depend on."""
    return f"{family.name} {family.symbol} {sp.srepr(family.density)} {sp.srepr(family.support)}"


def dump(kind: str, entries: list[Entry]) -> str:
    """The file's text for all entries of one discrepancy."""
    families = {f.name: record(f) for e in entries for f in (e.posterior, e.prior)}
    cells = {f"{e.posterior.name} {e.prior.name}": _as_json(e) for e in entries}
    content = {"digest": digest(kind), "families": families, "cells": cells}
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def canonical(entry: Entry) -> Entry:
    """The entry as it comes back from the store: SymPy's automatic simplifications applied once more."""
    return _from_json(entry.kind, entry.posterior, entry.prior, _as_json(entry))


def load(kind: str, q: Family, prior: Family) -> Entry | None:
    """The stored entry, or None if there is none for these very sources and records."""
    content = _read(kind)
    if content is None or content["digest"] != digest(kind):
        return None
    if any(content["families"].get(f.name) != record(f) for f in (q, prior)):
        return None
    cell = content["cells"].get(f"{q.name} {prior.name}")
    return None if cell is None else _from_json(kind, q, prior, cell)


@cache
def _read(kind: str) -> Any:
    path = FOLDER / f"{kind}.json"
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "status": entry.status,
        "finite": sp.srepr(entry.finite),
        "expr": None if entry.expr is None else sp.srepr(entry.expr),
        "reason": entry.reason,
        "steps": [[s.rule, s.text, sp.srepr(s.left), sp.srepr(s.right)] for s in entry.derivation],
    }


def _from_json(kind: str, q: Family, prior: Family, cell: dict[str, Any]) -> Entry:
    expr = None if cell["expr"] is None else _parse(cell["expr"])
    steps = tuple(Step(rule, text, _parse(left), _parse(right)) for rule, text, left, right in cell["steps"])
    return Entry(kind, q, prior, cell["status"], _parse(cell["finite"]), expr, steps, cell["reason"])


@cache
def _parse(text: str) -> sp.Basic:
    # srepr is SymPy's own notation; the file belongs to the package, like its sources
    return eval(text, _NAMES)  # noqa: S307
