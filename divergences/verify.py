"""Hold the catalog against the defining integrals: ``python -m divergences.verify``.

The integral is enclosed by rigorous balls (:func:`divergences.quadrature.enclose`), which share nothing with the
derivations; a cell that is itself served by balls is held against mpmath's panels. Points lie over the whole domain:
near the match, far out, and on both sides of every condition, where the catalog's condition is held against what
follows from leading terms alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product

import mpmath
from rich.console import Console
from rich.table import Table

from divergences import quadrature
from divergences.catalog import KINDS, catalog
from divergences.entry import Entry
from divergences.families import FAMILIES

Point = tuple[str, str]

QUICK: tuple[Point, ...] = (("0", "1"), ("0.7", "0.3"), ("-1.2", "1.5"), ("1", "1"))
"""Locations and scales, exact decimals: the match, both signs, both sides of sigma = 1, the edges of U/U and U/E."""
FULL: tuple[Point, ...] = (
    *QUICK, ("1e-6", "1.000001"), ("-1e-4", "0.9999"), ("0", "0.999"), ("0.5", "0.5"), ("0.25", "0.76"), ("2", "2"),
    ("3", "1"), ("-3", "0.1"), ("10", "0.0025"), ("-10", "0.5"), ("9.5", "20"), ("-10", "12"), ("0.1", "0.01"),
)  # fmt: skip
ORDERS: dict[str, tuple[str, ...]] = {"renyi": ("0.5", "2"), "beta": ("1.5",), "gamma": ("1.5",)}
"""The orders at which discrepancies that have one are held."""
MARGIN = 5
"""The catalog agrees with quadrature to so many digits less than were asked for."""


@dataclass(frozen=True)
class Verdict:
    """What came out for one cell: the worst error, relative to max(1, |value|), and what is wrong, if anything."""

    pair: tuple[str, str]
    status: str
    worst: float
    points: int
    problems: tuple[str, ...]


def verify(kind: str, posterior: str, prior: str, points: Sequence[Point], dps: int) -> Verdict:
    """Hold one cell against quadrature at every point, and at every order in :data:`ORDERS`."""
    entry = catalog(kind, posterior, prior)
    worst, count, problems = mpmath.mpf(0), 0, []
    for (mu, sigma), alpha in product(points, ORDERS.get(kind, (None,))):
        at = f"{kind} {entry.pair} at mu = {mu}, sigma = {sigma}" + (f", alpha = {alpha}" if alpha else "")
        value = entry.evaluate(mu, sigma, alpha, dps=dps)
        finite = quadrature.is_finite(kind, posterior, prior, mu, sigma, alpha)
        if bool(mpmath.isfinite(value)) != finite:
            problems.append(
                f"{at}: the catalog gives {value}, but by leading terms it is {'' if finite else 'in'}finite"
            )
        elif finite:
            error = _error(entry, (mu, sigma, alpha), value, dps)
            worst, count = max(worst, error), count + 1
            if not error <= mpmath.mpf(10) ** (MARGIN - dps):
                problems.append(f"{at}: {mpmath.nstr(value, dps)} is off by {mpmath.nstr(error, 3)}")
    return Verdict((posterior, prior), entry.status, float(worst), count, tuple(problems))


def _error(entry: Entry, at: tuple[str, str, str | None], value: mpmath.mpf, dps: int) -> mpmath.mpf:
    engine = "mpmath" if entry.status == "quadrature" else None
    names = entry.posterior.name, entry.prior.name
    truth = quadrature.divergence(entry.kind, *names, *at, dps=dps, engine=engine)
    with mpmath.workdps(dps + 10):
        return abs(value - truth) / max(1, abs(truth))


def _verify_cell(arguments: tuple[str, str, str, tuple[Point, ...], int]) -> Verdict:
    return verify(*arguments)


def _pairs(text: str | None) -> list[tuple[str, str]]:
    if text is None:
        return [(q, prior) for q in FAMILIES for prior in FAMILIES]
    pairs = []
    for part in text.split(","):
        names = part.strip().split("/")
        if len(names) != 2:
            raise KeyError(f"cannot read the pair {part!r}; a pair is posterior/prior, as La/N")
        pairs.append((FAMILIES[names[0]].name, FAMILIES[names[1]].name))
    return pairs


def _show(console: Console, kind: str, verdicts: Sequence[Verdict], dps: int) -> None:
    found = {v.pair: v for v in verdicts}
    rows = dict.fromkeys(q for q, _ in found)
    columns = dict.fromkeys(prior for _, prior in found)
    title = f"{kind}: status and worst error of the catalog at {dps} digits, posterior in rows, prior in columns"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for prior in columns:
        table.add_column(FAMILIES[prior].symbol)
    for q in rows:
        cells = [_cell(found.get((q, prior))) for prior in columns]
        table.add_row(FAMILIES[q].symbol, *cells)
    console.print(table)


def _cell(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    if verdict.problems:
        return f"[bold red]FAILS {verdict.worst:.0e}"
    if verdict.status == "infinite":
        return "∞"
    return f"{verdict.status[0]} {verdict.worst:.0e}" if verdict.points else f"{verdict.status[0]} –"


def main(arguments: list[str] | None = None) -> int:
    """Entry point: 0 if everything agrees, 1 if something does not, 2 for arguments that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m divergences.verify", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kind", default="kld", help=f"discrepancy: {', '.join(KINDS)} (default: kld)")
    parser.add_argument("--pairs", help="only these pairs, as La/N,Lo/N (default: all)")
    parser.add_argument("--dps", type=int, default=30, help="digits (default: 30)")
    parser.add_argument("--quick", action="store_true", help="few points")
    options = parser.parse_args(arguments)
    try:
        if options.kind not in KINDS:
            raise KeyError(f"unknown discrepancy {options.kind!r}; known are {', '.join(KINDS)}")
        if options.dps <= MARGIN:
            raise KeyError(f"--dps is {options.dps}; it must be above {MARGIN}")
        pairs = _pairs(options.pairs)
    except KeyError as error:
        print(f"error: {error.args[0]}", file=sys.stderr)
        return 2
    points = QUICK if options.quick else FULL
    tasks = [(options.kind, *pair, points, options.dps) for pair in pairs]
    with ProcessPoolExecutor(max_workers=min(len(tasks), os.cpu_count() or 1)) as pool:
        verdicts = list(pool.map(_verify_cell, tasks))
    # wide enough for the whole table where the output is no terminal
    console = Console(width=None if sys.stdout.isatty() else 120)
    _show(console, options.kind, verdicts, options.dps)
    problems = [problem for verdict in verdicts for problem in verdict.problems]
    for problem in problems:
        print(problem, file=sys.stderr)
    worst = max((v.worst for v in verdicts), default=0.0)
    held = sum(v.points for v in verdicts)
    console.print(
        f"c closed form, q quadrature (held against a second engine), ∞ infinite; "
        f"{held} values, worst error {worst:.1e}, {len(problems)} problems"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
