"""Which models are retrained at the end of a search, and what they are compared with.

With one objective: the best trials of different pairings, as they were tried; N/N is not among them, since it always
takes part. With several: trials of the Pareto front, the best by each objective in turn. Beside them N/N, and where
asked for every homogeneous pairing, in the network and with the training of the best trial, so that against the best
only the pairing differs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import cycle
from statistics import fmean
from typing import Any

from search.config import SearchConfig
from search.errors import SearchError
from search.records import Record, best, pareto_front
from search.space.space import NETWORK, Point
from search.yardsticks import Metric

BASELINE = "N/N"


@dataclass
class Run:
    """One retraining: a seed's model and its figures."""

    seed: int
    folder: str
    best_epoch: int
    history: list[float]
    validation: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)


@dataclass
class Finalist:
    """A model that is retrained.

    Attributes
    ----------
    pairing, hidden, learning_rate, likelihood, alpha, depth, activation, batch_size
        The model (:class:`search.space.space.Point`).
    trial : int or None
        The best trial of that pairing; ``None`` where there is none.
    runs : list of Run
        One retraining per seed.
    baseline : bool
        Whether it is there for comparison: N/N or a homogeneous pairing, trained as the best trial was.
    kept : int
        Which of the runs stands for them all, chosen on validation data.
    """

    pairing: str
    hidden: int
    learning_rate: float
    trial: int | None
    runs: list[Run] = field(default_factory=list)
    likelihood: str = "bernoulli"
    alpha: float | None = None
    depth: int = 2
    activation: str = "gelu"
    batch_size: int = 100
    baseline: bool = False
    kept: int = 0

    @property
    def point(self) -> Point:
        """The model."""
        return Point(self.pairing, **{name: getattr(self, name) for name in NETWORK})

    @property
    def chosen(self) -> Run:
        """The run that stands for them all."""
        return self.runs[self.kept]

    def choose(self, metric: Metric) -> None:
        """Let the run stand for all whose model is best on validation data."""
        figures = self.values("validation", metric.name)
        self.kept = max(range(len(figures)), key=lambda i: _order(metric.sign * figures[i]))

    def mean(self, split: str, figure: str) -> float:
        """Mean of a figure over the runs."""
        return fmean(self.values(split, figure))

    def values(self, split: str, figure: str) -> list[float]:
        """A figure of every run, NaN where it is infinite; ``split`` is ``"validation"`` or ``"test"``."""
        found = [getattr(run, split)[figure] for run in self.runs]
        return [math.nan if value is None else float(value) for value in found]


def finalists(records: Sequence[Record], config: SearchConfig) -> list[Finalist]:
    """The models to retrain: finalists, then what they are compared with.

    Raises
    ------
    SearchError
        If no trial was trained to its end.
    """
    leader = best(records, config.objectives[0])
    if leader is None:
        raise SearchError(f"none of {len(records)} trials was trained to its end, so none is best; raise --trials")
    chosen: list[Record] = []
    for r in _ranked(records, config):
        # Of the front every model is an answer of its own; of a single order, further trials of a pairing are not.
        new = r.point not in [c.point for c in chosen]
        if len(config.objectives) == 1:
            new = r.pairing not in [c.pairing for c in chosen] and not is_plain(r)
        if new and len(chosen) < config.finalists:
            chosen.append(r)
    found = [_finalist(r.point, r.trial) for r in chosen]
    pairs = [BASELINE] + [pair for pair in config.search_space.pairs if pair != BASELINE] * (config.baselines == "all")
    for pair in pairs:
        point = replace(leader.point, pairing=f"{pair}:{leader.point.latents}")
        if point in [f.point for f in found] or (pair != BASELINE and point.pairing in [f.pairing for f in found]):
            continue
        trial = best((r for r in records if r.pairing == point.pairing), config.objectives[0])
        found.append(_finalist(point, trial.trial if trial else None, baseline=True))
    return found


def ordered(chosen: Sequence[Finalist], metric: Metric) -> list[Finalist]:
    """Retrained models, best first on validation data."""
    return sorted(chosen, key=lambda f: _order(metric.sign * f.mean("validation", metric.name)), reverse=True)


def is_plain(model: Finalist | Record | Point) -> bool:
    """Whether the pairing is N/N in all latents."""
    return model.pairing.rpartition(":")[0] == BASELINE


def _finalist(point: Point, trial: int | None, *, baseline: bool = False) -> Finalist:
    return Finalist(**asdict(point), trial=trial, baseline=baseline)


def _ranked(records: Sequence[Record], config: SearchConfig) -> Iterator[Record]:
    """Complete trials, best first; of several objectives the front, the best by each in turn."""
    left = [r for r in records if r.complete and r.value is not None]
    if len(config.objectives) > 1:
        front = pareto_front(records, config.objectives)
        left = [r for r in left if r.trial in front]
    for metric in cycle(config.objectives):
        if not left:
            return
        leader = max(left, key=lambda r: metric.sign * r.values.get(metric.name, r.value or 0.0))
        left.remove(leader)
        yield leader


def _order(value: float) -> float:
    """A sort key that puts what is not finite last."""
    return value if math.isfinite(value) else -math.inf
