import pytest
import torch

import vae
from divergences.ops import PairingError
from divergences.ops.table import kinds
from vae import ConfigError, TrainConfig, fit, preset
from vae.data import binarise_fixed
from vae.presets import preset_settings, presets
from vae.train import _parse, default_folder
from vae.train import main as train_main
from vae.training import _Trainer, learning_rate

SLIDES = [
    "standard",
    "beta-vae",
    "cb-vae",
    "sparse",
    "iaf",
    "iwae",
    "vr",
    "vr-max",
    "gibbs",
    "gvi",
    "mismatched",
    "autovae",
]
TRAINABLE = [name for name in presets() if name != "gvi" or "renyi" in kinds()]


def test_every_row_of_the_slides_has_its_preset():
    assert set(SLIDES) <= set(presets())


@pytest.mark.parametrize("name", TRAINABLE)
def test_every_preset_learns(few, name):
    small = {"dataset": "mnist-5k", "epochs": 3, "hidden": 32, "batch_size": 20, "patience": 10, "learning_rate": 5e-3}
    config = preset(name, **small, samples=min(4, presets()[name].get("samples", 1)))
    result = fit(config, few)
    bounds = [record["validation_bound"] for record in result.history]
    assert max(bounds[1:]) > bounds[0]


def test_presets_are_what_their_papers_say():
    assert preset("standard") == TrainConfig()
    assert (preset("beta-vae").beta, preset("beta-vae").warmup) == (4.0, 10)
    assert preset("iwae").objective_label == "iwae(K=50)"
    assert preset("vr").objective_label == "vr(alpha=0.5, K=50)"
    assert preset("gibbs").objective_label == "gibbs(lambda=16.0)"
    assert preset("sparse-cauchy").pairing == "C/C:20"
    assert len(vae.VAE(preset("iaf"), (1, 4, 4)).latents.steps) == 2


def test_the_network_and_the_optimiser_of_burda(few):
    """784-200-200-50 and back, tanh, weights as by Glorot & Bengio, Adam's epsilon 1e-4."""
    config = preset("iwae-burda", dataset="mnist-5k")
    trainer = _Trainer(config, few, None)
    linear = [m for m in trainer.model.modules() if isinstance(m, torch.nn.Linear)]
    sizes = [(784, 200), (200, 200), (200, 100), (50, 200), (200, 200), (200, 784)]
    assert [(m.in_features, m.out_features) for m in linear] == sizes
    assert sum(isinstance(m, torch.nn.Tanh) for m in trainer.model.modules()) == 4
    for layer, (inputs, outputs) in zip(linear, sizes, strict=True):
        bound = (6 / (inputs + outputs)) ** 0.5
        assert 0.98 * bound < float(layer.weight.detach().abs().max()) <= bound
    assert all(not layer.bias.any() for layer in linear[:-1])
    mean = binarise_fixed(few.train, "dynamic", 0).mean(0)
    assert torch.corrcoef(torch.stack([linear[-1].bias.detach().sigmoid(), mean]))[0, 1] > 0.95
    assert {(group["eps"], group["lr"]) for group in trainer.optimiser.param_groups} == {(1e-4, 1e-3)}


def parsed(*arguments: str) -> TrainConfig:
    settings = _parse(arguments)
    settings.pop("out"), settings.pop("preset")
    return TrainConfig(**settings)


def test_explicit_settings_win_over_a_preset_wherever_they_stand(tmp_path):
    assert parsed("--preset", "beta-vae").beta == 4
    assert parsed("--preset", "beta-vae", "--beta", "2").beta == 2
    assert parsed("--beta=1", "--preset=beta-vae").beta == 1, "also where it is the usual default"
    assert parsed("--preset", "autovae", "--pairing", "La/N").pairing == "La/N:20"
    (tmp_path / "mine.yaml").write_text("samples: 7\nepochs: 3\n")
    config = parsed("--config", str(tmp_path / "mine.yaml"), "--preset", "iwae", "--epochs", "5")
    assert (config.samples, config.epochs, config.objective) == (7, 5, "iwae")


def test_another_objective_drops_what_the_preset_sets_for_its_own():
    config = parsed("--preset", "vr", "--objective", "iwae")
    assert (config.objective, config.alpha, config.gradient) == ("iwae", None, "reparam")
    assert parsed("--preset", "vr", "--objective", "vr").alpha == 0.5
    assert preset("vr", objective="elbo").samples == 1
    assert preset_settings("beta-vae", objective="elbo")["beta"] == 4


def test_a_posterior_whose_ends_move_drops_the_presets_gradient():
    assert parsed("--preset", "iwae", "--pairing", "La/N").gradient == "dreg"
    assert parsed("--preset", "iwae", "--pairing", "N/N:3,U/N:2").gradient == "reparam"
    assert parsed("--preset", "iwae", "--flow", "2").gradient == "dreg"
    assert parsed("--preset", "iwae", "--flow", "2", "--pairing", "E/N").gradient == "reparam"
    with pytest.raises(ConfigError, match="'dreg' is biased for the pair E/N with a flow"):
        parsed("--preset", "iwae", "--flow", "2", "--pairing", "E/N", "--gradient", "dreg")
    with pytest.raises(PairingError, match="cannot read"):
        parsed("--preset", "iwae", "--pairing", "N-N")


def test_another_discrepancy_drops_the_order_of_the_presets():
    config = parsed("--preset", "gvi", "--discrepancy", "hellinger")
    assert (config.discrepancy, config.alpha) == ("hellinger", None)
    assert parsed("--preset", "gvi", "--discrepancy", "gamma", "--alpha", "1.5").alpha == 1.5
    assert preset("gvi", discrepancy="renyi").alpha == 0.5


def test_an_unknown_preset_names_those_there_are(capsys):
    with pytest.raises(ConfigError, match="unknown preset 'vae2'; known are standard, beta-vae"):
        preset("vae2")
    assert train_main(["--preset", "vae2"]) == 2
    assert "unknown preset 'vae2'; known are standard" in capsys.readouterr().err
    assert train_main(["--preset", "iwae", "--samples", "0"]) == 2
    assert "samples is 0" in capsys.readouterr().err


def test_presets_have_folders_of_their_own():
    names = {default_folder(preset(name), name) for name in TRAINABLE}
    assert len(names) == len(TRAINABLE)


def test_a_run_of_a_preset_is_repeated_by_its_config(tmp_path, file_of_digits):
    small = ["--hidden", "16", "--epochs", "1", "--samples", "3", "--dataset", str(file_of_digits)]
    assert train_main(["--preset", "vr", *small, "--out", str(tmp_path / "one")]) == 0
    assert train_main(["--config", str(tmp_path / "one" / "config.yaml"), "--out", str(tmp_path / "two")]) == 0
    for name in ("config.yaml", "model.safetensors", "metrics.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_schedule_of_burda():
    config = preset("iwae-burda")
    rates = [learning_rate(config, epoch) for epoch in range(config.epochs)]
    assert len(set(rates)) == 8
    assert [rates.count(rate) for rate in sorted(set(rates), reverse=True)] == [3**i for i in range(8)]
    assert rates[0] == 1e-3
    assert rates[-1] == pytest.approx(1e-4)
    assert {learning_rate(TrainConfig(), epoch) for epoch in range(99)} == {1e-3}
