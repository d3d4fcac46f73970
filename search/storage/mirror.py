"""A storage that remembers the trials that this process runs, so that looking at one's own trial asks no database.

A running trial is changed by its owner alone. The one exception, that another process takes it to be lost, shows in the
owner's next change that is written, which is refused.

What a sampler proposes is written together, and intermediate values at most once in :data:`PAUSE` seconds: with the
next attribute (a rung, a sign of life) or at the latest with the trial's end. What a process that is killed has not
written yet, its trial's repetition tells again from the checkpoint.
"""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from search.storage import transaction
from search.storage.patience import PatientStorage

PAUSE = 1.0
"""Seconds for which intermediate values may be kept back."""


class MirroredStorage(PatientStorage):
    """Forwards to another storage, patiently; serves own trials from memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own: dict[int, FrozenTrial] = {}
        self._unwritten: dict[int, list[transaction.Change]] = {}
        self._written: dict[int, float] = {}
        self._writing = threading.Lock()  # signs of life come from a thread of their own
        self._ids: dict[str, int] = {}
        self._proposing: tuple[int, int, Sequence[FrozenTrial]] | None = None

    def mirror(self, trial: FrozenTrial) -> None:
        """Remember a running trial from now on, until it ends: it is this process's own."""
        self._own[trial._trial_id] = _copy(trial)
        self._unwritten[trial._trial_id], self._written[trial._trial_id] = [], time.monotonic()

    @contextmanager
    def proposing(self, study_id: int, trial: FrozenTrial, trials: Sequence[FrozenTrial]) -> Iterator[None]:
        """Let a sampler propose for an own trial: it sees ``trials``, and what it says is written at the end."""
        self.mirror(trial)
        self._proposing = study_id, trial._trial_id, trials
        try:
            yield
        finally:
            self._proposing = None
        self.write(trial._trial_id)

    def write(self, trial_id: int) -> None:
        """Write what is kept back of a trial."""
        with self._writing:
            if changes := self._unwritten.get(trial_id):
                self.patiently(transaction.write, trial_id, changes)
                self._unwritten[trial_id], self._written[trial_id] = [], time.monotonic()

    def get_study_id_from_name(self, study_name: str) -> int:
        if study_name not in self._ids:  # asked for at every epoch by Hyperband
            self._ids[study_name] = self.patiently("get_study_id_from_name", study_name)
        return self._ids[study_name]

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        if self._proposing is None or self._proposing[0] != study_id:
            return self.patiently("get_all_trials", study_id, deepcopy=deepcopy, states=states)
        trials = [trial for trial in self._proposing[2] if states is None or trial.state in states]
        return copy.deepcopy(trials) if deepcopy else trials

    def get_trial(self, trial_id: int) -> FrozenTrial:
        if trial_id not in self._own:
            return self.patiently("get_trial", trial_id)
        return _copy(self._own[trial_id])

    get_trial_params = BaseStorage.get_trial_params  # these three look at get_trial
    get_trial_user_attrs = BaseStorage.get_trial_user_attrs
    get_trial_system_attrs = BaseStorage.get_trial_system_attrs

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        if trial := self._own.get(trial_id):
            with self._writing:
                self._unwritten[trial_id].append(transaction.Param(param_name, param_value_internal, distribution))
            trial.params[param_name] = distribution.to_external_repr(param_value_internal)
            trial.distributions[param_name] = distribution
        else:
            self.patiently("set_trial_param", trial_id, param_name, param_value_internal, distribution)

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        if trial := self._own.get(trial_id):
            with self._writing:
                self._unwritten[trial_id].append(transaction.Value(step, intermediate_value))
            if time.monotonic() - self._written[trial_id] >= PAUSE:
                self.write(trial_id)
            trial.intermediate_values[step] = intermediate_value
        else:
            self.patiently("set_trial_intermediate_value", trial_id, step, intermediate_value)

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        self.write(trial_id)
        self.patiently("set_trial_user_attr", trial_id, key, value)
        if trial := self._own.get(trial_id):
            trial.user_attrs[key] = json.loads(json.dumps(value))

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        if trial := self._own.get(trial_id):
            with self._writing:
                self._unwritten[trial_id].append(transaction.Attr(key, value))
            if self._proposing is None or self._proposing[1] != trial_id:
                self.write(trial_id)
            trial.system_attrs[key] = json.loads(json.dumps(value))
        else:
            self.patiently("set_trial_system_attr", trial_id, key, value)

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        try:
            self.write(trial_id)
        finally:
            for memory in (self._own, self._unwritten, self._written):
                memory.pop(trial_id, None)
        return self.patiently("set_trial_state_values", trial_id, state=state, values=values)


def _copy(trial: FrozenTrial) -> FrozenTrial:
    trial = copy.copy(trial)
    for name in ("params", "distributions", "user_attrs", "system_attrs", "intermediate_values"):
        setattr(trial, name, dict(getattr(trial, name)))
    return trial
