"""Many small models of one shape trained side by side, as one batched model.

Each has its own pairing, learning rate, seed, order of images and noise, and ends by itself; what it learns is what
:func:`vae.training.fit` would make of it alone, up to rounding. One model of a VAE's usual size keeps no GPU busy:
there most of a step is the launching of kernels, which M models share. On a CPU the matrix products take their time
either way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vae.checkpoint import RunFolder
from vae.config import TrainConfig
from vae.data import DataSplits
from vae.errors import ConfigError, TrainingError
from vae.pool import Member, Pool, shape_of
from vae.processes import threads
from vae.training import FitResult, fit

__all__ = ["OnMemberEpoch", "fit_many", "shape_of", "train_side_by_side"]

OnMemberEpoch = Callable[[int, int, dict[str, float]], Any]


def fit_many(
    configs: Sequence[TrainConfig],
    data: DataSplits,
    *,
    side_by_side: int | None = None,
    on_epoch: OnMemberEpoch | None = None,
    out: Callable[[int], Path] | None = None,
    checkpoint_every: float = 0.0,
) -> list[FitResult]:
    """Train models of one shape side by side.

    Parameters
    ----------
    configs : sequence of TrainConfig
        They differ in pairing, learning rate and seed alone.
    data : DataSplits
        Grey levels, the same for all.
    side_by_side : int, optional
        How many at a time; when one ends the next takes its place. All at once by default.
    on_epoch : callable, optional
        ``on_epoch(index, epoch, record)`` after every epoch of every model; a true result ends that model.
    out : callable, optional
        ``out(index)`` is the folder of a run, which :func:`vae.training.fit` could go on with: it gets checkpoints,
        from which the same call goes on to the same numbers, and in the end the model, unless ``on_epoch`` ended it.
    checkpoint_every : float
        Seconds between two checkpoints, at least; 0 writes one after every epoch.

    Returns
    -------
    list of FitResult
        In the order of ``configs``.

    Raises
    ------
    CheckpointError, OutputError
        As :func:`vae.training.fit`, if there are folders.
    ConfigError
        If the settings differ in more, or are such that a model is trained alone only.
    TrainingError
        If a model leaves the finite numbers.
    """
    results: dict[int, FitResult] = {}
    slots = side_by_side or max(1, len(configs))
    for index, result in train_side_by_side(configs, data, slots, on_epoch, out, checkpoint_every):
        if isinstance(result, TrainingError):
            raise result
        results[index] = result
    return [results[index] for index in range(len(configs))]


def train_side_by_side(
    configs: Iterable[TrainConfig],
    data: DataSplits,
    slots: int,
    on_epoch: OnMemberEpoch | None = None,
    out: Callable[[int], Path] | None = None,
    checkpoint_every: float = 0.0,
) -> Iterator[tuple[int, FitResult | TrainingError]]:
    """Train models as :func:`fit_many` does, taking one from ``configs`` whenever there is a free slot.

    Yields
    ------
    int
        Position among ``configs``.
    FitResult or TrainingError
        How it ended, as soon as it has.
    """
    if slots < 1:
        raise ConfigError(f"side_by_side is {slots}; expected a whole number of at least 1")
    queue, pool = enumerate(configs), None
    due = time.monotonic() + checkpoint_every
    while True:
        while (pool is None or len(pool.members) < slots) and (taken := next(queue, None)):
            index, config = taken
            folder = RunFolder(out(index)) if out else None
            if folder and folder.finished:
                yield index, fit(config, data, out=folder.path)
                continue
            pool = pool or Pool(config, data)
            if (member := pool.join(index, config, folder)).over:  # its end was not written any more
                pool.leave([member])
                yield index, member.finish()
        if pool is None or not pool.members:
            return
        with threads(pool.config):
            ended: list[tuple[Member, FitResult | TrainingError]] = list(pool.epoch())
        pool.leave([member for member, _ in ended])
        if time.monotonic() >= due:
            pool.save()
            due = time.monotonic() + checkpoint_every
        for member in pool.members:
            if on_epoch and on_epoch(member.index, member.state.epoch, dict(member.state.history[-1])):
                ended.append((member, member.result()))
            elif member.over:
                ended.append((member, member.finish()))
        pool.leave([member for member, _ in ended])
        yield from ((member.index, result) for member, result in ended)
