"""File locks that the kernel lets go of when a process dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from search.errors import SearchError
from search.storage.network import network_type


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

    Attributes
    ----------
    held : dict
        The trials that it runs: number to identifier in the storage.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder.resolve() / f"{os.getpid()}-{time.time_ns():x}.lock"
        self.held: dict[int, int] = {}

    def __enter__(self) -> Owner:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a")
        with _unless_unsupported():
            fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()

    def __str__(self) -> str:
        return f"{socket.gethostname()}|{_kernel()}|{self._path}"


def is_dead(owner: str, folder: Path) -> bool | None:
    """Whether the process that called itself ``owner`` has ended; ``None`` where its lock is out of sight.

    A lock is believed if it was taken under the kernel that is running here, or lies on a disk of this machine: on a
    network file system, a lock that another machine holds may look free.

    Parameters
    ----------
    owner : str
        What ``str`` of an :class:`Owner` was.
    folder : pathlib.Path
        This process's own folder of lock files: it may have been moved since.
    """
    _, kernel, path = ["", "", *owner.split("|", 2)][-3:]
    here = kernel == _kernel()
    if not here and network_type(folder):
        return None
    for candidate in dict.fromkeys([folder / Path(path).name, *([Path(path)] if here else [])]):
        try:
            with candidate.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            continue
        except BlockingIOError:
            return False
        except OSError:
            return None
        candidate.unlink(missing_ok=True)
        return True
    return True if here else None


@contextmanager
def _unless_unsupported() -> Iterator[None]:
    """Some network file systems have no locks; signs of life (:mod:`search.storage.leases`) stand in for them."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise


@cache
def _kernel() -> str:
    """What tells this boot of this machine, and this view of its files, from all others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}-{Path('/proc/self/ns/mnt').stat().st_ino}"
    except OSError:
        return socket.gethostname()
