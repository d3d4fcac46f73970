"""Certificates: at many points of every cell, a ball that provably contains the defining integral, and the closed form
inside that ball.

:mod:`divergences.certificate_file` keeps them, so that anybody can hold any other code against them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import flint
import mpmath
import sympy as sp
from flint import arb

from divergences import quadrature, store
from divergences.enclosure import enclose_expr
from divergences.entry import Entry
from divergences.families import alpha, mu, sigma
from divergences.numeric import PrecisionError, evaluate_expr, holds
from divergences.points import Point
from divergences.quadrature import QuadratureError
from divergences.quadrature.balls import precision

DIGITS = 30
"""Significant digits of an enclosure."""
FEWEST_DIGITS = 25
"""What a certificate must have to be one."""
_MOST_BITS = 2**11
"""Beyond this precision an enclosure is given up."""
_GUARD = 2**40
"""A closed form is enclosed so many times more narrowly than the integral whose ball it must lie in."""


@dataclass(frozen=True)
class Certificate:
    """One point of a cell; what the attributes are, :data:`divergences.certificate_file.ABOUT` says."""

    mu: str
    sigma: str
    alpha: str | None
    midpoint: str
    radius: str
    engine: str
    bits: int
    closed: str | None

    @property
    def point(self) -> Point:
        """Location, scale and order."""
        return self.mu, self.sigma, self.alpha

    @property
    def finite(self) -> bool:
        """Whether the value is finite here."""
        return self.midpoint != "inf"

    def ball(self) -> arb:
        """The enclosure."""
        with precision(256):
            return arb(self.midpoint, self.radius) if self.finite else arb.pos_inf()


@dataclass(frozen=True)
class Cell:
    """The certificates of one cell, and what identifies the entry that they are for."""

    kind: str
    posterior: str
    prior: str
    status: str
    finite: str
    reason: str
    digest: str
    made_with: str
    rows: tuple[Certificate, ...]
    beyond: tuple[Point, ...] = ()

    @property
    def name(self) -> tuple[str, str, str]:
        """Kind, posterior and prior."""
        return self.kind, self.posterior, self.prior


def digest(entry: Entry) -> str:
    """Digest of what a certificate depends on: the families' records, the status, the condition, the closed form."""
    content = [entry.kind, store.record(entry.posterior), store.record(entry.prior), entry.status,
               sp.srepr(entry.finite), sp.srepr(entry.expr)]  # fmt: skip
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]


def certify(entry: Entry, points: Sequence[Point], *, panels: bool = True) -> tuple[Cell, list[str]]:
    """Certificates of a cell at the given points, and what is wrong with the cell, if anything.

    At every point the condition is held against what follows from leading terms alone. Where the value is finite the
    defining integral is enclosed, and the closed form must lie inside. Without a closed form, and with ``panels``,
    one enclosure is held against mpmath's.
    """
    rows: list[Certificate] = []
    beyond, problems = [], []
    panels = panels and entry.status == "quadrature"
    for point in points:
        at = _where(entry, point)
        finite = quadrature.is_finite(entry.kind, entry.posterior, entry.prior, *point)
        if finite != holds(entry.finite, _exactly(entry, point)):
            problems.append(f"{at}: by leading terms it is {_in(finite)}finite, by the catalog {_in(not finite)}finite")
            continue
        try:
            row = _enclosed(entry, point, finite)
        except QuadratureError:
            beyond.append(point)
            continue
        closed, wrong = _closed(entry, row)
        if row.finite and row.bits and panels:
            panels = False
            wrong = wrong or _by_panels(entry, row)
        problems += [f"{at}: {wrong}"] if wrong else []
        rows.append(Certificate(*row.point, row.midpoint, row.radius, row.engine, row.bits, closed))
    made_with = f"python-flint {flint.__version__}"
    names = entry.posterior.name, entry.prior.name
    cell = Cell(entry.kind, *names, entry.status, str(entry.finite), entry.reason, digest(entry), made_with,
                tuple(rows), tuple(beyond))  # fmt: skip
    return cell, problems


def _in(finite: bool) -> str:
    return "" if finite else "in"


def _where(entry: Entry, point: Point) -> str:
    m, s, a = point
    return f"{entry.kind} {entry.pair} at mu = {m}, sigma = {s}" + (f", alpha = {a}" if a else "")


def _exactly(entry: Entry, point: Point) -> dict[sp.Symbol, str]:
    return {symbol: value for symbol, value in zip((mu, sigma, alpha), point, strict=True) if value is not None}


