import optuna
import pytest
import torch
from optuna.trial import TrialState

from search import trials
from search.records import best, record, write_csv
from search.storage.locks import Owner
from search.storage.store import open_study
from search.trials import sealed
from search.workers import run_trials
from vae import training
from vae.errors import OutputError, TrainingError
from vae.training import fit


def values(store) -> list[float]:
    return [trial.value for trial in store.finished()]


def test_a_value_is_the_best_bound_on_validation_data(store, data, quiet):
    run_trials(store, data, quiet)
    assert len(store.finished()) == 4
    for trial in store.trials(TrialState.COMPLETE):
        assert trial.value == max(trial.intermediate_values.values())
        settings = store.config.train_config(store.config.search_space.point(trial.params), 2, store.config.seed)
        assert trial.value == fit(settings, data).best_validation


def test_a_search_in_two_parts_is_the_search_in_one(make_config, data, quiet, tmp_path):
    found = {}
    for name, parts in (("whole", [8]), ("parts", [3, 8])):
        for part in parts:
            with open_study(make_config(out=str(tmp_path / name), trials=part), data) as store:
                run_trials(store, data, quiet)
                found[name] = [(t.params, t.value, t.state) for t in store.finished()]
    assert found["whole"] == found["parts"]


def test_hyperband_stops_what_lags_behind(make_config, data, quiet, monkeypatch):
    """Each trial is told a worse bound than the one before, so that of those at a rung only the first goes on."""
    calls = []

    class Fitted:
        best_validation = 0.0

    def worse_each_time(settings, data, *, on_epoch, **_):
        calls.append(settings)
        for epoch in range(1, settings.epochs + 1):
            on_epoch(epoch, {"validation_bound": -float(len(calls))})
        return Fitted

    monkeypatch.setattr(trials, "fit", worse_each_time)
    with open_study(make_config(epochs=12, trials=20), data) as store:
        run_trials(store, data, quiet)
        pruned = store.trials(TrialState.PRUNED)
        assert len(store.finished()) == 20
        assert len(pruned) >= 5
        assert not any("start" in t.user_attrs for t in pruned)
        assert {t.last_step for t in pruned} == {4}
        assert {t.last_step for t in store.trials(TrialState.COMPLETE)} == {12}


def test_a_model_that_diverges_is_a_finding_not_a_failure(store, data, quiet, monkeypatch):
    """Weights that are no numbers any more once an epoch is over."""
    train = training._Trainer._train_epoch

    def spoil(self, epoch):
        bound = train(self, epoch)
        torch.nn.init.constant_(next(self.model.decoder.parameters()), torch.nan)
        return bound

    monkeypatch.setattr(training._Trainer, "_train_epoch", spoil)
    run_trials(store, data, quiet)
    records = [record(trial, store.config) for trial in store.finished()]
    assert [r.state for r in records] == ["pruned"] * 4
    assert all("the validation bound after epoch 1 is not finite" in r.failure for r in records)
    assert best(records) is None


def test_starting_points_set_the_standard_and_are_not_pruned(make_config):
    config = make_config(pruner="halving", epochs=12)
    study = optuna.create_study(direction="maximize", pruner=config.make_pruner())
    for number in range(6):
        study.enqueue_trial({}, user_attrs={"start": number} if number < 4 else {})
    ended = []
    for bound in (-1.0, -2.0, -3.0, -4.0, -5.0, -0.5):
        trial = study.ask()
        epochs = (epoch for epoch in range(1, 13) if trials.report(trial, config, epoch, {"validation_bound": bound}))
        ended.append(next(epochs, 12))
    assert ended == [12, 12, 12, 12, 4, 12]


def test_a_loss_that_leaves_the_finite_numbers_is_kept_with_its_reason(store, data, quiet, monkeypatch, tmp_path):
    real = trials.fit

    def fail_on_laplace(settings, data, **kwargs):
        if settings.pairing == "La/N:20":
            raise TrainingError("the loss is not finite in epoch 1, batch 2, pair La/N")
        return real(settings, data, **kwargs)

    monkeypatch.setattr(trials, "fit", fail_on_laplace)
    run_trials(store, data, quiet)
    records = [record(trial, store.config) for trial in store.finished()]
    assert [r.value is None for r in records] == [False, True, False, False]
    assert records[1].failure.endswith("pair La/N")
    write_csv(tmp_path / "trials.csv", records)
    lines = (tmp_path / "trials.csv").read_text().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("trial,state,value,pairing,hidden,learning_rate,epochs,seconds,failure")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OutputError("the disk is full"), ZeroDivisionError()])
def test_a_trial_that_something_else_stops_is_repeated(store, data, quiet, monkeypatch, error):
    real, stopped = trials.fit, []

    def stop_the_second(settings, data, **kwargs):
        if settings.pairing == "La/N:20" and not stopped:
            stopped.append(settings)
            raise error
        return real(settings, data, **kwargs)

    monkeypatch.setattr(trials, "fit", stop_the_second)
    with pytest.raises(type(error)):
        run_trials(store, data, quiet)
    assert [t.state for t in store.trials() if t.state.is_finished()] == [TrialState.COMPLETE, TrialState.FAIL]
    run_trials(store, data, quiet)
    found = [store.config.search_space.point(t.params).pairing for t in store.finished()]
    assert [t.user_attrs["start"] for t in store.finished()] == [0, 1, 2, 3]
    assert found == ["N/N:20", "La/N:20", "Lo/N:20", "La/La:20"]


def test_trials_never_see_the_test_split(make_config, monkeypatch, quiet):
    config = make_config()
    data = config.load_data()
    assert len(data.test)
    seen = []
    monkeypatch.setattr(trials, "fit", lambda settings, data, **_: seen.append(len(data.test)) or fit(settings, data))
    blind = sealed(data)
    with open_study(config, blind) as store:
        run_trials(store, blind, quiet)
    assert seen == [0] * 4


def test_a_search_waits_for_the_trials_of_another_process(store, data, quiet, monkeypatch):
    """The other one finishes its trial while this one waits."""
    with Owner(store.workers) as other:
        trial = store.claim(other)
        monkeypatch.setattr("time.sleep", lambda seconds: store.study.tell(trial, -1.0))
        run_trials(store, data, quiet)
    assert len(store.finished()) == 4
    assert values(store).count(-1.0) == 1
