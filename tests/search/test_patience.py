"""A storage whose database goes away and comes back."""

import sqlite3
import threading

import optuna
import psycopg2
import psycopg2.errors
import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import OperationalError, PendingRollbackError, ProgrammingError

from search.storage import patience
from search.storage.patience import PatientStorage, is_away


def failing(orig: Exception, kind: type = OperationalError) -> Exception:
    """As Optuna raises what SQLAlchemy raises."""
    outer = StorageInternalError("An exception is raised during the commit.")
    outer.__cause__ = kind("COMMIT", {}, orig)
    return outer


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (failing(psycopg2.OperationalError("server closed the connection unexpectedly")), True),
        (failing(psycopg2.errors.AdminShutdown()), True),
        (failing(psycopg2.errors.UndefinedTable(), ProgrammingError), False),
        (failing(sqlite3.OperationalError("database or disk is full")), False),
        (PendingRollbackError("Can't reconnect until invalid transaction is rolled back."), True),
        (KeyError("no such trial"), False),
    ],
)
def test_an_outage_is_told_from_other_errors(error, away):
    assert is_away(error) is away


class Flaky(optuna.storages.InMemoryStorage):
    """Does not answer the given number of times."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def get_all_studies(self):
        if self.failures:
            self.failures -= 1
            raise failing(psycopg2.OperationalError("connection refused"))
        return super().get_all_studies()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(patience, "PAUSE", 0.001)


def test_a_call_is_repeated_until_somebody_answers_and_that_is_said_once():
    said = []
    storage = PatientStorage(Flaky(5), said.append)
    assert storage.get_all_studies() == []
    assert storage.outages == 1
    assert len(said) == 2
    assert storage.get_all_studies() == []
    assert len(said) == 2


def test_a_connection_from_before_an_outage_is_no_outage():
    said = []
    assert PatientStorage(Flaky(1), said.append).get_all_studies() == []
    assert said == []


def test_threads_that_wait_together_say_so_once():
    said = []
    storage = PatientStorage(Flaky(400), said.append)
    threads = [threading.Thread(target=storage.get_all_studies) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 2 * storage.outages
    assert storage.outages < 4


def test_patience_ends_with_the_error(monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    said = []
    with pytest.raises(StorageInternalError):
        PatientStorage(Flaky(10**9), said.append).get_all_studies()
    assert len(said) == 1


def test_other_errors_are_not_waited_for():
    said = []
    with pytest.raises(KeyError):
        PatientStorage(Flaky(0), said.append).get_trial(99)
    assert said == []


def test_a_study_works_through_it():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=PatientStorage(Flaky(0)))
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
    assert study.best_value == study.best_params["x"]


class Refuses(Flaky):
    """Says no, once it answers."""

    def get_all_studies(self):
        super().get_all_studies()
        raise KeyError("that trial is over")


def test_a_refusal_ends_an_outage_as_an_answer_does():
    """Whoever meets it may be the last that waits: a sign of life for a trial that is over."""
    said = []
    with pytest.raises(KeyError):
        PatientStorage(Refuses(5), said.append).get_all_studies()
    assert said[-1] == "the database answers again"
    assert len(said) == 2
