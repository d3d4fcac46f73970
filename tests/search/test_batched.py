import math
import signal

import pytest
from optuna.trial import TrialState
from rich.console import Console

import vae
from search import batched
from search.artifacts import place
from search.errors import SearchError
from search.progress import Progress
from search.records import record
from search.space.space import START
from search.storage.claims import SIDE_BY_SIDE
from search.storage.store import open_study
from search.workers import run_trials
from vae.checkpoint import CHECKPOINT
from vae.ensemble import train_side_by_side
from vae.errors import TrainingError
from vae.evaluation import evaluate


def test_trials_side_by_side_are_worth_what_they_are_worth_alone(make_config, data, quiet, tmp_path):
    found = {}
    for members in (1, 3):
        config = make_config(side_by_side=members, trials=4, out=str(tmp_path / str(members)))
        with open_study(config, data) as store:
            run_trials(store, data, quiet)
            # Four starting points: pairs that each have all latents.
            by_pairing = {record(t, config).pairing: t for t in store.finished()}
            found[members] = by_pairing
            assert len(by_pairing) == 4
            for trial in store.finished():
                model = vae.load(place(config, trial.number))
                assert evaluate(model, data.validation)["elbo"] == pytest.approx(trial.value, abs=2.0)
    for pairing, alone in found[1].items():
        together = found[3][pairing]
        assert together.value == pytest.approx(alone.value, rel=1e-4)
        assert together.intermediate_values == pytest.approx(alone.intermediate_values, rel=1e-4)
        assert (SIDE_BY_SIDE in alone.user_attrs, together.user_attrs[SIDE_BY_SIDE]) == (False, 3)


def test_trials_of_many_shapes_are_all_run_and_some_are_pruned(make_config, data, quiet):
    config = make_config(side_by_side=3, trials=14, epochs=9, pairs="N/N,La/N,C/C", keep=2)
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
        finished = store.finished()
        assert len(finished) == 14
        assert len({t.params["hidden"] for t in finished}) > 1
        pruned = [t for t in finished if t.state == TrialState.PRUNED]
        assert pruned
        assert all(t.last_step < 9 and START not in t.user_attrs for t in pruned)
        assert {t.last_step for t in finished if t.state == TrialState.COMPLETE} == {9}
        assert not store.trials(TrialState.RUNNING, TrialState.FAIL, TrialState.WAITING)
    assert len(list((config.folder / "trials").iterdir())) == 2


def test_an_interrupt_puts_all_trials_back(make_config, data, quiet, monkeypatch):
    config = make_config(side_by_side=3, trials=5)

    class Stop(Exception):
        pass

    def stopping(settings, splits, slots, after, *files):
        def told(index, epoch, record):
            if epoch == 2:
                raise Stop
            return after(index, epoch, record)

        return train_side_by_side(settings, splits, slots, told, *files)

    with open_study(config, data) as store:
        monkeypatch.setattr(batched, "train_side_by_side", stopping)
        with pytest.raises(Stop):
            run_trials(store, data, quiet)
        assert len(store.trials(TrialState.FAIL)) == 3
        assert not store.trials(TrialState.RUNNING)
        monkeypatch.undo()
        run_trials(store, data, quiet)
        assert len(store.finished()) == 5
        starts = [t.user_attrs[START] for t in store.finished() if START in t.user_attrs]
        assert sorted(starts) == [0, 1, 2, 3, 4]


KILLED = """
import os, sys
from search.run import main
from vae.pool import Pool

save, left = Pool.save, 2

def saving(pool):
    global left
    save(pool)
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)

Pool.save = saving
sys.exit(main(sys.argv[1:]))
"""
"""A search that is killed when all of its models have a second checkpoint."""


