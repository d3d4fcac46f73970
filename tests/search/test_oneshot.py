import json
import math
from dataclasses import replace

import pytest
import torch

import vae
from search.errors import SearchError
from search.mixture_training import propose
from search.oneshot import main
from search.space.space import Space
from search.space.starts import own_start, read_pairing
from vae import ConfigError, TrainConfig
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
