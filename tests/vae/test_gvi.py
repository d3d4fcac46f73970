"""Generalised variational inference: any discrepancy of the catalog, any loss."""

import math
from dataclasses import replace
from itertools import product

import pytest
import torch

import vae
from divergences.ops import DivergenceError, InfinitePairError, Pairing, divergence_per_latent, divergence_sum
from divergences.ops.table import ORDERED_KINDS, families, kinds
from vae import VAE, ConfigError, TrainConfig, fit
from vae.evaluation import evaluate
from vae.losses import LOSSES, Loss, Tempered, register_loss
from vae.notes import notes
from vae.posterior import PosteriorMap

ORDERS = {kind: ((0.5, 2.0) if kind in ORDERED_KINDS else (None,)) for kind in kinds()}
CASES = [(kind, alpha) for kind in kinds() for alpha in ORDERS[kind]]


PAIRS = list(product(families(), repeat=2))


@pytest.mark.parametrize(
    ("case", "every"),
    [
        *((case, 4) for case in range(len(CASES))),
        *(pytest.param(case, 1, marks=pytest.mark.slow) for case in range(len(CASES))),
    ],
)
def test_every_discrepancy_stays_finite_wherever_the_encoder_points(case, every):
    """Of every pair that the latent layer takes; the others are refused with what is wrong."""
    kind, alpha = CASES[case]
    raw = torch.cartesian_prod(*[torch.tensor([-60.0, -3, -0.5, 0, 1e-6, 0.5, 3, 60])] * 2).requires_grad_()
    taken = 0
    for q, p in PAIRS[case % every :: every]:
        pairing = Pairing.homogeneous(f"{q}/{p}", 1)
        try:
            parameters = PosteriorMap(pairing, kind, alpha)(raw)
        except InfinitePairError:
            continue
        taken += 1
        nats = divergence_per_latent(kind, pairing, *parameters, alpha)
        assert nats.isfinite().all(), (q, p)
        (gradient,) = torch.autograd.grad(nats.sum(), raw)
        assert gradient.isfinite().all(), (q, p)
    assert taken >= len(PAIRS) // (10 * every)


@pytest.mark.parametrize(("kind", "alpha"), CASES)
def test_gvi_is_its_terms(few, kind, alpha):
    config = TrainConfig(pairing="N/N:3,La/La:2", hidden=8, objective="gvi", discrepancy=kind, alpha=alpha, beta=2.0)
    model = VAE(config, few.shape, few.train)
    bound, terms = model(few.validation, torch.Generator().manual_seed(0))
    loc, log_scale = model.encode(few.validation)
    nats = divergence_sum(kind, model.pairing, loc, log_scale, alpha)
    torch.testing.assert_close(terms.cost, nats)
    torch.testing.assert_close(bound, terms.log_likelihood[0] - 2 * nats)


def test_gvi_with_the_kld_is_the_elbo_and_trains_to_the_same_numbers(few, small):
    elbo, gvi = fit(small, few), fit(replace(small, objective="gvi", discrepancy="kld"), few)
    assert elbo.history == gvi.history


def test_gvi_and_vr_of_one_order_are_two_numbers_under_two_names(few, small):
    """The order of the first stands on π/q, that of the second on p(x, z)/q."""
    if "renyi" not in kinds():
        pytest.skip("needs the kernels of the Rényi divergence")
    gvi = TrainConfig(pairing="N/N:3", objective="gvi", discrepancy="renyi", alpha=0.5, samples=2)
    vr = TrainConfig(pairing="N/N:3", objective="vr", alpha=0.5, samples=2)
    assert (gvi.objective_label, vr.objective_label) == ("gvi(renyi, alpha=0.5)", "vr(alpha=0.5, K=2)")
    bounds = [VAE(c, few.shape, few.train)(few.validation, torch.Generator().manual_seed(0))[0] for c in (gvi, vr)]
    assert not torch.allclose(*bounds)


def test_a_pair_with_an_infinite_kld_trains_with_a_finite_discrepancy(few, tmp_path):
    if "renyi" not in kinds():
        pytest.skip("needs the kernels of the Rényi divergence")
    config = TrainConfig(pairing="C/N:3", hidden=16, epochs=2, objective="gvi", discrepancy="renyi", alpha=0.5)
    result = fit(config, few, out=tmp_path)
    report = evaluate(vae.load(tmp_path), few.validation, samples=2)
    assert report["kl"] is None
    assert report["elbo"] is None
    assert math.isfinite(report["reconstruction"])
    assert any("infinite" in note for note in report["notes"])
    assert result.history


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"objective": "gvi"}, "discrepancy is None; gvi takes one of kld"),
        ({"objective": "gvi", "discrepancy": "wasserstein"}, "discrepancy is 'wasserstein'; gvi takes one of kld"),
        ({"objective": "gvi", "discrepancy": "kld", "alpha": 2.0}, "takes no alpha"),
        ({"objective": "gvi", "discrepancy": "kld", "gradient": "stl"}, "it takes reparam"),
        ({"discrepancy": "kld"}, "it belongs to gvi"),
        ({"inverse_temperature": 2.0}, "it belongs to gibbs"),
        ({"objective": "gibbs", "inverse_temperature": 0.0}, "inverse_temperature is 0.0; expected a number above 0"),
        ({"objective": "gibbs", "likelihood": "hinge"}, "known are bernoulli.*squared, huber, log_cosh"),
        ({"likelihood": "huber"}, "a loss needs objective 'gibbs'"),
        ({"warmup": -1}, "warmup is -1; expected a whole number of at least 0"),
        ({"warmup": 3, "objective": "iwae"}, "it belongs to elbo, gvi, gibbs"),
    ],
)
def test_bad_settings_name_the_value(settings, message):
    with pytest.raises((ConfigError, DivergenceError), match=message):
        TrainConfig(**settings)


