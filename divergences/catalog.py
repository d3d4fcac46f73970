"""The table of every discrepancy: one explicit cell for each ordered pair of families.

The module itself can be called, ``catalog("kld", "laplace", "normal")``, because the function of the same name is
what the package exports.
"""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any

from divergences import store
from divergences.discrepancies import BUILDERS
from divergences.entry import Entry
from divergences.families import FAMILIES, Family

KINDS = tuple(BUILDERS)
"""Names of the discrepancies that have a table."""


def catalog(kind: str, posterior: str, prior: str) -> Entry:
    """Look up (and on first use derive) one cell.

    Parameters
    ----------
    kind : str
        Name of the discrepancy, one of :data:`KINDS`.
    posterior, prior : str
        Families by name or symbol.

    Returns
    -------
    Entry
        The cell; every pair has one.

    Raises
    ------
    KeyError
        If the discrepancy or a family is unknown; the message lists what is known.
    """
    if kind not in BUILDERS:
        raise KeyError(f"unknown discrepancy {kind!r}; known are {', '.join(KINDS)}")
    return _build(kind, FAMILIES[posterior], FAMILIES[prior])


@cache
def _build(kind: str, q: Family, prior: Family) -> Entry:
    return store.load(kind, q, prior) or derive(kind, q, prior)


def derive(kind: str, q: Family, prior: Family) -> Entry:
    """Derive one cell, whatever is stored."""
    return store.canonical(BUILDERS[kind](q, prior))


def table(kind: str) -> dict[tuple[str, str], Entry]:
    """All cells of one discrepancy, keyed by (posterior, prior) names, rows first."""
    return {(q, prior): catalog(kind, q, prior) for q in FAMILIES for prior in FAMILIES}


class _CallableModule(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Entry:
        return catalog(*args, **kwargs)


# `import divergences.catalog` binds the module over the package's `catalog`; both spellings must answer a call.
sys.modules[__name__].__class__ = _CallableModule
