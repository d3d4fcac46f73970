from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from divergences.ops import DivergenceError, Pairing
from search.config import SearchConfig
from search.errors import SearchError
from search.space.file import SHIPPED, make_space
from search.space.settings import contains, nearest
from search.space.space import Point, Space, latent_name, weight_name
from vae.likelihoods import LIKELIHOODS

OPTIONS = {"pairs": "N/N,La/N", "latents": 20, "likelihood": "bernoulli", "batch_size": 100}


def space_of(content: str, tmp_path: Path, objective: str = "elbo") -> Space:
    path = tmp_path / "space.yaml"
    path.write_text(content)
    return make_space(str(path), objective, OPTIONS, {})


def test_every_setting_can_be_fixed_freed_bounded_and_listed(tmp_path):
    space = space_of(
        """
        pairs: [N/N, laplace/normal, La/La]
        latents: {low: 4, high: 16, step: 4}
        likelihood: free
        alpha: [none, 0.5, 2]
        hidden: 256
        depth: {low: 1, high: 4}
        activation: [relu, tanh]
        learning_rate: {low: 1e-4, high: 1e-2, log: true}
        batch_size:
        """,
        tmp_path,
        "vr",
    )
    assert space.pairs == ("N/N", "La/N", "La/La")
    free = {name: d for name, d in space.distributions.items() if not name.startswith("weight")}
    assert free == {
        "latents": IntDistribution(4, 16, step=4),
        "likelihood": CategoricalDistribution(tuple(LIKELIHOODS)),
        "alpha": CategoricalDistribution([None, 0.5, 2.0]),
        "depth": IntDistribution(1, 4),
        "activation": CategoricalDistribution(["relu", "tanh"]),
        "learning_rate": FloatDistribution(1e-4, 1e-2, log=True),
        "batch_size": IntDistribution(32, 256, log=True),
    }
    weights = {weight_name(pair): w for pair, w in zip(space.pairs, (1.0, 0.0, 0.0), strict=True)}
    params = weights | {"latents": 8, "likelihood": "mse", "alpha": 2.0, "depth": 3, "activation": "tanh"}
    point = space.point(params | {"learning_rate": 1e-3, "batch_size": 64})
    assert point == Point("N/N:8", likelihood="mse", alpha=2.0, hidden=256, depth=3, activation="tanh", batch_size=64)
    assert space.point(space.params(point)) == point


def test_what_a_file_leaves_open_is_as_on_the_command_line(tmp_path):
    space = make_space(str(write(tmp_path, "hidden: 100")), "elbo", OPTIONS | {"latents": 7}, {"latents": 7})
    assert (space.pairs, space.latents, space.hidden) == (("N/N", "La/N"), 7, 100)
    assert space.learning_rate == Space(("N/N",)).learning_rate


def write(folder: Path, content: str) -> Path:
    path = folder / "space.yaml"
    path.write_text(content)
    return path


def test_an_option_and_a_file_must_not_both_decide(tmp_path):
    with pytest.raises(SearchError, match="also --latents 7"):
        make_space(str(write(tmp_path, "latents: 5")), "elbo", OPTIONS, {"latents": 7})


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("widths: 3", "unknown setting 'widths'; known are pairs, latents"),
        ("hidden: {low: 500, high: 200}", "hidden: low 500 is above high 200"),
        ("hidden: {low: 200}", "has no high"),
        ("hidden: {low: 200, high: 500, stride: 100}", "unknown 'stride'"),
        ("hidden: {low: 200, high: 500, step: 70}", "no number of steps 70 leads to high 500"),
        ("hidden: {low: 200, high: 500, step: 0}", "step is 0"),
        ("hidden: {low: 200, high: 500, step: 100, log: true}", "one of the two"),
        ("hidden: {low: 200, high: 500, log: sometimes}", "log is 'sometimes'"),
        ("hidden: 3.5", "hidden is 3.5; accepted is a whole number"),
        ("hidden: wide", "hidden is 'wide'"),
        ("hidden: true", "hidden is True"),
        ("hidden: [100, -1]", "hidden is -1"),
        ("hidden: [100, 100]", "a value twice"),
        ("hidden: []", "the list is empty"),
        ("latents: 0", "latents is 0"),
        ("learning_rate: 2", "learning_rate is 2; accepted is a number between 0 and 1"),
        ("learning_rate: {low: 0.0, high: 0.1, log: true}", "learning_rate: low is 0.0"),
        ("alpha: {low: 0.0, high: 0.1, log: true}", "low is 0.0 with log"),
        ("alpha: -1", "alpha is -1; accepted is a number from 0, or none"),
        ("alpha: {low: none, high: 1}", "none is no end of a range"),
        ("activation: elu", "activation is 'elu'; accepted is one of gelu, relu"),
        ("activation: {low: relu, high: tanh}", "accepted is a list of values"),
        ("likelihood: [bernoulli, poisson]", "likelihood is 'poisson'"),
        ("pairs: [N/N, Q/N]", "'Q'"),
        ("pairs: [N/N:3]", "has a count"),
        ("pairs: 7", "pairs is 7"),
        ("pairs: []", "names no pair"),
        ("encoding: words", "encoding 'words' is unknown"),
        ("encoding: per-latent\nlatents: free", "their number must be fixed"),
        ("- hidden", "holds no settings"),
        ("hidden: [", "nor a file that can be read"),
    ],
)
def test_what_is_wrong_is_named(content, named, tmp_path):
    with pytest.raises((SearchError, DivergenceError)) as raised:
        space_of(content, tmp_path, "vr")
    assert named in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("objective", "alpha", "pair", "finite"),
    [
        ("elbo", "none", "C/N", False),
        ("vr", "2.0", "La/N", True),  # the order stands on the joint
        ("gvi", "2.0", "La/N", False),
        ("gvi", "{low: 0.1, high: 0.9}", "C/N", True),
        ("gvi", "[none, 0.5]", "C/N", False),  # without an order it is the KLD
        ("gvi", "{low: 0.5, high: 1.5}", "La/N", False),  # finite at its lower end
    ],
)
def test_infinite_pairs_are_refused_with_the_reason_at_any_order_of_the_space(objective, alpha, pair, finite, tmp_path):
    content = f"pairs: [N/N, {pair}]\nalpha: {alpha}"
    if finite:
        assert space_of(content, tmp_path, objective).pairs == ("N/N", pair)
    else:
        with pytest.raises(DivergenceError, match=f"{pair}.*infinite"):
            space_of(content, tmp_path, objective)


