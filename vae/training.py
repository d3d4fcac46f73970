"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from os import PathLike
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor

from divergences.ops import divergence_per_latent
from vae.adam import Adam
from vae.checkpoint import History, Progress, RunFolder, load, load_optimiser, optimiser_tensors, snapshot
from vae.config import TrainConfig
from vae.data import ANEW, DataSplits, binarise, binarised
from vae.errors import CheckpointError, ConfigError, TrainingError
from vae.importance import CHUNK
from vae.memory import keep_freed_memory
from vae.model import VAE
from vae.processes import inner, is_leader, make_fabric, share, threads
from vae.progress import ProgressBar
from vae.randomness import generator

OnEpoch = Callable[[int, dict[str, float]], None]
Measure = Callable[[VAE], dict[str, float]]

PER_PROCESS = 2**32
"""Distance between the random streams of two processes, beyond any number of epochs."""


@dataclass
class FitResult:
    """A trained model.

    Attributes
    ----------
    model : VAE
        With the weights of the best epoch, on the CPU.
    history : list of dict
        One record per epoch: ``epoch`` (from 1), ``train_bound``, ``validation_bound`` and
        ``validation_reconstruction`` (mean of -log p(x|z), or of the loss of ``gibbs``), ``validation_kl`` (the
        divergence of the posterior from the prior that the objective takes), all in nats per sample. Validation is
        with the divergence's full weight from the first epoch on.
    best_epoch : int
        The epoch, from 1, with the best validation bound.
    best_validation : float
        That bound, nats per sample: the objective that was trained, with its number of samples.
    resumed : int
        Epochs that were already done when this call began.
    """

    model: VAE
    history: History
    best_epoch: int
    best_validation: float
    resumed: int = 0


def fit(
    config: TrainConfig,
    data: DataSplits,
    *,
    out: Path | str | None = None,
    on_epoch: OnEpoch | None = None,
    measure: Measure | None = None,
    checkpoint_every: float = 0.0,
    progress: bool = False,
) -> FitResult:
    """Train a VAE until its validation bound no longer improves.

    Everything random in epoch e depends on the seed and on e alone, so that a run that was interrupted, at whatever
    moment, goes on from its last checkpoint to the same numbers as an unbroken one.

    With ``config.devices`` above 1 it starts the other processes by running this program again, as Lightning Fabric
    does, or finds them where ``torchrun`` started them; they share each batch, the first one writes and prints, and all
    return the same.

    Parameters
    ----------
    config : TrainConfig
        What to train.
    data : DataSplits
        Grey levels; ``config.binarise`` is applied here. The test split is not looked at.
    out : pathlib.Path or str, optional
        Folder of the run. A run of the same settings that it holds is continued or, if finished, returned.
    on_epoch : callable, optional
        ``on_epoch(epoch, record)`` after every epoch (from 1), once its checkpoint is written. What it raises stops
        the training and propagates; the run can be continued.
    checkpoint_every : float
        Seconds between two checkpoints, at least; 0 writes one after every epoch.
    measure : callable, optional
        ``measure(model)`` after every epoch: more figures for its record, by names of their own.
    progress : bool
        Show a progress bar, or lines where there is no terminal.

    Raises
    ------
    CheckpointError
        If ``out`` holds a run of other settings or data, or is damaged.
    ConfigError
        If an argument is of another type, or ``checkpoint_every`` is negative.
    DataError
        If the images are outside the likelihood's domain.
    DivergenceError
        If a pair is infinite for every location and scale.
    OutputError
        If ``out`` cannot be written.
    TrainingError
        If the loss leaves the finite numbers; names the epoch, the batch and the pair.
    """
    for name, value, kind, expected in (
        ("config", config, TrainConfig, "a vae.TrainConfig"),
        ("data", data, DataSplits, "a vae.DataSplits"),
        ("out", out, (str, PathLike, type(None)), "a path"),
    ):
        if not isinstance(value, kind):
            raise ConfigError(f"{name} is {value!r}; expected {expected}")
    if isinstance(checkpoint_every, str) or not checkpoint_every >= 0:
        raise ConfigError(f"checkpoint_every is {checkpoint_every!r}; expected seconds, at least 0")
    for name, function in (("on_epoch", on_epoch), ("measure", measure)):
        if not (function is None or callable(function)):
            raise ConfigError(f"{name} is {function!r}; expected a function")
    folder = None if out is None else RunFolder(Path(out).expanduser())
    if folder and folder.finished:
        return _finished(config, data, folder)
    with threads(config):
        trainer = _Trainer(config, data, folder)
        bar = ProgressBar(config, show=progress and is_leader())
        trainer.checkpoint_every = checkpoint_every
        return trainer.run(on_epoch or (lambda epoch, record: None), measure or (lambda model: {}), bar)


