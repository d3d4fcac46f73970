"""``python -m divergences``."""

import subprocess
import sys
from pathlib import Path

import mpmath
import pytest
import sympy as sp

from divergences import catalog
from divergences.__main__ import main
from divergences.catalog import KINDS, table

ROOT = Path(__file__).resolve().parents[2]


def output(capsys, *arguments):
    assert main(list(arguments)) == 0
    printed = capsys.readouterr()
    assert not printed.err
    return printed.out


def test_runs_as_a_module():
    command = [sys.executable, "-m", "divergences", "eval", "La/N", "--loc", "0.7", "--scale", "0.3", "--dps", "50"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    with mpmath.workdps(55):
        s = mpmath.mpf("0.3")
        expected = mpmath.mpf("0.7") ** 2 / 2 + s**2 - 1 - mpmath.log(2 * s**2 / mpmath.pi) / 2
        assert done.stdout.strip() == mpmath.nstr(expected, 50)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["N/N"], 0),
        (["laplace/gumbel", "--scale", "1"], "inf"),
        (["N/N", "--kind", "renyi", "--alpha", "2", "--scale", "1.5"], "inf"),
        (["u/u", "--kind", "renyi", "--alpha", "3", "--scale", "0.5"], mpmath.log(2)),
        (["N/N", "--kind", "gamma", "--alpha", "1", "--loc=-1e0"], 0.5),
    ],
)
def test_eval(capsys, arguments, value):
    assert mpmath.mpf(output(capsys, "eval", *arguments).strip()) == pytest.approx(mpmath.mpf(value))


@pytest.mark.parametrize("pair", ["La/N", "U/Lo", "N/C", "G/C", "C/N", "Lo/La", "La/C", "U/G", "E/E"])
@pytest.mark.parametrize("kind", ["kld", "renyi", "beta", "fisher", "support_overlap"])
def test_python_code_runs(capsys, kind, pair):
    names: dict = {}
    exec(output(capsys, "show", pair, "--kind", kind, "--format", "python"), names)
    cell = catalog(kind, *pair.split("/"))
    with mpmath.workdps(30):
        point = [mpmath.mpf(x) for x in ("0.7", "0.3", "1.5")][: 3 if cell.has_order else 2]
        found = names[f"{kind}_{cell.posterior}_{cell.prior}"](*point)
        expected = cell.evaluate(*point)
        assert expected == found or abs(mpmath.re(found) - expected) < 1e-20


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_shows_in_every_format(capsys, kind):
    for form in ("text", "latex", "python"):
        shown = output(capsys, "show", "E/G", "--kind", kind, "--format", form)
        assert kind in shown.replace(kind.replace("_", " "), kind)


def test_text_and_latex_say_what_the_entry_says(capsys):
    cell = catalog("renyi", "La", "La")
    text, latex = (output(capsys, "show", "La/La", "--kind", "renyi", "--format", f) for f in ("text", "latex"))
    assert str(cell.expr) in text
    assert str(cell.finite) in text
    assert sp.latex(cell.expr) in latex
    assert all(step.rule in text and step.latex in latex for step in cell.derivation)
    assert "no closed form" in output(capsys, "show", "N/Lo")
    assert "nowhere" in output(capsys, "show", "N/U")


@pytest.mark.parametrize("kind", KINDS)
def test_table(capsys, kind):
    lines = output(capsys, "table", "--kind", kind).splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [[cell.pair, cell.status] for cell in table(kind).values()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required"),
        (["tell"], "invalid choice: 'tell'"),
        (["show", "LaN"], "a pair is written posterior/prior, such as La/N or laplace/normal, not 'LaN'"),
        (["show", "La/X"], "unknown family 'X'; known are normal (N)"),
        (["show", "La/N", "--kind", "tv"], "unknown discrepancy 'tv'; known are kld"),
        (["show", "La/N", "--format", "html"], "invalid choice: 'html'"),
        (["table", "--kind", "tv"], "unknown discrepancy 'tv'; known are kld"),
        (["eval", "La/N", "--scale", "0"], "sigma must be positive, got '0'"),
        (["eval", "La/N", "--loc", "nan"], "mu must be a finite real number, got 'nan'"),
        (["eval", "La/N", "--loc", "here"], "mu must be a finite real number, got 'here'"),
        (["eval", "La/N", "--alpha", "2"], "kld has no order; got alpha = '2'"),
        (["eval", "La/N", "--kind", "renyi"], "renyi needs an order, alpha > 0"),
        (["eval", "La/N", "--kind", "renyi", "--alpha", "0"], "alpha must be positive, got '0'"),
        (["eval", "La/N", "--dps", "0"], "must be a whole number from 1 to 1000, not '0'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert not printed.out
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert message in printed.err
