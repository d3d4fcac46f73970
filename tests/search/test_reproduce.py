import re
from dataclasses import replace

import pytest
from optuna.trial import TrialState

import search.reproduce
from search.artifacts import place
from search.errors import SearchError
from search.reproduce import main, reproduce
from search.storage.store import open_study
from search.workers import run_trials
from vae import load


@pytest.fixture
def done(make_config, data, quiet):
    """A finished study of which some trials were pruned."""
    config = make_config(trials=8, epochs=5, pruner="median")
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
    return config


def test_a_trial_comes_out_the_same_to_the_last_digit(done, data, tmp_path, capsys):
    with open_study(done, data) as store:
        complete = store.trials(TrialState.COMPLETE)[-1]
        before = store.trials()
    out = tmp_path / "again"
    assert main([str(done.folder), str(complete.number), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.endswith(f"trial {complete.number}: the same to the last digit\n")
    assert said.count(repr(complete.value)) == 2
    assert load(out).config.pairing == done.search_space.point(complete.params).pairing
    with open_study(done, data) as store:
        assert store.trials() == before


def test_a_pruned_trial_ends_where_it_ended(done, data):
    with open_study(done, data) as store:
        pruned = store.trials(TrialState.PRUNED)[0]
        found = reproduce(store, pruned.number)
    assert not found.difference
    assert found.repeated.intermediate_values == pruned.intermediate_values


def test_trials_side_by_side_come_out_the_same_too(make_config, data, quiet, tmp_path, capsys):
    config = make_config(trials=14, epochs=9, pairs="N/N,La/N,C/C", side_by_side=3, threads=2)
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
        pruned, complete = (store.trials(state) for state in (TrialState.PRUNED, TrialState.COMPLETE))
    assert pruned
    for trial in (complete[0], complete[-1], pruned[-1]):
        assert main([str(config.folder), str(trial.number), "--out", str(tmp_path / str(trial.number))]) == 0
        assert re.search(rf"trial {trial.number}: the same (to the last digit|up to rounding)", capsys.readouterr().out)
    assert (tmp_path / str(complete[0].number) / "model.safetensors").exists()


def test_what_differs_is_named_with_what_may_be_behind_it(done, capsys, monkeypatch):
    real = search.reproduce.run_trial
    elsewhere = lambda store, *rest: real(replace(store, config=replace(store.config, seed=7)), *rest)  # noqa: E731
    monkeypatch.setattr(search.reproduce, "run_trial", elsewhere)
    monkeypatch.setattr(search.reproduce, "machine", lambda config: {"torch": "0.1"})
    with pytest.raises(SystemExit) as raised:
        main([str(done.folder), "0"])
    assert raised.value.code == 1
    assert re.search(r"not the same; epoch 1: -\d.* is now -\d.*\(torch .* then, 0.1 here\)", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("number", "named"), [("99", "trial 99 .* 0 to 7"), ("x", "number is x; expected a whole number")]
)
def test_a_trial_that_is_not_there_is_named(done, capsys, number, named):
    assert main([str(done.folder), number]) == 2
    error = capsys.readouterr().err
    assert re.search(named, error)
    assert error.count("\n") == 1


def test_a_folder_that_exists_is_left_alone(done, data, tmp_path):
    with open_study(done, data) as store, pytest.raises(SearchError, match="exists; choose a new folder"):
        reproduce(store, 0, tmp_path)


def test_models_are_kept_of_the_best_trials_alone(make_config, data, quiet):
    config = make_config(trials=6, keep=2)
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
        ranked = sorted(store.trials(TrialState.COMPLETE), key=lambda trial: -trial.value)
        kept = {int(path.name) for path in (config.folder / "trials").iterdir()}
        assert kept == {trial.number for trial in ranked[:2]}
        assert all(load(place(config, number)) for number in kept)
