"""Throughput of a search by workers and threads: ``python benchmarks/workers.py``.

The same trials of mnist-5k by one worker or several with one thread or several each. Appends epochs per second, from
the start of the first trial to the end of the last, to ``benchmarks/workers.csv``; and how long it took from the start
of the processes to that of the first trial.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import optuna
from overhead import cpu
from rich.console import Console

from search.config import SearchConfig
from search.progress import Progress
from search.storage.store import open_study
from search.trials import sealed
from search.workers import run_trials

CSV = Path(__file__).with_suffix(".csv")


@dataclass
class Row:
    date: str
    workers: int
    threads: int
    trials: int
    epochs: int
    epochs_per_second: float
    startup_seconds: float
    cores: int
    machine: str
    versions: str


def measure(workers: int, threads: int, trials: int, epochs: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        config = SearchConfig(
            trials=trials, epochs=epochs, sampler="random", pruner="none", workers=workers, threads=threads, out=folder
        )
        data = sealed(config.load_data())
        with open_study(config, data) as store, Progress(config, Console(quiet=True)) as progress:
            began = datetime.now()
            run_trials(store, data, progress)
            done = store.finished()
        first = min(trial.datetime_start for trial in done)
        last = max(trial.datetime_complete for trial in done)
    speed = trials * epochs / (last - first).total_seconds()
    packages = f"torch={version('torch')} optuna={version('optuna')}"
    startup = (first - began).total_seconds()
    return Row(
        str(date.today()), workers, threads, trials, epochs, round(speed, 2), round(startup, 2), os.cpu_count() or 1,
        cpu(), packages,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    cores = os.cpu_count() or 1
    pairs = sorted({(1, 1), (1, cores), (cores, 1), (cores, cores)})
    for _ in range(args.rounds):
        for workers, threads in pairs:
            row = measure(workers, threads, args.trials, args.epochs)
            new = not CSV.exists()
            with CSV.open("a", newline="") as file:
                writer = csv.DictWriter(file, list(Row.__dataclass_fields__), lineterminator="\n")
                if new:
                    writer.writeheader()
                writer.writerow(asdict(row))
            print(f"{workers} workers x {threads} threads: {row.epochs_per_second:.2f} epochs/s", flush=True)
            time.sleep(1)


if __name__ == "__main__":
    main()
