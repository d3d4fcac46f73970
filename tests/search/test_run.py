import csv
import json
import os
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import optuna
import pytest
import torch
from optuna.trial import TrialState

import search.finish
import search.run
import search.trials
from search.run import main
from search.storage.store import open_study
from search.trials import sealed
from vae import load

RUN = ("-m", "search.run")


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open() as file:
        return list(csv.DictReader(file))


def study_of(config) -> optuna.Study:
    return optuna.load_study(study_name=config.study, storage=config.storage_url)


def wait_for_trials(process, count: int) -> None:
    """Read what a search says until so many of its trials are finished."""
    while count:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        count -= line.startswith("trial ")


@pytest.fixture
def scored(monkeypatch) -> list[tuple[int, torch.Tensor]]:
    """What was evaluated: how many models, on which images, in order."""
    calls = []
    real = search.finish.evaluate

    def spy(model, images, **options):
        calls.append((id(model), images))
        return real(model, images, **options)

    monkeypatch.setattr(search.finish, "evaluate", spy)
    return calls


def test_a_search_leaves_what_it_promises(make_config, flags, scored, capsys):
    config = make_config(trials=6, final_seeds=2)
    assert main(flags(config)) == 0
    said = capsys.readouterr().out
    assert said.count("\ntrial ") + said.startswith("trial ") == 6
    assert "best so far" in said
    for name in ("report.html", "best", "trials.csv"):
        assert str(config.folder / name) in said

    assert [row["state"] in ("complete", "pruned") for row in rows(config.folder)] == [True] * 6
    best = load(config.folder / "best")
    final = json.loads((config.folder / "final.json").read_text())
    assert best.config.pairing == final["finalists"][0]["pairing"]
    assert {f["pairing"] == "N/N:20" for f in final["finalists"]} == {True, False}
    metrics = json.loads((config.folder / "best" / "metrics.json").read_text())
    assert metrics["evaluation"]["test"]["images"] == 20
    assert (config.folder / "best" / "samples.png").exists()
    first, second = ([run["validation"]["elbo"] for run in finalist["runs"]] for finalist in final["finalists"])
    assert sum(first) >= sum(second)

    # N/N is trained as the best trial was, all with the same seeds, and these are not the search's own.
    leader = max((r for r in rows(config.folder) if r["state"] == "complete"), key=lambda r: float(r["value"]))
    (plain,) = (f for f in final["finalists"] if f["baseline"])
    assert (plain["hidden"], plain["learning_rate"]) == (int(leader["hidden"]), float(leader["learning_rate"]))
    seeds = [[run["seed"] for run in f["runs"]] for f in final["finalists"]]
    assert seeds[0] == seeds[1]
    assert config.seed not in seeds[0]

    # The test split is scored once per model, after everything else.
    test = config.load_data().test
    on_test = [torch.equal(images, test) for _, images in scored]
    assert on_test == [False] * 4 + [True] * 4
    assert len({model for model, _ in scored}) == 4


def test_a_finished_search_is_not_done_again_but_can_go_on(make_config, flags, scored, capsys):
    config = make_config(trials=2)
    assert main(flags(config)) == 0
    first = rows(config.folder)
    before = {path: path.read_bytes() for path in (config.folder / "trials.csv", config.folder / "final.json")}
    (config.folder / "report.html").unlink()
    scored.clear()
    capsys.readouterr()

    assert main(flags(config)) == 0
    said = capsys.readouterr().out
    assert "finished trials: 2" in said
    assert "\ntrial " not in said
    assert scored == []
    assert {path: path.read_bytes() for path in before} == before
    assert (config.folder / "report.html").exists()

    assert main(flags(make_config(trials=2, pairs="N/N,G/G"))) == 2
    error = capsys.readouterr().err
    assert "pairs=N/N,La/N,Lo/N,La/La, not N/N,G/G" in error
    assert error.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before

    assert main(flags(make_config(trials=3, final_epochs=2))) == 0
    assert rows(config.folder)[:2] == first
    assert len(rows(config.folder)) == 3
    assert json.loads((config.folder / "final.json").read_text())["looks"] == 2
    assert "look number 2" in (config.folder / "report.html").read_text()


def test_plain_alone_has_nothing_to_be_compared_with(make_config, flags):
    config = make_config(pairs="N/N", trials=2, final_seeds=1)
    assert main(flags(config)) == 0
    assert "no other pairing was searched" in (config.folder / "report.html").read_text()


