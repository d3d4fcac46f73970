"""Generated files on disk: compared, written where they differ, removed where nothing makes them any more.

One process at a time does so in a tree: to another one, the files of an unfinished write would be stale.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system, which has no such locks
    fcntl = None  # type: ignore[assignment]

_KEPT = frozenset({"py.typed", "certificates.json"})  # the latter is written by divergences.verify


@contextmanager
def locked(root: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the tree against other processes until the end of the block or of this process, however that ends.

    Who has to wait says so on standard error. Readers (``shared``) wait for writers alone. The lock is on the folder
    itself and leaves no file.
    """
    if fcntl is None:
        yield
        return
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another codegen.build in {root} to end ...", file=sys.stderr, flush=True)
            fcntl.flock(folder, mode)
        yield
    finally:
        os.close(folder)


def stale(root: Path, built: Mapping[Path, str], owned: Iterable[Path]) -> list[Path]:
    """Files under the owned folders that the build does not make."""
    found = (p.relative_to(root) for folder in owned for p in (root / folder).rglob("*") if p.is_file())
    return sorted(p for p in found if p not in built and "__pycache__" not in p.parts and p.name not in _KEPT)


def compare(root: Path, built: Mapping[Path, str], owned: Iterable[Path]) -> list[str]:
    """One unified diff for each file that is changed, missing or stale."""
    differences = []
    for path, text in sorted(built.items()):
        target = root / path
        present = target.read_text() if target.is_file() else None
        if present != text:
            name = str(path) if present is not None else f"{path} (missing)"
            lines = difflib.unified_diff((present or "").splitlines(), text.splitlines(), name, "regenerated",
                                         lineterm="", n=2)  # fmt: skip
            differences.append("\n".join(lines) or f"{name}: differs in its line ends")
    unmade = stale(root, built, owned)
    return [*differences, *(f"--- {path} (stale)\n+++ nothing makes this file" for path in unmade)]


def write(root: Path, built: Mapping[Path, str], owned: Iterable[Path]) -> list[Path]:
    """Write what differs, each file beside its target and renamed; remove what is stale. Returns what changed."""
    changed = []
    for path, text in sorted(built.items()):
        target = root / path
        if target.is_file() and target.read_text() == text:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            beside.write_text(text)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        changed.append(path)
    for path in stale(root, built, owned):
        (root / path).unlink()
        changed.append(path)
    return changed
