import errno
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from search.errors import SearchError, StudyMismatchError
from search.storage import locks
from search.storage.locks import Owner, exclusive, is_dead
from search.storage.store import open_study

OWNER = "import sys, time; from pathlib import Path; from search.storage.locks import Owner\n"
OWNER += "with Owner(Path(sys.argv[1])) as owner: print(owner, flush=True); time.sleep(600)"


def finish(store, trial, value=0.0):
    store.study.tell(trial, value)


def pairing(store, trial) -> str:
    return store.config.search_space.point(trial.params).pairing


def test_starting_points_come_first_and_once(make_config, data):
    with open_study(make_config(trials=7), data) as store, Owner(store.workers) as owner:
        claimed = [pairing(store, store.claim(owner)) for _ in range(3)]
    with open_study(make_config(trials=7), data) as store, Owner(store.workers) as owner:
        for trial in store.trials(TrialState.RUNNING):
            store.study.tell(trial.number, 0.0)
        claimed += [pairing(store, store.claim(owner)) for _ in range(4)]
    assert claimed[:5] == ["N/N:20", "La/N:20", "Lo/N:20", "La/La:20", "Lo/N:10,La/N:6,La/La:4"]
    assert len([t for t in store.trials() if "start" in t.user_attrs]) == 5


def test_claims_are_exactly_as_many_as_asked_for(store):
    with Owner(store.workers) as a, Owner(store.workers) as b:
        claimed = [store.claim(owner) for owner in (a, b, a, b)]
        assert [t.number for t in claimed] == [0, 1, 2, 3]
        assert store.claim(a) is None
        finish(store, claimed[0])
        store.study.tell(claimed[1], state=TrialState.PRUNED)
        assert store.claim(a) is None


def test_workers_that_claim_at_once_draw_different_trials(make_config, data):
    with open_study(make_config(trials=12), data) as store, Owner(store.workers) as owner:
        drawn = {str(store.claim(owner).params) for _ in range(12)}
    assert len(drawn) == 12


def test_a_trial_that_gave_up_is_repeated_next_alike_and_once(store):
    with Owner(store.workers) as owner:
        first = store.claim(owner)
        store.fail(first)
        repeated = [store.claim(owner) for _ in range(4)]
        assert repeated[0].params == first.params
        assert [t.params != first.params for t in repeated] == [False, True, True, True]
        assert store.claim(owner) is None
        store.study.tell(repeated[0], state=TrialState.FAIL)
        assert store.claim(owner).params == first.params


def test_the_trials_of_a_killed_process_are_lost_at_once_and_those_of_a_living_one_are_not(store, start):
    killed = start("-c", OWNER, str(store.workers))
    with Owner(store.workers) as living:
        for number, owner in enumerate((killed.stdout.readline().strip(), str(living))):
            trial = store.study.ask(store.config.search_space.distributions)
            trial.set_user_attr("owner", owner)
            assert trial.number == number
        store.recover()
        assert [t.number for t in store.trials(TrialState.RUNNING)] == [0, 1]
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        store.recover()
        assert [t.number for t in store.trials(TrialState.RUNNING)] == [1]
        assert [t.number for t in store.trials(TrialState.FAIL)] == [0]


def test_a_trial_that_nobody_signed_is_lost(store):
    """Under the lock of an SQLite file nobody can be just about to sign it."""
    store.study.ask(store.config.search_space.distributions)
    params = store.trials()[0].params
    with store.working() as owner:
        assert store.claim(owner).params == params
    assert [t.state for t in store.trials()] == [TrialState.FAIL, TrialState.RUNNING]


def test_where_machines_share_no_lock_an_unsigned_trial_is_lost_after_a_while(store, monkeypatch):
    store.study.ask(store.config.search_space.distributions)
    monkeypatch.setattr(type(store), "_sqlite", None)
    store.recover()
    assert len(store.trials(TrialState.RUNNING)) == 1
    monkeypatch.setattr("search.storage.leases.GRACE", 0.0)
    store.recover()
    assert not store.trials(TrialState.RUNNING)


def test_an_owner_is_known_after_its_folder_was_moved(tmp_path):
    with Owner(tmp_path / "a") as owner:
        assert is_dead(str(owner), tmp_path / "elsewhere") is False
        (tmp_path / "a").rename(tmp_path / "b")
        assert is_dead(str(owner), tmp_path / "b") is False
    assert is_dead(str(owner), tmp_path / "elsewhere") is True


def test_an_owner_on_another_machine_is_judged_by_its_lock_only_where_that_can_be_trusted(tmp_path, monkeypatch):
    with Owner(tmp_path) as owner:
        elsewhere = f"other|another-kernel|{str(owner).split('|')[2]}"
        assert is_dead(elsewhere, tmp_path) is False
        assert is_dead(elsewhere, tmp_path / "b") is None
    (tmp_path / Path(str(owner)).name).touch()
    monkeypatch.setattr(locks, "network_type", lambda path: "nfs4")
    assert is_dead(elsewhere, tmp_path) is None
    monkeypatch.setattr(locks, "network_type", lambda path: None)
    assert is_dead(elsewhere, tmp_path) is True


