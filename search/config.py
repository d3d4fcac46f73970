"""What a search is asked to do."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import optuna
from sqlalchemy.engine import URL

from search.errors import SearchError
from search.space import Point, Space
from vae.config import TrainConfig
from vae.data import DataSplits, load_dataset

REDUCTION = 3
"""Hyperband's eta: of the trials that reach a rung, one in three goes on."""
FIRST_RUNG = 4
"""Epochs before which the order of two models says little about how they will end."""
YARDSTICK = "validation ELBO, nats per sample, best epoch"
"""By what trials are compared."""


@dataclass(frozen=True)
class SearchConfig:
    """Settings of a search over posterior-prior pairs.

    Parameters
    ----------
    dataset
        Data set: mnist-5k, fashion-mnist and the others that vae.train takes, or the path of your own.
    data_root
        Folder that holds downloaded data sets.
    pairs
        Posterior/prior pairs that a latent may get, as N/N,La/N.
    latents
        Number of latents.
    likelihood
        Likelihood of a pixel; one for the whole search, since bounds of different likelihoods cannot be compared.
    trials
        Finished trials (trained to the end or pruned) at which the search ends.
    epochs
        Epochs of a trial that is not pruned.
    final_epochs
        Epochs for retraining the winner and N/N after the search.
    final_seeds
        Seeds with which both are retrained.
    batch_size
        Images per optimiser step.
    seed
        Seed of the data split, the networks and the proposals.
    storage
        Database URL of the study; by default an SQLite file in the output folder.
    study
        Name of the study in the storage.
    workers
        Processes that run trials side by side; with more than one the order of trials, and so what is proposed, varies.
    threads
        Threads of each process. Networks of this size gain nothing from a second one, and lose much where another
        process wants its core: use more workers instead.
    out
        Output folder; runs/<dataset> by default.
    """

    dataset: str = "mnist-5k"
    data_root: str | None = None
    pairs: str = "N/N,La/N,Lo/N,N/La,La/La,Lo/La,G/G"
    latents: int = 20
    likelihood: str = "bernoulli"
    trials: int = 20
    epochs: int = 12
    final_epochs: int = 24
    final_seeds: int = 2
    batch_size: int = 100
    seed: int = 0
    storage: str | None = None
    study: str = "autovae"
    workers: int = 1
    threads: int = 1
    out: str | None = None

    def __post_init__(self) -> None:
        for name in ("trials", "epochs", "final_epochs", "final_seeds", "batch_size", "workers", "threads", "latents"):
            if getattr(self, name) < 1:
                raise SearchError(f"{name} is {getattr(self, name)}; accepted is a positive integer")
        if self.seed < 0:
            raise SearchError(f"seed is {self.seed}; accepted is an integer from 0")
        if not self.study:
            raise SearchError("the name of the study is empty")
        for point in self.space.starting_points():
            self.train_config(point, self.epochs, self.seed)

    @cached_property
    def space(self) -> Space:
        """The search space."""
        return Space.parse(self.pairs, self.latents)

    @property
    def folder(self) -> Path:
        """Where everything that the search leaves goes."""
        return Path(self.out).expanduser() if self.out else Path("runs") / Path(self.dataset).stem

    @property
    def storage_url(self) -> str:
        """Database URL of the study."""
        own = URL.create("sqlite", database=str(self.folder / "study.db"))
        return self.storage or own.render_as_string()

    def load_data(self) -> DataSplits:
        """All three splits; the seed decides which images are held out."""
        return load_dataset(self.dataset, self.data_root, self.seed)

    def train_config(self, point: Point, epochs: int, seed: int) -> TrainConfig:
        """How one model of the space is trained; every epoch runs, and the best one's weights are kept."""
        return TrainConfig(
            dataset=self.dataset,
            data_root=self.data_root,
            pairing=point.pairing,
            likelihood=self.likelihood,
            hidden=point.hidden,
            learning_rate=point.learning_rate,
            batch_size=self.batch_size,
            epochs=epochs,
            patience=epochs,
            seed=seed,
            split_seed=self.seed,
            threads=self.threads,
        )

    def signature(self, data: DataSplits) -> dict[str, Any]:
        """What makes two trials comparable, and must agree for a study to be gone on with."""
        return self.space.signature() | {
            "dataset": self.dataset,
            "images": data.fingerprint(),
            "likelihood": self.likelihood,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "yardstick": YARDSTICK,
        }

    def command(self) -> str:
        """The command line that repeats this search."""
        words = ["python", "-m", "search.run"]
        for field in fields(self):
            if (value := getattr(self, field.name)) != field.default:
                words += [f"--{field.name}", str(value)]
        return shlex.join(words)

    def sampler(self, taken: int) -> optuna.samplers.BaseSampler:
        """TPE over all parameters at once, with a seed of its own for each trial.

        The seed depends on how many trials are finished or running, so that a search that was killed goes on as it
        would have, and no two workers draw the same. The startup trials are few, because Hyperband shows the sampler
        only the trials of its own bracket.
        """
        seed = (self.seed * 1_000_003 + taken) % 2**32
        return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, n_startup_trials=4, seed=seed)

    def pruner(self) -> optuna.pruners.BasePruner:
        """Hyperband over epochs."""
        return optuna.pruners.HyperbandPruner(
            min_resource=min(FIRST_RUNG, self.epochs), max_resource=self.epochs, reduction_factor=REDUCTION
        )
