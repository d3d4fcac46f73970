"""Running the trials of a study: in this process, or in several that share its storage."""

from __future__ import annotations

import math
import multiprocessing
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import optuna
from optuna.trial import Trial, TrialState

from search.config import SearchConfig
from search.errors import USER_ERRORS, SearchError
from search.interrupts import check
from search.locks import Owner
from search.progress import Progress
from search.storage import START, Store, open_study
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.training import fit

POLL_SECONDS = 0.5
KILLS_ALLOWED = 3
"""How many times per worker a killed process is replaced before the machine is taken to be too small."""

OnEpoch = Callable[[Trial, int, float], None]


def sealed(data: DataSplits) -> DataSplits:
    """The same data without its test split: what all of the search but its very end works with."""
    return replace(data, test=data.test[:0])


def run_trials(store: Store, data: DataSplits, progress: Progress) -> None:
    """Return when as many trials are finished as the configuration asks for, whoever finished them."""
    config = store.config
    waiting = False
    progress.trials(store)
    while len(store.finished()) < config.trials:
        check()
        if config.workers == 1:
            work(store, data, progress)
        else:
            _run_workers(store, progress)
        progress.trials(store)
        if len(store.finished()) < config.trials:  # the rest runs in processes that are not ours
            if not waiting:
                progress.say("waiting for trials that other processes are running")
                waiting = True
            time.sleep(POLL_SECONDS)


def work(store: Store, data: DataSplits, progress: Progress) -> None:
    """Claim and run trials until none is left to claim."""

    def on_epoch(trial: Trial, epoch: int, bound: float) -> None:
        check()
        progress.epoch(store.config.search_space.point(trial.params).pairing, epoch, store.config.epochs, bound)

    with Owner(store.workers) as owner:
        while trial := store.claim(owner):
            run_trial(store, trial, data, on_epoch)
            check()
            progress.trials(store)


def run_trial(store: Store, trial: Trial, data: DataSplits, on_epoch: OnEpoch) -> None:
    """Train one model and tell the study how it ended.

    A model that leaves the finite numbers is a finding about its parameters: the trial ends as pruned. Anything else
    that stops it (Ctrl-C, a full disk) fails it, and a failed trial is repeated.
    """
    study, config = store.study, store.config
    # Starting points set the standard for the rest, and pairs that start slowly would not reach it in the first rung.
    spared = START in trial.user_attrs

    def report(epoch: int, metrics: dict[str, float]) -> None:
        bound = metrics["validation_bound"]
        on_epoch(trial, epoch, bound)
        if not math.isfinite(bound):
            raise TrainingError(f"the validation bound became {bound} in epoch {epoch}")
        trial.report(bound, epoch)
        if epoch < config.epochs and trial.should_prune() and not spared:
            raise optuna.TrialPruned

    try:
        settings = config.train_config(config.search_space.point(trial.params), config.epochs, config.seed)
        fitted = fit(settings, data, on_epoch=report)
        study.tell(trial, fitted.best_validation)
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except TrainingError as error:
        trial.set_user_attr("failure", str(error))
        study.tell(trial, state=TrialState.PRUNED)
    except BaseException:
        with suppress(Exception):  # where the database itself is the trouble, the next run finds the owner dead
            study.tell(trial, state=TrialState.FAIL)
        raise


def _run_workers(store: Store, progress: Progress) -> None:
    """Run trials in processes until each has ended; replace those that are killed, stop at the first error."""
    config = store.config
    context = multiprocessing.get_context("spawn")
    errors = context.SimpleQueue()

    def start() -> Any:
        process = context.Process(target=_worker, args=(config, errors), daemon=True)
        process.start()
        return process

    processes = [start() for _ in range(min(config.workers, config.trials - len(store.finished())))]
    kills_left = KILLS_ALLOWED * config.workers
    try:
        while processes:
            time.sleep(POLL_SECONDS)
            check()
            progress.trials(store)
            for process in [p for p in processes if p.exitcode is not None]:
                processes.remove(process)
                if not errors.empty():
                    raise SearchError(errors.get())
                if process.exitcode > 0:
                    raise RuntimeError(f"a worker stopped with exit code {process.exitcode}; its error is shown above")
                if process.exitcode < 0:
                    kills_left -= 1
                    if kills_left < 0:
                        raise SearchError(
                            f"workers are being killed (signal {-process.exitcode}), perhaps for want of memory; "
                            f"finished trials are kept: run again with --workers below {config.workers}"
                        )
                    processes.append(start())
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _worker(config: SearchConfig, errors: Any) -> None:
    """Body of a worker process: it ends with its parent, who also answers Ctrl-C for all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    parent = multiprocessing.parent_process()

    def on_epoch(trial: Trial, epoch: int, bound: float) -> None:
        if parent is None or not parent.is_alive():
            raise KeyboardInterrupt

    try:
        data = sealed(config.load_data())
        with open_study(config, data) as store, Owner(store.workers) as owner:
            while trial := store.claim(owner):
                run_trial(store, trial, data, on_epoch)
    except KeyboardInterrupt:
        return
    except (*USER_ERRORS, OSError) as error:
        errors.put(str(error))
        raise SystemExit(2) from None
