"""Certify the catalog: ``python -m divergences.verify``.

Every cell is held against the integral that defines it, which rigorous balls enclose and which shares nothing with the
derivations: :mod:`divergences.certificates` says what is held, :mod:`divergences.points` where. Without options every
cell is certified and ``generated/certificates.json`` is written anew; with ``--kind`` or ``--pairs`` only those cells
are replaced in it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from divergences import certificate_file
from divergences.catalog import KINDS, catalog
from divergences.certificate_file import CertificateError
from divergences.certificates import Cell, certify, check
from divergences.families import FAMILIES
from divergences.points import points

Name = tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """What came out for one cell: its certificates and what is wrong, if anything."""

    cell: Cell
    problems: tuple[str, ...]


def verify(name: Name, *, quick: bool = False) -> Verdict:
    """Certify one cell, given by kind, posterior and prior."""
    entry = catalog(*name)
    cell, problems = certify(entry, points(entry, quick=quick), panels=not quick)
    return Verdict(cell, tuple(problems))


def _check(cell: Cell) -> Verdict:
    return Verdict(cell, tuple(check(catalog(*cell.name), cell)))


def _quick(name: Name) -> Verdict:
    return verify(name, quick=True)


def _show(console: Console, kind: str, verdicts: Sequence[Verdict]) -> None:
    found = {(v.cell.posterior, v.cell.prior): v for v in verdicts}
    table = Table(title=f"{kind}: posterior in rows, prior in columns", title_justify="left")
    table.add_column("")
    columns = dict.fromkeys(prior for _, prior in found)
    for prior in columns:
        table.add_column(FAMILIES[prior].symbol)
    for q in dict.fromkeys(q for q, _ in found):
        table.add_row(FAMILIES[q].symbol, *(_text(found.get((q, prior))) for prior in columns))
    console.print(table)


def _text(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    cell = verdict.cell
    if verdict.problems:
        return f"[bold red]{len(verdict.problems)} FAIL"
    finite = sum(row.finite for row in cell.rows)
    if cell.status == "infinite":
        return "∞"
    return f"{cell.status[0]} {finite}" + f" ∞ {len(cell.rows) - finite}" * (finite < len(cell.rows))


def _kinds(text: str | None) -> list[str]:
    kinds = list(KINDS) if text is None else [part.strip() for part in text.split(",")]
    for kind in kinds:
        if kind not in KINDS:
            raise KeyError(f"unknown discrepancy {kind!r}; known are {', '.join(KINDS)}")
    return kinds


def _pairs(text: str | None) -> list[tuple[str, str]]:
    if text is None:
        return [(q, prior) for q in FAMILIES for prior in FAMILIES]
    pairs = []
    for part in text.split(","):
        names = part.strip().split("/")
        if len(names) != 2:
            raise KeyError(f"cannot read the pair {part!r}; a pair is posterior/prior, as La/N")
        pairs.append((FAMILIES[names[0]].name, FAMILIES[names[1]].name))
    return list(dict.fromkeys(pairs))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m divergences.verify", description="Hold every cell against its defining integral.")
    parser.add_argument("--kind", help=f"only these discrepancies, of {', '.join(KINDS)} (default: all)")
    parser.add_argument("--pairs", help="only these pairs, as La/N,Lo/N (default: all)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="few points, nothing is written")
    how.add_argument("--check", action="store_true", help="hold the catalog against the file, nothing is written")
    parser.add_argument(
        "--out", type=Path, default=certificate_file.PATH, help="file of certificates (default: %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    return parser


def _verdicts(names: Sequence[Name], known: dict[Name, Cell], options: argparse.Namespace) -> Iterator[Verdict]:
    pool = ProcessPoolExecutor(min(len(names), options.workers), initializer=_leave_interrupts_to_the_parent)
    try:
        if options.check:
            yield from pool.map(_check, [known[name] for name in names], chunksize=4)
        else:
            yield from pool.map(_quick if options.quick else verify, names)
    except BaseException:  # a cell takes minutes: the rest is not waited for
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run(options: argparse.Namespace, console: Console) -> int:
    kinds, pairs = _kinds(options.kind), _pairs(options.pairs)
    if options.workers < 1:
        raise KeyError(f"--workers is {options.workers}; it must be at least 1")
    names = [(kind, *pair) for kind in kinds for pair in pairs]
    known = {} if options.quick else certificate_file.load(options.out)
    writes = not (options.quick or options.check)
    if writes:
        certificate_file.check_writable(options.out)
    missing = [name for name in names if name not in known]
    if options.check and missing:
        raise CertificateError(f"{options.out} lacks {len(missing)} cells, among them {' '.join(missing[0])}")
    every = {(kind, q, prior) for kind in KINDS for q in FAMILIES for prior in FAMILIES}
    cells = {name: cell for name, cell in known.items() if name in every}
    verdicts: list[Verdict] = []
    for verdict in _verdicts(names, known, options):
        verdicts.append(verdict)
        if len(verdicts) % len(pairs) == 0:
            latest = verdicts[-len(pairs) :]
            _show(console, verdict.cell.kind, latest)
            if writes:  # what fails gets no certificate
                cells |= {v.cell.name: v.cell for v in latest if not v.problems}
                certificate_file.save(cells.values(), options.out)
    problems = [problem for verdict in verdicts for problem in verdict.problems]
    for problem in problems:
        print(problem, file=sys.stderr)
    console.print(_summary(verdicts, len(problems)))
    return 1 if problems else 0


def _summary(verdicts: Sequence[Verdict], problems: int) -> str:
    rows = [row for verdict in verdicts for row in verdict.cell.rows]
    finite = sum(row.finite for row in rows)
    closed = sum(row.closed is not None for row in rows)
    beyond = sum(len(verdict.cell.beyond) for verdict in verdicts)
    return (
        "c closed form, q quadrature, ∞ infinite, with the number of points.\n"
        f"{finite} values enclosed, {closed} closed forms inside their ball; {len(rows) - finite} values infinite; "
        f"{beyond} points beyond the engines; {problems} problems"
    )


def main(arguments: list[str] | None = None) -> int:
    """Entry point: 0 if everything agrees, 1 if something does not, 2 for arguments or files that cannot be used."""
    options = _parser().parse_args(arguments)
    # wide enough for the whole table where the output is no terminal
    console = Console(width=None if sys.stdout.isatty() else 120, soft_wrap=True)
    try:
        return _run(options, console)
    except (KeyError, CertificateError) as error:
        print(f"error: {error.args[0]}", file=sys.stderr)
        return 2
    except BrokenProcessPool:
        print(f"error: a worker was killed, perhaps for want of memory{_kept(options)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted{_kept(options)}", file=sys.stderr)
        return 130


def _kept(options: argparse.Namespace) -> str:
    return "" if options.quick or options.check else "; the discrepancies shown above are written"


if __name__ == "__main__":
    sys.exit(main())
