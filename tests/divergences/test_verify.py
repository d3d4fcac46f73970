"""The command that holds the catalog against quadrature finds what is wrong, and nothing where nothing is."""

from dataclasses import replace

import pytest
import sympy as sp

from divergences import catalog, verify
from divergences.families import mu, sigma


@pytest.mark.parametrize("pair", ["La/N", "Lo/G", "U/U", "E/E", "G/Lo", "C/N", "N/C"])
def test_cells_agree(pair: str) -> None:
    verdict = verify.verify("kld", *pair.split("/"), verify.FULL[:8], 25)
    assert verdict.problems == ()
    assert verdict.worst < 1e-20
    assert (verdict.points > 0) == (verdict.status != "infinite")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda cell: replace(cell, expr=cell.expr + sp.Rational(1, 10**22)), "is off by"),
        (lambda cell: replace(cell, expr=cell.expr.subs(mu, -mu)), "is off by"),
        (lambda cell: replace(cell, finite=sigma < sp.Rational(1, 2)), "by leading terms it is finite"),
        (lambda cell: replace(cell, finite=sp.true), "by leading terms it is infinite"),
    ],
)
def test_a_wrong_cell_is_found(change, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = change(catalog("kld", "La", "G"))
    monkeypatch.setattr(verify, "catalog", lambda *_: wrong)
    verdict = verify.verify("kld", "laplace", "gumbel", [("0.7", "0.3"), ("0.2", "0.8"), ("0", "1.5")], 30)
    assert any(problem in text for text in verdict.problems)


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["--pairs", "La/N,normal/uniform", "--quick", "--dps", "20"]) == 0
    out = capsys.readouterr().out
    assert "0 problems" in out
    assert "∞" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pairs", "La/X"], "unknown family 'X'"),
        (["--pairs", "La"], "cannot read the pair 'La'"),
        (["--kind", "kl"], "unknown discrepancy 'kl'; known are kld"),
        (["--dps", "3"], "--dps is 3; it must be above 5"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(arguments) == 2
    assert message in capsys.readouterr().err
