"""Compiling the generated C++ once for each machine, into a cache that processes share."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from divergences.ops.native.compiler import Compiler, NativeBuildError, find_compiler
from divergences.ops.native.objects import delete_unused, is_there, object_files

try:
    import fcntl
except ImportError:  # not a POSIX system, which has neither these locks nor these compilers
    fcntl = None  # type: ignore[assignment]


def cache_folder() -> Path:
    """Where compiled libraries are kept: AUTOVAE_CACHE, else the user's cache folder."""
    named = os.environ.get("AUTOVAE_CACHE")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autovae"


def source_folder() -> Path:
    """The generated sources."""
    spec = find_spec("generated")
    if spec is None or not spec.submodule_search_locations:
        raise NativeBuildError("there is no package 'generated'")
    return Path(spec.submodule_search_locations[0]) / "cpp"


def library() -> Path:
    """The compiled library for this machine, compiled now if it is not there yet.

    Raises
    ------
    NativeBuildError
        If there is no compiler, it fails, or the cache cannot be written.
    """
    if fcntl is None:
        raise NativeBuildError(f"C++ kernels are not compiled on {sys.platform}")
    folder = source_folder()
    files = sorted(p for p in folder.rglob("*") if p.suffix in {".h", ".cpp"})
    if not files:
        raise NativeBuildError(f"there are no sources in {folder}; write them with `python -m codegen.build`")
    compiler = find_compiler()
    digest = hashlib.sha256(compiler.fingerprint().encode())
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    key = digest.hexdigest()[:24]
    cache = cache_folder()
    target = cache / f"kernels-{key}.so"
    if target.is_file():
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / f"kernels-{key}.lock"):
            if not target.is_file():  # another process may have made it meanwhile
                _build(compiler, [p for p in files if p.suffix == ".cpp"], target)
    except OSError as error:
        raise NativeBuildError(f"cannot write to the cache {cache}: {error.strerror or error}") from None
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(compiler: Compiler, sources: list[Path], target: Path) -> None:
    folder = target.parent / "objects"
    folder.mkdir(exist_ok=True)
    objects = object_files(compiler, sources, folder)
    missing = [source for source, file in objects.items() if not is_there(file)]
    duration = ": about a minute" if len(missing) > 20 else ""
    print(f"Compiling {len(missing)} C++ files for this processor, once{duration} ...", file=sys.stderr, flush=True)
    for left_by_a_killed_build in target.parent.glob(f".{target.stem}.*"):
        shutil.rmtree(left_by_a_killed_build, ignore_errors=True)
    work = target.with_name(f".{target.stem}.{os.getpid()}")
    work.mkdir()
    try:
        # The largest first, so that the cores finish together.
        missing.sort(key=lambda p: (p.stem != "library", -p.stat().st_size))
        with ThreadPoolExecutor(_cores()) as pool:
            jobs = [pool.submit(_compile, compiler, source, objects[source], work) for source in missing]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        _run(compiler.link(objects.values(), work / "library.so"))
        (work / "library.so").replace(target)
        delete_unused(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compile(compiler: Compiler, source: Path, target: Path, work: Path) -> None:
    """Make an object file, which is there whole or not at all."""
    _run(compiler.compile(source, work / target.name))
    (work / target.name).replace(target)


def _cores() -> int:
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()
        reason = lines[0] if lines else f"it ended with status {done.returncode}"
        raise NativeBuildError(f"{command[0]} failed: {reason}")
