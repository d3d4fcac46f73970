"""Gradient estimators and bounds on a linear-Gaussian model, of which everything is known in closed form."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal

from divergences.ops import Pairing, divergence_sum
from vae import VAE, ConfigError, LatentLayer, TrainConfig, fit
from vae.flow import FlowLayer
from vae.gradients import double_reparameterise
from vae.objectives import iwae, vr

# x = A z + noise with orthogonal columns: the true posterior has independent coordinates.
A = torch.tensor([[1.0, 0.5], [1.0, -0.5], [0.5, 0.0], [0.0, 1.0]], dtype=torch.float64)
A[:, 1] -= A[:, 0] * (A[:, 0] @ A[:, 1]) / A[:, 0].square().sum()
X = torch.tensor([0.6, -0.4, 1.1, 0.3], dtype=torch.float64)
PRECISION = 1 + A.square().sum(0)
POSTERIOR = (A.T @ X / PRECISION, PRECISION.log() / -2)
EVIDENCE = MultivariateNormal(torch.zeros(4, dtype=torch.float64), torch.eye(4) + A @ A.T).log_prob(X)
AWAY = (POSTERIOR[0] + torch.tensor([0.5, -0.3]), POSTERIOR[1] + torch.tensor([0.3, -0.4]))

NEAR = (POSTERIOR[0] + torch.tensor([0.1, -0.1]), POSTERIOR[1] + torch.tensor([0.05, -0.05]))


def log_likelihood(z: torch.Tensor) -> torch.Tensor:
    return Normal(z @ A.T, 1.0).log_prob(X).sum(-1)


def exact_bound(loc: torch.Tensor, log_scale: torch.Tensor, alpha: float) -> torch.Tensor:
    """log p(x) - D_alpha(q | p(z|x)), with the Rényi divergence of two normals (Gil, Alajaji & Linder 2013)."""
    s, t = log_scale.exp(), POSTERIOR[1].exp()
    if alpha == 1:
        nats = (t / s).log() + (s**2 + (loc - POSTERIOR[0]) ** 2) / (2 * t**2) - 0.5
    else:
        mixed = alpha * t**2 + (1 - alpha) * s**2
        nats = (t / s).log() + (t**2 / mixed).log() / (2 * (alpha - 1)) + alpha * (loc - POSTERIOR[0]) ** 2 / 2 / mixed
    return EVIDENCE - nats.sum(-1)


def gradients(gradient: str, alpha: float, k: int, at=AWAY, rows: int = 40_000, pairing: str = "N/N", seed: int = 0):
    """One estimate of the K-sample bound's gradient in (loc, log_scale) in each row."""
    layer = LatentLayer(Pairing.homogeneous(pairing, 2))
    parameters = [p.expand(rows, 2).clone().requires_grad_() for p in at]
    source = torch.Generator().manual_seed(seed)
    z, ratio = layer(*parameters, k, source, analytic=False, score=gradient == "reparam")
    likelihood = log_likelihood(z)
    if gradient == "dreg":
        double_reparameterise(z, likelihood + ratio, alpha)
    return torch.cat(torch.autograd.grad(vr(likelihood, ratio, alpha).sum(), parameters), -1)


def agree(one: torch.Tensor, other: torch.Tensor, errors: float = 4.5) -> bool:
    """Whether two samples, one per row, have means that agree within so many standard errors."""
    variance = one.var(0) / len(one) + other.var(0) / len(other)
    return bool(((one.mean(0) - other.mean(0)).abs() <= errors * variance.sqrt()).all())


@pytest.mark.parametrize("gradient", ["reparam", "stl", "dreg"])
@pytest.mark.parametrize("k", [1, 4])
def test_every_estimator_of_the_elbo_is_unbiased(gradient, k):
    at = [p.clone().requires_grad_() for p in AWAY]
    exact = torch.cat(torch.autograd.grad(exact_bound(*at, 1.0), at))
    assert agree(gradients(gradient, 1.0, k), exact[None].expand(2, -1))


