"""A search without files, over data that are already in memory: what :class:`search.AutoVAE` runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import optuna
from optuna.trial import Trial, TrialState

from search.config import SearchConfig
from search.errors import SearchError
from search.measures import epoch_measure, measure
from search.records import Record, record
from search.storage.store import FINISHED, START
from search.trials import report
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.training import FitResult, fit

TRIALS = 10
"""Trials that a budget of seconds is planned for."""
MOST_EPOCHS = 200
"""Of a trial, where the budget is in seconds."""
WARMUP = 3
"""One in so many epochs has the divergence at less than its full weight: few data leave latents unused otherwise."""


@dataclass(frozen=True)
class Outcome:
    """The end of a search.

    Attributes
    ----------
    best : FitResult
        The best trial's model, with the weights of its best epoch.
    records : list of Record
        All trials.
    """

    best: FitResult
    records: list[Record]


def search_in_memory(config: SearchConfig, data: DataSplits, seconds: float | None = None) -> Outcome:
    """Run ``config.trials`` trials of ``config.epochs`` epochs, or as many as fit into a time.

    Space, starting points, sampler and pruner are those of ``python -m search.run``.

    Parameters
    ----------
    config : SearchConfig
        The search; its storage, workers and folder are not used.
    data : DataSplits
        Its test split is not looked at.
    seconds : float, optional
        Time for all trials. Their epochs are planned from the speed of a first one; no trial is begun that would
        probably not end in time, save for the first.

    Raises
    ------
    SearchError
        If no trial could be trained to its end.
    """
    started = time.monotonic()
    if seconds is not None:
        config = replace(config, epochs=_affordable(config, data, seconds))
    best: FitResult | None = None
    reason = ""
    with _quiet():
        study = optuna.create_study(direction=config.objectives[0].direction, pruner=config.make_pruner())
        for index, point in enumerate(config.search_space.starting_points()):
            study.enqueue_trial(config.search_space.params(point), user_attrs={START: index})
        taken = 0
        while _another(taken, config.trials, started, seconds if best else None):
            study.sampler = config.make_sampler(taken)
            trial = study.ask(config.search_space.distributions)
            taken += 1
            begun = time.monotonic()
            try:
                fitted = _train(config, trial, data)
                values = measure(config, fitted, data, time.monotonic() - begun)
            except optuna.TrialPruned:
                study.tell(trial, state=TrialState.PRUNED)
            except TrainingError as error:
                reason = str(error)
                trial.set_user_attr("failure", reason)
                study.tell(trial, state=TrialState.PRUNED)
            else:
                study.tell(trial, list(values.values()))
                if study.best_trial.number == trial.number:
                    best = fitted
    if best is None:
        raise SearchError(f"none of {taken} trials was trained to its end; the last one: {reason}")
    finished = study.get_trials(deepcopy=False, states=FINISHED)
    return Outcome(best, [record(trial, config) for trial in finished])


def _another(taken: int, trials: int, started: float, seconds: float | None) -> bool:
    """Whether to begin another trial, of which one takes as long as the mean of those before."""
    if seconds is None:
        return taken < trials
    return (time.monotonic() - started) * (taken + 1) / taken <= seconds


def _affordable(config: SearchConfig, data: DataSplits, seconds: float) -> int:
    """Epochs of a trial of which :data:`TRIALS` take ``seconds``, by the second of two epochs of the first point."""
    ends: list[float] = []
    point = next(iter(config.search_space.starting_points()))
    fit(config.train_config(point, 2, config.seed), data, on_epoch=lambda *_: ends.append(time.monotonic()))
    return max(1, min(MOST_EPOCHS, int(seconds / TRIALS / max(ends[1] - ends[0], 1e-6))))


def _train(config: SearchConfig, trial: Trial, data: DataSplits) -> FitResult:
    def after(epoch: int, metrics: dict[str, float]) -> None:
        if report(trial, config, epoch, metrics):
            raise optuna.TrialPruned

    settings = config.train_config(config.search_space.point(trial.params), config.epochs, config.seed)
    settings = replace(settings, warmup=config.epochs // WARMUP)
    return fit(settings, data, on_epoch=after, measure=epoch_measure(config, data))


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna's own lines per trial are not wanted inside a library call."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
