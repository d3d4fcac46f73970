import math
from dataclasses import replace

import pytest

from search.config import SearchConfig
from search.errors import SearchError
from search.records import Record, best, pareto_front
from search.reporting import comparison
from search.selection import Finalist, Run, finalists, ordered
from search.yardsticks import METRICS

CONFIG = SearchConfig(finalists=1, baselines="normal")
SEVERAL = SearchConfig(metrics="elbo,parameters", pruner="none", finalists=3, baselines="normal")


def trial(number: int, pairing: str, value: float | None, state: str = "complete", **network) -> Record:
    return Record(
        number, state, value, pairing, **({"hidden": 300, "learning_rate": 2e-3} | network), epochs=12, seconds=1.0
    )


def of(models: list[Finalist]) -> list[tuple[str, int | None, int, bool]]:
    return [(f.pairing, f.trial, f.hidden, f.baseline) for f in models]


RECORDS = [
    trial(0, "N/N:20", -103.0, hidden=400),
    trial(1, "La/N:20", -101.0),
    trial(2, "Lo/N:20", -90.0, state="pruned"),
    trial(3, "Lo/N:12,G/G:8", -102.0, hidden=500, learning_rate=1e-3),
    trial(4, "La/N:20", -101.5, hidden=200),
]


def test_the_best_other_pairing_and_n_n_trained_as_the_best_trial_was():
    assert of(finalists(RECORDS, CONFIG)) == [("La/N:20", 1, 300, False), ("N/N:20", 0, 300, True)]
    ahead = [replace(RECORDS[0], value=-100.0), *RECORDS[1:]]
    assert of(finalists(ahead, CONFIG)) == [("La/N:20", 1, 300, False), ("N/N:20", 0, 400, True)]


def test_further_finalists_are_other_pairings_as_they_were_tried():
    found = finalists(RECORDS, SearchConfig(finalists=3, baselines="normal"))
    assert of(found) == [("La/N:20", 1, 300, False), ("Lo/N:12,G/G:8", 3, 500, False), ("N/N:20", 0, 300, True)]
    assert found[1].learning_rate == 1e-3


def test_every_homogeneous_pairing_joins_unless_it_is_a_finalist():
    found = finalists(RECORDS, SearchConfig(finalists=1, pairs="G/G,La/N,Lo/N,N/N"))
    assert [f.pairing for f in found] == ["La/N:20", "N/N:20", "G/G:20", "Lo/N:20"]
    assert {f.hidden for f in found} == {300}
    assert [f.trial for f in found] == [1, 0, None, None]  # a pruned trial found nothing


def test_baselines_have_the_best_trials_number_of_latents_and_everything_else(tmp_path):
    leader = trial(7, "Lo/N:7", -50.0, alpha=0.5, activation="relu", batch_size=64, depth=1, likelihood="mse")
    found = finalists([*RECORDS, leader], CONFIG)
    assert found[-1].point == replace(leader.point, pairing="N/N:7")


def test_n_n_is_there_for_comparison_though_it_was_not_searched():
    found = finalists([trial(0, "La/N:20", -103.0), trial(1, "Lo/N:20", -104.0)], CONFIG)
    assert of(found) == [("La/N:20", 0, 300, False), ("N/N:20", None, 300, True)]


def test_without_a_complete_trial_there_is_no_best():
    with pytest.raises(SearchError, match="none of 1 trials"):
        finalists([trial(0, "La/N:20", None, "pruned")], CONFIG)


def test_where_less_is_better_the_least_is_best():
    config = replace(CONFIG, yardstick="kid_efflite0", pruner="none")
    records = [trial(0, "La/N:20", 0.3), trial(1, "Lo/N:20", 0.1), trial(2, "G/G:20", 0.2)]
    assert best(records, config.objectives[0]).trial == 1
    assert [f.pairing for f in finalists(records, config)] == ["Lo/N:20", "N/N:20"]


def pair_of_figures(number: int, elbo: float, parameters: float, pairing: str = "La/N:20") -> Record:
    return replace(trial(number, pairing, elbo, hidden=number + 10), values={"elbo": elbo, "parameters": parameters})


FRONT = [
    pair_of_figures(0, -90.0, 900.0),
    pair_of_figures(1, -95.0, 500.0),
    pair_of_figures(2, -96.0, 500.0),  # as many parameters, and worse
    pair_of_figures(3, -99.0, 100.0, "N/N:20"),
    pair_of_figures(4, -99.0, 100.0),  # an equal is not beaten
    pair_of_figures(5, -91.0, 950.0),
    trial(6, "G/G:20", -10.0, "pruned"),
]


def test_the_pareto_front_is_what_no_trial_beats():
    assert pareto_front(FRONT, SEVERAL.objectives) == {0, 1, 3, 4}


def test_of_a_front_each_objective_names_one_in_turn():
    found = finalists(FRONT, SEVERAL)
    assert of(found) == [
        ("La/N:20", 0, 10, False),  # the best bound
        ("N/N:20", 3, 13, False),  # the fewest parameters
        ("La/N:20", 1, 11, False),  # the best bound of the rest
        ("N/N:20", 3, 10, True),
    ]
    assert len(finalists(FRONT, replace(SEVERAL, finalists=9))) == 4 + 1


def model(pairing: str, *figures: float | None, baseline: bool = False) -> Finalist:
    runs = [
        Run(i + 1, f"models/{i}", 9, [0.0], {"elbo": f, "kid_efflite0": f}, {"elbo": f, "kid_efflite0": f})
        for i, f in enumerate(figures)
    ]
    return Finalist(pairing, 400, 1e-3, 5, runs, baseline=baseline)


def test_order_and_the_run_that_is_kept_follow_the_yardstick():
    models = [
        model("La/N:20", 0.3, 0.1),
        model("N/N:20", 0.5, 0.5),
        model("C/N:20", None, 0.9),
        model("G/G:20", 0.1, 0.2),
    ]
    for metric, order, kept in (("elbo", "N La G C", 0), ("kid_efflite0", "G La N C", 1)):
        for each in models:
            each.choose(METRICS[metric])
        assert [f.pairing.partition("/")[0] for f in ordered(models, METRICS[metric])] == order.split()
        assert models[0].kept == kept
        assert models[0].chosen is models[0].runs[kept]
        assert models[2].kept == 1  # what is not finite is never best
    assert math.isnan(models[2].mean("validation", "elbo"))


def test_the_headline_holds_the_best_against_n_n_wherever_that_stands():
    models = [
        model("La/N:20", -99.0, -99.2),
        model("G/G:20", -100.0, -100.2),
        model("N/N:20", -101.0, -101.2, baseline=True),
    ]
    assert comparison.headline(models) == "20 La/N beats plain N/N by 2.00 nats per image"
    assert comparison.headline([models[2], *models[:2]]).startswith("Plain N/N beats the best other pairing by −2.00")
    models = [model("La/N:20", 0.10, 0.11), model("N/N:20", 0.30, 0.31)]
    line = "20 La/N beats plain N/N by 0.2 in KID (EfficientNet-Lite0)"
    assert comparison.headline(models, METRICS["kid_efflite0"]) == line


def test_the_setting_says_what_differs():
    one = [model("La/N:20", -1.0), model("N/N:20", -2.0, baseline=True)]
    assert comparison.setting(one).endswith("only the pairing differs.")
    two = [*one, replace(model("Lo/N:20", -3.0), hidden=200)]
    assert "as it was tried; what it is compared with has the best trial's 400 units" in comparison.setting(two)