def test_a_killed_batch_goes_on_from_its_checkpoints_to_the_same_figures(
    make_config, data, quiet, start, flags, tmp_path, monkeypatch
):
    settings = {"side_by_side": 3, "trials": 4, "epochs": 4, "checkpoint": 0.0}
    parts, whole = (make_config(out=str(tmp_path / name), **settings) for name in ("parts", "whole"))
    process = start("-c", KILLED, *flags(parts))
    _, error = process.communicate()
    assert process.returncode == -signal.SIGKILL, error
    told = {}

    def watched(settings, splits, slots, after, *files):
        def noted(index, epoch, record):
            told.setdefault(index, []).append(epoch)
            return after(index, epoch, record)

        return train_side_by_side(settings, splits, slots, noted, *files)

    with open_study(parts, data) as store, monkeypatch.context() as patch:
        patch.setattr(batched, "train_side_by_side", watched)
        run_trials(store, data, quiet)
        assert len(store.trials(TrialState.FAIL)) == 3
        found = {record(t, parts).pairing: (t.values, t.intermediate_values) for t in store.finished()}
        assert vae.load(place(parts, store.study.best_trial.number))
    assert told == {0: [3, 4], 1: [3, 4], 2: [3, 4], 3: [1, 2, 3, 4]}
    with open_study(whole, data) as store:
        run_trials(store, data, quiet)
        assert found == {record(t, whole).pairing: (t.values, t.intermediate_values) for t in store.finished()}


@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2)])
def test_what_was_begun_side_by_side_is_not_gone_on_with_alone(make_config, data, quiet, monkeypatch, before, after):
    """Nor the other way round: such a trial's figures could not be had again."""

    def stop(*_):
        raise KeyboardInterrupt

    config = make_config(side_by_side=before, trials=1, checkpoint=0.0)
    monkeypatch.setattr(quiet, "epoch", stop)
    with open_study(config, data) as store, pytest.raises(KeyboardInterrupt):
        run_trials(store, data, quiet)
    assert (place(config, 0) / CHECKPOINT).exists()
    epochs = []
    monkeypatch.setattr(quiet, "epoch", lambda pairing, epoch, *_: epochs.append(epoch))
    with open_study(make_config(side_by_side=after, trials=1), data) as store:
        run_trials(store, data, quiet)
    assert epochs == [1, 2]


def test_a_model_that_leaves_the_finite_numbers_is_pruned_with_its_reason(make_config, data, quiet, monkeypatch):
    def one_fails(*given):
        for index, result in train_side_by_side(*given):
            yield index, TrainingError("left the finite numbers") if index == 1 else result

    monkeypatch.setattr(batched, "train_side_by_side", one_fails)
    with open_study(make_config(side_by_side=4), data) as store:
        run_trials(store, data, quiet)
        failed = [t for t in store.finished() if "failure" in t.user_attrs]
        assert [(t.state, t.user_attrs["failure"]) for t in failed] == [(TrialState.PRUNED, "left the finite numbers")]
        assert all(math.isfinite(t.value) for t in store.trials(TrialState.COMPLETE))
        assert len(store.finished()) == 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"yardstick": "iw_bound"}, r"side_by_side is 2; .* accepted are side_by_side 1 and pruner none"),
        ({"metrics": "elbo,seconds", "pruner": "none"}, "the time of a trial is measured one by one"),
        ({"side_by_side": 0}, "side_by_side is 0; accepted is a positive integer"),
    ],
)
def test_what_needs_trials_one_by_one_is_refused(make_config, data, quiet, settings, message):
    with (
        pytest.raises(SearchError, match=message),
        open_study(make_config(**({"side_by_side": 2} | settings)), data) as s,
    ):
        run_trials(s, data, quiet)


def test_several_objectives_are_measured_for_every_trial(make_config, data):
    config = make_config(side_by_side=2, trials=3, metrics="elbo,parameters", pruner="none")
    with open_study(config, data) as store:
        run_trials(store, data, Progress(config, Console(quiet=True)))
        assert [record(t, config).epochs for t in store.finished()] == [2, 2, 2]
        for trial in store.study.best_trials:  # of which the models are kept
            model = vae.load(place(config, trial.number))
            assert trial.values[1] == sum(p.numel() for p in model.parameters())
