"""One-shot search against TPE at equal compute, on the same data, network, seeds and final training.

``python benchmarks/oneshot.py [--dataset mnist-5k] [--seeds 0,1,2]`` appends to ``benchmarks/oneshot.csv``. Both choose
pairings alone, for a network of two layers of 200. TPE with Hyperband is the search's own, its starting points
included (``python -m search.run``), until it has trained so many epochs; the one-shot search gets as many epochs as
cost the same CPU time, measured side by side. What each proposes, and N/N, is then trained anew with new seeds and
scored on validation and test images.
"""

import argparse
import csv
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import optuna
import torch

from search.config import SearchConfig
from search.mixture_training import propose
from search.samplers import make_pruner, make_sampler
from search.space.space import Space, parse_pairs
from search.trials import sealed
from vae import TrainConfig, fit, load_dataset
from vae.data import DataSplits
from vae.evaluation import evaluate

LATENTS, HIDDEN, TRIAL_EPOCHS, FINAL_EPOCHS, FINAL_SEEDS = 20, 200, 12, 24, 2
COLUMNS = (
    "dataset", "images", "seed", "method", "pairing", "search_epochs", "search_cpu_seconds", "cost_per_epoch",
    "final_seed", "final_epochs", "validation_elbo", "test_elbo", "test_iw_bound",
)  # fmt: skip


def settings(dataset: str, pairing: str, epochs: int, seed: int, split_seed: int) -> TrainConfig:
    return TrainConfig(
        dataset=dataset, pairing=pairing, hidden=HIDDEN, epochs=epochs, patience=epochs, seed=seed,
        split_seed=split_seed, threads=1,
    )  # fmt: skip


def cost_of_an_epoch(data: DataSplits, pairs: str, dataset: str) -> float:
    """CPU time of a one-shot epoch in units of a plain one's: medians of interleaved repetitions."""

    def seconds(epochs: int, mixed: bool) -> float:
        marks = [time.process_time()]
        config = settings(dataset, f"N/N:{LATENTS}", epochs, 0, 0)
        mark = lambda *_: marks.append(time.process_time())  # noqa: E731
        propose(config, pairs, data, on_epoch=mark) if mixed else fit(config, data, on_epoch=mark)
        return (marks[-1] - marks[1]) / (epochs - 1)  # the first epoch has the start-up in it

    # Ten epochs of the one-shot search have all of its stages in their proportions.
    ratios = sorted(seconds(10, True) / seconds(4, False) for _ in range(3))
    return ratios[1]


def tpe(data: DataSplits, dataset: str, pairs: str, seed: int, budget: int) -> tuple[str, int]:
    """The best complete trial's pairing, and the epochs that all trials took."""
    space = Space(pairs=parse_pairs(pairs), latents=LATENTS, hidden=HIDDEN, learning_rate=1e-3)
    study = optuna.create_study(direction="maximize", pruner=make_pruner("hyperband", TRIAL_EPOCHS))
    starts = list(space.starting_points())
    for point in starts:
        study.enqueue_trial(space.params(point))
    epochs: Counter[int] = Counter()
    while epochs.total() < budget:
        study.sampler = make_sampler("tpe", seed * 1_000_003 + len(study.trials), space)
        trial = study.ask(space.distributions)

        def report(epoch: int, record: dict[str, float], trial: optuna.Trial = trial) -> None:
            epochs[trial.number] += 1
            trial.report(record["validation_bound"], epoch)
            if trial.number >= len(starts) and epoch < TRIAL_EPOCHS and trial.should_prune():
                raise optuna.TrialPruned

        try:
            pairing = space.point(trial.params).pairing
            study.tell(
                trial, fit(settings(dataset, pairing, TRIAL_EPOCHS, seed, seed), data, on_epoch=report).best_validation
            )
        except optuna.TrialPruned:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    return space.point(study.best_trial.params).pairing, epochs.total()


def few(data: DataSplits, images: int | None, seed: int) -> DataSplits:
    """A data set cut to ``images`` in the proportions of mnist-5k; its test split stays whole."""
    if images is None:
        return data
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(seed))
    held = images // 10
    return replace(data, train=data.train[order[: images - 2 * held]], validation=data.validation[:held])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist-5k")
    parser.add_argument("--images", type=int, help="use so many of a larger data set's")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--budget", type=int, default=130, help="plain epochs of a search")
    parser.add_argument("--pairs", default=SearchConfig.pairs)
    given = parser.parse_args()
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = Path(__file__).with_suffix(".csv")
    cost = 0.0
    for seed in map(int, given.seeds.split(",")):
        whole = few(load_dataset(given.dataset, seed=seed), given.images, seed)
        data = sealed(whole)
        if not cost:
            cost = cost_of_an_epoch(data, given.pairs, given.dataset)
            print(f"a one-shot epoch costs {cost:.2f} plain ones", flush=True)
        proposals = [("N/N", f"N/N:{LATENTS}", 0.0, 0.0)]
        begun = time.process_time()
        pairing, epochs = tpe(data, given.dataset, given.pairs, seed, given.budget)
        proposals.append(("tpe", pairing, float(epochs), time.process_time() - begun))
        begun, epochs = time.process_time(), round(given.budget / cost)
        proposal = propose(settings(given.dataset, f"N/N:{LATENTS}", epochs, seed, seed), given.pairs, data)
        proposals.append(("one-shot", proposal.pairing, epochs * cost, time.process_time() - begun))
        print(proposals, flush=True)
        for method, pairing, epochs, seconds in proposals:
            for final_seed in range(seed + 1, seed + 1 + FINAL_SEEDS):
                model = fit(settings(given.dataset, pairing, FINAL_EPOCHS, final_seed, seed), data).model
                validation, test = (evaluate(model, x, samples=50) for x in (whole.validation, whole.test))
                row = (
                    given.dataset, len(data.train), seed, method, pairing, round(epochs, 1), round(seconds, 1),
                    round(cost, 3), final_seed, FINAL_EPOCHS, round(validation["elbo"], 3), round(test["elbo"], 3),
                    round(test["iw_bound"], 3),
                )  # fmt: skip
                print(*row, flush=True)
                new = not path.exists()
                with path.open("a", newline="") as file:
                    writer = csv.writer(file, lineterminator="\n")
                    writer.writerows([COLUMNS] * new + [row])


if __name__ == "__main__":
    main()
