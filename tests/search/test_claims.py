"""The rules by which processes without a lock between them agree on who runs what."""

import threading

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from search.storage.claims import FIXED, RETRY, START, Ledger
from search.storage.locks import Owner
from search.storage.mirror import MirroredStorage
from search.storage.store import Store

RUNNING, WAITING, COMPLETE, FAIL = TrialState.RUNNING, TrialState.WAITING, TrialState.COMPLETE, TrialState.FAIL


def trial(number, state=COMPLETE, params=None, **attrs):
    made = create_trial(
        state=state,
        value=0.0 if state == COMPLETE else None,
        user_attrs=attrs,
        system_attrs={FIXED: params} if params else {},
    )
    made.number = number
    return made


def test_of_trials_with_one_key_the_first_counts():
    ledger = Ledger([trial(0, **{START: 0}), trial(1, RUNNING, **{START: 0}), trial(2, RUNNING, **{START: 1})])
    assert ledger.taken == 2
    assert [ledger.allows(number, 9) for number in range(3)] == [True, False, True]
    assert [ledger.queued(start) for start in range(3)] == [True, True, False]


def test_a_failed_duplicate_is_not_repeated():
    ledger = Ledger([trial(0, **{START: 0}), trial(1, FAIL, {"x": 1}, **{START: 0})])
    assert ledger.lost() is None


def test_a_retry_is_a_thing_of_its_own_though_it_is_of_a_starting_point():
    lost = [trial(0, FAIL, {"x": 1}, **{START: 0}), trial(1, FAIL, {"x": 1}, **{START: 0, RETRY: 0})]
    assert Ledger(lost).lost().number == 1
    assert Ledger([*lost, trial(2, RUNNING, {"x": 1}, **{START: 0, RETRY: 1})]).lost() is None
    assert Ledger([*lost, trial(2, RUNNING, {"x": 1}, **{START: 0, RETRY: 1})]).predecessors(2) == [1, 0]


def test_as_many_may_run_as_were_asked_for_and_failures_make_room():
    trials = [trial(number, RUNNING) for number in range(4)]
    assert [Ledger(trials).allows(number, 3) for number in range(4)] == [True, True, True, False]
    trials[1] = trial(1, FAIL)
    assert Ledger(trials).allows(3, 3)
    assert not Ledger(trials).allows(1, 3)


def test_a_queued_trial_is_taken_where_there_is_room():
    ledger = Ledger([trial(0, RUNNING), trial(1, RUNNING), trial(2, WAITING)])
    assert ledger.waiting(3).number == 2
    assert ledger.waiting(2) is None


def test_the_count_of_proposals_leaves_out_what_was_lost():
    lost = [trial(0), trial(1, FAIL, {"x": 1}), trial(2, FAIL), trial(3, RUNNING, {"x": 1}, **{RETRY: 1})]
    assert [Ledger(lost).ordinal(number) for number in range(5)] == [0, 1, 2, 2, 2]


class Crowd(Store):
    """Processes without a lock between them, as on several machines."""

    _sqlite = None


@pytest.mark.parametrize("limit", [3, 7])
def test_a_crowd_that_claims_at_once_gets_exactly_what_was_asked_for(make_config, data, tmp_path, limit):
    """All read the study before any of them creates its trial, time and again."""
    config = make_config(trials=limit)
    storage = optuna.storages.InMemoryStorage()
    optuna.create_study(storage=storage, study_name=config.study, direction="maximize")
    barrier = threading.Barrier(6)
    claimed: list[int] = []
    errors = []

    def process() -> None:
        store = Crowd(optuna.load_study(study_name=config.study, storage=MirroredStorage(storage)), config)
        first = True

        def meet(work, owner, create=store._create):
            nonlocal first
            if first:
                barrier.wait(timeout=30)
            first = False
            return create(work, owner)

        store._create = meet
        try:
            with Owner(tmp_path / str(threading.get_ident())) as owner:
                while found := store.claim(owner):
                    claimed.append(found.number)
                    if len(claimed) % 3 == 0:
                        store.fail(found)
                    else:
                        store.tell(found, 0.0)
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=process) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    trials = storage.get_all_trials(0)
    done = [t for t in trials if t.state == COMPLETE]
    assert len(done) == limit
    assert len(claimed) == len(set(claimed))
    starts = [t.user_attrs[START] for t in done if START in t.user_attrs]
    assert sorted(starts) == list(range(min(limit, 5)))
    assert not [t for t in trials if t.state in (RUNNING, WAITING)]
