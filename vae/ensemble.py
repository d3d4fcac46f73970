"""Many small models of one shape trained side by side, as one batched model.

Each has its own pairing, learning rate, seed, order of images and noise, and ends by itself; what it learns is what
:func:`vae.training.fit` would make of it alone, up to rounding. One model of a VAE's usual size keeps no GPU busy:
there most of a step is the launching of kernels, which M models share. On a CPU the matrix products take their time
either way.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vae.checkpoint import Progress, RunFolder
from vae.config import TrainConfig
from vae.data import ANEW, DataSplits, binarise, binarised
from vae.errors import ConfigError, TrainingError
from vae.importance import CHUNK
from vae.memory import keep_freed_memory
from vae.model import VAE
from vae.processes import make_fabric, threads
from vae.randomness import generator
from vae.stacked import StackedAdam, StackedVAE
from vae.training import FitResult, fit, learning_rate

OWN = ("pairing", "learning_rate", "seed")
"""Settings in which models that train side by side may differ."""
SERVED = {"network": "mlp", "gradient": "reparam", "flow": 0, "precision": "32-true", "devices": 1}
"""Settings that batched models have."""

OnMemberEpoch = Callable[[int, int, dict[str, float]], Any]


@dataclass(eq=False)
class _Member:
    """One model on its way."""

    index: int
    model: VAE
    state: Progress
    best: dict[str, Tensor] = field(default_factory=dict)
    folder: RunFolder | None = None
    resumed: int = 0

    @property
    def config(self) -> TrainConfig:
        return self.model.config

    @property
    def over(self) -> bool:
        """Whether :func:`vae.training.fit` would go no further."""
        config, state = self.config, self.state
        waited = state.epoch - max(state.best_epoch, config.warmup)
        return state.epoch >= config.epochs or waited >= config.patience

    def result(self) -> FitResult:
        self.model.load_state_dict(self.best)
        state = self.state
        return FitResult(self.model.eval(), state.history, state.best_epoch, state.best_validation, self.resumed)


def shape_of(config: TrainConfig) -> dict[str, Any]:
    """What models must have in common to train side by side.

    Raises
    ------
    ConfigError
        If such a model is trained alone only.
    """
    for name, served in SERVED.items():
        if getattr(config, name) != served:
            raise ConfigError(f"{name} is {getattr(config, name)!r}; models that train side by side take {served!r}")
    return {name: value for name, value in config.identity().items() if name not in OWN}


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
            pool = pool or _Pool(config, data)
            if (member := pool.join(index, config, folder)).over:  # its end was not written any more
                pool.leave([member])
                yield index, _finish(member)
        if pool is None or not pool.members:
            return
        with threads(pool.config):
            ended: list[tuple[_Member, FitResult | TrainingError]] = list(pool.epoch())
        pool.leave([member for member, _ in ended])
        if time.monotonic() >= due:
            pool.save()
            due = time.monotonic() + checkpoint_every
        for member in pool.members:
            if on_epoch and on_epoch(member.index, member.state.epoch, dict(member.state.history[-1])):
                ended.append((member, member.result()))
            elif member.over:
                ended.append((member, _finish(member)))
        pool.leave([member for member, _ in ended])
        yield from ((member.index, result) for member, result in ended)


def _finish(member: _Member) -> FitResult:
    """The result of a model that came to its end, left in its folder."""
    result = member.result()
    if member.folder:
        member.folder.finish(result.model, member.state)
    return result


class _Pool:
    """The models that train at present, stacked, with their data."""

    def __init__(self, config: TrainConfig, data: DataSplits) -> None:
        self.config, self.shape, self.device = config, shape_of(config), make_fabric(config).device
        if self.device.type == "cpu":
            keep_freed_memory()
        self.fingerprint = data.fingerprint()
        self.data = binarised(data, config.binarise, config.split_seed)
        self.train, self.validation = self.data.train.to(self.device), self.data.validation.to(self.device)
        self.members: list[_Member] = []
        self.stack: StackedVAE | None = None
        self.adam: StackedAdam | None = None

    def join(self, index: int, config: TrainConfig, folder: RunFolder | None = None) -> _Member:
        """Add a model, before its first epoch or where its folder's checkpoint is."""
        other = shape_of(config)
        for name in (name for name in self.shape if self.shape[name] != other[name]):
            raise ConfigError(
                f"{name} is {self.shape[name]!r} and {other[name]!r}; models that train side by side differ in "
                f"{', '.join(OWN)} alone"
            )
        model = VAE(config, self.data.shape, self.data.train)
        for split in (self.data.train, self.data.validation):
            model.likelihood.check_targets(split)
        member = _Member(index, model, Progress(self.fingerprint), folder=folder)
        known: dict[str, Tensor] = {}
        if folder:
            folder.start(config)
            if state := folder.load_state(self.fingerprint, model):
                member.state, known, member.best = state
                member.resumed = member.state.epoch
        self._stack([*self.members, member])
        if known and self.adam:
            self.adam.load(len(self.members) - 1, known)
        return member

    def save(self) -> None:
        """Write the checkpoint of every model that has a folder."""
        for place, member in enumerate(self.members):
            if member.folder and self.stack and self.adam:
                state = self.stack.state(place)
                member.folder.save_state(member.state, state, self.adam.state(place), member.best or state)

    def leave(self, gone: Sequence[_Member]) -> None:
        """Remove models; the others move together."""
        if gone:
            self._stack([member for member in self.members if member not in gone])

    def _stack(self, members: list[_Member]) -> None:
        """Stack the weights of ``members``, and what Adam knows of those that were there before."""
        places = {id(member): place for place, member in enumerate(self.members)}
        kept = [(new, places[id(member)]) for new, member in enumerate(members) if id(member) in places]
        before, adam_before = self.stack, self.adam
        if before is not None:
            for new, old in kept:
                members[new].model.load_state_dict(before.state(old))
        self.members, self.stack, self.adam = members, None, None
        if not members:
            return
        self.stack = StackedVAE([member.model for member in members], self.device)
        self.adam = StackedAdam(self.stack.weights, self.config.epsilon)
        if adam_before is not None:
            for fresh, known in zip(self.adam.tensors(), adam_before.tensors(), strict=True):
                for a, b in zip(fresh, known, strict=True):
                    for new, old in kept:
                        a[new] = b[old]

    def epoch(self) -> list[tuple[_Member, TrainingError]]:
        """One epoch of every model; those that left the finite numbers."""
        assert self.stack is not None
        bounds, sums = self._train_epoch(), self._validate()
        failures = []
        for place, member in enumerate(self.members):
            state = member.state
            numbers = [float(bounds[place].sum()) / len(self.train), *(sums[place] / len(self.validation)).tolist()]
            if not all(map(math.isfinite, numbers)):
                failures.append((member, _failure(member, bounds[place])))
                continue
            state.epoch += 1
            names = ("train_bound", "validation_bound", "validation_reconstruction", "validation_kl")
            record = {"epoch": state.epoch, **dict(zip(names, numbers, strict=True))}
            state.history.append(record)
            if record["validation_bound"] > state.best_validation:
                state.best_epoch, state.best_validation = state.epoch, record["validation_bound"]
                member.best = self.stack.state(place)
        return failures

    def _train_epoch(self) -> Tensor:
        """Take one pass over the training images; sums of the bound over batches, (M, batches)."""
        assert self.stack is not None
        assert self.adam is not None
        config, n = self.config, len(self.train)
        numbered = [(member.config.seed, member.state.epoch) for member in self.members]
        orders = [torch.randperm(n, generator=generator(seed, "training", 2 * epoch)) for seed, epoch in numbered]
        sources = [generator(seed, "training", 2 * epoch + 1, self.device) for seed, epoch in numbered]
        rates = [learning_rate(member.config, member.state.epoch) for member in self.members]
        steps, bounds = math.ceil(n / config.batch_size), []
        for step, rows in enumerate(torch.stack(orders).to(self.device).split(config.batch_size, 1)):
            x = self.train[rows]
            if config.binarise in ANEW:
                x = torch.stack(
                    [binarise(each, config.binarise, source) for each, source in zip(x, sources, strict=True)]
                )
            bound, *_ = self.stack.bound(x, sources, self._weights([epoch + step / steps for _, epoch in numbered]))
            (-bound.mean(1).sum()).backward()
            self.adam.step(rates)
            bounds.append(bound.detach().sum(1))
        return torch.stack(bounds, 1).double().cpu()

    def _weights(self, epochs: Sequence[float]) -> Tensor:
        """The divergence's weight in each model, (M, 1), while it warms up and after."""
        warmup, beta = self.config.warmup, self.config.beta
        each = [beta * epoch / warmup if epoch < warmup else beta for epoch in epochs]
        return torch.tensor(each, device=self.device)[:, None]

    @torch.no_grad()
    def _validate(self) -> Tensor:
        """Sums of bound, reconstruction and divergence over the validation images, (M, 3)."""
        assert self.stack is not None
        sources = [generator(member.config.seed, "validation", device=self.device) for member in self.members]
        weights = torch.full((len(self.members), 1), self.config.beta, device=self.device)
        sums = torch.zeros(len(self.members), 3, dtype=torch.float64)
        # The same chunks as alone, because the noise depends on them.
        for x in self.validation.split(max(1, CHUNK // (self.members[0].model.width * self.config.samples))):
            every = x.expand(len(self.members), -1, -1)
            bound, log_likelihood, kl = self.stack.bound(every, sources, weights)
            sums += torch.stack([bound.sum(1), -log_likelihood.sum(1), kl.sum(1)], 1).double().cpu()
        return sums


def _failure(member: _Member, bounds: Tensor) -> TrainingError:
    batches = bounds.isfinite().logical_not().nonzero().flatten().tolist()
    where = f"batch {batches[0] + 1}" if batches else "validation"
    return TrainingError(
        f"training with {member.config.pairing} left the finite numbers in epoch {member.state.epoch + 1}, {where}; "
        f"a learning_rate below {member.config.learning_rate:g} may help"
    )
