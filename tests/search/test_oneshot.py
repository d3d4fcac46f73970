import json
import math
import signal
from dataclasses import replace

import pytest
import torch

import vae
from search.errors import SearchError
from search.mixture_training import propose
from search.oneshot import main
from search.space.space import Space
from search.space.starts import own_start, read_pairing
from vae import CheckpointError, ConfigError, TrainConfig
from vae.checkpoint import CHECKPOINT, METRICS, MODEL
from vae.evaluation import evaluate


@pytest.fixture
def settings() -> TrainConfig:
    return TrainConfig(latents=8, hidden=48, batch_size=40, epochs=8, learning_rate=3e-3)


def test_it_leaves_pairs_that_cost_too_much(settings, data):
    # An unused latent costs 0.18 nats with U/N and 0.07 with La/N; a used one costs the Cauchy pair more.
    proposal = propose(settings, "U/N,La/N,C/C,N/N", data)
    assert proposal.pairing.startswith("N/N:")
    start, *_, end = proposal.course
    assert start["temperature"] is None
    assert start["latents"] == pytest.approx(dict.fromkeys(["U/N", "La/N", "C/C", "N/N"], 2.0))
    assert start["entropy"] == pytest.approx(math.log(4))
    assert (end["temperature"], end["entropy"]) == (0.0, 0.0)
    assert sum(end["latents"].values()) == 8


def test_the_model_is_worth_what_its_history_says(settings, data):
    proposal = propose(settings, "N/N,La/N,Lo/La,E/N", data)
    figures = evaluate(proposal.model, data.validation, samples=50)
    assert str(proposal.model.pairing) == proposal.pairing
    assert figures["elbo"] == pytest.approx(proposal.best_validation, abs=1.0)
    assert figures["kl"] == pytest.approx(proposal.history[proposal.best_epoch - 1]["validation_kl"], rel=1e-4)
    first, last = proposal.history[0], proposal.history[-1]
    assert last["validation_bound"] > first["validation_bound"] + 2


def test_a_single_pair_is_trained_from_the_first_epoch_to_the_last(settings, data):
    proposal = propose(replace(settings, epochs=1), "La/N", data)
    assert (proposal.pairing, proposal.best_epoch) == ("La/N:8", 1)


def test_the_same_seed_proposes_the_same(settings, data):
    torch.manual_seed(1)
    one = propose(replace(settings, epochs=3), "N/N,La/La", data)
    torch.manual_seed(2)
    other = propose(replace(settings, epochs=3), "N/N,La/La", data)
    assert (one.history, one.course) == (other.history, other.course)


class Stop(Exception):
    pass


@pytest.mark.parametrize("after", [1, 3, 5, 6, 8], ids=["equal", "annealed", "before one pair", "one pair", "the end"])
def test_a_stopped_search_goes_on_to_the_same_bits(settings, data, tmp_path, after):
    pairs, path, epochs = "N/N,La/N,Lo/La,E/N", tmp_path / "run" / CHECKPOINT, []

    def stop(epoch: int, record: dict[str, float]) -> None:
        if epoch == after:
            raise Stop

    whole = propose(settings, pairs, data)
    with pytest.raises(Stop):
        propose(settings, pairs, data, on_epoch=stop, checkpoint=path)
    parts = propose(settings, pairs, data, on_epoch=lambda epoch, record: epochs.append(epoch), checkpoint=path)
    assert epochs == list(range(after + 1, 9))
    assert parts.pairing == whole.pairing
    assert (parts.history, parts.course, parts.best_epoch) == (whole.history, whole.course, whole.best_epoch)
    weights = parts.model.state_dict()
    assert all(torch.equal(weight, weights[name]) for name, weight in whole.model.state_dict().items())


def test_a_checkpoint_of_another_search_is_refused(settings, data, tmp_path):
    path = tmp_path / CHECKPOINT
    one = replace(settings, epochs=1)
    propose(one, "N/N,La/N", data, checkpoint=path)
    for changed, pairs, splits, named in (
        (replace(one, hidden=49), "N/N,La/N", data, "hidden 48 is now 49"),
        (one, "N/N,La/La", data, r"pairs \['N/N', 'La/N'\] is now"),
        (one, "N/N,La/N", replace(data, train=1 - data.train), r"images \d+ is now"),
    ):
        with pytest.raises(CheckpointError, match=named):
            propose(changed, pairs, splits, checkpoint=path)
    path.write_bytes(path.read_bytes()[:999])
    with pytest.raises(CheckpointError, match="is damaged"):
        propose(one, "N/N,La/N", data, checkpoint=path)
    path.unlink()
    vae.fit(replace(one, epochs=2), data, out=tmp_path, on_epoch=lambda epoch, record: path.rename(tmp_path / "kept"))
    (tmp_path / "kept").rename(path)
    with pytest.raises(CheckpointError, match="is not of a one-shot search"):
        propose(one, "N/N,La/N", data, checkpoint=path)


SIGNALLED = """
import os, sys
from search import mixture_training, oneshot

write, left = mixture_training.write_tensors, int(sys.argv[2])

def writing(*args, **meta):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), int(sys.argv[1]))
    write(*args, **meta)

mixture_training.write_tensors = writing
sys.exit(oneshot.main(sys.argv[3:]))
"""
"""A search that gets a signal when it is about to write a certain checkpoint."""