@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.7, 2.0])
@pytest.mark.parametrize("pairing", ["N/N", "La/N", "Lo/N"])
def test_dreg_is_unbiased_for_every_order_and_stl_is_not(alpha, pairing):
    # The order-2 integral of a logistic or Laplace posterior diverges, the expected bound of K samples does not.
    reparam = gradients("reparam", alpha, 4, pairing=pairing)
    assert agree(reparam, gradients("dreg", alpha, 4, pairing=pairing, seed=1))
    assert not agree(reparam, gradients("stl", alpha, 4, pairing=pairing, seed=1))


def test_dreg_is_unbiased_for_a_one_sided_posterior():
    at = (torch.zeros(2, dtype=torch.float64), torch.tensor([-0.3, 0.2], dtype=torch.float64))
    one, other = (gradients(g, 0.0, 3, at=at, pairing="E/N", seed=i) for i, g in enumerate(("reparam", "dreg")))
    assert agree(one, other)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_near_the_true_posterior_dreg_varies_least_and_reparam_most(alpha):
    variance = {g: gradients(g, alpha, 16, at=NEAR, rows=8_000).var(0) for g in ("reparam", "stl", "dreg")}
    assert (variance["dreg"] < variance["stl"]).all()
    assert (variance["stl"] < variance["reparam"] / 10).all()


def test_more_samples_drown_the_signal_of_reparam_and_raise_that_of_dreg():
    """Of the importance-weighted bound: K^-1/2 and K^1/2 (Rainforth et al. 2018, Tucker et al. 2019)."""
    ratio = {}
    for gradient in ("reparam", "dreg"):
        few, many = (gradients(gradient, 0.0, k, at=NEAR, rows=20_000) for k in (4, 64))
        signal, other = (e.mean(0)[:2].abs() / e[:, :2].std(0) for e in (few, many))
        ratio[gradient] = float((other / signal).mean())
    assert ratio["dreg"] == pytest.approx(4, rel=0.25)
    assert ratio["reparam"] < 0.5


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_at_the_true_posterior_only_reparam_is_noisy(alpha):
    for gradient in ("stl", "dreg"):
        assert float(gradients(gradient, alpha, 4, at=POSTERIOR, rows=100).abs().max()) < 1e-12
    assert float(gradients("reparam", alpha, 4, at=POSTERIOR, rows=100).std()) > 0.1


def flow(open_gates: bool) -> FlowLayer:
    """A flow that bends, or one that scales and shifts every latent by amounts of its own."""
    torch.manual_seed(0)
    layer = FlowLayer(Pairing.parse("N/N:2"), 2, 8).double()
    for step in layer.steps:
        step.output.weight.data *= 0.0 if open_gates else 10.0
        step.output.bias.data = torch.tensor([0.4, -1.0, -3.0, -2.0], dtype=torch.float64)
    return layer


def flow_gradients(layer: FlowLayer, gradient: str, alpha: float, k: int, at, rows: int, seed: int = 0):
    """One estimate in each row of the gradient in the base and the last step's biases."""
    context = torch.tensor([0.3, -0.5], dtype=torch.float64)
    parameters = [p.expand(rows, 2).clone().requires_grad_() for p in (*at, context)]
    # A bias of its own for every row, so that every row has an estimate.
    bias = layer.steps[-1].output.bias.detach().expand(rows, 4).clone().requires_grad_()
    weight = torch.zeros(4, layer.steps[-1].output.in_features, dtype=torch.float64)

    class Output(torch.nn.Module):
        def forward(self, h: torch.Tensor) -> torch.Tensor:
            kept = layer.steps[-1].output.weight * layer.steps[-1].output.mask
            return h @ (kept + weight).T + bias

    changed = copy.deepcopy(layer)
    changed.steps[-1].output = Output()
    source = torch.Generator().manual_seed(seed)
    z, ratio = changed(*parameters, k, source, score=gradient == "reparam")
    likelihood = log_likelihood(z)
    if gradient == "dreg":
        double_reparameterise(z, likelihood + ratio, alpha)
    return torch.cat(torch.autograd.grad(vr(likelihood, ratio, alpha).sum(), [*parameters, bias]), -1)


@pytest.mark.parametrize(("gradient", "alpha", "k"), [("stl", 1.0, 2), ("dreg", 0.0, 4), ("dreg", 0.5, 4)])
def test_with_a_flow_the_estimators_are_unbiased_in_all_parameters(gradient, alpha, k):
    reparam = flow_gradients(flow(False), "reparam", alpha, k, AWAY, 20_000)
    other = flow_gradients(flow(False), gradient, alpha, k, AWAY, 20_000, seed=1)
    assert reparam.shape == (20_000, 10)
    assert (reparam.mean(0).abs() > 1e-3).all()
    assert agree(reparam, other)