def _enclosed(entry: Entry, point: Point, finite: bool) -> Certificate:
    """The row without its closed form."""
    names = entry.kind, entry.posterior, entry.prior
    if not finite:
        return Certificate(*point, "inf", "0", "leading terms", 0, None)
    try:
        ball, bits = quadrature.certified(*names, *point, DIGITS, _MOST_BITS)
    except QuadratureError:
        if not quadrature.FUNCTIONALS[entry.kind].supremum:
            raise
        value = quadrature.divergence(*names, *point, dps=DIGITS, engine="mpmath")
        text = mpmath.nstr(value, DIGITS + 2, strip_zeros=False).removeprefix("+")
        return Certificate(*point, text, mpmath.nstr(abs(value) * mpmath.mpf(10) ** -DIGITS, 2), "mpmath", 0, None)
    if ball.is_exact():
        # a closed form evaluated in balls is never exact
        return Certificate(*point, ball.str(DIGITS, radius=False), f"1e-{DIGITS}", "definition", 0, None)
    with precision(bits + 64):
        midpoint, radius = ball.str(DIGITS + 2)[1:-1].split(" +/- ")
    return Certificate(*point, midpoint, radius, "balls", bits, None)


def _closed(entry: Entry, row: Certificate) -> tuple[str | None, str]:
    """How the closed form was evaluated, None where it was not, and what is wrong with its value."""
    if not row.finite or entry.expr is None or (row.alpha is not None and sp.Rational(row.alpha) == 1):
        return None, ""
    point, ball = _exactly(entry, row.point), row.ball()
    try:
        value = enclose_expr(entry.expr, point, ball.rad() / _GUARD)
        how = "balls"
    except PrecisionError:
        try:
            with precision(256):
                value = arb(mpmath.nstr(evaluate_expr(entry.expr, point, DIGITS + 10), DIGITS + 10))
            how = "mpmath"
        except PrecisionError:
            return None, ""
    with precision(256):
        if not ball.contains(value):
            return how, f"the closed form is {value.str(DIGITS)}, the integral {ball.str(DIGITS)}"
    return how, ""


def _by_panels(entry: Entry, row: Certificate) -> str:
    names = entry.kind, entry.posterior, entry.prior
    panels = quadrature.divergence(*names, *row.point, dps=FEWEST_DIGITS, engine="mpmath")
    with mpmath.workdps(2 * DIGITS):
        error = abs(panels - mpmath.mpf(row.midpoint))
        if error <= mpmath.mpf(10) ** (2 - FEWEST_DIGITS) * max(1, abs(panels)):
            return ""
    return f"mpmath has {mpmath.nstr(panels, FEWEST_DIGITS)}, the ball {row.midpoint}"


def check(entry: Entry, cell: Cell, rows: Iterable[Certificate] | None = None) -> list[str]:
    """What is wrong with the certificates of a cell, if anything; cheap where there is a closed form.

    That they belong to the entry as it is, cover it, and at the given rows (by default all) enclose the closed form;
    without a closed form they must meet the enclosure as it comes out now.
    """
    name = f"{entry.kind} {entry.pair}"
    if cell.digest != digest(entry):
        return [f"{name}: the certificates are of another entry; run python -m divergences.verify"]
    problems = []
    if entry.status != "infinite" and not any(row.finite for row in cell.rows):
        problems.append(f"{name}: no certificate of a finite value")
    for row in cell.rows if rows is None else rows:
        at = _where(entry, row.point)
        if row.finite != holds(entry.finite, _exactly(entry, row.point)):
            problems.append(f"{at}: certified {_in(row.finite)}finite, by the catalog {_in(not row.finite)}finite")
        elif row.finite:
            problems += [f"{at}: {wrong}" for wrong in _wrong(entry, row) if wrong]
    return problems


def _wrong(entry: Entry, row: Certificate) -> Iterable[str]:
    ball = row.ball()
    size = abs(ball.mid()) if ball.mid() != 0 else arb(1)
    if not (ball.is_finite() and ball.rad() <= size * arb(10) ** -FEWEST_DIGITS):
        yield f"{row.midpoint} +- {row.radius} has not {FEWEST_DIGITS} digits"
        return
    how, wrong = _closed(entry, row)
    yield wrong
    if how is None:
        again = _enclosed(entry, row.point, True)
        if not again.ball().overlaps(ball):
            yield f"certified as {row.midpoint}, enclosed as {again.midpoint}"
