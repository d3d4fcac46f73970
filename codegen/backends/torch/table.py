"""The module that holds families and cells as plain data."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping

from codegen.panels import NEAR_ONE
from divergences.families import Family

WIDTH = 120


def table_module(families: Iterable[Family], cells: Mapping[tuple[str, str, str], Mapping], header: str) -> str:
    """Source of the table that the tensor side reads in place of the catalog: plain literals."""
    lines = [header, '"""Families and cells as plain data; floors are in nats."""', "", 'inf = float("inf")', ""]
    lines += ["# distance from order one below which quadrature serves although there is a formula"]
    lines += [f"NEAR_ONE = {NEAR_ONE!r}", ""]
    lines.append("FAMILIES = {")
    for family in families:
        low, high = (repr(float(end)) for end in (family.support.inf, family.support.sup))
        lines.append(f'    "{family.name}": {{"symbol": "{family.symbol}", "support": ({low}, {high})}},')
    lines += ["}", "", "CELLS = {"]
    for key, cell in cells.items():
        lines.append(f"    {literal(key)}: {{")
        for name, value in cell.items():
            lines += _entry(name, value)
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def _entry(name: str, value: object) -> list[str]:
    """One item of a dictionary; a text that is too long in parts that stand one below the other."""
    line = f"        {literal(name)}: {literal(value)},"
    if len(line) <= WIDTH or not isinstance(value, str):
        return [line]
    parts = textwrap.wrap(value, WIDTH - 20, drop_whitespace=False, break_on_hyphens=False)
    return [f"        {literal(name)}: (", *(f"            {literal(part)}" for part in parts), "        ),"]


def literal(value: object) -> str:
    """A Python literal with double quotes."""
    if isinstance(value, tuple):
        return "(" + ", ".join(literal(v) for v in value) + ")"
    return json.dumps(value) if isinstance(value, str) else repr(value)
