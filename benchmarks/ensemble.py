"""Training several models: one after another, side by side as one batched model, and in processes of their own.

``python benchmarks/ensemble.py`` appends to ``benchmarks/ensemble.csv``: epochs of mnist-5k per second, over all
models, best of interleaved rounds; in one process with one thread and with all cores, and in one process of one thread
for each core, which share the models. Loading and the first epoch of each process are not timed. On a machine with a
GPU all train there.
"""

import argparse
import csv
import multiprocessing
import os
import platform
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import torch

from vae import TrainConfig, fit, load_dataset
from vae.data import DataSplits
from vae.ensemble import fit_many

PAIRINGS = ("N/N:20", "Lo/N:10,La/N:6,La/La:4", "La/N:12,G/G:8", "Lo/La:20")
MEMBERS = (1, 2, 4, 8)
COLUMNS = (
    "hidden", "batch_size", "models", "provider", "processes", "threads", "epochs_per_second", "hardware", "torch",
)  # fmt: skip


def models(members: int, hidden: int, epochs: int, threads: int) -> list[TrainConfig]:
    base = TrainConfig(hidden=hidden, epochs=epochs, patience=epochs, threads=threads)
    return [
        replace(base, pairing=PAIRINGS[i % len(PAIRINGS)], seed=i, learning_rate=1e-3 * (1 + i)) for i in range(members)
    ]


def in_turn(configs: list[TrainConfig], data: DataSplits) -> None:
    for config in configs:
        fit(config, data)


def worker(pipe: Connection) -> None:
    """Train what arrives, until nothing does."""
    data = load_dataset("mnist-5k")
    while order := pipe.recv():
        configs, together = order
        fit_many(configs, data) if together else in_turn(configs, data)
        pipe.send(True)


class Processes:
    """One process for each core."""

    def __init__(self, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipes = []
        for _ in range(number):
            ours, theirs = context.Pipe()
            context.Process(target=worker, args=(theirs,), daemon=True).start()
            self.pipes.append(ours)

    def train(self, configs: list[TrainConfig], together: bool) -> None:
        busy = [(pipe, configs[i :: len(self.pipes)]) for i, pipe in enumerate(self.pipes)]
        for pipe, share in busy:
            if share:
                pipe.send((share, together))
        for pipe, share in busy:
            if share:
                pipe.recv()

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.send(None)


def hardware() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names) or os.cpu_count()} x {(names or [platform.processor()])[0]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", default="32,400")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    cores = os.cpu_count() or 1
    data, pool = load_dataset("mnist-5k"), Processes(cores)
    for together in (False, True):
        pool.train(models(cores, 32, 1, 1), together)
    rows = []
    for hidden in map(int, given.hidden.split(",")):
        fit_many(models(2, hidden, 1, cores), data)
        for members in MEMBERS:
            alone, together = models(members, hidden, given.epochs, 1), models(members, hidden, given.epochs, cores)
            ways = {
                ("in turn", 1, 1): lambda c=alone: in_turn(c, data),
                ("in turn", 1, cores): lambda c=together: in_turn(c, data),
                ("side by side", 1, 1): lambda c=alone: fit_many(c, data),
                ("side by side", 1, cores): lambda c=together: fit_many(c, data),
                ("in turn", cores, 1): lambda c=alone: pool.train(c, False),
                ("side by side", cores, 1): lambda c=alone: pool.train(c, True),
            }
            best = dict.fromkeys(ways, float("inf"))
            for _ in range(given.rounds):
                for way, run in ways.items():
                    begun = time.perf_counter()
                    run()
                    best[way] = min(best[way], time.perf_counter() - begun)
            for way, seconds in best.items():
                rate = round(members * given.epochs / seconds, 3)
                rows.append((hidden, 100, members, *way, rate, hardware(), torch.__version__))
                print(*rows[-1], flush=True)
    pool.close()
    path = Path(__file__).with_suffix(".csv")
    header = [] if path.exists() else [COLUMNS]
    with path.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*header, *rows])


if __name__ == "__main__":
    main()
