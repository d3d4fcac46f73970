"""The study in its database: opened or refused, its lost trials put back, its next trial claimed.

Trials are in one of three hands. Finished ones (complete or pruned) count and are never run again. Running ones belong
to a process that holds its lock. All others, left by a process that died or gave up, are *failed* and put back into
the queue with the same parameters, once each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import OptunaError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from search.config import SearchConfig
from search.errors import SearchError, StudyMismatchError
from search.locks import Owner, exclusive, is_dead
from vae.data import DataSplits

UNSIGNED = timedelta(seconds=60)
"""How long a trial may run without an owner where machines do not share a lock."""
START = "start"
"""Attribute of a trial that is a starting point: which one."""
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass
class Store:
    """An open study together with the folder in which its processes hold their locks."""

    study: optuna.Study
    config: SearchConfig

    @property
    def workers(self) -> Path:
        """Folder of the running processes' lock files."""
        return self.config.folder / "workers"

    def trials(self, *states: TrialState) -> list[FrozenTrial]:
        """Trials in the given states, or in any, by number."""
        return self.study.get_trials(deepcopy=False, states=states or None)

    def finished(self) -> list[FrozenTrial]:
        """Trials that count: complete or pruned."""
        return self.trials(*FINISHED)

    def claim(self, owner: Owner) -> Trial | None:
        """The next trial for a process to run; ``None`` while finished and running ones are as many as asked for.

        The lock makes the count exact when several processes ask at once, and lets :meth:`recover` see no trial
        between its creation and its being owned.
        """
        with exclusive(self.claim_lock):
            self.recover()
            taken = len(self.trials(*FINISHED, TrialState.RUNNING))
            if taken >= self.config.trials:
                return None
            if not self.trials(TrialState.WAITING):
                self._queue_starting_point()
            self.study.sampler = self.config.make_sampler(taken)
            trial = self.study.ask(self.config.search_space.distributions)
            trial.set_user_attr("owner", str(owner))
            return trial

    def recover(self) -> None:
        """Fail trials whose process has died, and put every failed trial back into the queue, once.

        To be called under the :attr:`claim_lock`.
        """
        for trial in self.trials(TrialState.RUNNING):
            if self._is_lost(trial):
                self.study.tell(trial.number, state=TrialState.FAIL)
        retried = {trial.user_attrs.get("retry_of") for trial in self.trials()}
        for trial in self.trials(TrialState.FAIL):
            params = trial.system_attrs.get("fixed_params", {}) | trial.params
            if params and trial.number not in retried:
                kept = {name: value for name, value in trial.user_attrs.items() if name == START}
                self.study.enqueue_trial(params, user_attrs=kept | {"retry_of": trial.number})

    def _queue_starting_point(self) -> None:
        """Queue the next starting point that has not been; one at a time, so that lost trials come before it."""
        queued = {trial.user_attrs.get(START) for trial in self.trials()}
        for index, point in enumerate(self.config.search_space.starting_points()):
            if index not in queued:
                self.study.enqueue_trial(self.config.search_space.params(point), user_attrs={START: index})
                return

    def _is_lost(self, trial: FrozenTrial) -> bool:
        owner = trial.user_attrs.get("owner")
        if owner is not None:
            return is_dead(owner, self.workers)
        # Killed between creating the trial and signing it; but another machine, under another lock, may just do so.
        return self._sqlite is not None or datetime.now() - (trial.datetime_start or datetime.min) > UNSIGNED

    @property
    def _sqlite(self) -> Path | None:
        return sqlite_file(make_url(self.config.storage_url))

    @property
    def claim_lock(self) -> Path:
        """Lock file under which trials change hands: one per SQLite file, else one per output folder."""
        database = self._sqlite
        return database.with_name(f"{database.name}.lock") if database else self.config.folder / "claim.lock"


@contextmanager
def open_study(config: SearchConfig, data: DataSplits) -> Iterator[Store]:
    """Open or make the study that a configuration names; inside, the database's errors become sentences.

    Raises
    ------
    SearchError
        If the storage's URL is wrong, or the database cannot be opened, read or written.
    StudyMismatchError
        If the study was made with another space, data set, likelihood, budget or seed.
    """
    url = _url(config.storage_url)
    shown = url.render_as_string(hide_password=True)
    try:
        store = Store(_create_or_load(config, url), config)
        with exclusive(store.claim_lock):
            _check_signature(store.study, config.signature(data), shown)
        yield store
    except (SQLAlchemyError, OptunaError) as error:
        cause = error.__cause__ or error
        reason = str(getattr(cause, "orig", cause)).strip().partition("\n")[0]
        raise SearchError(f"storage {shown} cannot be used: {reason}") from None


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise SearchError(
            f"storage {text!r} is not a database URL; accepted is one such as sqlite:///study.db "
            "or postgresql://user@host/database"
        ) from None
    except ImportError as error:
        raise SearchError(f"storage {text.partition(':')[0]} needs a driver that is not installed: {error}") from None
    return url


def _create_or_load(config: SearchConfig, url: URL) -> optuna.Study:
    sqlite = sqlite_file(url) is not None
    try:
        storage = RDBStorage(config.storage_url, engine_kwargs=_engine_options(sqlite))
    except RuntimeError as error:  # how Optuna says that its tables are of another version
        raise SearchError(f"storage {config.storage_url} is of another Optuna version: {error}") from None
    if sqlite:
        event.listen(storage.engine, "connect", _tune_sqlite)
        storage.engine.dispose()  # the connections opened so far are not tuned
    return optuna.create_study(
        storage=storage,
        study_name=config.study,
        directions=[metric.direction for metric in config.objectives],
        pruner=config.make_pruner(),
        load_if_exists=True,
    )


def _engine_options(sqlite: bool) -> dict[str, Any]:
    return {"connect_args": {"timeout": 60}} if sqlite else {"pool_pre_ping": True}


def _tune_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Let readers work beside the writer, and wait for the disk at checkpoints alone.

    A killed process loses nothing; a power cut may lose the last trials, never the database.
    """
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def sqlite_file(url: URL) -> Path | None:
    """The file behind an SQLite URL; ``None`` for other databases."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise SearchError("storage sqlite:///:memory: ends with the process; accepted is a file, sqlite:///study.db")
    return Path(url.database)


def _check_signature(study: optuna.Study, signature: dict[str, Any], storage: str) -> None:
    """Stamp a new study with its settings; refuse one that has others."""
    found = study.user_attrs.get("signature")
    if found is None and not study.get_trials(deepcopy=False):
        study.set_user_attr("signature", signature)
        return
    where = f"study {study.study_name!r} in {storage}"
    if found is None:
        raise StudyMismatchError(f"{where} was not made by this search; choose another --study or --storage")
    for name in sorted(found.keys() | signature.keys()):
        if found.get(name) != signature.get(name):
            raise StudyMismatchError(
                f"{where} was made with {name}={_show(found.get(name))}, not {_show(signature.get(name))}; "
                "repeat its settings, or choose another --study or --out"
            )


def _show(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
