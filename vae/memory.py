"""Memory that a training step frees and the next one needs again."""

from __future__ import annotations

import ctypes
import os
import sys

KEPT = 2**28
"""Bytes of freed memory that the process keeps, at most, at the end of its heap."""
LARGEST = 2**25
"""Bytes of the largest array that comes from there; glibc takes no more."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h


def keep_freed_memory() -> bool:
    """Let the process keep the memory of freed arrays for the next ones, for as long as it lives.

    By default glibc gives arrays of some megabytes back to the system as soon as they are freed, so that every step
    pays for new pages: a tenth of the time of training in float32. Other C libraries are left alone, and so is glibc
    where the environment has settings of its own (``MALLOC_TRIM_THRESHOLD_`` and the like, ``GLIBC_TUNABLES``).

    Returns
    -------
    bool
        Whether it does.
    """
    if not sys.platform.startswith("linux") or any(name.startswith(("MALLOC_", "GLIBC_TUN")) for name in os.environ):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_MMAP_THRESHOLD, LARGEST) and mallopt(_TRIM_THRESHOLD, KEPT))
