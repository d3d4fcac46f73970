import json
import math

import pytest
import torch

from divergences.ops import divergence_per_latent
from vae import VAE, ConfigError, DataError, TrainConfig
from vae.evaluation import METRICS, constant_image_bound, evaluate
from vae.notes import EVIDENCE, SUPPORTED, notes


@pytest.fixture(scope="module")
def model(few, small) -> VAE:
    return VAE(small, few.shape, few.train)


def test_the_figures_fit_together(model, few):
    report = evaluate(model, few.validation, samples=20)
    assert report["elbo"] == pytest.approx(-report["reconstruction"] - report["kl"])
    assert report["kl"] == pytest.approx(sum(report["kl_per_latent"]))
    assert len(report["kl_per_latent"]) == len(report["floor_per_latent"]) == len(report["pair_per_latent"]) == 20
    assert all(
        kl >= floor - 1e-6 for kl, floor in zip(report["kl_per_latent"], report["floor_per_latent"], strict=True)
    )
    assert report["iw_bound"] >= report["elbo"]
    assert 1 <= report["effective_samples"] <= 20
    assert (report["images"], report["samples"], report["seed"]) == (100, 20, 0)
    json.dumps(report, allow_nan=False)


def test_kl_per_latent_is_the_mean_over_images(model, few):
    loc, log_scale = model.encode(few.validation)
    expected = divergence_per_latent("kld", model.pairing, loc, log_scale).mean(0)
    report = evaluate(model, few.validation, metrics=["kl_per_latent"])
    torch.testing.assert_close(torch.tensor(report["kl_per_latent"]), expected)


def test_the_importance_bound_rises_to_the_log_likelihood(model, few):
    bounds = [evaluate(model, few.validation, metrics=["iw_bound"], samples=k)["iw_bound"] for k in (1, 10, 100)]
    assert bounds[0] < bounds[1] < bounds[2]


def test_the_seed_decides(model, few):
    one, same, other = (evaluate(model, few.validation, seed=seed, samples=5) for seed in (0, 0, 1))
    assert one == same
    assert one["elbo"] != other["elbo"]
    assert one["kl"] == other["kl"]


@pytest.mark.parametrize("name", METRICS)
def test_metrics_are_given_as_asked(model, few, name):
    report = evaluate(model, few.validation, metrics=[name], samples=2)
    assert {key for key in report if key in METRICS} == {name}


def test_active_units(few):
    model = VAE(TrainConfig(pairing="N/N:3,E/E:1", hidden=8), few.shape, few.train)
    last = model.encoder[-1]
    feature = model.encoder[:-1](few.validation).sum(1).detach()
    last.weight.data.zero_()
    # The locations of latents 0 and 1 follow the image, that of 1 too little; the scale of the exponential does, too.
    for output, size in ((0, 0.2), (1, 0.05), (7, 0.5)):
        last.weight.data[output] = size / feature.std()
        last.bias.data[output] = -size * feature.mean() / feature.std()
    assert evaluate(model, few.validation, metrics=["active_units"])["active_units"] == 2


def test_constant_image_bound_is_the_mean_image_and_the_floors(few):
    model = VAE(TrainConfig(pairing="La/N:5", hidden=8), few.shape, few.train)
    mean = ((few.train.sum(0) + 0.25) / (len(few.train) + 0.5)).clamp(1e-6, 1 - 1e-6)
    nll = (
        torch.nn.functional.binary_cross_entropy(mean.expand_as(few.validation), few.validation, reduction="sum") / 100
    )
    floor = (math.log(math.pi) - 1) / 2  # of a Laplace posterior against a normal prior
    assert constant_image_bound(model, few.train, few.validation) == pytest.approx(-float(nll) - 5 * floor, rel=1e-5)


