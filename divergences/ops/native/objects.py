"""Object files, kept in the cache: only what changed is compiled again, and after a kill only what was left."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from divergences.ops.native.compiler import Compiler

UNUSED_DAYS = 30
"""Objects that no build took for so long are deleted."""

_INCLUDE = re.compile(r'^#include "(.+)"$', re.MULTILINE)


def object_files(compiler: Compiler, sources: Iterable[Path], folder: Path) -> dict[Path, Path]:
    """Where the object file of each source is, or is to be: named by all that it is made of."""

    @cache
    def read(source: Path) -> tuple[bytes, frozenset[Path]]:
        """A file's content, and the files that it includes beside itself."""
        content = source.read_bytes()
        found = (source.parent / name for name in _INCLUDE.findall(content.decode()))
        return content, frozenset(path.resolve() for path in found if path.is_file())

    def parts(source: Path) -> set[Path]:
        known, left = set(), {source.resolve()}
        while left:
            path = left.pop()
            known.add(path)
            left |= read(path)[1] - known
        return known

    def name(source: Path) -> str:
        digest = hashlib.sha256(compiler.fingerprint().encode())
        digest.update(source.name.encode())  # the compiler's flags depend on it
        for path in sorted(parts(source)):
            digest.update(b"\0" + os.path.relpath(path, source.parent).encode() + b"\0" + read(path)[0])
        return f"{digest.hexdigest()[:24]}.o"

    return {source: folder / name(source) for source in sources}


def is_there(target: Path) -> bool:
    """Whether an object file exists; it counts as used now."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def delete_unused(folder: Path) -> None:
    """Delete the object files that were not used for :data:`UNUSED_DAYS`."""
    oldest = time.time() - UNUSED_DAYS * 86400
    for path in folder.glob("*.o"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:  # another process was faster
            continue
