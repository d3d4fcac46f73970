"""Does Hyperband find what a search without pruning finds, in half of its epochs? ``python benchmarks/pruning.py``.

For each of three seeds two searches of the same space over 1,000 digits of ``mnist-5k``: 60 trials of 36 epochs, one
with Hyperband and one without a pruner. ``pruning.csv`` gets a line for each trial, in order, with the epochs spent so
far and the best value so far. Trials are compared by their validation ELBO, so what is compared here is how good a
*search* is; nothing is retrained.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

import optuna
import torch
from rich.console import Console

from search.config import SearchConfig
from search.progress import Progress
from search.records import record
from search.storage.store import open_study
from search.trials import sealed
from search.workers import run_trials

SEEDS = (0, 1, 2)
IMAGES = 1000
TRIALS, EPOCHS = 60, 36
"""Enough trials that the five starting points, which are never pruned, are few; enough epochs for three brackets."""
SPACE = "pairs: [N/N, La/N, Lo/N, La/La]\nhidden: {low: 64, high: 192, step: 64}\n"
CSV = Path(__file__).with_suffix(".csv")


class Row(NamedTuple):
    """A trial, and how far its search has come."""

    seed: int
    pruner: str
    trial: int
    pairing: str
    state: str
    epochs: int
    value: float | None
    epochs_so_far: int
    best_so_far: float


def run(seed: int, pruner: str) -> Iterator[Row]:
    """One search."""
    with tempfile.TemporaryDirectory() as folder:
        space = Path(folder, "space.yaml")
        space.write_text(SPACE)
        settings = {"trials": TRIALS, "epochs": EPOCHS, "checkpoint": 1e6, "keep": 0}
        config = SearchConfig(space=str(space), seed=seed, pruner=pruner, out=folder, **settings)
        data = sealed(config.load_data())
        data = replace(data, train=data.train[:IMAGES])
        with open_study(config, data) as store:
            run_trials(store, data, Progress(config, Console(quiet=True)))
            records = [record(trial, config) for trial in store.finished()]
    spent = accumulate(r.epochs for r in records)
    best = accumulate((r.value if r.complete else float("-inf") for r in records), max)
    for r, epochs, value in zip(records, spent, best, strict=True):
        yield Row(seed, pruner, r.trial, r.pairing, r.state, r.epochs, r.value, epochs, value)


def report(rows: list[Row]) -> None:
    """The claim, held against the figures."""
    bests, reached, shares = [], [], []
    for seed in dict.fromkeys(row.seed for row in rows):
        plain, pruned = ([r for r in rows if r.seed == seed and r.pruner == p] for p in ("none", "hyperband"))
        half = plain[-1].epochs_so_far / 2
        within = [r.best_so_far for r in pruned if r.epochs_so_far <= half]
        bests.append(plain[-1].best_so_far)
        reached.append(within[-1])
        shares.append(pruned[-1].epochs_so_far / plain[-1].epochs_so_far)
        at_half = [r.best_so_far for r in plain if r.epochs_so_far <= half][-1]
        print(
            f"seed {seed}: without pruning {bests[-1]:.2f} nats after {plain[-1].epochs_so_far} epochs ({at_half:.2f} "
            f"after half of them); Hyperband {reached[-1]:.2f} within half of them, {pruned[-1].best_so_far:.2f} after "
            f"all its trials, {pruned[-1].epochs_so_far} epochs"
        )
    print(
        f"mean: {fmean(bests):.2f} ± {stdev(bests):.2f} without pruning; {fmean(reached):.2f} ± {stdev(reached):.2f} "
        f"with Hyperband in half of the epochs; all trials take {100 * fmean(shares):.0f} % of the epochs"
    )


def main() -> None:
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    rows: list[Row] = []
    for seed in SEEDS:
        for pruner in ("none", "hyperband"):
            rows += run(seed, pruner)
            with CSV.open("w", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(Row._fields)
                writer.writerows(rows)
    report(rows)


if __name__ == "__main__":
    main()
