"""What a search is asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from sqlalchemy.engine import URL

from search.cores import workers_for
from search.errors import SearchError
from search.samplers import PRUNERS, SAMPLERS, make_pruner, make_sampler, refuse_pruner, refuse_sampler
from search.space.file import make_space
from search.space.space import Point, Space
from search.space.starts import own_start
from search.yardsticks import METRICS, YARDSTICKS, Metric, default_yardstick, refuse_incomparable
from vae.config import TrainConfig
from vae.data import DataSplits, load_dataset

OBJECTIVES = ("elbo", "vr", "gvi")
"""What is trained; of the last two a Rényi order is part, on the joint and on the divergence from the prior."""
AUTO = "auto"
"""As many workers as serve the machine best."""
BASELINES = ("all", "normal")
SPACE_OPTIONS = ("pairs", "latents", "likelihood", "batch_size")
"""Settings of the space that have an option of their own, for spaces that leave them open."""


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
    space
        counts (how often each pair occurs), per-latent (a pair for each latent), or a YAML file that fixes, frees or
        bounds every setting.
    objective
        What is trained: elbo, vr (of Rényi order alpha, on the joint) or gvi (Rényi's divergence from the prior in
        place of Kullback and Leibler's).
    samples
        Posterior samples per image and step of vr.
    sampler
        Who proposes: tpe, cmaes, gp, nsgaii, nsgaiii, random or brute.
    pruner
        Who stops trials that lag: hyperband, median, halving or none.
    metrics
        Several objectives at once, as elbo,parameters: elbo, objective, iw_bound, kid_efflite0, fid_efflite0, kid, fid,
        parameters, seconds.
    yardstick
        By what trials are compared where there is one objective; default: elbo, but iw_bound where the Rényi order is
        part of what is trained, and kid_efflite0 where the likelihood is searched.
    trials
        Finished trials (trained to the end or pruned) at which the search ends.
    epochs
        Epochs of a trial that is not pruned.
    final_epochs
        Epochs for retraining the finalists and what they are compared with; default: as many as a trial's.
    final_seeds
        Seeds with which each is retrained.
    finalists
        Pairings that are retrained, best first, beside those they are compared with.
    baselines
        What they are compared with: all (N/N and every homogeneous pairing) or normal (N/N).
    batch_size
        Images per optimiser step.
    seed
        Seed of the data split, the networks and the proposals.
    storage
        Database URL of the study; by default an SQLite file in the output folder.
    study
        Name of the study in the storage.
    workers
        Processes that run trials beside each other, or auto: one for each core (for each --threads cores; one before a
        GPU). With more than one the order of trials, and so what is proposed, varies.
    threads
        Threads of each process. A second one makes networks of this size less than twice as fast, and much slower where
        another process wants its core: use more workers instead.
    side_by_side
        Trials that each process trains as one batched model, where they are of one shape.
    start
        A starting point of your own: a pairing, or the proposal.json of python -m search.oneshot.
    only_trials
        Help with trials that a search on another machine, in the same storage, is about; no finalists, no report.
    checkpoint
        Seconds between two checkpoints of a trial; one that is lost goes on from its last.
    keep
        Trials, best first, whose models stay in the output folder.
    out
        Output folder; runs/<dataset> by default.
    """

    dataset: str = "mnist-5k"
    data_root: str | None = None
    pairs: str = "N/N,La/N,Lo/N,N/La,La/La,Lo/La,G/G"
    latents: int = 20
    likelihood: str = "bernoulli"
    space: str = "counts"
    objective: str = "elbo"
    samples: int = 5
    sampler: str = "tpe"
    pruner: str = "hyperband"
    metrics: str = ""
    yardstick: str | None = None
    trials: int = 20
    epochs: int = 12
    final_epochs: int | None = None
    final_seeds: int = 2
    finalists: int = 2
    baselines: str = "all"
    batch_size: int = 100
    seed: int = 0
    storage: str | None = None
    study: str = "autovae"
    workers: int | Literal["auto"] = 1
    threads: int = 1
    side_by_side: int = 1
    start: str | None = None
    only_trials: bool = False
    checkpoint: float = 10.0
    keep: int = 5
    out: str | None = None

    def __post_init__(self) -> None:
        counts = ("trials", "epochs", "final_epochs", "final_seeds", "finalists", "batch_size", "threads")
        for name in (*counts, "latents", "samples", "side_by_side"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise SearchError(f"{name} is {value}; accepted is a positive integer")
        if self.workers != AUTO and (not isinstance(self.workers, int) or self.workers < 1):
            raise SearchError(f"workers is {self.workers}; accepted is a positive integer, or {AUTO}")
        for name in ("checkpoint", "keep"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise SearchError(f"{name} is {getattr(self, name)}; accepted is a number from 0")
        if self.seed < 0:
            raise SearchError(f"seed is {self.seed}; accepted is an integer from 0")
        if not self.study:
            raise SearchError("the name of the study is empty")
        for name, known in (
            ("objective", OBJECTIVES),
            ("sampler", SAMPLERS),
            ("pruner", PRUNERS),
            ("baselines", BASELINES),
            ("yardstick", (None, *YARDSTICKS)),
        ):
            if getattr(self, name) not in known:
                accepted = ", ".join(filter(None, known))
                raise SearchError(f"unknown {name} {getattr(self, name)!r}; known are {accepted}")
        for name in self._metrics:
            if name not in METRICS:
                raise SearchError(f"unknown metric {name!r}; known are {', '.join(METRICS)}")
        if self._metrics and self.yardstick:
            raise SearchError(f"metrics is {self.metrics} and yardstick {self.yardstick}; accepted is one of the two")
        if self._metrics and self._metrics[0] not in YARDSTICKS:
            raise SearchError(
                f"metrics begins with {self._metrics[0]}; the first decides in the end, and must be of a model's "
                f"quality: {', '.join(YARDSTICKS)}"
            )
        if len(set(self._metrics)) < len(self._metrics):
            raise SearchError(f"metrics is {self.metrics}; accepted is each of them once")
        for metric in self.objectives:
            refuse_incomparable(metric, self.search_space, self.objective)
        refuse_pruner(self.pruner, self.objectives)
        refuse_sampler(self.sampler, self.search_space, self.objectives, self.trials)
        for point in self.starting_points():
            self.train_config(point, self.epochs, self.seed)

    @cached_property
    def search_space(self) -> Space:
        """What :attr:`space` and the settings beside it mean."""
        options = {name: getattr(self, name) for name in SPACE_OPTIONS}
        changed = {name: value for name, value in options.items() if value != getattr(type(self), name)}
        return make_space(self.space, self.objective, options, changed)

    def starting_points(self) -> Iterator[Point]:
        """What is tried before the sampler proposes: the space's starting points, and the user's own."""
        yield from self.search_space.starting_points()
        if self.start:
            yield own_start(self.start, self.search_space)

    @property
    def retraining_epochs(self) -> int:
        """Epochs for retraining the finalists."""
        return self.epochs if self.final_epochs is None else self.final_epochs

    @property
    def objectives(self) -> tuple[Metric, ...]:
        """What the study maximises or minimises: the yardstick alone, or several metrics."""
        alone = self.yardstick or default_yardstick(self.search_space, self.objective)
        return tuple(METRICS[name] for name in self._metrics or (alone,))

    @property
    def _metrics(self) -> list[str]:
        return [name for name in (each.strip() for each in self.metrics.split(",")) if name]

    @property
    def processes(self) -> int:
        """How many processes run trials."""
        return workers_for(self.threads) if isinstance(self.workers, str) else self.workers

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
            likelihood=point.likelihood,
            hidden=point.hidden,
            depth=point.depth,
            activation=point.activation,
            learning_rate=point.learning_rate,
            batch_size=point.batch_size,
            **self._objective(point.alpha),
            epochs=epochs,
            patience=epochs,
            seed=seed,
            split_seed=self.seed,
            threads=self.threads,
        )

    def _objective(self, alpha: float | None) -> dict[str, Any]:
        """The objective's settings: without an order all three are the ELBO."""
        if alpha is None or self.objective == "elbo":
            return {}
        if self.objective == "gvi":
            return {"objective": "gvi", "discrepancy": "renyi", "alpha": alpha}
        return {"objective": "vr", "alpha": alpha, "samples": self.samples}

    def signature(self, data: DataSplits) -> dict[str, Any]:
        """What makes two trials comparable, and must agree for a study to be gone on with."""
        return self.search_space.signature() | {
            "dataset": self.dataset,
            "images": data.fingerprint(),
            "objective": self.objective,
            "samples": self.samples if self.objective == "vr" else None,
            "epochs": self.epochs,
            "seed": self.seed,
            "objectives": [metric.name for metric in self.objectives],
        }

    def command(self) -> str:
        """The command line that repeats this search."""
        return command_line("search.run", self)

    def make_sampler(self, taken: int) -> BaseSampler:
        """The sampler of the next trial, with a seed of its own.

        The seed depends on how many trials are finished or running, so that a search that was killed goes on as it
        would have, and no two workers draw the same.
        """
        return make_sampler(self.sampler, (self.seed * 1_000_003 + taken) % 2**32, self.search_space)

    def make_pruner(self) -> BasePruner:
        """The pruner of all trials."""
        return make_pruner(self.pruner, self.epochs)


def command_line(module: str, settings: Any) -> str:
    """The command that runs a module with settings, a dataclass: those that differ from their defaults are named."""
    words = ["python", "-m", module]
    for field in fields(settings):
        if (value := getattr(settings, field.name)) != field.default:
            words += [f"--{field.name}", str(value)]
    return shlex.join(words)
