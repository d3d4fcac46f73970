"""Which trials count, and which is next to be run: read from the numbers that the database gives to trials.

Any number of processes, on any number of machines, claim trials without a lock between them. A claim *is* the creation
of a trial, with its owner, its parameters where they are known, and its *key*: the starting point that it is, or the
lost trial that it repeats. A database creates trials one at a time and numbers them in that order, so whoever sees a
trial sees all with lower numbers. From this, two rules decide alike for everybody:

- Of trials with the same key the one with the lowest number counts; the others are *duplicates*, whatever they say.
- A trial may run if fewer trials with lower numbers count, that have not failed, than were asked for.

Keys and numbers never change, and trials with lower numbers can only fail, never appear: what the rules once allow
stays allowed. So of the trials that finish, the one with the highest number had fewer than were asked for below it, and
no more than that finish; and whoever created a trial that may not run lets it fail at once. That holds for all storages
of Optuna whose creation of trials is atomic: databases, and its gRPC proxy before them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from search.space.space import START

RETRY = "retry_of"
"""Attribute of a trial that repeats a lost one: its number."""
OWNER = "owner"
"""Attribute of a trial that a process has claimed: who it is."""
CLAIM = "claim"
"""Attribute that tells one claim from all others."""
MACHINE = "machine"
"""Attribute of a trial: on what it runs, as far as that decides the last digits of its figures."""
SIDE_BY_SIDE = "side_by_side"
"""Attribute of a trial that is trained so: among how many."""
FIXED = "fixed_params"
"""Where Optuna keeps the parameters of a trial that needs no sampler."""


@dataclass(frozen=True)
class Work:
    """A trial to be created: parameters that are settled already, and attributes."""

    params: dict[str, Any] = field(default_factory=dict)
    attrs: dict[str, Any] = field(default_factory=dict)


def key(trial: FrozenTrial) -> Hashable | None:
    """What only one trial of a study may be; ``None`` for a proposal of the sampler."""
    attrs = trial.user_attrs
    for name in (RETRY, START):
        if name in attrs:
            return name, attrs[name]
    return None


def settled(trial: FrozenTrial) -> dict[str, Any]:
    """The parameters that a trial has, or was created to have."""
    return trial.system_attrs.get(FIXED, {}) | trial.params


class Ledger:
    """All trials of a study at one moment, in the light of the rules above.

    Parameters
    ----------
    trials : sequence of optuna.trial.FrozenTrial
        By number, none left out.
    """

    def __init__(self, trials: Sequence[FrozenTrial]) -> None:
        self.trials = list(trials)
        self._first: dict[Hashable, int] = {}
        keyed = [(trial, key(trial)) for trial in trials]
        for trial, name in keyed:
            if name is not None:
                self._first.setdefault(name, trial.number)
        self.counting = [t for t, name in keyed if name is None or self._first[name] == t.number]
        """All trials but duplicates."""
        self._origin = {t.number: t.user_attrs[RETRY] for t in self.counting if RETRY in t.user_attrs}
        self._live = [t for t in self.counting if t.state != TrialState.FAIL]

    @property
    def taken(self) -> int:
        """How many trials are finished, running or waiting."""
        return len(self._live)

    def allows(self, number: int, limit: int) -> bool:
        """Whether a trial may run in a study of ``limit`` trials."""
        below = sum(trial.number < number for trial in self._live)
        return below < limit and any(trial.number == number for trial in self._live)

    def lost(self) -> FrozenTrial | None:
        """The first failed trial that has parameters and has not been put back yet."""
        for trial in self.counting:
            if trial.state == TrialState.FAIL and (RETRY, trial.number) not in self._first and settled(trial):
                return trial
        return None

    def waiting(self, limit: int) -> FrozenTrial | None:
        """The first trial that somebody has put into the queue, where it may run."""
        found = next((trial for trial in self._live if trial.state == TrialState.WAITING), None)
        return found if found and self.allows(found.number, limit) else None

    def queued(self, start: int) -> bool:
        """Whether a starting point has become a trial."""
        return (START, start) in self._first

    def ordinal(self, number: int) -> int:
        """How many trials were proposed before one, those left out that were lost before they had parameters.

        Repetitions do not count, so that a study from which trials were lost goes on as it would have.
        """
        before = (t for t in self.counting if t.number < number and RETRY not in t.user_attrs)
        return sum(trial.state != TrialState.FAIL or bool(settled(trial)) for trial in before)

    def predecessors(self, number: int) -> list[int]:
        """The lost trials that one repeats, the latest first."""
        chain = []
        while (found := self._origin.get(number)) is not None:
            chain.append(number := found)
        return chain
