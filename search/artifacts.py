"""What trials leave on disk, under ``DIR/trials/NUMBER``: a checkpoint while one runs, then its model.

Models are kept of the best trials alone, so that a study of any length takes a bounded part of the disk. A trial that
repeats a lost one takes over its folder, where this machine can see it, and goes on from the checkpoint in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from optuna.trial import FrozenTrial, Trial, TrialState

from search.config import SearchConfig
from search.published import publish, withdraw
from search.storage.claims import SIDE_BY_SIDE, Ledger
from search.storage.store import FINISHED, Store
from vae.checkpoint import CHECKPOINT, CONFIG, METRICS, MODEL, History, RunFolder, load, read_tensors
from vae.data import DataSplits
from vae.errors import CheckpointError
from vae.plots import save_model_pictures

PICTURES = ("samples", "reconstructions")
"""Drawn of each model that is kept."""


def place(config: SearchConfig, number: int) -> Path:
    """Folder of a trial."""
    return config.folder / "trials" / str(number)


def adopt(store: Store, number: int, retry: bool) -> Path:
    """Folder of a trial that begins: that of the lost trial that it repeats, if it is here, else an empty one.

    A trial is trained side by side with others to its end, or alone, so that its figures can be had again.
    """
    own = place(store.config, number)
    shutil.rmtree(own, ignore_errors=True)  # of another study, which had this folder before
    if not retry:
        return own
    ledger = store.ledger()
    batched = [SIDE_BY_SIDE in trial.user_attrs for trial in ledger.trials]
    for earlier in ledger.predecessors(number):
        if batched[earlier] != batched[number]:
            continue
        with suppress(OSError):
            place(store.config, earlier).rename(own)
            withdraw(store.config.folder, ledger.trials[earlier], store.storage)
            break
    return own


def restored(folder: Path) -> History:
    """The epochs that the run in a folder has behind it; a folder that is damaged is emptied."""
    run = RunFolder(folder)
    try:
        if run.finished:
            return list(run.metrics()["history"])
        if (folder / CHECKPOINT).exists():
            return list(read_tensors(folder / CHECKPOINT)[1]["progress"]["history"])
    except (CheckpointError, KeyError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)
    return []


def best(store: Store, trials: Sequence[FrozenTrial] | None = None) -> list[int]:
    """Numbers of the trials whose models are kept: the best complete ones, or those at the Pareto front."""
    complete = [t for t in trials or store.trials() if t.state == TrialState.COMPLETE]
    if len(store.config.objectives) > 1:
        complete = store.study.best_trials
    sign = store.config.objectives[0].sign
    ranked = sorted((t for t in complete if t.values), key=lambda t: (-sign * t.values[0], t.number))
    return [trial.number for trial in ranked[: store.config.keep]]


def tidy(store: Store) -> None:
    """Remove the folders, on this machine, of trials that are over and not among the best.

    A failed trial keeps its own until its repetition is over, which may want the checkpoint.
    """
    here = _here(store.config)
    if not here:
        return
    trials = store.trials()
    ledger = Ledger(trials)
    finished = {trial.number for trial in ledger.counting if trial.state in FINISHED}
    over = finished.union(*(ledger.predecessors(number) for number in finished))
    for number in (here & over).difference(best(store, trials)):
        withdraw(store.config.folder, trials[number], store.storage)
        shutil.rmtree(place(store.config, number), ignore_errors=True)


def _here(config: SearchConfig) -> set[int]:
    with suppress(OSError):
        return {int(path.name) for path in (config.folder / "trials").iterdir() if path.name.isdecimal()}
    return set()


def share(store: Store, trial: Trial, values: Sequence[float], data: DataSplits) -> None:
    """Give a trial that is about to end pictures, and make its files artifacts of Optuna, if it is among the best."""
    folder = place(store.config, trial.number)
    if _among_the_best(store, values) and (pictures := _draw(folder, data)):
        publish(store.config.folder, trial, [folder / CONFIG, folder / METRICS, folder / MODEL, *pictures])


def _among_the_best(store: Store, values: Sequence[float]) -> bool:
    """Whether fewer trials are as good in every objective as are kept; of several objectives, whether none is."""
    signs, keep = [metric.sign for metric in store.config.objectives], store.config.keep
    mine = [sign * value for sign, value in zip(signs, values, strict=True)]
    ahead = 0
    for other in store.trials(TrialState.COMPLETE):
        theirs = [sign * value for sign, value in zip(signs, other.values or (), strict=True)]
        ahead += all(o >= m for o, m in zip(theirs, mine, strict=True))
    return ahead < (keep if len(signs) == 1 else min(keep, 1))


def illustrate(store: Store, data: DataSplits) -> None:
    """Leave pictures beside each model that is kept and has none yet."""
    for number in best(store):
        _draw(place(store.config, number), data)


def _draw(folder: Path, data: DataSplits) -> list[Path]:
    """The pictures of a trial's model, drawn if they are not there; none without a model."""
    pictures = [folder / f"{name}.png" for name in PICTURES]
    if not (folder / METRICS).exists():
        return []
    if not all(picture.exists() for picture in pictures):
        save_model_pictures(load(folder), data.validation, folder, PICTURES)
    return pictures
