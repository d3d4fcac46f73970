"""What of this machine's cores a search may use, and for how many workers that is enough."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import torch

CONTROL = Path("/sys/fs/cgroup")
"""Where Linux says how much processor time a container gets."""


def cores() -> int:
    """How many cores this process may use: as many as it may run on, and as its container has time for."""
    visible = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min(visible, _limit())))


def workers_for(threads: int) -> int:
    """How many workers serve a machine best (``benchmarks/workers.csv``).

    On a CPU one for each core, or for each ``threads`` cores: threads of one network gain less than networks beside
    each other. Before a GPU one, whose models can be trained side by side (``--side_by_side``).
    """
    return 1 if torch.cuda.is_available() else max(1, cores() // threads)


def _limit() -> float:
    """Cores' worth of time that a container has; infinite where it has no limit."""
    with suppress(OSError, ValueError):  # of the second version; no limit is the word max
        share, period = (CONTROL / "cpu.max").read_text().split()
        return int(share) / int(period)
    with suppress(OSError, ValueError):
        quota, every = (int((CONTROL / "cpu" / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
        return quota / every if quota > 0 else float("inf")
    return float("inf")
