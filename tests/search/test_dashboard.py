import json
import re
import signal
import socket
from urllib.request import urlopen

import pytest

from search.errors import SearchError
from search.reporting.dashboard import dashboard, serve


def fetch(address: str) -> bytes:
    with urlopen(address, timeout=20) as answer:  # noqa: S310
        return answer.read()


def api(address: str) -> dict:
    return json.loads(fetch(f"{address}api/studies"))


def test_the_dashboard_shows_the_same_study(store):
    pytest.importorskip("optuna_dashboard")
    with dashboard(store.storage, 0) as address:
        assert [study["study_name"] for study in api(address)["study_summaries"]] == ["autovae"]
        assert b"<html" in fetch(f"{address}dashboard/")
    with pytest.raises(OSError, match="refused"):
        api(address)


def test_a_taken_port_is_named(store):
    pytest.importorskip("optuna_dashboard")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SearchError, match=f"port {port} cannot be served: .* choose another --port"):
            serve(store.storage, port)


def test_the_command_serves_until_it_is_interrupted(store, start):
    pytest.importorskip("optuna_dashboard")
    process = start("-m", "search.report", str(store.config.folder), "--dashboard", "--port", "0")
    assert process.stdout
    address = re.search(r"http://\S+", process.stdout.readline())[0]
    assert api(address)["study_summaries"][0]["study_name"] == "autovae"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
