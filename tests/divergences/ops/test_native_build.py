"""Compiling on first use: once, whole or not at all, and what happens where it cannot be done.

The builder compiles two small files here instead of the generated ones, which take a minute.
"""

import ctypes
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from divergences.ops.native import builder, objects
from divergences.ops.native.compiler import NativeBuildError, find_compiler

ROOT = Path(__file__).resolve().parents[3]
ANSWER = 'extern "C" int part();\nextern "C" int answer() { return part() + 1; }\n'
PART = 'extern "C" int part() { return 41; }\n'
IN_A_PROCESS = """
import sys, pathlib
from divergences.ops.native import builder
builder.source_folder = lambda: pathlib.Path(sys.argv[1])
print(builder.library())
"""


@pytest.fixture
def sources(tmp_path, monkeypatch):
    folder = tmp_path / "cpp"
    (folder / "kld").mkdir(parents=True)
    (folder / "answer.cpp").write_text(ANSWER)
    (folder / "kld" / "part.cpp").write_text(PART)
    monkeypatch.setattr(builder, "source_folder", lambda: folder)
    monkeypatch.setenv("AUTOVAE_CACHE", str(tmp_path / "cache"))
    return folder


def answer(path: Path) -> int:
    return int(ctypes.CDLL(str(path)).answer())


def left(path: Path) -> list[str]:
    """Files beside a library that are no locks and no objects."""
    return sorted(p.name for p in path.parent.iterdir() if p.suffix != ".lock" and p.name != "objects")


def test_compiled_once_and_again_when_a_source_changes(sources, monkeypatch, capfd):
    first = builder.library()
    assert answer(first) == 42
    assert "Compiling 2 C++ files for this processor, once ..." in capfd.readouterr().err
    monkeypatch.setattr(builder, "_build", None)  # not called again
    assert builder.library() == first
    monkeypatch.undo()
    monkeypatch.setattr(builder, "source_folder", lambda: sources)
    monkeypatch.setenv("AUTOVAE_CACHE", str(first.parent))
    (sources / "kld" / "part.cpp").write_text(PART.replace("41", "1"))
    second = builder.library()
    assert second != first
    assert answer(second) == 2
    assert left(first) == sorted([first.name, second.name])
    assert "Compiling 1 C++ files" in capfd.readouterr().err  # the other is as it was


def test_a_header_is_part_of_what_includes_it(sources, capfd):
    header = sources / "kld" / "deep.h"
    (sources / "number.h").write_text('#include "kld/deep.h"\n')
    header.write_text("constexpr int number = 1;\n")
    (sources / "answer.cpp").write_text(f'#include "number.h"\n{ANSWER.replace("+ 1", "+ number")}')
    assert answer(builder.library()) == 42
    header.write_text("constexpr int number = 2;\n")
    assert answer(builder.library()) == 43
    said = capfd.readouterr().err
    assert re.findall(r"Compiling \d+", said) == ["Compiling 2", "Compiling 1"]


def test_objects_of_long_ago_are_deleted(sources, tmp_path):
    builder.library()
    folder = tmp_path / "cache" / "objects"
    kept, old = sorted(folder.iterdir())
    os.utime(old, times=(0, 0))
    (sources / "unused.h").write_text("// another library of the same objects\n")
    builder.library()
    assert sorted(folder.iterdir()) == [kept, old]
    os.utime(old, times=(0, 0))
    objects.delete_unused(folder)
    assert sorted(folder.iterdir()) == [kept]


def test_another_compiler_or_header_gives_another_library(sources, monkeypatch):
    first = builder.library()
    (sources / "unused.h").write_text("// new\n")
    second = builder.library()
    monkeypatch.setenv("CXX", f"{find_compiler().command[0]} -DSOMETHING")
    assert len({first, second, builder.library()}) == 3


def test_two_processes_at_once_compile_once(sources, tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", IN_A_PROCESS, str(sources)], cwd=ROOT, text=True, stdout=-1, stderr=-1)
        for _ in range(2)
    ]
    outputs = [p.communicate() for p in processes]
    assert [p.returncode for p in processes] == [0, 0], outputs
    paths = {out.strip() for out, _ in outputs}
    assert len(paths) == 1
    assert sum("Compiling" in err for _, err in outputs) == 1
    assert answer(Path(paths.pop())) == 42