def test_an_owner_without_locks_to_be_had_is_not_taken_for_dead(tmp_path, monkeypatch):
    """As on a network file system that has none."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with Owner(tmp_path) as owner:
        assert is_dead(str(owner), tmp_path) is None


def test_a_lock_that_is_taken_is_refused(tmp_path):
    lock = tmp_path / "lock"
    with exclusive(lock), pytest.raises(SearchError, match="busy"), exclusive(lock, otherwise="busy"):
        pass
    with exclusive(lock, otherwise="busy"):
        pass


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"pairs": "N/N,La/N"}, "pairs=N/N,La/N,Lo/N,La/La, not N/N,La/N"),
        ({"latents": 10}, "latents=20, not 10"),
        ({"likelihood": "normal"}, "likelihood=bernoulli, not normal"),
        ({"epochs": 5}, "epochs=2, not 5"),
        ({"batch_size": 10}, "batch_size=50, not 10"),
        ({"seed": 3}, "seed=0, not 3"),
    ],
)
def test_a_study_with_other_settings_is_refused(make_config, data, store, changes, named):
    before = store.trials()
    with pytest.raises(StudyMismatchError) as raised, open_study(make_config(**changes), data):
        pass
    assert named in str(raised.value)
    assert "--study" in str(raised.value)
    assert len(store.trials()) == len(before)


def test_a_study_over_other_images_is_refused(make_config, data, store):
    data.train[0] = 1 - data.train[0]
    with pytest.raises(StudyMismatchError, match="images="), open_study(make_config(), data):
        pass


def test_workers_and_trials_may_change(make_config, data, store):
    with open_study(make_config(trials=9, workers=2, final_epochs=7), data) as again:
        assert again.config.trials == 9


def test_the_settings_are_those_of_the_search_that_made_the_study(make_config, data):
    said = []
    with open_study(make_config(), data, say=said.append) as made:
        settings = made.study.user_attrs["settings"]
    with open_study(make_config(trials=9, workers=2), data, say=said.append) as more:
        assert more.study.user_attrs["settings"] == settings | {"trials": 9}
    assert said == []
    other = make_config(trials=3, final_epochs=7, sampler="random")
    with open_study(other, data, say=said.append) as differs:
        assert differs.study.user_attrs["settings"] == settings | {"trials": 9}
        assert differs.config == other
    assert len(said) == 1
    assert "was made with sampler=tpe (here random), final_epochs=1 (here 7); this search goes by its own" in said[0]


def test_a_study_of_another_program_is_refused(make_config, data):
    config = make_config()
    study = optuna.create_study(storage=config.storage_url, study_name=config.study)
    study.add_trial(optuna.trial.create_trial(value=1.0))
    with pytest.raises(StudyMismatchError, match="not made by this search"), open_study(config, data):
        pass


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("study.db", "'study.db' is not a database URL"),
        ("nonsense://x/y", "'nonsense://x/y' is not a database URL"),
        ("sqlite:////nonexistent/folder/study.db", "unable to open database file"),
        ("sqlite://", "ends with the process"),
        ("grpc://", "'grpc://' is not the address of a proxy"),
        ("grpc://localhost:1", "does not answer"),
        ("grpc://localhost:x", "'grpc://localhost:x' is not the address"),
        ("oracle://u@h/d", "driver that is not installed"),
    ],
)
def test_a_bad_storage_is_named(make_config, data, url, named, monkeypatch):
    monkeypatch.setattr("search.storage.databases.ANSWER", 0.5)
    with pytest.raises(SearchError, match=named), open_study(make_config(storage=url), data):
        pass


def test_a_file_that_is_no_database_is_refused_and_left_alone(make_config, data, tmp_path):
    path = tmp_path / "precious.txt"
    path.write_text("these are not tables\n" * 100)
    with pytest.raises(SearchError, match="not a database"), open_study(make_config(storage=f"sqlite:///{path}"), data):
        pass
    assert path.read_text().startswith("these are not tables")


def test_passwords_stay_out_of_messages(make_config, data):
    config = make_config(storage="sqlite://user:secret@host/x")
    with pytest.raises(SearchError) as raised, open_study(config, data):
        pass
    assert "secret" not in str(raised.value)


def test_a_database_that_breaks_while_it_is_used_is_one_sentence(make_config, data):
    def use() -> None:
        with open_study(make_config(), data) as store:
            with closing(sqlite3.connect(store.config.folder / "study.db")) as connection:
                connection.execute("DROP TABLE trials")
            store.trials()

    with pytest.raises(SearchError, match="cannot be used: no such table"):
        use()
