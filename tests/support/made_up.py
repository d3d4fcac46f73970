"""Studies whose trials were never trained: everything that a report shows, in a blink."""

import random
from dataclasses import asdict
from pathlib import Path

from optuna.trial import TrialState

from search.artifacts import place
from search.config import SearchConfig
from search.finish import FINAL, Final
from search.records import Record, best, record
from search.selection import Run, finalists, ordered
from search.storage.store import Store, open_study
from vae.checkpoint import Progress, RunFolder
from vae.config import TrainConfig
from vae.data import DataSplits
from vae.evaluation import evaluate
from vae.files import write_json
from vae.model import VAE


def make_study(config: SearchConfig, data: DataSplits, trials: int) -> None:
    """Trials with made-up values, one in four of them pruned, one running; the best one's model is there, untrained."""
    chance = random.Random(0)
    with open_study(config, data) as store:
        points = list(config.search_space.starting_points())
        for i in range(trials):
            if i < len(points):
                store.study.enqueue_trial(config.search_space.params(points[i]))
            trial = store.study.ask(config.search_space.distributions)
            several = len(config.objectives) > 1
            for epoch in () if several else range(1, config.epochs + 1):
                trial.report(-200 + epoch + 10 * chance.random(), epoch)
            if i % 4 == 3 and not several:
                store.study.tell(trial, state=TrialState.PRUNED)
            else:
                store.study.tell(
                    trial, [chance.gauss(-100, 5) if m.maximize else 40 + chance.random() for m in config.objectives]
                )
        store.study.ask(config.search_space.distributions)
        leader = best(records(store), config.objectives[0])
        assert leader
        save(config.train_config(leader.point, 1, 0), data, place(config, leader.trial))


def records(store: Store) -> list[Record]:
    return [record(trial, store.config) for trial in store.finished()]


def make_final(config: SearchConfig, data: DataSplits) -> None:
    """The end of a study: its finalists, untrained, with their true figures."""
    with open_study(config, data) as store:
        chosen = finalists(records(store), config)
    for n, finalist in enumerate(chosen):
        for seed in (1, 2):
            folder = f"models/{n}-{seed}"
            model = save(config.train_config(finalist.point, 1, seed), data, config.folder / folder)
            figures = [evaluate(model, x, samples=2) for x in (data.validation, data.validation)]
            finalist.runs.append(Run(seed, folder, 1, [figures[0]["elbo"] - 10, figures[0]["elbo"]], *figures))
    final = Final({}, ordered(chosen, config.objectives[0]), 1)
    write_json(config.folder / FINAL, asdict(final))


def save(settings: TrainConfig, data: DataSplits, folder: Path) -> VAE:
    model = VAE(settings, data.shape, data.train)
    run = RunFolder(folder)
    run.start(settings)
    run.finish(model, Progress(data.fingerprint(), 1, 1, -100.0, [{"epoch": 1, "validation_bound": -100.0}]))
    return model
