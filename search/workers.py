"""Who runs the trials of a study: this process, or several beside each other, replaced where they are killed."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import optuna
from optuna.trial import Trial

from search.batched import SideBySide, check_side_by_side
from search.config import SearchConfig
from search.errors import USER_ERRORS, SearchError
from search.interrupts import check
from search.progress import Progress
from search.shared import SharedData
from search.storage.locks import Owner
from search.storage.store import Store, open_study
from search.trials import OnEpoch, run_trial, sealed
from vae.data import DataSplits

POLL_SECONDS = 0.5
KILLS_ALLOWED = 3
"""How many times per worker a killed process is replaced, while no trial finishes, before the machine is too small."""


def run_trials(store: Store, data: DataSplits, progress: Progress) -> None:
    """Return when as many trials are finished as the configuration asks for, whoever finished them."""
    config = store.config
    if config.side_by_side > 1:
        check_side_by_side(config, data)
    waiting = False
    progress.trials(store)
    while len(store.finished()) < config.trials:
        check()
        if config.processes == 1:
            work(store, data, progress)
        else:
            _run_processes(store, data, progress)
        progress.trials(store)
        if len(store.finished()) < config.trials:  # the rest runs in processes that are not ours
            if not waiting:
                progress.say("waiting for trials that other processes are running")
                waiting = True
            time.sleep(POLL_SECONDS)
    progress.trials(store)


def work(store: Store, data: DataSplits, progress: Progress) -> None:
    """Claim and run trials until none is left to claim."""

    def on_epoch(trial: Trial, epoch: int, bound: float) -> None:
        check()
        pairing = store.config.search_space.point(trial.params).pairing
        progress.epoch(pairing, epoch, store.config.epochs, bound)

    def after() -> None:
        check()
        progress.trials(store)

    with store.working() as owner:
        _run_all(store, owner, data, on_epoch, after)


def _run_all(store: Store, owner: Owner, data: DataSplits, on_epoch: OnEpoch, after: Callable[[], None]) -> None:
    """Claim and run trials, one by one or side by side; ``after`` each."""
    if store.config.side_by_side > 1:
        SideBySide(store, lambda: store.claim(owner), data, on_epoch, after).run()
        return
    while trial := store.claim(owner):
        run_trial(store, trial, data, on_epoch)
        after()


def _run_processes(store: Store, data: DataSplits, progress: Progress) -> None:
    """Run trials in processes until each has ended; replace those that are killed, stop at the first error."""
    config = store.config
    context = multiprocessing.get_context("forkserver")  # so that each starts at once, with all that it imports
    context.set_forkserver_preload([__name__, "lightning_fabric"])
    errors = context.SimpleQueue()
    shared = SharedData.of(data)

    def start() -> Any:
        process = context.Process(target=_worker, args=(config, shared, errors), daemon=True)
        process.start()
        return process

    finished = len(store.finished())
    processes = [start() for _ in range(min(config.processes, config.trials - finished))]
    kills = 0
    try:
        while processes:
            time.sleep(POLL_SECONDS)
            check()
            progress.trials(store)
            if (now := len(store.finished())) > finished:
                finished, kills = now, 0
            for process in [p for p in processes if p.exitcode is not None]:
                processes.remove(process)
                if not errors.empty():
                    raise SearchError(errors.get())
                if process.exitcode > 0:
                    raise RuntimeError(f"a worker stopped with exit code {process.exitcode}; its error is shown above")
                if process.exitcode < 0:
                    kills += 1
                    if kills > KILLS_ALLOWED * config.processes:
                        raise SearchError(
                            f"workers are being killed (signal {-process.exitcode}), perhaps for want of memory; "
                            f"finished trials are kept: run again with --workers below {config.processes}"
                        )
                    processes.append(start())
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        if shared:
            shared.close()


def _worker(config: SearchConfig, shared: SharedData | None, errors: Any) -> None:
    """Body of a worker process: it ends with its parent, who also answers Ctrl-C for all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    parent = multiprocessing.parent_process()

    def on_epoch(trial: Trial, epoch: int, bound: float) -> None:
        if parent is None or not parent.is_alive():
            raise KeyboardInterrupt

    try:
        data = _data(config, shared)
        with open_study(config, data, wait=True) as store, store.working() as owner:
            _run_all(store, owner, data, on_epoch, lambda: None)
    except KeyboardInterrupt:
        return
    except (*USER_ERRORS, OSError) as error:
        errors.put(str(error))
        raise SystemExit(2) from None


def _data(config: SearchConfig, shared: SharedData | None) -> DataSplits:
    if shared:
        with suppress(OSError):
            return shared.data()
    return sealed(config.load_data())
