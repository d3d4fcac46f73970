"""Finished trials as plain records: what the table of trials and ``trials.csv`` show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from pathlib import Path

from optuna.trial import FrozenTrial, TrialState

from search.space import Point, Space
from vae.files import write_bytes


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
        Validation ELBO in nats per sample, of the best epoch where complete, of the last where pruned.
    pairing, hidden, learning_rate
        The model (:class:`search.space.Point`).
    epochs : int
        Epochs that were trained.
    seconds : float
        Time from start to end.
    failure : str
        Why training broke off, where it did.
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

    @property
    def point(self) -> Point:
        """The model that was tried."""
        return Point(self.pairing, self.hidden, self.learning_rate)

    @property
    def complete(self) -> bool:
        """Whether it was trained to its end."""
        return self.state == "complete"


def record(trial: FrozenTrial, space: Space) -> Record:
    """Read one finished trial."""
    point = space.point(trial.params)
    return Record(
        trial=trial.number,
        state="complete" if trial.state == TrialState.COMPLETE else "pruned",
        value=trial.value,
        pairing=point.pairing,
        hidden=point.hidden,
        learning_rate=point.learning_rate,
        epochs=trial.last_step or 0,
        seconds=round(trial.duration.total_seconds(), 2) if trial.duration else 0.0,
        failure=trial.user_attrs.get("failure", ""),
    )


def best(records: Iterable[Record]) -> Record | None:
    """The complete trial of highest value; the earlier one of two equals."""
    return max((r for r in records if r.value is not None and r.complete), key=attrgetter("value"), default=None)


def write_csv(path: Path, records: Iterable[Record]) -> None:
    """Write one line per record, in order, whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.name for field in fields(Record)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, records))
    write_bytes(path, text.getvalue().encode())
