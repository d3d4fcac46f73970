"""Several changes of one trial in one transaction, where Optuna makes one of each.

What Optuna's public interface writes at once is a whole new trial; but a trial is created before it has parameters,
since its creation is the claim on it (:mod:`search.storage.claims`). So this goes by Optuna's tables, as they are in
the version that is required.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages import BaseStorage, RDBStorage
from optuna.storages._rdb.models import (
    TrialIntermediateValueModel,
    TrialModel,
    TrialParamModel,
    TrialSystemAttributeModel,
)
from optuna.storages._rdb.storage import _create_scoped_session
from sqlalchemy.exc import IntegrityError


class Param(NamedTuple):
    """A parameter, in Optuna's internal representation."""

    name: str
    value: float
    distribution: BaseDistribution

    def row(self, trial_id: int) -> TrialParamModel:
        """What a database keeps of it."""
        text = distribution_to_json(self.distribution)
        return TrialParamModel(trial_id=trial_id, param_name=self.name, param_value=self.value, distribution_json=text)

    def change(self, storage: BaseStorage, trial_id: int) -> None:
        """Tell any storage of it."""
        storage.set_trial_param(trial_id, *self)


class Attr(NamedTuple):
    """An attribute of Optuna's own parts: samplers and pruners."""

    name: str
    value: Any

    def row(self, trial_id: int) -> TrialSystemAttributeModel:
        """What a database keeps of it."""
        return TrialSystemAttributeModel(trial_id=trial_id, key=self.name, value_json=json.dumps(self.value))

    def change(self, storage: BaseStorage, trial_id: int) -> None:
        """Tell any storage of it."""
        storage.set_trial_system_attr(trial_id, *self)


class Value(NamedTuple):
    """An intermediate value."""

    step: int
    value: float

    def row(self, trial_id: int) -> TrialIntermediateValueModel:
        """What a database keeps of it."""
        value, kind = TrialIntermediateValueModel.intermediate_value_to_stored_repr(self.value)
        return TrialIntermediateValueModel(
            trial_id=trial_id, step=self.step, intermediate_value=value, intermediate_value_type=kind
        )

    def change(self, storage: BaseStorage, trial_id: int) -> None:
        """Tell any storage of it."""
        storage.set_trial_intermediate_value(trial_id, *self)


Change = Param | Attr | Value


def write(storage: BaseStorage, trial_id: int, changes: Sequence[Change]) -> None:
    """Write changes of a trial, all or none where the storage is a database; what is there already may be repeated.

    Raises
    ------
    optuna.exceptions.UpdateFinishedTrialError
        If the trial is over.
    """
    database = getattr(storage, "_backend", storage)
    if isinstance(database, RDBStorage) and len(changes) > 1:
        try:
            with _create_scoped_session(database.scoped_session) as session:
                trial = TrialModel.find_or_raise_by_id(trial_id, session)
                database.check_trial_is_updatable(trial_id, trial.state)  # type: ignore[arg-type]  # a row, not its column
                session.add_all([change.row(trial_id) for change in changes])
            return
        except IntegrityError:  # an attribute that was set before, or a call of which only the answer got lost
            pass
    for change in changes:
        change.change(storage, trial_id)