def test_a_killed_or_interrupted_search_goes_on_to_the_same_bytes(digits_file, tmp_path, start, capsys):
    def words(out: str) -> list[str]:
        given = "--pairs N/N,La/N,G/G --latents 8 --hidden 64 --batch_size 40 --epochs 12 --checkpoint 0"
        return ["--dataset", str(digits_file), *given.split(), "--out", str(tmp_path / out)]

    killed = start("-c", SIGNALLED, str(int(signal.SIGKILL)), "4", *words("parts"))
    _, error = killed.communicate()
    assert killed.returncode == -signal.SIGKILL, error
    checkpoint = tmp_path / "parts" / CHECKPOINT
    assert [path.name for path in checkpoint.parent.iterdir()] == [CHECKPOINT]
    checkpoint.with_name(".checkpoint.safetensors.1.tmp").write_text("")  # what a kill within a write leaves

    stopped = start("-c", SIGNALLED, str(int(signal.SIGINT)), "6", *words("parts"))
    said, error = stopped.communicate()
    assert (stopped.returncode, error.strip()) == (130, "stopped; the same command goes on from the last checkpoint")
    assert said.startswith("epoch   4/12: ")

    for out in ("parts", "whole"):
        assert main(words(out)) == 0
    assert capsys.readouterr().out.startswith("epoch   9/12: ")
    parts, whole = (json.loads((tmp_path / out / "proposal.json").read_text()) for out in ("parts", "whole"))
    assert (parts["pairing"], parts["course"]) == (whole["pairing"], whole["course"])
    for name in (MODEL, METRICS):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert {path.name for path in (tmp_path / "parts").iterdir()} == {MODEL, METRICS, "config.yaml", "proposal.json"}


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(digits_file, tmp_path, start):
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    limited += "from search.oneshot import main; sys.exit(main(sys.argv[1:]))"
    words = ["--dataset", str(digits_file), "--epochs", "2", "--checkpoint", "0", "--out", str(tmp_path / "out")]
    process = start("-c", limited, *words)
    _, error = process.communicate(timeout=200)
    assert process.returncode == 2, error
    assert error.startswith("error: cannot write")
    assert error.count("\n") == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_kill_between_the_last_files_is_mended(digits_file, tmp_path, monkeypatch, capsys):
    words = ["--dataset", str(digits_file), "--pairs", "N/N,La/N", "--latents", "4", "--hidden", "32", "--epochs", "3"]
    words += ["--out", str(tmp_path / "out")]
    with monkeypatch.context() as patch:
        patch.setattr("search.oneshot.write_json", lambda path, content: (_ for _ in ()).throw(Stop))
        with pytest.raises(Stop):
            main(words)
    assert (tmp_path / "out" / "config.yaml").exists()
    assert main(words) == 0
    assert "proposed: " in capsys.readouterr().out
    assert not (tmp_path / "out" / CHECKPOINT).exists()


def test_what_a_mixture_does_not_serve_is_refused(settings, data):
    with pytest.raises(ConfigError, match=r"objective is 'iwae'; a one-shot search takes 'elbo'"):
        propose(replace(settings, objective="iwae", samples=3), "N/N,La/N", data)
    with pytest.raises(SearchError, match="has a count"):
        propose(settings, "N/N:3,La/N", data)


def test_the_command_leaves_a_proposal_and_a_model(digits_file, tmp_path, capsys):
    out = tmp_path / "run"
    words = ["--dataset", str(digits_file), "--pairs", "N/N,La/N", "--latents", "4", "--hidden", "32", "--epochs", "4"]
    assert main([*words, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    proposal = json.loads((out / "proposal.json").read_text())
    assert f"proposed: {proposal['pairing']}" in said
    assert [row["temperature"] is None for row in proposal["course"]] == [True, False, False, False]
    assert read_pairing(out / "proposal.json") == proposal["pairing"] == str(vae.load(out).pairing)
    assert "search.oneshot --dataset" in (out / "config.yaml").read_text()

    assert main([*words, "--pairs", "C/N", "--out", str(tmp_path / "no")]) == 2
    assert "error: the kld divergence of the pair C/N" in capsys.readouterr().err.replace("Kullback-Leibler", "kld")
    assert not (tmp_path / "no").exists()


def test_what_is_no_proposal_is_named(tmp_path):
    (tmp_path / "x.json").write_text("[]")
    for name in ("x.json", "missing.json"):
        with pytest.raises(SearchError, match=name):
            read_pairing(tmp_path / name)


def test_a_folder_of_another_run_is_left_alone(digits_file, tmp_path, capsys):
    (tmp_path / "config.yaml").write_text("mine")
    assert main(["--dataset", str(digits_file), "--epochs", "1", "--out", str(tmp_path)]) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert (tmp_path / "config.yaml").read_text() == "mine"


def test_a_proposal_becomes_a_starting_point(make_config, tmp_path):
    (tmp_path / "proposal.json").write_text('{"pairing": "La/N:8,N/N:12"}')
    config = make_config(start=str(tmp_path / "proposal.json"))
    points = list(config.starting_points())
    assert points[:-1] == list(config.search_space.starting_points())
    assert points[-1].pairing == "N/N:12,La/N:8"
    assert config.search_space.point(config.search_space.params(points[-1])) == points[-1]
    assert f"--start {tmp_path / 'proposal.json'}" in config.command()


@pytest.mark.parametrize(
    ("start", "message"), [("C/C:20", "C/C"), ("N/N:19", "19 latents"), ("nowhere.json", "nowhere.json")]
)
def test_a_starting_point_outside_the_space_is_refused(make_config, start, message):
    with pytest.raises(SearchError, match=message):
        make_config(start=start)
    assert own_start("n/n:20", Space.parse("N/N", 20)).pairing == "N/N:20"
