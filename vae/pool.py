"""The models that train side by side at present: their epochs, who joins and who leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from vae.processes import make_fabric
from vae.randomness import generator
from vae.stacked import StackedAdam, StackedVAE
from vae.training import FitResult, learning_rate

OWN = ("pairing", "learning_rate", "seed")
"""Settings in which models that train side by side may differ."""
SERVED = {"network": "mlp", "gradient": "reparam", "flow": 0, "precision": "32-true", "devices": 1}
"""Settings that batched models have."""


@dataclass(eq=False)
class Member:
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
        return self.state.is_over(self.config)

    def finish(self) -> FitResult:
        """Its result, left in its folder."""
        result = self.result()
        if self.folder:
            self.folder.finish(result.model, self.state)
        return result

    def result(self) -> FitResult:
        """What it has become, with the weights of its best epoch."""
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


class Pool:
    """The models that train at present, stacked, with their data."""

    def __init__(self, config: TrainConfig, data: DataSplits) -> None:
        self.config, self.shape, self.device = config, shape_of(config), make_fabric(config).device
        if self.device.type == "cpu":
            keep_freed_memory()
        self.fingerprint = data.fingerprint()
        self.data = binarised(data, config.binarise, config.split_seed)
        self.train, self.validation = self.data.train.to(self.device), self.data.validation.to(self.device)
        self.members: list[Member] = []
        self.stack: StackedVAE | None = None
        self.adam: StackedAdam | None = None

    def join(self, index: int, config: TrainConfig, folder: RunFolder | None = None) -> Member:
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
        member = Member(index, model, Progress(self.fingerprint), folder=folder)
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

    def leave(self, gone: Sequence[Member]) -> None:
        """Remove models; the others move together."""
        if gone:
            self._stack([member for member in self.members if member not in gone])

    def _stack(self, members: list[Member]) -> None:
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

    def epoch(self) -> list[tuple[Member, TrainingError]]:
        """One epoch of every model; those that left the finite numbers."""
        assert self.stack is not None
        bounds, sums = self._train_epoch(), self._validate()
        failures = []
        for place, member in enumerate(self.members):
            numbers = [float(bounds[place].sum()) / len(self.train), *(sums[place] / len(self.validation)).tolist()]
            if not all(map(math.isfinite, numbers)):
                failures.append((member, _failure(member, bounds[place])))
                continue
            names = ("train_bound", "validation_bound", "validation_reconstruction", "validation_kl")
            if member.state.add(dict(zip(names, numbers, strict=True))):
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


def _failure(member: Member, bounds: Tensor) -> TrainingError:
    batches = bounds.isfinite().logical_not().nonzero().flatten().tolist()
    where = f"batch {batches[0] + 1}" if batches else "validation"
    return TrainingError(
        f"training with {member.config.pairing} left the finite numbers in epoch {member.state.epoch + 1}, {where}; "
        f"a learning_rate below {member.config.learning_rate:g} may help"
    )
