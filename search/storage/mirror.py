"""A storage that remembers the trials that this process runs, so that looking at one's own trial asks no database.

A running trial is changed by its owner alone. The one exception, that another process takes it to be lost, shows in the
owner's next change to it, which is refused.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from search.storage.patience import PatientStorage


class MirroredStorage(PatientStorage):
    """Forwards to another storage, patiently; serves own trials from memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own: dict[int, FrozenTrial] = {}

    def mirror(self, trial_id: int) -> None:
        """Remember a running trial from now on, until it ends: it is this process's own."""
        self._own[trial_id] = self.patiently("get_trial", trial_id)

    def get_trial(self, trial_id: int) -> FrozenTrial:
        if trial_id not in self._own:
            return self.patiently("get_trial", trial_id)
        trial = copy.copy(self._own[trial_id])
        for name in ("params", "distributions", "user_attrs", "system_attrs", "intermediate_values"):
            setattr(trial, name, dict(getattr(trial, name)))
        return trial

    get_trial_params = BaseStorage.get_trial_params  # these three look at get_trial
    get_trial_user_attrs = BaseStorage.get_trial_user_attrs
    get_trial_system_attrs = BaseStorage.get_trial_system_attrs

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        self.patiently("set_trial_param", trial_id, param_name, param_value_internal, distribution)
        if trial := self._own.get(trial_id):
            trial.params[param_name] = distribution.to_external_repr(param_value_internal)
            trial.distributions[param_name] = distribution

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        self.patiently("set_trial_intermediate_value", trial_id, step, intermediate_value)
        if trial := self._own.get(trial_id):
            trial.intermediate_values[step] = intermediate_value

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        self.patiently("set_trial_user_attr", trial_id, key, value)
        if trial := self._own.get(trial_id):
            trial.user_attrs[key] = json.loads(json.dumps(value))

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        self.patiently("set_trial_system_attr", trial_id, key, value)
        if trial := self._own.get(trial_id):
            trial.system_attrs[key] = json.loads(json.dumps(value))

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        self._own.pop(trial_id, None)
        return self.patiently("set_trial_state_values", trial_id, state=state, values=values)
