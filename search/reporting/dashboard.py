"""Optuna's dashboard on the storage of a search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from optuna.storages import BaseStorage

from search.errors import SearchError
from search.interrupts import interruptible
from search.published import artifact_store

HOST = "127.0.0.1"
"""Its address: the dashboard can change a study and asks nobody for a password, so only this machine sees it."""


class _Quiet(WSGIRequestHandler):
    """Answers requests without a line for each."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own: a slow one keeps nobody waiting, and Ctrl-C meets none."""

    daemon_threads = True


def _server(storage: BaseStorage, port: int, folder: Path) -> WSGIServer:
    try:
        from optuna_dashboard import wsgi
    except ImportError as error:
        raise SearchError("the dashboard needs optuna-dashboard: pip install 'autovae[dashboard]'") from error
    try:
        return make_server(
            HOST, port, wsgi(storage, artifact_store(folder)), server_class=_Server, handler_class=_Quiet
        )
    except (OSError, OverflowError) as error:
        raise SearchError(
            f"port {port} cannot be served: {error}; choose another --port, or 0 for a free one"
        ) from None


def serve(storage: BaseStorage, port: int, folder: Path) -> None:
    """Serve the dashboard of a search in a folder until Ctrl-C.

    Raises
    ------
    SearchError
        If the port is taken, or optuna-dashboard is not installed.
    """
    with interruptible(), _server(storage, port, folder) as server:
        print(f"dashboard: {_address(server)} (Ctrl-C stops it)", flush=True)
        server.serve_forever()


@contextmanager
def dashboard(storage: BaseStorage, port: int, folder: Path) -> Iterator[str]:
    """Serve the dashboard beside other work; yields its address.

    Raises
    ------
    SearchError
        As :func:`serve`.
    """
    with _server(storage, port, folder) as server:
        thread = Thread(target=server.serve_forever, name="dashboard", daemon=True)
        thread.start()
        try:
            yield _address(server)
        finally:
            server.shutdown()
            thread.join()


def _address(server: WSGIServer) -> str:
    return f"http://{HOST}:{server.server_port}/"
