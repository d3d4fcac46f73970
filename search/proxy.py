"""Optuna's gRPC proxy before a database: ``python -m search.proxy --storage URL --port 13000``.

Machines that may not, or should not, all connect to the database give ``--storage grpc://host:13000`` instead. The
proxy has no password and no encryption: let it listen where only trusted machines can reach it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import optuna
from jsonargparse import ArgumentParser

from search.errors import SearchError
from search.interrupts import interruptible
from search.storage.databases import PORT, connect, in_one_sentence, is_proxy, shown
from vae.cli import command, parse

THREADS = 32
"""Calls served at once."""


@command(resume="the study is in the database; the same command serves it again")
def main(argv: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    parser = ArgumentParser(prog="python -m search.proxy", description=__doc__, exit_on_error=False)
    parser.add_argument("--storage", type=str, required=True, help="URL of the database")
    parser.add_argument("--host", type=str, default="localhost", help="address to listen on; 0.0.0.0 for all")
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on; 0 for any that is free")
    settings = parse(parser, argv)
    if is_proxy(settings.storage):
        raise SearchError(f"storage {settings.storage} is a proxy itself; accepted is the URL of a database")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        from concurrent.futures import ThreadPoolExecutor

        import grpc
        from optuna.storages._grpc import servicer
        from optuna.storages._grpc.auto_generated import api_pb2_grpc
    except ImportError as error:
        raise SearchError(f"the proxy needs a package that is not installed: {error}") from None
    with interruptible(), in_one_sentence(settings.storage):
        storage = connect(settings.storage, say=lambda line: print(line, flush=True))
        server = grpc.server(ThreadPoolExecutor(THREADS), options=[("grpc.so_reuseport", 0)])
        api_pb2_grpc.add_StorageServiceServicer_to_server(servicer.OptunaStorageProxyService(storage), server)
        try:
            port = server.add_insecure_port(f"{settings.host}:{settings.port}")
        except RuntimeError as error:
            raise SearchError(f"cannot listen on {settings.host}:{settings.port}: {error}") from None
        server.start()
        print(f"{shown(settings.storage)} is served; --storage grpc://{settings.host}:{port}", flush=True)
        try:
            server.wait_for_termination()
        finally:
            server.stop(grace=1.0).wait()


if __name__ == "__main__":
    sys.exit(main())
