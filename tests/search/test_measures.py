import csv
import json

import pytest
from optuna.trial import TrialState

from search.measures import EPOCH_SAMPLES, epoch_measure, epoch_value, measure
from search.records import best, pareto_front, record, write_csv
from search.run import main
from search.storage.store import open_study
from search.workers import run_trials
from vae.evaluation import evaluate
from vae.training import fit


@pytest.fixture
def space_file(tmp_path):
    def write(content: str) -> str:
        path = tmp_path / "space.yaml"
        path.write_text(content)
        return str(path)

    return write


def test_the_elbo_of_a_trial_is_the_bound_that_training_computes(make_config, data):
    config = make_config()
    assert epoch_measure(config, data) is None
    fitted = fit(config.train_config(next(config.search_space.starting_points()), 2, 0), data)
    assert measure(config, fitted, data, 9.0) == {"elbo": fitted.best_validation}
    assert epoch_value(fitted.history[0]) == fitted.history[0]["validation_bound"]


def test_orders_are_compared_by_one_bound_after_every_epoch_and_at_the_end(make_config, data, quiet, space_file):
    space = space_file("pairs: [N/N]\nalpha: [0.0, 0.5, 1.0]\nhidden: 50")
    config = make_config(space=space, pairs=PAIRS, objective="vr", sampler="random", trials=5)
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
        trials = store.trials(TrialState.COMPLETE)
        assert len({t.params["alpha"] for t in trials}) > 1
        for trial in trials[-2:]:
            point = config.search_space.point(trial.params)
            settings = config.train_config(point, config.epochs, config.seed)
            assert (settings.objective, settings.alpha, settings.samples) == ("vr", point.alpha, 5)
            fitted = fit(settings, data, measure=epoch_measure(config, data))
            images, seed = data.validation, config.seed
            final = evaluate(fitted.model, images, metrics=["iw_bound"], samples=50, seed=seed)["iw_bound"]
            assert trial.value == final
            small = evaluate(fitted.model, images, metrics=["iw_bound"], samples=EPOCH_SAMPLES, seed=seed)["iw_bound"]
            assert trial.intermediate_values[fitted.best_epoch] == small
            assert final != small  # of other numbers of samples


PAIRS = "N/N,La/N,Lo/N,N/La,La/La,Lo/La,G/G"


@pytest.fixture(scope="module")
def several(digits_file, tmp_path_factory):
    """A search with two objectives, from the command line to its end."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "space.yaml").write_text(
        "pairs: [N/N, La/N]\nhidden: [20, 60, 100]\nlearning_rate: {low: 1e-4, high: 1e-2}"
    )
    words = ["--dataset", str(digits_file), "--space", str(folder / "space.yaml"), "--metrics", "elbo,parameters"]
    words += ["--pruner", "none", "--sampler", "nsgaii", "--trials", "11", "--epochs", "2", "--final_epochs", "2"]
    assert main([*words, "--final_seeds", "2", "--finalists", "2", "--out", str(folder / "out")]) == 0
    return folder / "out"


def test_several_objectives_leave_a_front(several):
    with (several / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    figures = [(float(row["elbo"]), float(row["parameters"])) for row in rows]
    assert [row["value"] for row in rows] == [row["elbo"] for row in rows]
    assert {row["epochs"] for row in rows} == {"2"}
    widths = {row["hidden"]: row["parameters"] for row in rows}
    assert len(set(widths.values())) == len(widths) > 1
    front = [row["front"] == "True" for row in rows]
    for mine, on_front in zip(figures, front, strict=True):
        beaten = any(o[0] >= mine[0] and o[1] <= mine[1] and o != mine for o in figures)
        assert on_front == (not beaten)
    final = json.loads((several / "final.json").read_text())
    assert [each["trial"] for each in final["front"]] == [int(row["trial"]) for row in rows if row["front"] == "True"]
    assert all(set(each["values"]) == {"elbo", "parameters"} for each in final["front"])


def test_bad_figures_are_named_before_anything_is_trained(make_config, flags, capsys, monkeypatch):
    monkeypatch.setattr("torch.hub.get_dir", lambda: "/nonexistent")
    config = make_config(metrics="elbo,fid", pruner="none")
    assert main(flags(config)) == 2
    assert "need Inception-v3's weights" in capsys.readouterr().err
    assert not (config.folder / "trials.csv").exists()


@pytest.mark.slow
def test_likelihoods_are_compared_by_kid(make_config, data, quiet, space_file):
    space = space_file("likelihood: [bernoulli, mse]\npairs: [N/N]")
    config = make_config(space=space, pairs=PAIRS, pruner="none", trials=4)
    with open_study(config, data) as store:
        run_trials(store, data, quiet)
        records = [record(trial, config) for trial in store.finished()]
    assert {r.likelihood for r in records} == {"bernoulli", "mse"}
    leader = best(records, config.objectives[0])
    assert leader.value == min(r.value for r in records)
    assert set(leader.values) == {"kid_efflite0"}
    write_csv(store.config.folder / "trials.csv", records, config.objectives)
    assert pareto_front(records, config.objectives) == {leader.trial}
