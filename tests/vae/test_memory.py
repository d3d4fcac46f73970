"""Freed memory is kept for the next step."""

import ctypes
import subprocess
import sys

import pytest

# Ten arrays of 3 MB, as activations of a batch, freed together, ten times; new pages in the later rounds.
FAULTS = """
import resource, sys
import torch
from vae.memory import keep_freed_memory
torch.set_num_threads(1)
if "keep" in sys.argv:
    assert keep_freed_memory()
def rounds(n):
    for _ in range(n):
        arrays = [torch.ones(1000, 784) for _ in range(10)]
        del arrays
rounds(3)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
rounds(10)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(*arguments: str) -> int:
    done = subprocess.run([sys.executable, "-c", FAULTS, *arguments], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library of GNU"
)
def test_no_new_pages_once_memory_is_kept(monkeypatch):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_ARENA_MAX"):
        monkeypatch.delenv(name, raising=False)
    kept, given_back = faults("keep"), faults()
    assert kept < 1000 < given_back
