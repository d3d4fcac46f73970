"""Files appear whole or not at all: each is written beside its place and renamed into it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vae.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; on success it takes the place of ``path``, on failure it is removed.

    Raises
    ------
    OutputError
        If the file or its folder cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # nothing is left after the rename; after a failure, that is the error to show
            beside.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as beside:
        beside.write_bytes(data)


def write_json(path: Path, value: Any) -> None:
    """Write standard JSON; a NaN or an infinity in ``value`` is a ``ValueError``."""
    write_bytes(path, (json.dumps(value, indent=1, allow_nan=False) + "\n").encode())


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process was writing."""
    for left in folder.glob(".*.tmp"):
        left.unlink(missing_ok=True)
