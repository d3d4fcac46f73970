"""The certificates that are kept hold for the catalog as it is, and a wrong one is found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from flint import arb

from divergences import catalog, certificate_file, certificates
from divergences.catalog import KINDS, table
from divergences.certificate_file import PATH, CertificateError
from divergences.certificates import FEWEST_DIGITS, Cell, Certificate, certify, check
from divergences.families import FAMILIES, mu, sigma
from divergences.quadrature.balls import precision

POINTS = [("0.7", "0.3", None), ("0.2", "0.8", None), ("0", "1.5", None)]


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str, str], Cell]:
    return certificate_file.load()


def test_every_cell_has_its_certificates(kept: dict) -> None:
    assert set(kept) == {(kind, q, prior) for kind in KINDS for q in FAMILIES for prior in FAMILIES}
    for kind in KINDS:
        for (q, prior), entry in table(kind).items():
            cell = kept[kind, q, prior]
            assert cell.digest == certificates.digest(entry), f"{cell.name}: run python -m divergences.verify"
            finite = {row.finite for row in cell.rows}
            expected = {sp.true: {True}, sp.false: {False}}.get(entry.finite, {True, False})
            assert finite == expected, cell.name
            assert len(cell.rows) + len(cell.beyond) >= 17
            assert len(cell.beyond) <= 3, cell.name
            if entry.status == "closed":  # some closed forms cancel too much far out
                assert sum(row.closed is not None for row in cell.rows) >= sum(row.finite for row in cell.rows) / 3


def test_every_enclosure_has_its_digits(kept: dict) -> None:
    rows = [row for cell in kept.values() for row in cell.rows if row.finite]
    for row in rows:
        ball = row.ball()
        assert ball.is_finite()
        assert ball.rad() <= (abs(ball.mid()) if row.midpoint != "0" else 1) * arb(10) ** -FEWEST_DIGITS
    assert sum(row.engine == "mpmath" for row in rows) < 10


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_of_every_cell_holds(kind: str, kept: dict) -> None:
    """The row changes with the entry; ``python -m divergences.verify --check`` holds all of them."""
    for (q, prior), entry in table(kind).items():
        cell = kept[kind, q, prior]
        row = cell.rows[int(cell.digest, 16) % len(cell.rows)]
        assert check(entry, cell, [row]) == []


def test_a_formula_known_to_everybody_lies_in_the_balls(kept: dict) -> None:
    with precision(200):
        for row in kept["kld", "normal", "normal"].rows:
            m, s = arb(row.mu), arb(row.sigma)
            assert row.ball().overlaps((s * s + m * m - 1) / 2 - s.log())
        for row in kept["kld", "laplace", "laplace"].rows:
            m, s = abs(arb(row.mu)), arb(row.sigma)
            assert row.ball().overlaps(m + s * (-m / s).exp() - 1 - s.log())


def test_the_file_is_what_dump_makes(kept: dict) -> None:
    text = PATH.read_text()
    assert certificate_file.dump(kept.values()) == text
    assert len(text) < 2_000_000


Change = Callable[[Certificate], Certificate]


def _moved(text: str) -> str:
    return text[:20] + str((int(text[20]) + 5) % 10) + text[21:]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda row: replace(row, midpoint=_moved(row.midpoint)), "the closed form is"),
        (lambda row: replace(row, mu="0.71"), "the closed form is"),
        (lambda row: replace(row, radius="1e-3"), "has not 25 digits"),
        (lambda row: replace(row, midpoint="nan"), "has not 25 digits"),
        (lambda row: replace(row, midpoint="inf", radius="0"), "certified infinite, by the catalog finite"),
    ],
)
def test_a_wrong_certificate_is_found(change: Change, problem: str) -> None:
    entry = catalog("kld", "La", "G")
    cell, problems = certify(entry, POINTS)
    assert problems == []
    assert check(entry, cell) == []
    assert any(problem in text for text in check(entry, replace(cell, rows=(change(cell.rows[0]), *cell.rows[1:]))))
    quadrature_cell = catalog("kld", "N", "Lo")
    cell, _ = certify(quadrature_cell, POINTS[:1], panels=False)
    wrong = replace(cell.rows[0], midpoint=_moved(cell.rows[0].midpoint))
    assert "enclosed as" in check(quadrature_cell, replace(cell, rows=(wrong,)))[0]


def test_a_certificate_of_another_entry_is_found() -> None:
    entry = catalog("kld", "La", "G")
    cell, _ = certify(entry, POINTS)
    assert "of another entry" in check(replace(entry, expr=entry.expr + 1), cell)[0]
    assert "of another entry" in check(replace(entry, finite=sp.true), cell)[0]
    assert "no certificate of a finite value" in check(entry, replace(cell, rows=cell.rows[2:]))[0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda cell: replace(cell, expr=cell.expr + sp.Rational(1, 10**25)), "the closed form is"),
        (lambda cell: replace(cell, expr=cell.expr.subs(mu, -mu)), "the closed form is"),
        (lambda cell: replace(cell, finite=sigma < sp.Rational(1, 2)), "by leading terms it is finite"),
        (lambda cell: replace(cell, finite=sp.true), "by leading terms it is infinite"),
    ],
)
def test_a_wrong_cell_is_found(change, problem: str) -> None:
    _, problems = certify(change(catalog("kld", "La", "G")), POINTS)
    assert any(problem in text for text in problems)


def test_a_file_is_whole_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "certificates.json"
    cell, _ = certify(catalog("kld", "La", "N"), POINTS)
    certificate_file.save([cell], path)
    before = path.read_text()

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        certificate_file.save([], path)
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert certificate_file.load(path) == {cell.name: cell}


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "holds no certificates"), ('{"format": 99}', "has format 99; this version reads 1"),
     ('{"format": 1, "cells": {"kld a b": {}}}', "holds no certificates"), ("[]", "holds no certificates")],
)  # fmt: skip
def test_a_file_that_is_none(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "certificates.json"
    path.write_text(text)
    with pytest.raises(CertificateError, match=message):
        certificate_file.load(path)
    assert certificate_file.load(tmp_path / "none.json") == {}
