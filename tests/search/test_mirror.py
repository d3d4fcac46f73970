"""What a process sees of its own trials is what is in the database."""

import math

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.storage import mirror
from search.storage.databases import connect
from search.storage.mirror import MirroredStorage
from search.storage.transaction import Attr, Param, Value, write


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
    storage.mirror(storage.get_trial(trial_id))
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


def test_what_is_kept_back_is_written_with_the_next_attribute_and_at_the_end(storage, inner, own):
    storage.set_trial_param(own, "x", 0.25, FloatDistribution(0, 1))
    storage.set_trial_intermediate_value(own, 1, 2.5)
    assert storage.get_trial(own).intermediate_values == {1: 2.5}
    assert inner.get_trial(own).params == {}
    storage.set_trial_system_attr(own, "rung", 0.5)
    assert inner.get_trial(own) == storage.get_trial(own)
    storage.set_trial_intermediate_value(own, 2, 3.5)
    assert inner.get_trial(own).intermediate_values == {1: 2.5}
    storage.set_trial_state_values(own, TrialState.PRUNED)
    assert inner.get_trial(own).intermediate_values == {1: 2.5, 2: 3.5}


def test_long_epochs_are_written_at_once(storage, inner, own, monkeypatch):
    monkeypatch.setattr(mirror, "PAUSE", 0.0)
    storage.set_trial_intermediate_value(own, 1, 2.5)
    assert inner.get_trial(own).intermediate_values == {1: 2.5}


def test_a_trial_that_another_process_has_ended_cannot_be_changed(storage, inner, own):
    inner.set_trial_state_values(own, TrialState.FAIL)
    storage.set_trial_intermediate_value(own, 1, 2.5)
    with pytest.raises(UpdateFinishedTrialError):
        storage.write(own)
    with pytest.raises(UpdateFinishedTrialError):
        storage.set_trial_state_values(own, TrialState.COMPLETE, [1.0])
    assert storage.get_trial(own) == inner.get_trial(own)
    assert storage.get_trial(own).intermediate_values == {}


CHANGES = [
    Param("x", 0.25, FloatDistribution(0, 1)),
    Param("kind", 1, CategoricalDistribution(["a", "b"])),
    Attr("rung", 0.5),
    *(Value(step, value) for step, value in enumerate([2.5, math.inf, -math.inf])),
]


@pytest.fixture
def database(tmp_path) -> MirroredStorage:
    return connect(f"sqlite:///{tmp_path / 'study.db'}")


@pytest.mark.parametrize("there", [0, 2, len(CHANGES)])
def test_a_transaction_may_be_repeated(database, there):
    """As after a call of which only the answer got lost."""
    trial = database.create_new_trial(database.create_new_study([StudyDirection.MAXIMIZE], "study"))
    write(database.storage, trial, CHANGES[:there])
    write(database.storage, trial, CHANGES)
    found = database.get_trial(trial)
    assert found.params == {"x": 0.25, "kind": "b"}
    assert found.distributions["kind"] == CategoricalDistribution(["a", "b"])
    assert found.system_attrs == {"rung": 0.5}
    assert found.intermediate_values == {0: 2.5, 1: math.inf, 2: -math.inf}


def test_an_attribute_may_be_set_to_something_else(database):
    trial = database.create_new_trial(database.create_new_study([StudyDirection.MAXIMIZE], "study"))
    for value in (0.5, {"a": 1}):
        write(database.storage, trial, [Value(1, 2.5), Attr("rung", value)])
        assert database.get_trial(trial).system_attrs == {"rung": value}
    assert database.get_trial(trial).intermediate_values == {1: 2.5}


def test_what_is_proposed_is_written_at_its_end_and_the_sampler_sees_the_trials_it_is_given(storage, inner):
    study = storage.create_new_study([StudyDirection.MAXIMIZE], "study")
    before = storage.create_new_trial(study)
    storage.set_trial_state_values(before, TrialState.COMPLETE, [1.0])
    trial_id = storage.create_new_trial(study)
    seen = storage.get_all_trials(study)
    storage.create_new_trial(study)
    with storage.proposing(study, seen[1], seen):
        storage.set_trial_param(trial_id, "x", 0.25, FloatDistribution(0, 1))
        storage.set_trial_system_attr(trial_id, "proposed", {"x": 0.25})
        assert storage.get_all_trials(study, deepcopy=False) == seen
        assert storage.get_all_trials(study, states=(TrialState.COMPLETE,)) == seen[:1]
        assert inner.get_trial(trial_id).params == inner.get_trial(trial_id).system_attrs == {}
    assert inner.get_trial(trial_id) == storage.get_trial(trial_id)
    assert inner.get_trial(trial_id).system_attrs == {"proposed": {"x": 0.25}}
    assert len(storage.get_all_trials(study)) == 3


def test_a_transaction_on_a_trial_that_is_over_changes_nothing(database):
    trial = database.create_new_trial(database.create_new_study([StudyDirection.MAXIMIZE], "study"))
    database.set_trial_state_values(trial, TrialState.FAIL)
    with pytest.raises(UpdateFinishedTrialError):
        write(database.storage, trial, CHANGES)
    assert database.get_trial(trial).params == {}


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
                storage.mirror(storage.get_trial(trial._trial_id))
            x = trial.suggest_float("x", -1, 1)
            pruned = False
            for step in range(1, 10):
                trial.report(x**2 + 1 / step, step)
                if pruned := trial.should_prune():
                    break
            study.tell(trial, None if pruned else x**2, TrialState.PRUNED if pruned else None)
        found.append([(t.params, t.value, t.state, t.intermediate_values, t.system_attrs) for t in study.trials])
    assert found[0] == found[1]
