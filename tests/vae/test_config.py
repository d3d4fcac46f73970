from dataclasses import replace

import pytest

from divergences.ops import DivergenceError, InfinitePairError
from vae import CheckpointError, ConfigError, TrainConfig


@pytest.mark.parametrize(
    ("pairing", "latents", "canonical"),
    [
        ("N/N", None, "N/N:20"),
        ("la/normal", 7, "La/N:7"),
        ("Lo/N:10,La/N:6,La/La:4", None, "Lo/N:10,La/N:6,La/La:4"),
        ("Lo/N:10, La/N:4, La/N:2,La/La:4", 20, "Lo/N:10,La/N:6,La/La:4"),
        ("N/N:1", None, "N/N:1"),
        ("N/N,La/N", None, "N/N:1,La/N:1"),
    ],
)
def test_pairings_and_latents_agree(pairing, latents, canonical):
    config = TrainConfig(pairing=pairing, latents=latents)
    assert config.pairing == canonical
    assert config.latents == sum(int(part.split(":")[1]) for part in canonical.split(","))
    assert replace(config, seed=1).pairing == canonical


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pairing": "Lo/N:10,La/N:6", "latents": 20}, "gives 16 latents, but latents is 20"),
        ({"pairing": "X/N"}, "unknown family 'X'"),
        ({"pairing": "N-N"}, "cannot read"),
        ({"pairing": ""}, "cannot read"),
        ({"pairing": "N/N:0"}, "count"),
        ({"likelihood": "poisson"}, "unknown likelihood 'poisson'; known are bernoulli"),
        ({"objective": "map"}, "unknown objective 'map'; known are elbo"),
        ({"binarise": "yes"}, "unknown binarise 'yes'; known are none"),
        ({"activation": "cos"}, "unknown activation"),
        ({"precision": "8"}, "unknown precision '8'; known are 32-true"),
        ({"accelerator": "abacus"}, "unknown accelerator"),
        ({"epochs": None}, "epochs is None"),
        ({"epochs": 0}, "epochs is 0; expected a whole number"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"latents": 0}, "latents is 0"),
        ({"threads": 0}, "threads is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"learning_rate": "a"}, "learning_rate is 'a'; expected a number"),
        ({"beta": None}, "beta is None; expected a number"),
        ({"epsilon": 0.0}, "epsilon is 0.0; expected a number between 0 and 1"),
        ({"initialisation": "he"}, "unknown initialisation 'he'; known are torch, xavier"),
        ({"beta": -1.0}, "beta is -1.0"),
        ({"beta": 2.0, "objective": "iwae"}, "it belongs to elbo, gvi, gibbs"),
        ({"alpha": 0.5}, "it belongs to gvi, vr"),
        ({"objective": "vr"}, "alpha is None"),
        ({"objective": "vr", "alpha": -1.0}, "alpha is -1.0"),
        ({"objective": "vr", "alpha": float("nan")}, "alpha is nan"),
    ],
)
def test_bad_settings_name_the_value(settings, message):
    with pytest.raises((ConfigError, DivergenceError), match=message):
        TrainConfig(**settings)


def test_infinite_pairs_are_refused_with_neighbours():
    with pytest.raises(InfinitePairError, match="C/N is infinite") as caught:
        TrainConfig(pairing="N/N:10,C/N:10")
    assert caught.value.alternatives


def test_yaml_comes_back(tmp_path):
    config = TrainConfig(pairing="La/N", objective="vr", alpha=0.5, samples=3, learning_rate=3e-4, data_root="/data")
    config.save(tmp_path / "config.yaml", "a header\nof two lines")
    assert TrainConfig.load(tmp_path / "config.yaml") == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pairing: [", "cannot be read"),
        ("just text", "another version"),
        ("pairing: N/N\n", "another version"),
        (None, "it has no config.yaml"),
    ],
)
def test_other_yaml_is_refused(tmp_path, text, message):
    path = tmp_path / "config.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CheckpointError, match=message):
        TrainConfig.load(path)


def test_a_saved_setting_out_of_its_domain_is_refused(tmp_path):
    path = tmp_path / "config.yaml"
    TrainConfig().save(path)
    path.write_text(path.read_text().replace("epochs: 100", "epochs: many"))
    with pytest.raises(CheckpointError, match="epochs is 'many'"):
        TrainConfig.load(path)


def test_difference_names_what_differs_and_forgives_the_machine():
    config = TrainConfig()
    assert config.difference(replace(config, threads=1, data_root="/x", accelerator="cpu")) == ""
    assert replace(config, seed=3).difference(config) == "seed 0 is now 3"
