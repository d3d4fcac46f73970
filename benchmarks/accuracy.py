"""Accuracy of the kernels: the worst error of every finite cell against the catalog's exact values.

``python benchmarks/accuracy.py [--points 60]`` prints one line for each cell and writes ``benchmarks/accuracy.csv``.
Errors are relative to 1 + |truth|; float32 is held against the truth at the float32 inputs. Half of the points are
uniform over mu in [-10, 10], log sigma in [-6, 3], the others lie near the prior.
"""

import argparse
import csv
import math
from pathlib import Path

import mpmath
import numpy as np
import torch

from divergences.catalog import table
from divergences.entry import Entry
from divergences.ops import divergence

DTYPES = (torch.float64, torch.float32)
STEP = mpmath.mpf(10) ** -12


def truths(entry: Entry, loc: float, log_scale: float) -> tuple[mpmath.mpf, ...]:
    """Value and central differences in both arguments, to far more digits than float64 has."""
    with mpmath.workdps(60):

        def value(m: mpmath.mpf, ls: mpmath.mpf) -> mpmath.mpf:
            return entry.evaluate(m, mpmath.exp(ls), dps=45)

        m, ls = mpmath.mpf(loc), mpmath.mpf(log_scale)
        d_loc = (value(m + STEP, ls) - value(m - STEP, ls)) / (2 * STEP)
        d_log_scale = (value(m, ls + STEP) - value(m, ls - STEP)) / (2 * STEP)
        return value(m, ls), d_loc, d_log_scale


def worst_errors(entry: Entry, dtype: torch.dtype, points: int) -> list[float]:
    """Worst error of the value, and of the two derivatives."""
    random = np.random.default_rng(0)
    half = points // 2
    locs = np.concatenate([random.uniform(-10, 10, half), random.normal(size=points - half)])
    log_scales = np.concatenate([random.uniform(-6, 3, half), 0.3 * random.normal(size=points - half)])
    loc = torch.tensor(locs, dtype=dtype, requires_grad=True)
    log_scale = torch.tensor(log_scales, dtype=dtype, requires_grad=True)
    value = divergence(entry.kind, entry.posterior.name, entry.prior.name, loc, log_scale)
    gradients = torch.autograd.grad(value[torch.isfinite(value)].sum(), (loc, log_scale))
    worst = [0.0, 0.0]
    largest = torch.finfo(dtype).max
    for m, ls, *computed in zip(loc.detach(), log_scale.detach(), value.detach(), *gradients, strict=True):
        exact = truths(entry, float(m), float(ls))
        if not all(mpmath.isfinite(e) and abs(e) < largest for e in exact):
            continue
        errors = [float(abs(mpmath.mpf(float(c)) - e) / (1 + abs(e))) for c, e in zip(computed, exact, strict=True)]
        worst = [max(worst[0], errors[0]), max(worst[1], *errors[1:])]
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=60)
    points = parser.parse_args().points
    rows = []
    for entry in table("kld").values():
        if entry.status == "infinite":
            continue
        errors = [e for dtype in DTYPES for e in worst_errors(entry, dtype, points)]
        rows.append([entry.pair, entry.status, points, *(f"{e:.1e}" for e in errors)])
        print("{:6} {:10} float64 {} {}  float32 {} {}".format(*rows[-1][:2], *rows[-1][3:]), flush=True)
    header = ["pair", "status", "points", "float64_value", "float64_gradient", "float32_value", "float32_gradient"]
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    worst = [max(float(row[i]) for row in rows) for i in range(3, 7)]
    print(f"worst of {len(rows)} cells: " + ", ".join(f"{n} {w:.1e}" for n, w in zip(header[3:], worst, strict=True)))
    assert not any(math.isnan(w) for w in worst)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