def test_a_killed_search_goes_on_with_no_trial_lost_or_repeated(make_config, flags, start):
    config = make_config(trials=5, epochs=15)
    process = start(*RUN, *flags(config))
    wait_for_trials(process, 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = study_of(config).trials
    before = {t.number: (t.params, t.value) for t in left if t.state.is_finished()}
    assert 2 <= len(before) < 5

    assert main(flags(config)) == 0
    study = study_of(config)
    after = {t.number: (t.params, t.value) for t in study.trials}
    assert all(after[number] == trial for number, trial in before.items())
    assert len(rows(config.folder)) == 5
    assert max(Counter(str(t.params) for t in study.trials if t.state != TrialState.FAIL).values()) == 1
    for lost in (t for t in left if t.state == TrialState.RUNNING):
        assert study.trials[lost.number].state == TrialState.FAIL
        again = [t for t in study.trials if t.user_attrs.get("retry_of") == lost.number]
        assert [t.params for t in again] == [lost.params]
    assert (config.folder / "report.html").exists()


def test_two_workers_finish_exactly_what_was_asked_for_though_one_is_killed(make_config, flags, start):
    config = make_config(trials=7, epochs=10, workers=2)
    process = start(*RUN, *flags(config))
    while len(owners := owners_of(config)) < 2:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    os.kill(int(Path(owners[0]).name.partition("-")[0]), signal.SIGKILL)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    assert len(rows(config.folder)) == 7
    done = [t for t in study_of(config).trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]
    assert len(done) == 7
    assert len({str(t.params) for t in done}) == 7
    assert len({t.user_attrs["owner"] for t in done} - {owners[0]}) >= 1


def owners_of(config) -> list[str]:
    """The processes that have claimed a trial, in that order; none while there is no study yet."""
    query = "SELECT DISTINCT value_json FROM trial_user_attributes WHERE key = 'owner' ORDER BY trial_id"
    try:
        with closing(sqlite3.connect(config.folder / "study.db")) as connection:
            return [json.loads(value) for (value,) in connection.execute(query)]
    except sqlite3.OperationalError:
        return []


def test_a_stopped_search_says_how_to_go_on(make_config, flags, start, capsys):
    config = make_config(trials=1000)
    process = start(*RUN, *flags(config))
    wait_for_trials(process, 1)

    assert main(flags(config)) == 2
    assert "another search is running" in capsys.readouterr().err

    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 130
    assert error.strip() == "stopped; finished trials are kept, and the same command goes on from here"
    with open_study(config, sealed(config.load_data())) as store:
        store.recover()
        assert not store.trials(TrialState.RUNNING)
        assert len(rows(config.folder)) == len(store.finished()) >= 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_python_loses_still_stops_the_search(make_config, flags, monkeypatch, capsys, request):
    # A job in the background is deaf to it, and so would be the search.
    request.addfinalizer(partial(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT)))
    signal.signal(signal.SIGINT, signal.default_int_handler)

    class Finalized:
        def __del__(self):  # what is raised here is reported and goes no further
            signal.raise_signal(signal.SIGINT)

    train = search.trials.fit

    def fit(*arguments, **options):
        Finalized()
        return train(*arguments, **options)

    monkeypatch.setattr(search.trials, "fit", fit)
    assert main(flags(make_config(trials=3))) == 130
    assert "goes on from here" in capsys.readouterr().err


def test_sigterm_is_as_ctrl_c(make_config, flags, monkeypatch, capsys):
    monkeypatch.setattr(search.run, "run_trials", lambda *_: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert main(flags(make_config())) == 130
    assert "goes on from here" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--pairs", "N/N,Q/N"], "'Q'"),
        (["--pairs", "N/N,C/N"], "C/N"),
        (["--pairs", "N/N:3"], "'N/N:3'"),
        (["--dataset", "mnist-6k"], "'mnist-6k'"),
        (["--dataset", "missing.npz"], "missing.npz"),
        (["--likelihood", "poisson"], "'poisson'"),
        (["--storage", "study.db"], "'study.db'"),
        (["--storage", "sqlite:////nonexistent/study.db"], "/nonexistent/study.db"),
        (["--trials", "0"], "trials is 0"),
        (["--trials", "many"], "trials is many; expected a whole number"),
        (["--workers", "some"], "workers is some; expected a whole number or auto"),
        (["--final_epochs", "0"], "final_epochs is 0"),
        (["--workers", "-1"], "workers is -1"),
        (["--latents", "0"], "latents is 0"),
        (["--seed", "-1"], "seed is -1"),
        (["--out", "/proc/nowhere"], "/proc/nowhere"),
        (["--out", "/dev/null/folder"], "/dev/null"),
        (["--nonsense", "1"], "nonsense"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(words, named, digits_file, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*(["--dataset", str(digits_file)] if "--dataset" not in words else []), *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert named in error
    assert not list(tmp_path.rglob("report.html"))


def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(make_config, flags, start):
    """No file may grow beyond a limit, as on a disk that fills up while the models are written."""
    config = make_config(trials=2)
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
    limited += "from search.run import main; sys.exit(main(sys.argv[1:]))"
    process = start("-c", limited, *flags(config))
    _, error = process.communicate(timeout=600)
    assert process.returncode == 2, error
    assert error.startswith("error: cannot write")
    assert error.count("\n") == 1
    assert not (config.folder / "report.html").exists()
    assert not (config.folder / "best").exists()
    assert not list(config.folder.rglob("*.tmp"))
    assert main(flags(config)) == 0
    assert len(rows(config.folder)) == 2