def test_mutual_information(few):
    """Between 0, where the posterior ignores the image, and the logarithm of the number of images."""
    model = VAE(TrainConfig(pairing="N/N:2,La/N:1", hidden=8), few.shape, few.train).double()
    x = few.validation.double()

    def information(images=x):
        report = evaluate(model, images, metrics=["mutual_information"])
        assert report["mutual_information_limit"] == pytest.approx(math.log(len(images)))
        return report["mutual_information"]

    last = model.encoder[-1]
    last.weight.data[3:] = 0
    last.weight.data[:3] *= 30
    last.bias.data[3:] = -7.0  # narrow posteriors: every image is told from every other
    assert information() == pytest.approx(math.log(100), abs=0.05)
    assert information(x[:1]) == pytest.approx(0, abs=1e-9)
    last.weight.data.zero_()
    assert information() == pytest.approx(0, abs=1e-9)


def test_the_objective_comes_under_its_own_label(few):
    for settings, label in (
        ({}, "elbo"),
        ({"beta": 4.0}, "elbo(beta=4.0)"),
        ({"objective": "vr", "alpha": 0.5, "samples": 8}, "vr(alpha=0.5, K=8)"),
        ({"objective": "iwae", "samples": 8}, "iwae(K=8)"),
    ):
        model = VAE(TrainConfig(pairing="N/N:3", hidden=16, **settings), few.shape, few.train)
        report = evaluate(model, few.validation, samples=8)
        assert report["objective_label"] == label
        elbo = report["elbo"] - (settings.get("beta", 1) - 1) * report["kl"]
        expected = report["iw_bound"] if "iwae" in label else elbo
        assert report["objective"] == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(("pairing", "whole"), [("N/N", True), ("E/E", True), ("U/N", False), ("N/N:2,E/N:1", False)])
def test_a_bound_says_what_it_is_a_bound_of(few, pairing, whole):
    model = VAE(TrainConfig(pairing=pairing, hidden=8), few.shape)
    report = evaluate(model, few.validation[:5], metrics=["iw_bound"], samples=2)
    assert report["iw_bound_of"] == (EVIDENCE if whole else SUPPORTED)


def test_five_thousand_samples(few):
    model = VAE(TrainConfig(pairing="N/N:2", hidden=8), few.shape, few.train)
    report = evaluate(model, few.validation[:4], metrics=["iw_bound"], samples=5000)
    assert report["samples"] == 5000
    assert 1 < report["effective_samples"] <= 5000


def test_binarised_models_are_evaluated_on_binarised_images(few, small):
    from dataclasses import replace

    model = VAE(replace(small, binarise="static"), few.shape, few.train)
    plain = VAE(small, few.shape, few.train)
    threshold = (few.validation > 0.5).float()
    assert evaluate(model, few.validation) != evaluate(plain, few.validation)
    assert evaluate(model, threshold)["elbo"] == evaluate(plain, threshold)["elbo"]


@pytest.mark.parametrize(
    ("pairing", "likelihood", "expected"),
    [
        ("N/N", "normal", []),
        ("E/E", "normal", []),
        ("U/N", "normal", ["integrated over that support"]),
        ("U/U", "normal", ["integrated over that support"]),
        ("E/N", "normal", ["integrated over that support", "50% of which lies where the posterior never is"]),
        ("N/N", "bernoulli", ["binary cross-entropy"]),
        ("N/N", "mse", ["half the squared error"]),
    ],
)
def test_notes_say_what_the_figures_are(few, pairing, likelihood, expected):
    model = VAE(TrainConfig(pairing=pairing, likelihood=likelihood, hidden=8), few.shape)
    found = notes(model)
    assert len(found) == len(expected)
    assert all(part in note for part, note in zip(expected, found, strict=True))


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"metrics": ["fad"]}, "unknown metric 'fad'; known are elbo"), ({"samples": 0}, "samples is 0")],
)
def test_bad_requests(model, few, settings, message):
    with pytest.raises(ConfigError, match=message):
        evaluate(model, few.validation, **settings)


def test_bad_images(model, few):
    with pytest.raises(DataError, match="this model takes"):
        evaluate(model, few.validation[:, :100])
    with pytest.raises(DataError, match=r"in \[0, 1\]"):
        evaluate(model, few.validation * 2)
