"""What a process sees of its own trials is what is in the database."""

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.storage.mirror import MirroredStorage


@pytest.fixture
def inner() -> InMemoryStorage:
    return InMemoryStorage()


@pytest.fixture
def storage(inner) -> MirroredStorage:
    return MirroredStorage(inner)


@pytest.fixture
def own(storage) -> int:
    study = storage.create_new_study([StudyDirection.MAXIMIZE], "study")
    trial_id = storage.create_new_trial(study)
    storage.mirror(trial_id)
    return trial_id


def change(storage, trial_id: int) -> None:
    storage.set_trial_param(trial_id, "x", 0.25, FloatDistribution(0, 1))
    storage.set_trial_param(trial_id, "n", 3, IntDistribution(1, 5))
    storage.set_trial_param(trial_id, "kind", 1, CategoricalDistribution(["a", "b"]))
    storage.set_trial_intermediate_value(trial_id, 1, 2.5)
    storage.set_trial_user_attr(trial_id, "where", {"host": "here"})
    storage.set_trial_system_attr(trial_id, "rung", 0.5)


def test_every_change_is_seen_and_is_in_the_database(storage, inner, own):
    change(storage, own)
    assert storage.get_trial(own) == inner.get_trial(own)
    assert storage.get_trial(own).params == {"x": 0.25, "n": 3, "kind": "b"}
    assert storage.get_trial_system_attrs(own) == {"rung": 0.5}


def test_looking_at_an_own_trial_asks_no_database(storage, inner, own, monkeypatch):
    monkeypatch.setattr(inner, "get_trial", None)
    change(storage, own)
    assert storage.get_trial_params(own)["n"] == 3


def test_whoever_looks_cannot_change_it(storage, own):
    storage.get_trial(own).params["x"] = 9
    assert storage.get_trial(own).params == {}


def test_a_trial_that_ended_is_the_databases(storage, inner, own):
    storage.set_trial_state_values(own, TrialState.COMPLETE, [1.0])
    assert storage.get_trial(own) == inner.get_trial(own)
    assert storage.get_trial(own).state == TrialState.COMPLETE


def test_a_trial_that_another_process_has_ended_cannot_be_changed(storage, inner, own):
    inner.set_trial_state_values(own, TrialState.FAIL)
    with pytest.raises(UpdateFinishedTrialError):
        storage.set_trial_intermediate_value(own, 1, 2.5)
    assert storage.get_trial(own).intermediate_values == {}


@pytest.mark.parametrize("sampler", [optuna.samplers.TPESampler, optuna.samplers.RandomSampler])
def test_a_study_is_the_same_with_and_without_it(inner, sampler):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    found = []
    for storage in (InMemoryStorage(), MirroredStorage(InMemoryStorage())):
        pruner = optuna.pruners.HyperbandPruner(max_resource=9)
        study = optuna.create_study(storage=storage, study_name="same", sampler=sampler(seed=0), pruner=pruner)
        for _ in range(20):
            trial = study.ask()
            if isinstance(storage, MirroredStorage):
                storage.mirror(trial._trial_id)
            x = trial.suggest_float("x", -1, 1)
            pruned = False
            for step in range(1, 10):
                trial.report(x**2 + 1 / step, step)
                if pruned := trial.should_prune():
                    break
            study.tell(trial, None if pruned else x**2, TrialState.PRUNED if pruned else None)
        found.append([(t.params, t.value, t.state, t.intermediate_values, t.system_attrs) for t in study.trials])
    assert found[0] == found[1]
