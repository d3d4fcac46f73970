import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

import vae
from vae import CheckpointError, ConfigError, DataSplits, OutputError, TrainConfig, TrainingError, fit
from vae.checkpoint import CHECKPOINT, METRICS, MODEL
from vae.evaluation import constant_image_bound, evaluate
from vae.likelihoods import LIKELIHOODS
from vae.train import main as train_main


class Stop(Exception):
    """What a caller may raise to end training."""


def stop_after(epoch: int):
    def on_epoch(done: int, record: dict) -> None:
        if done == epoch:
            raise Stop

    return on_epoch


def same_weights(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    a, b = one.state_dict(), other.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_an_irregular_pairing_beats_the_untrained_model_and_the_constant_image(digits):
    config = TrainConfig(pairing="Lo/N:10,La/N:6,La/La:4", hidden=200, batch_size=50, epochs=3)
    untrained = evaluate(vae.VAE(config, digits.shape, digits.train), digits.validation, samples=5)
    result = fit(config, digits)
    trained = evaluate(result.model, digits.validation, samples=5)
    constant = constant_image_bound(result.model, digits.train, digits.validation)
    assert trained["elbo"] > untrained["elbo"] + 20
    assert trained["elbo"] > constant + 20
    assert trained["iw_bound"] > trained["elbo"]
    assert trained["elbo"] == pytest.approx(result.best_validation, abs=1.0)
    assert [record["epoch"] for record in result.history] == [1, 2, 3]


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_every_likelihood_learns(few, small, likelihood):
    result = fit(replace(small, likelihood=likelihood, epochs=6), few)
    bounds = [record["validation_bound"] for record in result.history]
    assert result.best_validation == max(bounds)
    assert max(bounds[1:]) > bounds[0]


@pytest.mark.parametrize(
    "settings",
    [
        {"objective": "iwae", "samples": 4},
        {"objective": "vr", "alpha": 0.5, "samples": 4},
        {"objective": "vr_max", "samples": 4},
        {"beta": 4.0},
        {"samples": 3},
        {"binarise": "static"},
        {"binarise": "dynamic"},
        {"binarise": "dequantised", "likelihood": "beta"},
        {"precision": "bf16-mixed"},
        {"precision": "64-true"},
        {"depth": 1, "activation": "tanh"},
    ],
)
def test_every_setting_trains_and_comes_back(few, small, tmp_path, settings):
    config = replace(small, **settings)
    result = fit(config, few, out=tmp_path)
    assert result.history[-1]["validation_bound"] > result.history[0]["validation_bound"]
    loaded = vae.load(tmp_path)
    assert loaded.config == config
    assert same_weights(result.model, loaded)
    assert evaluate(loaded, few.validation) == evaluate(result.model, few.validation)


def test_the_same_seed_gives_the_same_numbers(few, small):
    one, other = fit(small, few), fit(small, few)
    assert one.history == other.history
    assert same_weights(one.model, other.model)
    assert fit(replace(small, seed=1), few).history != one.history


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"binarise": "dynamic", "samples": 2},
        {"binarise": "dequantised", "likelihood": "normal", "warmup": 3, "schedule": "burda"},
        {"objective": "iwae", "samples": 3, "gradient": "dreg"},
    ],
)
def test_a_stopped_run_goes_on_to_the_same_numbers(few, small, tmp_path, settings):
    config = replace(small, epochs=5, **settings)
    whole = fit(config, few, out=tmp_path / "whole")
    with pytest.raises(Stop):
        fit(config, few, out=tmp_path / "parts", on_epoch=stop_after(2))
    assert (tmp_path / "parts" / CHECKPOINT).exists()
    assert not (tmp_path / "parts" / METRICS).exists()
    epochs = []
    parts = fit(config, few, out=tmp_path / "parts", on_epoch=lambda epoch, record: epochs.append(epoch))
    assert epochs == [3, 4, 5]
    assert parts.resumed == 2
    assert parts.history == whole.history
    assert same_weights(parts.model, whole.model)
    for name in (MODEL, METRICS):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_killed_process_goes_on_to_the_same_bytes(tmp_path, file_of_digits):
    def command(out: str) -> list[str]:
        settings = f"--pairing Lo/N:10,La/N:6,La/La:4 --hidden 64 --batch-size 10 --epochs 40 --out {tmp_path / out}"
        return ["--dataset", str(file_of_digits), *settings.split()]

    killed = subprocess.Popen([sys.executable, "-m", "vae.train", *command("parts")], stderr=subprocess.DEVNULL)
    checkpoint, deadline = tmp_path / "parts" / CHECKPOINT, time.monotonic() + 100
    while not checkpoint.exists() and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL, "the run was over before it could be killed"
    assert checkpoint.exists()
    for out in ("parts", "whole"):
        assert train_main(command(out)) == 0
    for name in (MODEL, METRICS):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((tmp_path / "parts").glob(".*.tmp"))


def test_a_kill_between_the_last_files_is_mended(few, small, tmp_path):
    """Each file of a finished run is missing in turn, latest first, while the checkpoint is still there."""
    with pytest.raises(Stop):
        fit(small, few, out=tmp_path, on_epoch=stop_after(3))
    last = (tmp_path / CHECKPOINT).read_bytes()
    result = fit(small, few, out=tmp_path)
    assert result.resumed == 3
    files = {name: (tmp_path / name).read_bytes() for name in (MODEL, METRICS)}
    for missing in ([METRICS], [METRICS, MODEL]):
        (tmp_path / CHECKPOINT).write_bytes(last)
        (tmp_path / ".model.safetensors.1.tmp").write_bytes(b"half")
        for name in missing:
            (tmp_path / name).unlink()
        assert fit(small, few, out=tmp_path).history == result.history
        assert {name: (tmp_path / name).read_bytes() for name in files} == files
        assert sorted(p.name for p in tmp_path.iterdir()) == ["config.yaml", METRICS, MODEL]


