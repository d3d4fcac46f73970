"""The command that certifies the catalog: what it writes, what it finds, what it refuses."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from divergences import certificate_file, verify


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are forked, so that they see it."""
    monkeypatch.setattr(verify, "points", lambda entry, quick=False: [("0.7", "0.3", None), ("1", "1.5", None)])


def run(out: Path, *arguments: str) -> int:
    return verify.main(["--out", str(out), "--kind", "kld", "--workers", "1", *arguments])


def test_partial_runs_update_the_file_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "certificates.json"
    assert run(out, "--pairs", "La/N,normal/uniform") == 0
    text = capsys.readouterr().out
    assert "0 problems" in text
    assert "∞" in text
    first = out.read_bytes()
    assert run(out, "--pairs", "La/N") == 0
    assert out.read_bytes() == first
    assert run(out, "--pairs", "La/La") == 0
    cells = certificate_file.load(out)
    assert [(q, prior) for _, q, prior in cells] == [
        ("laplace", "laplace"),
        ("laplace", "normal"),
        ("normal", "uniform"),
    ]
    assert run(out, "--pairs", "La/La,La/N,N/U", "--check") == 0


def test_quick_and_check_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "certificates.json"
    assert run(out, "--pairs", "La/N", "--quick") == 0
    assert not list(tmp_path.iterdir())
    assert run(out, "--pairs", "La/N", "--check") == 2
    assert "lacks 1 cells, among them kld laplace normal" in capsys.readouterr().err


def test_check_finds_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "certificates.json"
    assert run(out, "--pairs", "La/N") == 0
    (cell,) = certificate_file.load(out).values()
    row = replace(cell.rows[0], midpoint="0.76")
    certificate_file.save([replace(cell, rows=(row, *cell.rows[1:]))], out)
    assert run(out, "--pairs", "La/N", "--check") == 1
    assert "kld La/N at mu = 0.7, sigma = 0.3: the closed form is" in capsys.readouterr().err


def test_what_fails_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "certificates.json"
    entry = verify.catalog("kld", "La", "N")
    monkeypatch.setattr(verify, "catalog", lambda *_: replace(entry, expr=entry.expr + 1))
    assert run(out, "--pairs", "La/N") == 1
    assert certificate_file.load(out) == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pairs", "La/X"], "unknown family 'X'"),
        (["--pairs", "La"], "cannot read the pair 'La'"),
        (["--kind", "kl"], "unknown discrepancy 'kl'; known are kld"),
        (["--workers", "0"], "--workers is 0; it must be at least 1"),
        (["--out", "/proc/none/certificates.json"], "cannot write /proc/none/certificates.json"),
        (["--out", "/"], "cannot"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1


def test_options_that_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify.main(["--quick", "--check"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "error: argument --check: not allowed with argument --quick\n"


def test_an_interrupt_ends_at_once_and_keeps_what_is_certified(tmp_path: Path) -> None:
    out = tmp_path / "certificates.json"
    options = ["--out", str(out), "--pairs", "G/G,C/G,G/C", "--kind", "support_overlap,beta", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "divergences.verify", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert "support_overlap" in process.stdout.readline()
    while out not in tmp_path.iterdir():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C: to the command and to its workers
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines() == ["interrupted; the discrepancies shown above are written"]
    assert len(certificate_file.load(out)) == 3


def test_a_killed_worker_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "certify", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    assert run(tmp_path / "certificates.json", "--pairs", "La/N") == 2
    assert capsys.readouterr().err.startswith("error: a worker was killed")
