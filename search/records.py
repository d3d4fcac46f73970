"""Finished trials as plain records: what the table of trials and ``trials.csv`` show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from optuna.trial import FrozenTrial, TrialState

from search.config import SearchConfig
from search.space.space import NETWORK, Point
from search.yardsticks import ELBO, Metric
from vae.files import write_bytes

EPOCHS = "epochs"
"""Attribute of a trial with several objectives: how many it was trained, which others show by what they report."""


@dataclass(frozen=True)
class Record:
    """One finished trial.

    Attributes
    ----------
    trial : int
        Its number in the study.
    state : str
        ``"complete"`` or ``"pruned"``.
    value : float or None
        By which trials are compared (:mod:`search.yardsticks`): of the best epoch where complete, of the last where
        pruned. Of several objectives the first.
    pairing, hidden, learning_rate, likelihood, alpha, depth, activation, batch_size
        The model (:class:`search.space.space.Point`).
    epochs : int
        Epochs that were trained.
    seconds : float
        Time from start to end.
    failure : str
        Why training broke off, where it did.
    values : dict
        Every objective by its name; empty unless complete.
    """

    trial: int
    state: str
    value: float | None
    pairing: str
    hidden: int
    learning_rate: float
    epochs: int
    seconds: float
    failure: str = ""
    likelihood: str = "bernoulli"
    alpha: float | None = None
    depth: int = 2
    activation: str = "gelu"
    batch_size: int = 100
    values: dict[str, float] = field(default_factory=dict)

    @property
    def point(self) -> Point:
        """The model that was tried."""
        return Point(self.pairing, **{name: getattr(self, name) for name in NETWORK})

    @property
    def complete(self) -> bool:
        """Whether it was trained to its end."""
        return self.state == "complete"


def record(trial: FrozenTrial, config: SearchConfig) -> Record:
    """Read one finished trial."""
    return Record(
        trial=trial.number,
        state="complete" if trial.state == TrialState.COMPLETE else "pruned",
        value=trial.values[0] if trial.values else None,
        epochs=trial.last_step or trial.user_attrs.get(EPOCHS, 0),
        seconds=round(trial.duration.total_seconds(), 2) if trial.duration else 0.0,
        failure=trial.user_attrs.get("failure", ""),
        values=_values(trial, config),
        **asdict(config.search_space.point(trial.params)),
    )


def _values(trial: FrozenTrial, config: SearchConfig) -> dict[str, float]:
    if trial.state != TrialState.COMPLETE:
        return {}
    return {metric.name: value for metric, value in zip(config.objectives, trial.values or (), strict=True)}


def best(records: Iterable[Record], metric: Metric = ELBO) -> Record | None:
    """The complete trial of best value in the first objective; the earlier one of two equals."""
    complete = (r for r in records if r.value is not None and r.complete)
    return max(complete, key=lambda r: metric.sign * (r.value or 0.0), default=None)


def pareto_front(records: Sequence[Record], objectives: Sequence[Metric]) -> set[int]:
    """Numbers of the complete trials that no other beats: none is as good in every objective and better in one."""
    figures = {r.trial: [m.sign * r.values[m.name] for m in objectives] for r in records if r.complete}
    return {
        trial
        for trial, mine in figures.items()
        if not any(
            other != mine and all(o >= m for o, m in zip(other, mine, strict=True)) for other in figures.values()
        )
    }


def write_csv(path: Path, records: Sequence[Record], objectives: Sequence[Metric] = (ELBO,)) -> None:
    """Write one line per record, in order, whole or not at all.

    Several objectives have a column each, and another says which trials are on their Pareto front.
    """
    names = [field.name for field in fields(Record) if field.name != "values"]
    rows = [asdict(r) | r.values for r in records]
    if len(objectives) > 1:
        names += [metric.name for metric in objectives] + ["front"]
        front = pareto_front(records, objectives)
        rows = [row | {"front": row["trial"] in front} for row in rows]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, text.getvalue().encode())