def test_a_finished_run_is_returned(few, small, tmp_path):
    first = fit(small, few, out=tmp_path)
    again = fit(small, few, out=tmp_path, on_epoch=stop_after(1))
    assert again.history == first.history
    assert (again.best_epoch, again.best_validation) == (first.best_epoch, first.best_validation)
    assert again.resumed == len(first.history)
    assert same_weights(first.model, again.model)


def test_a_folder_of_another_run_is_refused_and_left_alone(few, small, tmp_path):
    with pytest.raises(Stop):
        fit(small, few, out=tmp_path, on_epoch=stop_after(1))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(CheckpointError, match=r"holds another run \(seed 0 is now 9\)"):
        fit(replace(small, seed=9), few, out=tmp_path)
    other = DataSplits(few.train.flip(0), few.validation, few.test, few.shape, few.name)
    with pytest.raises(CheckpointError, match="the data changed"):
        fit(small, other, out=tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
    fit(small, few, out=tmp_path)
    with pytest.raises(CheckpointError, match="trained on other data"):
        fit(small, other, out=tmp_path)


def test_early_stopping_keeps_the_best_weights(few, small):
    config = replace(small, learning_rate=0.02, epochs=60, patience=3)
    result = fit(config, few)
    bounds = [record["validation_bound"] for record in result.history]
    assert len(bounds) == result.best_epoch + 3 < 60
    assert result.best_validation == max(bounds) == bounds[result.best_epoch - 1]
    bound, _ = result.model(few.validation, vae.randomness.generator(config.seed, "validation"))
    assert float(bound.detach().double().mean()) == pytest.approx(result.best_validation, rel=1e-6)


def test_a_measure_joins_every_record_and_changes_nothing_else(few, small):
    plain = fit(small, few).history
    measured = fit(small, few, measure=lambda model: evaluate(model, few.validation[:9], metrics=["iw_bound"])).history
    assert [{name: record[name] for name in plain[0]} for record in measured] == plain
    assert len({record["iw_bound"] for record in measured}) == len(plain)


def test_training_never_sees_the_test_split(few, small):
    blind = DataSplits(few.train, few.validation, torch.full_like(few.test, torch.nan), few.shape, few.name)
    assert fit(small, blind).history == fit(small, few).history


def test_leaving_the_numbers_names_epoch_batch_and_pair(few, small, monkeypatch):
    """From the third step of the second epoch on, the divergence of one pair is infinite."""
    steps = 8  # 400 images in batches of 50
    posterior = vae.posterior.PosteriorMap.forward
    calls = []

    def failing(self, outputs):
        loc, log_scale = posterior(self, outputs)
        calls.append(outputs.requires_grad)
        trained = sum(calls)
        # The explanation repeats the failing epoch, so that its steps are counted twice.
        if trained in (steps + 3, 2 * steps + 3) or (trained == 2 * steps + 2 and not outputs.requires_grad):
            log_scale = log_scale.clone()
            log_scale[:, 12] = 60.0  # a scale whose square is beyond float32
        return loc, log_scale

    monkeypatch.setattr(vae.posterior.PosteriorMap, "forward", failing)
    with pytest.raises(TrainingError, match=r"epoch 2, batch 3: the divergence of a latent of the pair La/N"):
        fit(small, few)


def test_a_file_that_cannot_be_written(few, small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*config\.yaml: "):
        fit(small, few, out=tmp_path / "file" / "run")


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from vae.train import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_disk_that_fills_up_leaves_no_half_file(tmp_path, file_of_digits):
    command = [sys.executable, "-c", FULL_DISK, "--dataset", str(file_of_digits), "--out", str(tmp_path / "out")]
    result = subprocess.run([*command, "--epochs", "2"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 2
    assert "cannot write" in result.stderr
    assert CHECKPOINT in result.stderr
    assert "Traceback" not in result.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["config.yaml"]


def test_metrics_are_standard_json(few, small, tmp_path):
    result = fit(small, few, out=tmp_path)
    content = json.loads((tmp_path / METRICS).read_text(), parse_constant=pytest.fail)
    assert content["history"] == result.history
    assert content["best_epoch"] == result.best_epoch


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": "x"}, "config is 'x'; expected a vae.TrainConfig"),
        ({"data": "x"}, "data is 'x'; expected a vae.DataSplits"),
        ({"out": 3}, "out is 3; expected a path"),
        ({"checkpoint_every": "x"}, "checkpoint_every is 'x'; expected seconds, at least 0"),
        ({"checkpoint_every": -1.0}, "checkpoint_every is -1.0; expected seconds, at least 0"),
        ({"checkpoint_every": float("nan")}, "checkpoint_every is nan; expected seconds, at least 0"),
        ({"on_epoch": "x"}, "on_epoch is 'x'; expected a function"),
        ({"measure": 3}, "measure is 3; expected a function"),
    ],
)
def test_arguments_of_another_kind_are_refused_before_training(few, small, arguments, message):
    with pytest.raises(ConfigError) as caught:
        fit(**({"config": small, "data": few} | arguments))
    assert str(caught.value) == message