def test_free_pairs_are_all_that_are_finite(tmp_path):
    assert len(space_of("pairs: free", tmp_path).pairs) == 34
    assert len(space_of("pairs: free\nalpha: 0.5", tmp_path, "gvi").pairs) == 49
    assert len(space_of("pairs: free\nalpha: [none, 0.5]", tmp_path, "gvi").pairs) == 34


def test_a_range_of_one_value_is_that_value(tmp_path):
    assert space_of("hidden: {low: 300, high: 300}", tmp_path).hidden == 300


def test_the_shipped_spaces_are_what_they_say():
    assert SearchConfig(space="default").search_space == SearchConfig().search_space
    slides = SearchConfig(space="slides").search_space
    assert [len(d.choices) for d in slides.distributions.values()] == [16] * 20
    full = SearchConfig(space="full", objective="vr", pruner="none").search_space
    free = set(full.distributions) - {weight_name(pair) for pair in full.pairs}
    assert free == set(full.signature()) - {"pairs", "encoding"}
    for name in SHIPPED:
        assert yaml.safe_load(Path(f"search/space/files/{name}.yaml").read_text())


@settings(max_examples=30)
@given(st.lists(st.sampled_from(("N/N", "La/N", "G/G")), min_size=6, max_size=6))
def test_per_latent_choices_are_counted(chosen):
    space = Space(("N/N", "La/N", "G/G"), 6, encoding="per-latent", hidden=300, learning_rate=1e-3)
    point = space.point({latent_name(i): pair for i, pair in enumerate(chosen)})
    assert {s.pair: s.count for s in Pairing.parse(point.pairing).segments} == {p: chosen.count(p) for p in set(chosen)}
    assert space.point(space.params(point)) == point


def test_starting_points_keep_to_the_space(tmp_path):
    content = """
        pairs: [Lo/N, La/N, La/La]
        latents: {low: 30, high: 40}
        alpha: {low: 0.2, high: 0.8}
        hidden: {low: 100, high: 250, step: 50}
        activation: [tanh, relu]
        batch_size: {low: 200, high: 400, log: true}
        """
    points = list(space_of(content, tmp_path, "vr").starting_points())
    assert [p.pairing for p in points] == ["Lo/N:30", "La/N:30", "La/La:30", "Lo/N:15,La/N:9,La/La:6"]
    rest = {(p.alpha, p.hidden, p.activation, p.learning_rate, p.batch_size) for p in points}
    assert rest == {(0.8, 250, "tanh", 1e-3, 200)}


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        (IntDistribution(200, 500, step=100), 390, 400),
        (IntDistribution(200, 500, step=100), 900, 500),
        (FloatDistribution(0.0, 0.5), 1.0, 0.5),
        (CategoricalDistribution(["a", "b"]), "c", "a"),
        (7, 8, 7),
    ],
)
def test_the_nearest_value_is_one_the_setting_can_take(setting, value, expected):
    found = nearest(setting, value)
    assert found == expected
    assert type(found) is type(expected)
    assert contains(setting, found)
    assert not contains(setting, value)
