"""Support overlaps by formula: zero wherever the posterior is positive on the whole line."""

from __future__ import annotations

import sympy as sp

from codegen.closed import ClosedKernel, Side
from divergences.entry import Entry


def lower_support_overlap(entry: Entry) -> ClosedKernel:
    """The formula of a cell.

    Raises
    ------
    NotImplementedError
        If the posterior has an end: the prior's mass between ends comes from quadrature.
    """
    if entry.expr != 0:
        raise NotImplementedError(f"{entry.kind} {entry.pair} has no formula")
    return ClosedKernel(entry, (Side("everywhere", (sp.S.Zero,) * 3, sp.true),))
