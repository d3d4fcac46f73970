import json
import re
import signal
import socket
from urllib.request import urlopen

import pytest

from search.errors import SearchError
from search.reporting.dashboard import dashboard, serve
from search.run import main


def fetch(address: str) -> bytes:
    with urlopen(address, timeout=20) as answer:  # noqa: S310
        return answer.read()


def api(address: str) -> dict:
    return json.loads(fetch(f"{address}api/studies"))


def test_the_dashboard_shows_the_same_study(store):
    pytest.importorskip("optuna_dashboard")
    with dashboard(store.storage, 0, store.config.folder) as address:
        assert [study["study_name"] for study in api(address)["study_summaries"]] == ["autovae"]
        assert b"<html" in fetch(f"{address}dashboard/")
    with pytest.raises(OSError, match="refused"):
        api(address)


def test_a_taken_port_is_named(store):
    pytest.importorskip("optuna_dashboard")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SearchError, match=f"port {port} cannot be served: .* choose another --port"):
            serve(store.storage, port, store.config.folder)


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


def test_a_search_serves_it_while_it_runs(make_config, flags, start):
    pytest.importorskip("optuna_dashboard")
    process = start("-m", "search.run", *flags(make_config(trials=500)), "--dashboard", "--port", "0")
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
    next(line for line in lines if line.startswith("trial "))
    assert [study["study_name"] for study in api(address)["study_summaries"]] == ["autovae"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    with pytest.raises(OSError, match="refused"):
        api(address)


def test_a_search_whose_dashboard_cannot_be_served_does_not_begin(make_config, flags, capsys):
    pytest.importorskip("optuna_dashboard")
    config = make_config()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([*flags(config), "--dashboard", "--port", str(port)]) == 2
    assert f"port {port} cannot be served" in capsys.readouterr().err
    assert not (config.folder / "trials").exists()
