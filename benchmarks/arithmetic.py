"""What the arithmetic of a pair costs at least on the running machine.

The header of each generated kernel says how many operations it has for each element, how many of these are
transcendental functions, and of how many different arguments: calls of one argument can share all that costs. So one
pass forward and one backward need at least an exponential, the cheapest of these functions, for each argument, and a
vector operation for everything else, if nothing is computed twice. Both are measured with the functions of the
generated ``special.h``, in the first-level cache, on as many threads as compute; the shortest time counts. That holds
for elementary pairs: the others have loops and branches, which are counted and need not run.
"""

import ctypes
import re
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sympy as sp

from divergences import catalog
from divergences.ops.native.builder import source_folder
from divergences.ops.native.compiler import find_compiler
from divergences.ops.table import Cell

# A sample takes milliseconds, which starting its threads does not.
NUMBERS, ROUNDS, SAMPLES = 2048, 5_000, 15
ELEMENTARY = {sp.exp, sp.log, sp.erf, sp.sinh, sp.Abs, sp.Piecewise}
SOURCE = """
#include "special.h"
using namespace autovae;
typedef Vec<float> V;

extern "C" void exponentials(const float* x, float* y, long n, long rounds) {
  for (; rounds > 0; --rounds) {
    for (long i = 0; i < n; i += kLanes<V>) store(y + i, exp(load<V>(x + i)));
    asm volatile("" : : "r"(y) : "memory");
  }
}

// As many products and sums as numbers; 16 chains, so that none waits for the one before.
extern "C" void operations(const float* x, float* y, long n, long rounds) {
  V sums[16] = {};
  const V factor = load<V>(x);
  for (; rounds > 0; --rounds) {
    for (long i = 0; i < n; i += 16 * kLanes<V>) {
#pragma GCC unroll 16
      for (V& sum : sums) sum = fma(sum, factor, factor);
    }
  }
  for (const V& sum : sums) store(y, sum), y += kLanes<V>;
}
"""
_COUNTS = re.compile(
    r"Both: (?P<operations>\d+) operations per element, (?P<calls>\d+) of them transcendental functions "
    r"\(different arguments: (?P<arguments>\d+)\)\."
)


def elementary(pair: str) -> bool:
    """Whether a pair's closed form is made of elementary functions and erf alone."""
    return {type(f) for f in catalog("kld", *pair.split("/")).expr.atoms(sp.Function)} <= ELEMENTARY


def counts(c: Cell) -> dict[str, int]:
    """Operations, calls of transcendental functions and their different arguments, for value and gradient."""
    path = source_folder() / c.kind / f"{c.posterior}_{c.prior}.cpp"
    comments = " ".join(line[3:] for line in path.read_text().splitlines() if line.startswith("// "))
    found = _COUNTS.search(comments)
    if found is None:
        raise ValueError(f"{path} does not say what it costs")
    return {name: int(text) for name, text in found.groupdict().items()}


class Arithmetic:
    """What the running machine computes on so many threads."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        with tempfile.TemporaryDirectory() as folder:
            self.library = _compiled(Path(folder))

    def time(self, c: Cell, numbers: int) -> float:
        """Microseconds for so many elements, as fast as the machine is now."""
        exponential, operation = (
            min(_rate(function, self.threads) for _ in range(SAMPLES))
            for function in (self.library.exponentials, self.library.operations)
        )
        n = counts(c)
        return numbers * (n["arguments"] * exponential + (n["operations"] - n["calls"]) * operation)


def _compiled(folder: Path) -> ctypes.CDLL:
    compiler = find_compiler()
    source, made, target = (folder / f"rates.{end}" for end in ("cpp", "o", "so"))
    source.write_text(SOURCE)
    subprocess.run([*compiler.compile(source, made), f"-I{source_folder()}"], check=True)
    subprocess.run([*compiler.command, "-shared", str(made), "-o", str(target)], check=True)
    return ctypes.CDLL(str(target))


def _rate(function: "ctypes._NamedFuncPointer", threads: int) -> float:
    """Microseconds for each number of a function over numbers, all threads together."""
    tiles = [((ctypes.c_float * NUMBERS)(*([-0.5] * NUMBERS)), (ctypes.c_float * NUMBERS)()) for _ in range(threads)]

    def work(tile: tuple["ctypes.Array[ctypes.c_float]", "ctypes.Array[ctypes.c_float]"]) -> None:
        function(*tile, ctypes.c_long(NUMBERS), ctypes.c_long(ROUNDS))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, tiles))
        start = time.perf_counter()
        list(pool.map(work, tiles))
        return 1e6 * (time.perf_counter() - start) / (NUMBERS * ROUNDS * threads)
