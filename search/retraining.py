"""Several models trained side by side, each in a process of its own and into its own folder."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from search.config import SearchConfig
from search.cores import cores
from search.errors import USER_ERRORS
from search.interrupts import check
from search.progress import Progress
from search.shared import SharedData
from search.trials import sealed
from vae.config import TrainConfig
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.training import fit

POLL_SECONDS = 0.2

Job = tuple[TrainConfig, Path]
"""What to train, and the folder to train it into."""


def train_ahead(config: SearchConfig, data: DataSplits, jobs: Sequence[Job], progress: Progress) -> None:
    """Train models on all cores, or in as many processes as the search has workers where these are more.

    What a model becomes does not depend on how many are trained beside it. Whoever calls this trains them all again
    afterwards, and finds finished what was finished here. So nothing is lost where a process is killed or stops at an
    error: that model is trained, or the error raised, then.
    """
    processes = min(max(config.processes, cores() // config.threads), len(jobs))
    if processes < 2:
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "lightning_fabric"])
    shared = SharedData.of(data)
    started = [
        context.Process(target=_train, args=(config, shared, jobs[i::processes]), daemon=True) for i in range(processes)
    ]
    progress.say(f"training {len(jobs)} more models anew, {processes} at a time")
    try:
        for process in started:
            process.start()
        while any(process.exitcode is None for process in started):
            check()
            time.sleep(POLL_SECONDS)
    finally:
        for process in started:
            process.terminate()
            process.join()
        if shared:
            shared.close()


def _train(config: SearchConfig, shared: SharedData | None, jobs: Sequence[Job]) -> None:
    """Body of a process: it ends with its parent, who also answers Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def on_epoch(epoch: int, record: dict[str, float]) -> None:
        if parent is None or not parent.is_alive():
            raise KeyboardInterrupt

    try:
        data = shared.data() if shared else sealed(config.load_data())
        for settings, folder in jobs:
            with suppress(TrainingError):
                fit(settings, data, out=folder, on_epoch=on_epoch)
    except (KeyboardInterrupt, *USER_ERRORS, OSError):
        return