@pytest.mark.parametrize(("gradient", "alpha"), [("stl", 1.0), ("stl", 0.0), ("dreg", 0.0), ("dreg", 0.5)])
def test_where_a_flow_reaches_the_true_posterior_only_reparam_is_noisy(gradient, alpha):
    layer = flow(True)
    at = (torch.zeros(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64))
    low, log_det = layer._flow(at[0], torch.zeros(2, dtype=torch.float64))
    scale = (layer._flow(at[0] + 1, torch.zeros(2, dtype=torch.float64))[0] - low).detach()
    assert float(scale.log().sum()) == pytest.approx(float(log_det.detach())), "it only scales and shifts"
    at = ((POSTERIOR[0] - low.detach()) / scale, POSTERIOR[1] - scale.log())
    assert float(flow_gradients(layer, gradient, alpha, 4, at, 100).abs().max()) < 1e-10
    assert float(flow_gradients(layer, "reparam", alpha, 4, at, 100)[:, :4].std()) > 0.1


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 1.5])
def test_five_thousand_samples_reach_the_exact_bound(alpha):
    layer = LatentLayer(Pairing.parse("N/N:2"))
    row = [p[None].expand(20, 2) for p in AWAY]
    z, ratio = layer(*row, 5000, torch.Generator().manual_seed(1), analytic=False)
    bounds = vr(log_likelihood(z), ratio, alpha)
    assert float(bounds.mean()) == pytest.approx(
        float(exact_bound(*AWAY, alpha)), abs=5 * float(bounds.std()) / 20**0.5
    )
    assert float(bounds.std()) < 0.1


@pytest.mark.parametrize("pairing", ["N/N:2", "La/N:2", "Lo/N:1,La/N:1", "G/N:2", "N/N:1,Lo/N:1"])
def test_importance_sampling_finds_the_evidence_within_its_own_standard_error(pairing):
    layer, k = LatentLayer(Pairing.parse(pairing)), 5000
    z, ratio = layer(*(p[None] for p in AWAY), k, torch.Generator().manual_seed(2), analytic=False)
    log_weights = (log_likelihood(z) + ratio)[:, 0]
    weights = (log_weights - EVIDENCE).exp()
    assert float(iwae(log_likelihood(z), ratio)[0]) == pytest.approx(
        float(EVIDENCE), abs=4.5 * float(weights.std()) / math.sqrt(k)
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gradient": "dreg"}, "gradient 'dreg' does not serve objective 'elbo'; it takes reparam, stl"),
        ({"gradient": "dreg", "objective": "vr_max"}, "it takes reparam, stl"),
        ({"gradient": "stl", "pairing": "N/N:3,U/N:2"}, "biased for the pair U/N"),
        ({"gradient": "score"}, "unknown gradient 'score'; known are reparam"),
    ],
)
def test_estimators_that_would_be_wrong_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        TrainConfig(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"gradient": "stl"},
        {"objective": "iwae", "gradient": "dreg", "samples": 5},
        {"objective": "vr", "alpha": 0.5, "gradient": "dreg", "samples": 5},
        {"objective": "vr", "alpha": 0.5, "gradient": "stl", "samples": 5},
    ],
)
def test_models_learn_by_every_estimator(few, small, settings):
    config = replace(small, batch_size=20, learning_rate=3e-3, epochs=4, **settings)
    bounds = [record["validation_bound"] for record in fit(config, few).history]
    assert bounds[-1] > bounds[0] + 2


def test_the_elbo_by_samples_has_the_analytic_one_as_its_mean(few, small):
    analytic = VAE(small, few.shape, few.train)
    sampled = VAE(replace(small, gradient="stl", samples=200), few.shape, few.train)
    x = few.validation[:5]
    _, terms = sampled(x, torch.Generator().manual_seed(0))
    loc, log_scale = analytic.encode(x)
    exact = divergence_sum("kld", analytic.pairing, loc, log_scale)
    assert terms.cost.shape == (5,)
    torch.testing.assert_close(terms.cost, exact, rtol=0.2, atol=0.5)
