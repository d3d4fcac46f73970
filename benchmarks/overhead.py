"""What search and storage cost beside the training: ``python benchmarks/overhead.py``.

A study of many trials whose training takes no time: claims, proposals of the sampler, epochs told and pruned, trials
told, disk. Appends the quantiles of each hundred trials' milliseconds to ``benchmarks/overhead.csv``.
"""

from __future__ import annotations

import argparse
import csv
import platform
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import optuna
import torch
from optuna.trial import TrialState

from search import trials
from search.config import SearchConfig
from search.storage.store import open_study
from search.trials import run_trial, sealed

CSV = Path(__file__).with_suffix(".csv")
EPOCHS = 12
BLOCK = 100


@dataclass
class Row:
    date: str
    storage: str
    sampler: str
    pruner: str
    trials: str
    q20_ms: float
    q50_ms: float
    q80_ms: float
    mean_ms: float
    machine: str
    versions: str


def instant(settings, data, *, on_epoch, out, **_):
    """Training that takes no time: bounds that rise, the higher the better the drawn seed of the parameters."""
    level = np.random.default_rng(abs(hash((settings.pairing, settings.learning_rate))) % 2**32).normal(-100, 3)
    out.mkdir(parents=True)
    history = []
    for epoch in range(1, settings.epochs + 1):
        history.append({"epoch": epoch, "validation_bound": float(level - 20 / epoch)})
        on_epoch(epoch, dict(history[-1]))
    return SimpleNamespace(best_validation=history[-1]["validation_bound"], history=history, resumed=0)


def run(storage: str | None, count: int, sampler: str) -> list[float]:
    """Milliseconds of each trial."""
    trials.fit = instant
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        out = {"out": folder, "storage": storage, "study": f"overhead-{time.time_ns()}"}
        config = SearchConfig(trials=count, epochs=EPOCHS, sampler=sampler, **out)
        data = sealed(config.load_data())
        times = []
        with open_study(config, data) as store, store.working() as owner:
            while True:
                began = time.perf_counter()
                trial = store.claim(owner)
                if trial is None:
                    break
                run_trial(store, trial, data, lambda *_: None)
                times.append(1e3 * (time.perf_counter() - began))
            states = [trial.state for trial in store.finished()]
            print(f"{states.count(TrialState.COMPLETE)} complete, {states.count(TrialState.PRUNED)} pruned")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--storage", help="URL; default: an SQLite file")
    parser.add_argument("--sampler", default="tpe")
    args = parser.parse_args()
    times = run(args.storage, args.trials, args.sampler)
    kind = (args.storage or "sqlite").partition(":")[0].partition("+")[0]
    new = not CSV.exists()
    with CSV.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(Row.__dataclass_fields__), lineterminator="\n")
        if new:
            writer.writeheader()
        for start in [None, *range(0, len(times), BLOCK)]:
            block = np.array(times if start is None else times[start : start + BLOCK])
            span = f"0-{len(times) - 1}" if start is None else f"{start}-{start + len(block) - 1}"
            quantiles = [round(float(q), 2) for q in np.quantile(block, [0.2, 0.5, 0.8])]
            packages = " ".join(f"{name}={version(name)}" for name in ("optuna", "sqlalchemy", "torch"))
            mean = round(float(block.mean()), 2)
            row = Row(str(date.today()), kind, args.sampler, "hyperband", span, *quantiles, mean, cpu(), packages)
            writer.writerow(asdict(row))
            print(
                f"trials {span:>9}: {quantiles[1]:7.2f} ms (20 to 80 %: {quantiles[0]} to {quantiles[2]}), mean {mean}"
            )


def cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    main()
