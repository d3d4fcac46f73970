import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

import vae
from vae import ConfigError, TrainConfig
from vae.processes import make_fabric, share


@pytest.mark.parametrize("world", [1, 2, 3, 5])
@pytest.mark.parametrize("batch", [1, 2, 7, 12])
def test_shares_make_the_mean_of_the_whole_batch(world, batch):
    rows = torch.randperm(batch) + 10
    parts = [share(rows, SimpleNamespace(world_size=world, global_rank=rank)) for rank in range(world)]
    taken = torch.cat([part for part, weight in parts if weight])
    assert sorted(taken.tolist()) == sorted(rows.tolist()), "every image once"
    assert all(len(part) for part, _ in parts), "nobody is left out"
    mean = sum(weight * part.double().mean() for part, weight in parts) / world
    torch.testing.assert_close(mean, rows.double().mean())


def train(data, out, *more: str, python=("-m",)) -> subprocess.CompletedProcess[str]:
    settings = "--pairing Lo/N:2,La/N:2 --hidden 16 --batch-size 7 --epochs 3 --devices 2 --threads 1 --accelerator cpu"
    command = [
        sys.executable,
        *python,
        "vae.train",
        "--dataset",
        str(data),
        *settings.split(),
        "--out",
        str(out),
        *more,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)


def test_two_processes_train_one_model(tmp_path, file_of_digits):
    done = train(file_of_digits, tmp_path / "one")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is finished") == 1, "one of them speaks"
    history = json.loads((tmp_path / "one" / "metrics.json").read_text())["history"]
    assert history[-1]["train_bound"] > history[0]["train_bound"]
    assert vae.load(tmp_path / "one").config.devices == 2
    assert not list((tmp_path / "one").glob(".*"))


@pytest.mark.slow
def test_two_processes_repeat_themselves_and_start_from_torchrun(tmp_path, file_of_digits):
    assert train(file_of_digits, tmp_path / "one").returncode == 0
    again = train(file_of_digits, tmp_path / "two", "--config", str(tmp_path / "one" / "config.yaml"))
    assert again.returncode == 0, again.stderr
    for name in ("model.safetensors", "metrics.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    elastic = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "-m"]
    done = train(file_of_digits, tmp_path / "three", python=elastic)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is finished") == 1
    for name in ("model.safetensors", "metrics.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "three" / name).read_bytes()


@pytest.mark.slow
def test_what_is_wrong_is_said_once_before_others_start(tmp_path, file_of_digits):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.safetensors").write_bytes(b"")
    done = train(file_of_digits, tmp_path / "run")
    assert done.returncode == 2
    assert done.stderr.count("error: ") == 1
    assert "holds a model without its config.yaml" in done.stderr


def test_bad_numbers_of_devices():
    with pytest.raises(ConfigError, match="devices is 0; expected a whole number of at least 1"):
        TrainConfig(devices=0)
    if torch.cuda.is_available():
        with pytest.raises(ConfigError, match="devices is 1000; this machine has"):
            make_fabric(TrainConfig(devices=1000, accelerator="cuda"))
