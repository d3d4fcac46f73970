"""The build: what is on disk is what the compiler makes, and the compiler says where it is not."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen import build, files
from codegen.backends.torch.emit import WIDTH, wrap_statement

ROOT = Path(__file__).resolve().parents[2]
OWNED = [Path("out")]


@pytest.fixture(scope="module")
def built() -> dict[Path, str]:
    return build.build()


def test_generated_files_are_up_to_date(built: dict[Path, str]) -> None:
    assert files.compare(ROOT, built, [Path("generated"), Path("divergences/derivations")]) == []


def test_the_build_is_deterministic(built: dict[Path, str]) -> None:
    again = build.build()
    assert again == built


def test_every_file_says_what_made_it(built: dict[Path, str]) -> None:
    for path, text in built.items():
        if path.suffix == ".py":
            assert text.startswith("# Written by codegen.build (SymPy ")
            compile(text, str(path), "exec")
            assert all(len(line) <= WIDTH for line in text.splitlines()), path


def test_differences_are_shown(tmp_path: Path) -> None:
    made = {Path("out/a.py"): "one\ntwo\n", Path("out/b.py"): "three\n"}
    assert files.write(tmp_path, made, OWNED) == sorted(made)
    assert files.compare(tmp_path, made, OWNED) == []
    (tmp_path / "out/a.py").write_text("one\n2\n")
    (tmp_path / "out/b.py").unlink()
    (tmp_path / "out/c.py").write_text("nobody made me\n")
    changed, missing, stale = files.compare(tmp_path, made, OWNED)
    assert "-2" in changed
    assert "+two" in changed
    assert "out/b.py (missing)" in missing
    assert "out/c.py (stale)" in stale


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    made = {Path("out/a.py"): "one\n", Path("out/b.py"): "two\n"}
    files.write(tmp_path, made, OWNED)
    before = (tmp_path / "out/a.py").stat().st_mtime_ns
    (tmp_path / "out/b.py").write_text("2\n")
    (tmp_path / "out/old.py").write_text("")
    assert files.write(tmp_path, made, OWNED) == [Path("out/b.py"), Path("out/old.py")]
    assert (tmp_path / "out/a.py").stat().st_mtime_ns == before
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.py", "b.py"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {Path("out/a.py"): "new\n"}
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.py").write_text("old\n")

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(tmp_path, made, OWNED)
    assert (tmp_path / "out/a.py").read_text() == "old\n"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.py"]


def test_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "build", lambda from_scratch: {Path("generated/a.py"): "one\n"})
    assert build.main(["--check"]) == 1
    assert "generated/a.py (missing)" in capsys.readouterr().out
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0
    (tmp_path / "generated").chmod(0o500)
    monkeypatch.setattr(build, "build", lambda from_scratch: {Path("generated/a.py"): "two\n"})
    monkeypatch.setattr(files, "write", _refuse)
    assert build.main([]) == 2
    assert capsys.readouterr().err.startswith("error: cannot write")
    with pytest.raises(SystemExit) as caught:
        build.main(["--chek"])
    assert caught.value.code == 2


BUILDER = """
import sys, time
from pathlib import Path
from codegen import build
root, name = Path(sys.argv[1]), sys.argv[2]
build.ROOT = root

def made(*, from_scratch):
    (root / f"{name}.began").touch()
    while not (root / "go").exists():
        time.sleep(0.01)
    return {Path(f"generated/{i}.py"): name for i in range(50)}

build.build = made
sys.exit(build.main([]))
"""
"""A build that ends when it is told to."""


def test_two_builds_in_one_tree_take_turns(tmp_path: Path) -> None:
    def start(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", BUILDER, str(tmp_path), name]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    with start("first") as first:
        while not (tmp_path / "first.began").exists():
            assert first.poll() is None
            time.sleep(0.01)
        with start("second") as second:
            assert second.stderr is not None
            assert second.stderr.readline() == f"waiting for another codegen.build in {tmp_path} to end ...\n"
            assert not (tmp_path / "second.began").exists()
            (tmp_path / "go").touch()
            for process in (first, second):
                out, err = process.communicate(timeout=60)
                assert (process.returncode, err) == (0, "")
                assert out.endswith("50 files, 50 written or removed\n")
    assert {p.read_text() for p in (tmp_path / "generated").iterdir()} == {"second"}


def _refuse(*_: object) -> list[Path]:
    raise PermissionError(13, "Permission denied", "generated/a.py")


def test_long_statements_are_wrapped() -> None:
    line = "    value = " + " + ".join(f"torch.exp(x{i})" for i in range(20))
    wrapped = wrap_statement(line)
    assert len(wrapped) > 2
    assert all(len(part) <= WIDTH for part in wrapped)
    assert "".join(wrapped).replace(" ", "") == "value=(" + line.partition("=")[2].replace(" ", "") + ")"
