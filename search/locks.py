"""File locks that the kernel lets go of when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import SearchError


@contextmanager
def exclusive(path: Path, *, otherwise: str | None = None) -> Iterator[None]:
    """Hold a lock file; wait for it, or raise :class:`SearchError` with the text ``otherwise`` where it is taken."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if otherwise else 0))
        except BlockingIOError:
            raise SearchError(otherwise) from None
        yield


class Owner:
    """A process that runs trials: alive for exactly as long as it holds its lock file.

    ``str(owner)`` goes into each of its trials, so that :func:`is_dead` can tell, right after a ``kill -9``, a trial
    that was lost from one that another process is working on.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder.resolve() / f"{os.getpid()}-{time.time_ns():x}.lock"

    def __enter__(self) -> Owner:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()

    def __str__(self) -> str:
        return f"{socket.gethostname()}:{self._path}"


def is_dead(owner: str, folder: Path) -> bool:
    """Whether the process that called itself ``owner`` has ended; of another machine's, only where they share a folder.

    Parameters
    ----------
    owner : str
        What ``str`` of an :class:`Owner` was.
    folder : pathlib.Path
        This process's own folder of lock files: it may have been moved, or may be of a host renamed since.
    """
    host, _, path = owner.partition(":")
    local = host == socket.gethostname()
    for candidate in {folder / Path(path).name, *([Path(path)] if local else [])}:
        try:
            with candidate.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            continue
        except BlockingIOError:
            return False
        candidate.unlink(missing_ok=True)
        return True
    return local
