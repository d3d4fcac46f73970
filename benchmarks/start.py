"""What it costs to begin: importing, the first kernel, compiling, regenerating.

``python benchmarks/start.py [--rounds 5] [--cold]`` runs each in processes of its own and writes
``benchmarks/start.csv``: seconds, the median over the rounds. ``--cold`` also compiles all C++ into an empty cache and
runs the code generator, once each, which takes some minutes.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from statistics import median

from speed import hardware

ROOT = Path(__file__).parents[1]
FIELDS = ("what", "seconds", "rounds", "hardware", "versions")
IMPORTS = (
    "import time\n"
    "start = time.perf_counter()\n"
    "import torch\n"
    "middle = time.perf_counter()\n"
    "import divergences.ops\n"
    "print(middle - start, time.perf_counter() - middle)"
)
FIRST = (
    "import time, torch, divergences.ops as ops\n"
    "x = torch.zeros(2, 2, requires_grad=True)\n"
    "start = time.perf_counter()\n"
    "ops.divergence('kld', 'laplace', 'normal', x, x).sum().backward()\n"
    "print(time.perf_counter() - start)"
)
LOADS_SYMPY = (
    "import sys, torch\nheld = set(sys.modules)\nimport divergences.ops\nprint('sympy' in set(sys.modules) - held)"
)


def python(code: str, **variables: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", action="store_true", help="also compile into an empty cache, and generate")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    times: dict[str, list[float]] = {}

    def took(what: str, seconds: float) -> None:
        times.setdefault(what, []).append(seconds)

    python(FIRST)  # compiled, and in the page cache
    for _ in range(options.rounds):
        of_torch, ours = map(float, python(IMPORTS).split())
        took("import torch", of_torch)
        took("import divergences.ops after it", ours)
        took("first kernel, compiled before", float(python(FIRST)))
    if python(LOADS_SYMPY) != "False":
        sys.exit("divergences.ops loads SymPy")
    if options.cold:
        with tempfile.TemporaryDirectory() as cache:
            took("compile all C++ kernels", float(python(FIRST, AUTOVAE_CACHE=cache)))
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "codegen.build", "--check"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
        )
        took("python -m codegen.build --check", time.perf_counter() - start)
    common = {"hardware": hardware("cpu", options.threads), "versions": f"torch {metadata.version('torch')}"}
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS, lineterminator="\n")
        rows.writeheader()
        for what, seconds in times.items():
            rows.writerow({"what": what, "seconds": f"{median(seconds):.3f}", "rounds": len(seconds), **common})
            print(f"{what:36} {median(seconds):8.3f} s")


if __name__ == "__main__":
    main()
