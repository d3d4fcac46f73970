"""Training all pairs at once, until each latent has one.

Every latent starts with all pairs at equal weight and ends with one (:mod:`search.mixture`): a fifth of the epochs with
equal weights, in which the network learns to encode at all; half of them while the temperature falls; the rest with
one pair each, when the model is the proposed irregular VAE and is trained as such.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from search.mixture import MixtureLayer
from search.space.space import parse_pairs
from vae.checkpoint import (
    History,
    load_optimiser,
    load_weights,
    optimiser_tensors,
    read_tensors,
    snapshot,
    write_tensors,
)
from vae.config import TrainConfig
from vae.data import ANEW, DataSplits, binarise, binarised
from vae.errors import CheckpointError, ConfigError, TrainingError
from vae.importance import CHUNK
from vae.model import VAE
from vae.processes import make_fabric, threads
from vae.randomness import generator

EQUAL, SETTLED = 0.2, 0.3
"""Share of the epochs with equal weights, and with one pair each."""
HOTTEST, COLDEST = 1.0, 0.003
"""Temperatures in nats: payoffs of pairs differ by some hundredths to tenths."""

COURSE = ("history", "course", "best_epoch")
"""What a checkpoint keeps of a proposal."""

OnEpoch = Callable[[int, dict[str, float]], None]


@dataclass
class Proposal:
    """What a one-shot search ends with.

    Attributes
    ----------
    model : VAE
        Of the proposed pairing, trained, on the CPU.
    history : list of dict
        One record per epoch, as of :class:`vae.training.FitResult`; before the last stage the bound is the expectation
        over pairs.
    course : list of dict
        For each epoch its last ``temperature`` in nats, the mean ``entropy`` of a latent's weights in nats, and the
        ``latents`` of each pair: the sum of their weights for it.
    best_epoch : int
        The epoch, from 1 and of the last stage, with the best validation bound; of it are the model's weights.
    """

    model: VAE
    history: History = field(default_factory=list)
    course: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0

    @property
    def pairing(self) -> str:
        """The proposed pairing."""
        return self.model.config.pairing

    @property
    def best_validation(self) -> float:
        """Validation bound of the model, nats per sample."""
        return self.history[self.best_epoch - 1]["validation_bound"]


def propose(
    config: TrainConfig,
    pairs: str,
    data: DataSplits,
    *,
    on_epoch: OnEpoch | None = None,
    checkpoint: Path | None = None,
    checkpoint_every: float = 0.0,
) -> Proposal:
    """Train all pairs at once and keep one for each latent.

    Everything random in epoch e depends on the seed and on e alone, so that a search that was interrupted goes on from
    its checkpoint to the same numbers, on the CPU to the same bits, as an unbroken one.

    Parameters
    ----------
    config : TrainConfig
        Network, data, epochs and seed, with the evidence lower bound as objective; of its pairing only the number of
        latents counts.
    pairs : str
        The pairs to choose from, as ``"N/N,La/N"``.
    data : DataSplits
        Training and validation images; the test split is not looked at.
    on_epoch : callable, optional
        ``on_epoch(epoch, record)`` after every epoch, once its checkpoint is written; what it raises stops the search.
    checkpoint : pathlib.Path, optional
        File for the state of the search, from which the same call goes on. It stays when the search is done.
    checkpoint_every : float
        Seconds between two checkpoints, at least; 0 writes one after every epoch. The last epoch always has one.

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged, or is of other settings, pairs or data.
    ConfigError
        If the settings ask for what a mixture of pairs does not serve.
    OutputError
        If the checkpoint cannot be written.
    SearchError, divergences.ops.DivergenceError
        If a pair is unknown, has a count, or is infinite for every location and scale.
    TrainingError
        If the bound leaves the finite numbers.
    """
    for name in ("objective", "gradient", "samples", "beta", "warmup", "flow", "precision", "devices", "schedule"):
        served, given = TrainConfig.__dataclass_fields__[name].default, getattr(config, name)
        if given != served:
            raise ConfigError(f"{name} is {given!r}; a one-shot search takes {served!r}")
    assert config.latents is not None
    names = parse_pairs(pairs)
    with threads(config):
        trainer = _Trainer(config, names, config.latents, data)
        return trainer.run(on_epoch or (lambda epoch, record: None), checkpoint, checkpoint_every)


class _Trainer:
    """The network with its undecided latents, its data and optimiser."""

    def __init__(self, config: TrainConfig, pairs: Sequence[str], latents: int, data: DataSplits) -> None:
        self.config, device, self.fingerprint = config, make_fabric(config).device, data.fingerprint()
        self.data = data = binarised(data, config.binarise, config.split_seed)
        # Its latent layer is not used, but names the number of latents.
        self.model = VAE(replace(config, pairing=f"{pairs[0]}:{latents}"), data.shape, data.train).to(device)
        for split in (data.train, data.validation):
            self.model.likelihood.check_targets(split)
        self.train, self.validation = data.train.to(device), data.validation.to(device)
        self.steps = math.ceil(len(data.train) / config.batch_size)
        self.latents = MixtureLayer(pairs, latents, memory=self.steps).to(device)
        parameters = [*self.model.parameters(), *self.latents.parameters()]
        self.optimiser = torch.optim.Adam(parameters, lr=config.learning_rate, fused=True)
        self.settled = False
        self.begin = math.ceil(EQUAL * config.epochs)
        # At least the last epoch is with one pair each, whatever the number of epochs.
        self.end = min(config.epochs - 1, math.floor((1 - SETTLED) * config.epochs))

    def run(self, on_epoch: OnEpoch, checkpoint: Path | None, checkpoint_every: float) -> Proposal:
        """Train through all three stages, from the start or from a checkpoint."""
        proposal, best = Proposal(self.model), {}
        if checkpoint and checkpoint.exists():
            best = self._restore(proposal, checkpoint)
        temperature = 0.0 if self.settled else math.inf
        due = time.monotonic() + checkpoint_every
        for epoch in range(len(proposal.history), self.config.epochs):
            if epoch == self.end:
                self._settle()
                temperature = 0.0
            total = torch.zeros((), dtype=torch.float64)
            for step, (x, source) in enumerate(self._batches(epoch)):
                bound, _ = self._bound(x, source)
                (-bound.mean()).backward()
                self.optimiser.step()
                self.optimiser.zero_grad()
                total += bound.detach().sum().cpu()
                if self.begin <= epoch < self.end:
                    temperature = self._temperature(epoch + (step + 1) / self.steps)
                    self.latents.anneal(temperature)
            record = {"epoch": epoch + 1, "train_bound": float(total) / len(self.train)} | self._validate()
            if not all(map(math.isfinite, record.values())):
                raise TrainingError(
                    f"the one-shot search left the finite numbers in epoch {epoch + 1}; a learning_rate below "
                    f"{self.config.learning_rate:g} may help"
                )
            proposal.history.append(record)
            proposal.course.append(self._weights(temperature))
            settled = epoch >= self.end
            if settled and (not proposal.best_epoch or record["validation_bound"] > proposal.best_validation):
                proposal.best_epoch, best = epoch + 1, snapshot(self.model)
            if checkpoint and (time.monotonic() >= due or epoch + 1 == self.config.epochs):
                self._save(proposal, best, checkpoint)
                due = time.monotonic() + checkpoint_every
            on_epoch(epoch + 1, dict(record))
        self.model.load_state_dict(best)
        proposal.model = self.model.cpu().eval()
        return proposal

    def _temperature(self, epochs: float) -> float:
        """Geometric from the hottest to the coldest while the weights are annealed."""
        done = (epochs - self.begin) / (self.end - self.begin)
        return HOTTEST * (COLDEST / HOTTEST) ** done

    def _batches(self, epoch: int) -> Iterator[tuple[Tensor, torch.Generator]]:
        """Batches and the generator of their noise; those of an epoch depend on the seed and on it alone."""
        config, device = self.config, self.train.device
        order = torch.randperm(len(self.train), generator=generator(config.seed, "training", 2 * epoch))
        source = generator(config.seed, "training", 2 * epoch + 1, device)
        for rows in order.to(device).split(config.batch_size):
            x = self.train[rows]
            yield (binarise(x, config.binarise, source) if config.binarise in ANEW else x), source

    def _bound(self, x: Tensor, source: torch.Generator) -> tuple[Tensor, Tensor]:
        """Bound, in expectation over pairs, and divergence, each (n,) nats per sample; one draw of the latents."""
        if self.settled:
            bound, (_, nats) = self.model(x, source)
            return bound, nats
        inputs, nats = self.latents(self.model.encoder(x), source)
        return -self.model.likelihood.nll(x, self.model.outputs(inputs)) - nats, nats

    @torch.no_grad()
    def _validate(self) -> dict[str, float]:
        """The bound on the validation images, with the same noise in every epoch."""
        source = generator(self.config.seed, "validation", device=self.validation.device)
        sums = torch.zeros(2, dtype=torch.float64)
        for x in self.validation.split(max(1, CHUNK // self.model.width)):
            sums += torch.stack([part.sum() for part in self._bound(x, source)]).double().cpu()
        bound, kl = (sums / len(self.validation)).tolist()
        return {"validation_bound": bound, "validation_reconstruction": -bound - kl, "validation_kl": kl}

    def _weights(self, temperature: float) -> dict[str, Any]:
        weights = self.latents.weights.double().cpu()
        totals = dict(zip(self.latents.pairs, weights.sum(1).tolist(), strict=True))
        entropy = float(-torch.xlogy(weights, weights).sum(0).mean())
        hot = temperature if math.isfinite(temperature) else None
        return {"temperature": hot, "entropy": entropy, "latents": totals}

    def _settle(self) -> None:
        """Go on as an ordinary VAE of the best pairs."""
        self.latents.anneal(0.0)
        parts = self.model.encoder, self.model.decoder
        last, first = ([m for m in part.modules() if isinstance(m, nn.Linear)] for part in parts)
        self._become(str(self.latents.merge(last[-1], first[0])))
        # What Adam remembers of the merged layers is in the order and the scale that they had before.
        for parameter in (*last[-1].parameters(), *first[0].parameters()):
            self.optimiser.state.pop(parameter, None)

    def _become(self, pairing: str) -> None:
        """Put the latents of a pairing between encoder and decoder."""
        encoder, decoder = self.model.encoder, self.model.decoder
        self.model = VAE(replace(self.config, pairing=pairing), self.data.shape).to(self.train.device)
        self.model.encoder, self.model.decoder = encoder, decoder
        self.settled = True

    def _identity(self) -> dict[str, Any]:
        """What makes a search this search and no other."""
        settings = self.config.identity() | {"pairs": list(self.latents.pairs), "images": self.fingerprint}
        settings.pop("pairing")
        return settings

    def _save(self, proposal: Proposal, best: dict[str, Tensor], path: Path) -> None:
        """Write all that the next epoch depends on, and what there is to show so far."""
        groups = {"model": snapshot(self.model), "latents": snapshot(self.latents), "best": best}
        groups["optimiser"] = optimiser_tensors(self.optimiser)
        course = {name: getattr(proposal, name) for name in COURSE}
        write_tensors(
            path, groups, search=self._identity(), pairing=self.settled and self.model.config.pairing, **course
        )

    def _restore(self, proposal: Proposal, path: Path) -> dict[str, Tensor]:
        """Go on from a checkpoint; the best weights so far."""
        groups, meta = read_tensors(path)
        try:
            mine, theirs = self._identity(), meta["search"]
            change = ", ".join(f"{key} {theirs[key]} is now {mine[key]}" for key in mine if mine[key] != theirs[key])
            if change:
                raise CheckpointError(
                    f"{path.parent} holds another one-shot search ({change}); choose another folder or remove it"
                )
            if meta["pairing"]:
                self._become(meta["pairing"])
            load_weights(self.model, groups["model"], path)
            load_weights(self.latents, groups["latents"], path)
            load_optimiser(self.optimiser, groups["optimiser"])
            for name in COURSE:
                setattr(proposal, name, meta[name])
        except (KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is not of a one-shot search; choose another folder or remove it") from error
        return groups.get("best", {})