def test_a_killed_build_leaves_nothing_that_counts(sources, tmp_path):
    """A compiler that kills its caller: what a power cut or an impatient user does."""
    real = find_compiler().command[0]
    killer = tmp_path / "killer"
    killer.write_text(f'#!/bin/sh\ncase "$*" in *-shared*) kill -9 $PPID; exit 1;; esac\nexec {real} "$@"\n')
    killer.chmod(killer.stat().st_mode | stat.S_IXUSR)
    command = [sys.executable, "-c", IN_A_PROCESS, str(sources)]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ | {"CXX": str(killer)}, check=False, capture_output=True)
    assert killed.returncode == -9
    cache = tmp_path / "cache"
    assert not list(cache.glob("*.so"))
    assert list(cache.glob(".kernels-*"))  # the unfinished work
    killer.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"CXX": str(killer)}, check=True, capture_output=True)
    assert b"Compiling 0 C++ files" in done.stderr  # all that is left is to link them
    path = Path(done.stdout.decode().strip())
    assert answer(path) == 42
    assert left(path) == [path.name]


def test_errors_name_their_cause(sources, tmp_path, monkeypatch):
    (sources / "answer.cpp").write_text("int answer( { return 0; }\n")
    with pytest.raises(NativeBuildError, match=r"failed: .*answer\.cpp:1:.*error") as raised:
        builder.library()
    assert "\n" not in str(raised.value)
    assert not list((tmp_path / "cache").glob("*.so"))
    assert not list((tmp_path / "cache").glob(".kernels-*"))
    monkeypatch.setenv("CXX", "/nonexistent/g++")
    with pytest.raises(NativeBuildError, match="'/nonexistent/g\\+\\+' does not run"):
        builder.library()
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NativeBuildError, match=r"none of g\+\+, c\+\+, clang\+\+ is on the PATH"):
        builder.library()


def test_a_cache_that_cannot_be_written(sources, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTOVAE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(NativeBuildError, match=r"cannot write to the cache .*file/cache: Not a directory"):
        builder.library()


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, capture_output=True,
                          text=True, check=False)  # fmt: skip


TWO_CALLS = """
from divergences.ops import *
for _ in range(2):
    print(f"{float(divergence('kld', 'La', 'N', 0.5, -0.5)):.6f}")
zero = divergence("kld", "N", "N", 0.0, 0.0)
print(f"{float(divergence_sum('kld', Pairing.parse('La/N:2'), 0.5, zero.expand(3, 2) - 0.5).sum()):.4f}")
"""


def test_without_a_compiler_torch_serves_with_one_warning(tmp_path):
    done = run(TWO_CALLS, CXX="/nonexistent/g++", AUTOVAE_CACHE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    values = done.stdout.split()
    assert values == ["0.218671", "0.218671", "1.3120"]
    assert done.stderr.count("no C++ kernels: the C++ compiler '/nonexistent/g++' does not run") == 1
    assert "the torch backend serves, several times slower" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_chosen_and_not_to_be_had_is_an_error(tmp_path):
    code = "from divergences.ops import *; divergence('kld', 'La', 'N', 0.5, -0.5, backend='cpp')"
    done = run(code, CXX="/nonexistent/g++", AUTOVAE_CACHE=str(tmp_path))
    assert "DivergenceError: the backend 'cpp' is not available: the C++ compiler '/nonexistent/g++'" in done.stderr


def test_the_environment_chooses_torch(tmp_path):
    done = run(TWO_CALLS, AUTOVAE_BACKEND="torch", AUTOVAE_CACHE=str(tmp_path))
    assert (done.returncode, done.stderr, done.stdout.split()[0]) == (0, "", "0.218671")
    assert list(tmp_path.iterdir()) == []
    wrong = run(TWO_CALLS, AUTOVAE_BACKEND="rust")
    assert "the environment variable AUTOVAE_BACKEND is 'rust'; accepted are cpp, torch" in wrong.stderr


def test_ahead_of_time(tmp_path):
    """What is compiled already is found; a failure is one line and exit code 2."""
    found = run("import sys; from divergences.ops.native.__main__ import main; sys.exit(main())")
    assert (found.returncode, found.stderr) == (0, "")
    assert Path(found.stdout.strip()).suffix == ".so"
    command = [sys.executable, "-m", "divergences.ops.native"]
    failed = subprocess.run(command, cwd=ROOT, env=os.environ | {"CXX": "/nonexistent/g++"}, capture_output=True,
                            text=True, check=False)  # fmt: skip
    assert failed.returncode == 2
    assert failed.stderr.startswith("error: the C++ compiler '/nonexistent/g++' does not run")
    assert failed.stderr.count("\n") == 1


def test_a_damaged_library_says_what_to_do(sources):
    builder.library().write_bytes(b"no library")
    script = IN_A_PROCESS.replace(
        "print(builder.library())", "from divergences.ops.native import loader; loader.require()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, sources], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert re.search(r"cannot load .*kernels-\w+\.so .*once it is deleted it is compiled again", done.stderr)
