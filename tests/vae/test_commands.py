import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from vae import load
from vae.evaluate import main as evaluate_main
from vae.train import main as train_main

TINY = ["--hidden", "32", "--epochs", "2", "--batch-size", "20", "--threads", "1"]


@pytest.fixture
def trained(tmp_path, file_of_digits, capsys):
    assert train_main(["--dataset", str(file_of_digits), "--out", str(tmp_path / "run"), *TINY]) == 0
    capsys.readouterr()
    return tmp_path / "run"


def test_train_then_evaluate(tmp_path, file_of_digits, capsys):
    out = tmp_path / "run"
    command = ["--dataset", str(file_of_digits), "--pairing", "Lo/N:2,La/N:1", "--out", str(out), *TINY]
    assert train_main(command) == 0
    shown = capsys.readouterr()
    assert "Lo/N:2,La/N:1 on" in shown.out
    assert f"python -m vae.evaluate {out}" in shown.out
    assert "epoch 1:" in shown.err
    files = ["config.yaml", "metrics.json", "model.safetensors", "reconstructions.png", "samples.png"]
    assert sorted(p.name for p in out.iterdir()) == files
    assert "evaluation" not in json.loads((out / "metrics.json").read_text())

    assert evaluate_main([str(out), "--metrics", "elbo,kl_per_latent", "--samples", "3"]) == 0
    assert evaluate_main([str(out), "--split", "test", "--metrics", "elbo,iw_bound", "--samples", "4"]) == 0
    shown = capsys.readouterr().out
    assert "10 validation images, K = 3 samples each" in shown
    assert "10 test images, K = 4 samples each" in shown
    content = json.loads((out / "metrics.json").read_text())
    assert set(content["evaluation"]) == {"validation", "test"}
    assert "iw_bound" not in content["evaluation"]["validation"]
    assert content["evaluation"]["test"]["iw_bound"] < 0
    assert (out / "kl_per_latent.png").exists()

    assert evaluate_main([str(out), "--metrics", "kl,mutual_information", "--pictures", "all"]) == 0
    for name in ("reweighted", "weights", "traversals", "manifold"):
        assert (out / f"{name}.png").exists()


def test_a_run_is_repeated_by_its_own_settings(trained, tmp_path, capsys):
    assert train_main(["--config", str(trained / "config.yaml"), "--out", str(tmp_path / "again")]) == 0
    for name in ("model.safetensors", "metrics.json"):
        assert (tmp_path / "again" / name).read_bytes() == (trained / name).read_bytes()
    command = ["--config", str(trained / "config.yaml"), "--out", str(tmp_path / "other"), "--pairing", "La/N"]
    assert train_main(command) == 0
    assert load(tmp_path / "other").config.pairing == "La/N:20"


def test_a_finished_run_says_so(trained, capsys):
    before = (trained / "metrics.json").read_bytes()
    (trained / "samples.png").unlink()
    assert train_main(["--config", str(trained / "config.yaml"), "--out", str(trained)]) == 0
    assert "was already finished" in capsys.readouterr().out
    assert (trained / "metrics.json").read_bytes() == before
    assert (trained / "samples.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pairing", "X/N"], "unknown family 'X'; known are normal (N)"),
        (["--pairing", "N/U"], "N/U is infinite"),
        (["--pairing", "Lo/N:10,La/N:6", "--latents", "20"], "gives 16 latents"),
        (["--likelihood", "poisson"], "known are bernoulli"),
        (["--objective", "map"], "known are elbo"),
        (["--dataset", "mnist-6k"], "known are mnist-5k"),
        (["--dataset", "{tmp}/none.npz"], "no such file"),
        (["--dataset", "{tmp}/nan.npz"], "image 2, value 3 is nan"),
        (["--dataset", "{tmp}/cut.npz"], "not a whole .npy or .npz file"),
        (["--epochs", "many"], "epochs is many; expected a whole number"),
        (["--alpha", "half"], "alpha is half; expected a number or null"),
        (["--greyscale", "maybe"], "greyscale is maybe; expected true or false"),
        (["--epochs", "0"], "epochs is 0"),
        (["--bogus", "1"], "unrecognized arguments"),
        (["--config", "{tmp}/none.yaml"], "none.yaml"),
        (["--config", "{tmp}/bad.yaml"], "bogus"),
        (["--out", "/dev/null/run"], "cannot write /dev/null/run"),
        (["--accelerator", "abacus"], "known are auto"),
        pytest.param(
            ["--accelerator", "cuda"],
            "'cuda' is not available",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU"),
        ),
    ],
)
def test_bad_requests_are_one_line_and_exit_code_2(tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    images = np.zeros((20, 2, 2))
    np.savez(tmp_path / "cut.npz", x=images)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:400])
    images[2, 1, 1] = np.nan
    np.savez(tmp_path / "nan.npz", x=images)
    (tmp_path / "bad.yaml").write_text("bogus: 1\n")
    before = sorted(p.name for p in tmp_path.rglob("*"))
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "run")]
    assert train_main([a.replace("{tmp}", str(tmp_path)) for a in arguments] + out) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_another_run_in_the_folder_is_refused(trained, capsys):
    before = {p.name: p.read_bytes() for p in trained.iterdir()}
    assert train_main(["--config", str(trained / "config.yaml"), "--seed", "5", "--out", str(trained)]) == 2
    assert "holds another run (seed 0 is now 5)" in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in trained.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{tmp}/none"], "there is no such folder"),
        (["{tmp}"], "it has no config.yaml"),
        (["{run}", "--metrics", "elbo,fad"], "unknown metric 'fad'; known are elbo"),
        (["{run}", "--samples", "0"], "samples is 0"),
        (["{run}", "--pictures", "cats"], "unknown picture 'cats'; known are reweighted"),
        (["{run}", "--split", "train"], "train"),
        ([], "required: folder"),
    ],
)
def test_bad_evaluations(trained, tmp_path, capsys, arguments, message):
    before = {p.name: p.read_bytes() for p in trained.iterdir()}
    arguments = [a.replace("{tmp}", str(tmp_path)).replace("{run}", str(trained)) for a in arguments]
    assert evaluate_main(arguments) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.err.count("\n") == 1
    assert {p.name: p.read_bytes() for p in trained.iterdir()} == before


def test_an_interrupt_says_how_to_go_on(tmp_path, file_of_digits, capsys, monkeypatch):
    def interrupted(*arguments, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("vae.train.fit", interrupted)
    assert train_main(["--dataset", str(file_of_digits), "--out", str(tmp_path / "run")]) == 130
    assert "stopped; the same command goes on from the last epoch" in capsys.readouterr().err


def test_the_command_starts_as_a_module():
    command = [sys.executable, "-m", "vae.evaluate", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "usage: python -m vae.evaluate" in result.stdout
    assert result.stderr == ""
