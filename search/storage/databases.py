"""From a storage's URL to an open storage of Optuna: SQLite, a database server, or Optuna's gRPC proxy before one."""

from __future__ import annotations

import random
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from optuna.exceptions import ExperimentalWarning, OptunaError
from optuna.storages import BaseStorage, GrpcStorageProxy, RDBStorage, get_storage
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, ProgrammingError, SQLAlchemyError

from search.errors import SearchError
from search.storage.mirror import MirroredStorage
from search.storage.network import network_type
from search.storage.patience import PATIENCE, PAUSE, is_away

ATTEMPTS = 10
"""Times that tables are made anew where another process makes them at the same moment."""
ANSWER = 5.0
"""Seconds within which a proxy answers."""
PORT = 13000
"""Where Optuna's gRPC proxy listens."""


def connect(text: str, *, say: Callable[[str], None] | None = None, wait: bool = False) -> MirroredStorage:
    """Open a storage, its tables made where there are none.

    Parameters
    ----------
    text : str
        Its URL.
    say : callable, optional
        Told, in a line each, that a server is away and that it is back.
    wait : bool
        Wait for a server that is away already now; by default that is an error.

    Raises
    ------
    SearchError
        If the URL is wrong, or the storage cannot serve.
    """
    return MirroredStorage(_open(text, wait), say)  # type: ignore[abstract]


def _open(text: str, wait: bool) -> BaseStorage:
    if is_proxy(text):
        return _proxy(text, PATIENCE if wait else ANSWER)
    if not (path := sqlite_file(text)):
        return _server(text, PATIENCE if wait else 0.0)
    if kind := network_type(path):
        raise SearchError(
            f"storage {path} is on a network file system ({kind}), where SQLite loses data; give --storage a server, "
            "such as postgresql://user@host/database, or a file on a disk of this machine, sqlite:////tmp/study.db"
        )
    storage = _tables(text, connect_args={"timeout": 60})
    event.listen(storage.engine, "connect", _tune_sqlite)
    storage.engine.dispose()  # the connections opened so far are not tuned
    return get_storage(storage)


def _tables(text: str, **options: Any) -> RDBStorage:
    try:
        return RDBStorage(_url(text).render_as_string(hide_password=False), engine_kwargs=options)
    except RuntimeError as error:  # how Optuna says that its tables are of another version
        raise SearchError(f"storage {shown(text)} is of another Optuna version: {error}") from None


def _server(text: str, patience: float) -> BaseStorage:
    """A database server; two processes that make its tables at once may get in each other's way, and try again."""
    end, attempts = time.monotonic() + patience, 0
    while True:
        try:
            return get_storage(_tables(text, pool_pre_ping=True, connect_args=_answering(text)))
        except (SQLAlchemyError, OptunaError) as error:
            attempts += 1
            raced = isinstance(error, IntegrityError | ProgrammingError) and attempts < ATTEMPTS
            if not raced and not (is_away(error) and time.monotonic() < end):
                raise
        time.sleep(PAUSE * random.random())


def _answering(text: str) -> dict[str, Any]:
    """Options with which PostgreSQL's client library notices within a minute that the other machine is gone."""
    url = _url(text)
    if url.get_backend_name() != "postgresql" or not url.get_driver_name().startswith("psycopg"):
        return {}
    beats = {"keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}
    return beats | {"connect_timeout": 10, "tcp_user_timeout": 60_000}


def _proxy(text: str, patience: float) -> BaseStorage:
    try:
        host, port = proxy_address(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            storage = GrpcStorageProxy(host=host, port=port)
    except ImportError as error:
        raise SearchError(f"storage {text} needs a package that is not installed: {error}") from None
    try:
        storage.wait_server_ready(timeout=patience)
    except ConnectionError:
        raise SearchError(f"storage {text} does not answer; is python -m search.proxy running there?") from None
    return storage


def is_proxy(text: str) -> bool:
    """Whether a URL names Optuna's gRPC proxy."""
    return text.startswith("grpc://")


def proxy_address(text: str) -> tuple[str, int]:
    """Host and port of ``grpc://host:port``."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.path.strip("/") or parts.username:
        raise SearchError(f"storage {text!r} is not the address of a proxy; accepted is grpc://host:port")
    return host, port or PORT


def sqlite_file(text: str) -> Path | None:
    """The file behind an SQLite URL; ``None`` for other storages.

    Raises
    ------
    SearchError
        If the URL is of no storage at all, or of one that ends with the process.
    """
    if is_proxy(text):
        return None
    url = _url(text)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise SearchError("storage sqlite:///:memory: ends with the process; accepted is a file, sqlite:///study.db")
    return Path(url.database)


def shown(text: str) -> str:
    """A URL without its password."""
    return text if is_proxy(text) else _url(text).render_as_string(hide_password=True)


@contextmanager
def in_one_sentence(text: str) -> Iterator[None]:
    """Turn the errors of a storage into a :class:`SearchError`."""
    try:
        yield
    except (SQLAlchemyError, OptunaError) as error:
        cause = error.__cause__ or error
        reason = str(getattr(cause, "orig", cause))
    except Exception as error:
        if not type(error).__module__.startswith("grpc"):
            raise
        reason = getattr(error, "details", lambda: "")() or str(error)
    else:
        return
    raise SearchError(f"storage {shown(text)} cannot be used: {reason.strip().partition(chr(10))[0]}") from None


def _url(text: str) -> URL:
    try:
        url = make_url(text)
        if url.drivername == "postgresql" and find_spec("psycopg") is None and find_spec("psycopg2"):
            url = url.set(drivername="postgresql+psycopg2")  # which of the two is meant changed with SQLAlchemy 2.1
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise SearchError(
            f"storage {text!r} is not a database URL; accepted is one such as sqlite:///study.db, "
            "postgresql://user@host/database or grpc://host:port"
        ) from None
    except ImportError as error:
        raise SearchError(f"storage {text.partition(':')[0]} needs a driver that is not installed: {error}") from None
    return url


def _tune_sqlite(connection: sqlite3.Connection, _: object) -> None:
    """Let readers work beside the writer, and wait for the disk at checkpoints alone.

    A killed process loses nothing; a power cut may lose the last trials, never the database.
    """
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