def _finished(config: TrainConfig, data: DataSplits, folder: RunFolder) -> FitResult:
    """What the folder of a finished run holds."""
    folder.start(config)
    metrics = folder.metrics()
    if metrics.get("data_crc32") != data.fingerprint():
        raise CheckpointError(f"{folder.path} was trained on other data than these; choose another folder")
    folder.clean()
    best, epochs = metrics["best_validation"], metrics["epochs"]
    return FitResult(load(folder.path), metrics["history"], metrics["best_epoch"], best, epochs)


def learning_rate(config: TrainConfig, epoch: int) -> float:
    """The learning rate of an epoch, counted from 0."""
    if config.schedule == "constant":
        return config.learning_rate
    # Stage i takes 3^i epochs and begins after (3^i - 1)/2 of them (Burda et al. 2016).
    stage = next(i for i in count() if epoch < (3 ** (i + 1) - 1) // 2)
    return config.learning_rate * 10 ** (-stage / 7)


class _Trainer:
    """One run: its data, model and optimiser, and, where it has a folder, its files."""

    checkpoint_every = 0.0

    def __init__(self, config: TrainConfig, data: DataSplits, folder: RunFolder | None) -> None:
        self.config, self.folder, self.fingerprint = config, folder, data.fingerprint()
        fabric = make_fabric(config)
        data = binarised(data, config.binarise, config.split_seed)
        self.model = VAE(config, data.shape, data.train)
        for split in (data.train, data.validation):
            self.model.likelihood.check_targets(split)
        if folder:
            folder.start(config)
        # What a user can get wrong has been looked at: a process that failed now would leave the others waiting.
        if config.devices > 1:
            fabric.launch()
        self.optimiser = Adam(self.model.parameters(), lr=config.learning_rate, eps=config.epsilon)
        self.fabric, self.wrapped = fabric, inner(fabric.setup(self.model, self.optimiser)[0])
        if fabric.device.type == "cpu":
            keep_freed_memory()
        weight = next(self.model.parameters())
        self.train, self.validation = data.train.to(weight), data.validation.to(weight)

    def run(self, on_epoch: OnEpoch, measure: Measure, bar: ProgressBar) -> FitResult:
        """Train from the start, or from the folder's checkpoint, to the end."""
        config, state, best = self.config, Progress(self.fingerprint), snapshot(self.model)
        if self.folder and (loaded := self.folder.load_progress(self.fingerprint, self.model, self.optimiser)):
            state, best = loaded
        resumed, due = state.epoch, time.monotonic() + self.checkpoint_every
        with bar:
            bar.update(state)
            while not state.is_over(config):
                figures = {"train_bound": self._train_epoch(state.epoch), **self._validate(state.epoch)}
                if state.add(figures | measure(self.model)):
                    best = snapshot(self.model)
                if self.folder and is_leader() and time.monotonic() >= due:
                    self.folder.save_progress(state, self.model, self.optimiser, best)
                    due = time.monotonic() + self.checkpoint_every
                bar.update(state)
                on_epoch(state.epoch, dict(state.history[-1]))
        self.model.load_state_dict(best)
        self.model.cpu().eval()
        if self.folder and is_leader():
            self.folder.finish(self.model, state)
        return FitResult(self.model, state.history, state.best_epoch, state.best_validation, resumed)

    def _batches(self, epoch: int) -> Iterator[tuple[Tensor, torch.Generator, float]]:
        """Batches of this process, the generator of their noise, their weights; the same whenever they are asked."""
        device = self.train.device
        order = torch.randperm(len(self.train), generator=generator(self.config.seed, "training", 2 * epoch))
        noise = 2 * epoch + 1 + PER_PROCESS * self.fabric.global_rank
        source = generator(self.config.seed, "training", noise, device)
        for batch in order.to(device).split(self.config.batch_size):
            rows, share_of_mean = share(batch, self.fabric)
            x = self.train.index_select(0, rows)
            x = binarise(x, self.config.binarise, source) if self.config.binarise in ANEW else x
            yield x, source, share_of_mean

    def _weight(self, epoch: int, step: int) -> float | None:
        """The divergence's weight while it warms up, linear in the steps; then None."""
        done = (epoch + step / math.ceil(len(self.train) / self.config.batch_size)) / max(1, self.config.warmup)
        return self.config.beta * done if epoch < self.config.warmup else None

    def _step(self, batch: tuple[Tensor, torch.Generator, float], weight: float | None) -> Tensor:
        """Take one optimiser step; return the sum of the bound over this process's batch, not read yet."""
        x, source, share_of_mean = batch
        with self.fabric.autocast():
            bound, _ = self.wrapped(x, source, weight)
        self.fabric.backward(-share_of_mean * bound.mean())
        self.optimiser.step()
        self.optimiser.zero_grad()
        return bound.detach().sum() * bool(share_of_mean)

    def _train_epoch(self, epoch: int) -> float:
        """Take one pass over the training images; return the mean bound, nats per sample."""
        before = snapshot(self.model), optimiser_tensors(self.optimiser)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, epoch)
        # Read once per epoch: reading at every step would make a GPU wait.
        steps = enumerate(self._batches(epoch))
        bounds = torch.stack([self._step(batch, self._weight(epoch, i)) for i, batch in steps]).double()
        if self.fabric.world_size > 1:
            reduced = self.fabric.all_reduce(bounds, reduce_op="sum")
            assert isinstance(reduced, Tensor)
            bounds = reduced
        if not bounds.isfinite().all():
            self._explain(epoch, int(bounds.isfinite().logical_not().nonzero()[0]), before)
        return float(bounds.sum()) / len(self.train)

    def _explain(self, epoch: int, failed: int, before: tuple[dict[str, Tensor], dict[str, Tensor]]) -> NoReturn:
        """Repeat an epoch up to the batch whose loss was not finite, and say what was not."""
        self.model.load_state_dict(before[0])
        load_optimiser(self.optimiser, before[1])
        batches = self._batches(epoch)
        for i, batch in enumerate(islice(batches, failed)):
            self._step(batch, self._weight(epoch, i))
        x, source, _ = next(batches)
        with torch.no_grad(), self.fabric.autocast():
            loc, log_scale, *_ = self.model.posterior(x)
            log_likelihood, _ = self.model.terms(x, 1, source, analytic=False)
            kind, alpha = self.config.divergence
            nats = divergence_per_latent(kind, self.model.pairing, loc, log_scale, alpha)
        finite = nats.isfinite().all(0)
        if not (loc.isfinite().all() and log_scale.isfinite().all()):
            what = "the encoder's outputs are not finite"
        elif not finite.all():
            index = int(finite.logical_not().nonzero()[0])
            what = f"the divergence of a latent of the pair {self.model.pairing.labels[index]} is not finite"
        elif not log_likelihood.isfinite().all():
            what = f"the {self.model.likelihood.name} log-likelihood is not finite"
        else:
            what = "the importance weights are not finite"
        raise TrainingError(
            f"training with {self.config.pairing} left the finite numbers in epoch {epoch + 1}, batch {failed + 1}: "
            f"{what}; a learning_rate below {self.config.learning_rate:g} may help"
        )

    @torch.no_grad()
    def _validate(self, epoch: int) -> dict[str, float]:
        """The objective on the validation images, with the same noise in every epoch."""
        source = generator(self.config.seed, "validation", device=self.validation.device)
        width = self.model.width * self.config.samples
        sums = torch.zeros(3, dtype=torch.float64)
        for x in self.validation.split(max(1, CHUNK // width)):
            with self.fabric.autocast():
                bound, (log_likelihood, cost) = self.wrapped(x, source)
            kl = cost if cost.ndim == 1 else -cost.mean(0)
            sums += torch.stack([bound.sum(), -log_likelihood.mean(0).sum(), kl.sum()]).double().cpu()
        if not sums.isfinite().all():
            raise TrainingError(
                f"training with {self.config.pairing} left the finite numbers: the validation bound after epoch "
                f"{epoch + 1} is not finite; a learning_rate below {self.config.learning_rate:g} may help"
            )
        names = ("validation_bound", "validation_reconstruction", "validation_kl")
        return dict(zip(names, (sums / len(self.validation)).tolist(), strict=True))
