"""A storage that waits for its database: a server that is restarted, or cut off for a while, stops no study.

Every call that fails because nobody answers is made again until somebody does. Calls that change something may then
have been made twice, and callers hold with that: attributes and values are set to what they already are, a trial that
was created twice is found by its owner (:mod:`search.storage.claims`), one that is already told is recognised
(:meth:`search.storage.store.Store.tell`).
"""

from __future__ import annotations

import abc
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from optuna.storages import BaseStorage
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

PATIENCE = 600.0
"""Seconds for which a database may be away."""
PAUSE = 0.5
"""Seconds between two attempts."""
AWAY = ("08", "40", "57")
"""Classes of SQLSTATE that pass: connection exception, transaction rollback, operator intervention."""
TOO_MANY_CONNECTIONS = "53300"


class PatientStorage(BaseStorage):
    """Forwards every call to another storage, again and again while its database does not answer.

    Parameters
    ----------
    storage : optuna.storages.BaseStorage
        The storage that does the work.
    say : callable, optional
        Is given a line when the waiting begins, and another when it ends.
    """

    def __init__(self, storage: BaseStorage, say: Callable[[str], None] | None = None) -> None:
        self.storage = storage
        self.outages = 0
        """How often the database was away so far."""
        self._say = say or (lambda line: None)
        self._lock, self._waiting, self._answered = threading.Lock(), 0, False

    def patiently(self, name: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method of the storage, or a function of it."""
        try:
            return self._call(name, args, kwargs)
        except Exception as error:
            if not is_away(error):
                raise
        try:  # a connection from before an outage that is over fails once
            return self._again(name, args, kwargs)
        except Exception as error:
            if not is_away(error):
                raise
            with self._outage():
                return self._wait(error, name, args, kwargs)

    def _call(self, name: str | Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if callable(name):
            return name(self.storage, *args, **kwargs)
        return getattr(self.storage, name)(*args, **kwargs)

    def _again(self, name: str | Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with suppress(Exception):  # of the session that the failure left behind
            self.storage.remove_session()
        return self._call(name, args, kwargs)

    @contextmanager
    def _outage(self) -> Iterator[None]:
        """One outage lasts while any thread waits; its beginning is said once, and its first answer."""
        with self._lock:
            self._waiting += 1
            if self._waiting == 1:
                self.outages, self._answered = self.outages + 1, False
                self._say(f"the database does not answer; waiting for it, up to {PATIENCE / 60:g} minutes")
        answered = False
        try:
            yield
            answered = True
        except Exception as error:
            answered = not is_away(error)  # a refusal is an answer, too
            raise
        finally:
            with self._lock:
                self._waiting -= 1
                if answered and not self._answered:
                    self._answered = True
                    self._say("the database answers again")

    def _wait(self, error: Exception, name: str | Callable[..., Any], args: Any, kwargs: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(PAUSE)
            try:
                return self._again(name, args, kwargs)
            except Exception as again:
                if not is_away(again):
                    raise
                error = again
        raise error


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: PatientStorage, *args: Any, **kwargs: Any) -> Any:
        return self.patiently(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in [name for name, value in vars(BaseStorage).items() if callable(value) and not name.startswith("_")]:
    setattr(PatientStorage, _name, _forwarded(_name))
abc.update_abstractmethods(PatientStorage)  # type: ignore[type-abstract]


def is_away(error: BaseException) -> bool:
    """Whether an error says that a database server cannot be reached just now, and may be again."""
    return any(_says_away(cause) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _says_away(error: BaseException) -> bool:
    if isinstance(error, PendingRollbackError):  # the connection was lost within a transaction
        return True
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, sqlite3.Error) or not isinstance(error, OperationalError | InterfaceError):
            return error.connection_invalidated
        state = getattr(error.orig, "pgcode", None) or getattr(error.orig, "sqlstate", None)
        return state is None or state[:2] in AWAY or state == TOO_MANY_CONNECTIONS
    return type(error).__module__.startswith("grpc") and getattr(error, "code", str)() is _unavailable()


def _unavailable() -> Any:
    import grpc  # installed where one of its errors could be raised

    return grpc.StatusCode.UNAVAILABLE