@pytest.mark.skipif("renyi" not in kinds(), reason="needs the kernels of the Rényi divergence")
def test_orders_of_the_renyi_divergence():
    with pytest.raises(ConfigError, match="alpha is None; the discrepancy 'renyi' needs an order above 0"):
        TrainConfig(objective="gvi", discrepancy="renyi")
    with pytest.raises(DivergenceError, match=r"alpha is -1\.0"):
        TrainConfig(objective="gvi", discrepancy="renyi", alpha=-1.0)
    with pytest.raises(InfinitePairError, match=r"of order 2 of the pair La/N is infinite.*La/La"):
        TrainConfig(objective="gvi", discrepancy="renyi", alpha=2.0, pairing="La/N")


X, OUTPUTS = torch.rand(6, 9, generator=torch.Generator().manual_seed(0)), torch.linspace(-3, 3, 9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("squared", lambda d: d.square()),
        ("log_cosh", lambda d: d.cosh().log()),
        ("huber", lambda d: torch.where(d.abs() < 0.1, d.square() / 2, 0.1 * (d.abs() - 0.05))),
        ("mae", lambda d: d.abs()),
    ],
)
def test_losses_are_their_definitions(name, expected):
    loss = Tempered(name, 3.0)
    torch.testing.assert_close(loss.nll(X, OUTPUTS), 3 * expected(X - OUTPUTS.sigmoid()).sum(-1))
    assert loss.convention.startswith("3 times the ")


def test_a_tempered_likelihood_is_its_power(few, small):
    plain = VAE(small, few.shape, few.train)
    model = VAE(replace(small, objective="gibbs", inverse_temperature=0.25), few.shape, few.train)
    (_, one), (_, other) = (m(few.validation, torch.Generator().manual_seed(0)) for m in (plain, model))
    torch.testing.assert_close(other.log_likelihood, one.log_likelihood / 4)
    assert torch.equal(other.cost, one.cost)
    assert "0.25 times the negative log-likelihood of bernoulli" in " ".join(notes(model))


def test_the_inverse_temperature_buys_reconstruction_with_divergence(few, small):
    config = replace(small, objective="gibbs", likelihood="squared", epochs=12, learning_rate=3e-3, batch_size=20)
    cold, hot = (
        evaluate(fit(replace(config, inverse_temperature=c), few).model, few.validation, samples=2) for c in (30, 0.3)
    )
    assert cold["kl"] > hot["kl"] + 1
    assert cold["reconstruction"] / 30 < hot["reconstruction"] / 0.3


def test_a_loss_of_ones_own(few, small, monkeypatch, tmp_path):
    monkeypatch.setattr("vae.losses.LOSSES", LOSSES)
    monkeypatch.setitem(LOSSES, "quartic", None)  # so that it is taken out again
    del LOSSES["quartic"]
    register_loss("quartic", lambda x, image: (x - image).pow(4).sum(-1))
    config = replace(small, objective="gibbs", likelihood="quartic", inverse_temperature=10.0)
    fit(config, few, out=tmp_path)
    assert isinstance(vae.load(tmp_path).likelihood.base, Loss)
    with pytest.raises(ConfigError, match="the loss 'quartic' is there already"):
        register_loss("quartic", lambda x, image: x.sum(-1))


def test_warm_up_raises_the_weight_step_by_step(few, small, monkeypatch):
    weights = []
    forward = VAE.forward

    def recording(self, x, generator=None, beta=None):
        weights.append((self.training and torch.is_grad_enabled(), beta))
        return forward(self, x, generator, beta)

    monkeypatch.setattr(VAE, "forward", recording)
    fit(replace(small, warmup=2, beta=4.0, batch_size=100), few)
    trained = [beta for training, beta in weights if training]
    assert trained == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, None, None, None, None]
    assert {beta for training, beta in weights if not training} == {None}, "validation has the full weight"


def test_warm_up_costs_no_patience(few, small):
    config = replace(small, epochs=9, warmup=5, patience=1, learning_rate=0.02)
    assert len(fit(config, few).history) >= 6
