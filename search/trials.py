"""One trial: a model trained, measured, and told to the study."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import Trial

from search import artifacts
from search.config import SearchConfig
from search.measures import epoch_measure, epoch_value, measure
from search.records import EPOCHS
from search.storage.claims import RETRY
from search.storage.store import START, Store
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.training import FitResult, fit

OnEpoch = Callable[[Trial, int, float], None]


def sealed(data: DataSplits) -> DataSplits:
    """The same data without its test split: what all of the search but its very end works with."""
    return replace(data, test=data.test[:0])


def report(trial: Trial, config: SearchConfig, epoch: int, record: dict[str, float]) -> bool:
    """Tell the study of an epoch; whether the trial should end there.

    Starting points are never pruned, since they set the standard for the rest, and pairs that start slowly would not
    reach it in the first rung. The pruner is asked about them all the same: it compares with whom it was asked about.
    """
    if len(config.objectives) > 1:  # nothing is pruned then, and Optuna takes no intermediate values
        return False
    trial.report(epoch_value(record), epoch)
    return epoch < config.epochs and trial.should_prune() and START not in trial.user_attrs


def goes_on(store: Store, trial: Trial) -> bool:
    """Give a trial its folder, that of the lost one it repeats; whether it is not to end where that one had come.

    Epochs that were trained already are reported one by one, since a pruner looks at each rung; that the trial passed
    all but the last is known from its having gone on.
    """
    folder = artifacts.adopt(store, trial.number, retry=RETRY in trial.user_attrs)
    decisions = [report(trial, store.config, int(each["epoch"]), each) for each in artifacts.restored(folder)]
    return not any(decisions[-1:])


def complete(store: Store, trial: Trial, fitted: FitResult, data: DataSplits, seconds: float) -> None:
    """Measure a model that was trained to its end, in so many seconds here, and tell the study."""
    values = list(measure(store.config, fitted, data, seconds).values())
    if len(values) > 1:
        trial.set_user_attr(EPOCHS, len(fitted.history))
    artifacts.share(store, trial, values, data)
    store.tell(trial, values)


def run_trial(store: Store, trial: Trial, data: DataSplits, on_epoch: OnEpoch) -> None:
    """Train one model, from the checkpoint of the trial that this one repeats, and tell the study how it ended.

    A model that leaves the finite numbers is a finding about its parameters: the trial ends as pruned. Anything else
    that stops it (Ctrl-C, a full disk) fails it, and a failed trial is repeated. One that was taken to be lost, and
    repeated by another process, is left to that process.
    """
    config = store.config

    def after(epoch: int, metrics: dict[str, float]) -> None:
        on_epoch(trial, epoch, metrics["validation_bound"])
        if report(trial, config, epoch, metrics):
            raise optuna.TrialPruned

    try:
        if not goes_on(store, trial):
            raise optuna.TrialPruned
        folder = artifacts.place(config, trial.number)
        settings = config.train_config(config.search_space.point(trial.params), config.epochs, config.seed)
        started, gauge = time.monotonic(), epoch_measure(config, data)
        fitted = fit(settings, data, out=folder, checkpoint_every=config.checkpoint, on_epoch=after, measure=gauge)
        complete(store, trial, fitted, data, time.monotonic() - started)
    except optuna.TrialPruned:
        store.tell(trial, pruned=True)
    except TrainingError as error:
        with suppress(UpdateFinishedTrialError):
            trial.set_user_attr("failure", str(error))
        store.tell(trial, pruned=True)
    except UpdateFinishedTrialError:
        return
    except BaseException:
        with suppress(Exception):  # where the database itself is the trouble, the next run finds the owner dead
            store.fail(trial)
        raise
    artifacts.tidy(store)
