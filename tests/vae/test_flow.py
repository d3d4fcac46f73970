import json
from dataclasses import replace

import pytest
import torch

import vae
from divergences.ops import InfinitePairError, Pairing, posterior_log_prob, prior_log_prob
from vae import VAE, CheckpointError, ConfigError, TrainConfig, fit
from vae.evaluation import evaluate
from vae.flow import AutoregressiveStep, FlowLayer
from vae.plots import reconstructions, save_model_pictures

BASES = ["N/N", "La/N", "C/C", "Lo/N", "U/N", "G/N", "E/N"]


def layer_of(pairing: str, steps: int = 2, latents: int = 3) -> FlowLayer:
    torch.manual_seed(0)
    layer = FlowLayer(Pairing.homogeneous(pairing, latents), steps, 16).double()
    for parameter in layer.parameters():  # a flow that bends
        parameter.data.mul_(3)
    return layer


@pytest.mark.parametrize("latents", [1, 2, 5])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_step_is_autoregressive_and_knows_its_determinant(latents, reverse):
    torch.manual_seed(1)
    step = AutoregressiveStep(latents, 4, 12, reverse).double()
    step.output.weight.data.mul_(20)
    z, context = torch.randn(latents, dtype=torch.float64), torch.randn(4, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda z: step(z, context)[0], z)
    beyond = torch.tril(jacobian, -1) if reverse else torch.triu(jacobian, 1)
    assert torch.equal(beyond, torch.zeros_like(beyond))
    if latents > 1:
        assert float((jacobian - torch.diag(jacobian.diagonal())).abs().max()) > 1e-5, "it mixes latents"
    torch.testing.assert_close(step(z, context)[1].sum(), torch.linalg.slogdet(jacobian).logabsdet)
    by_context = torch.autograd.functional.jacobian(lambda c: step(z, c)[0], context)
    assert (by_context.abs().sum(1) > 0).all(), "every latent depends on the image"


@pytest.mark.parametrize("base", BASES)
def test_the_flowed_density_integrates_to_one(base):
    """E_q[π(z)/q(z|x)] = 1 where q's support covers π's, and less where it does not."""
    layer = layer_of(base, latents=2)
    encoded = 0.3 * torch.randn(1, layer.inputs, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    encoded[:, 2:4] += 0.4
    z, ratio = layer(*layer.posterior(encoded), 200_000, torch.Generator().manual_seed(0))
    assert z.shape == (200_000, 1, 2)
    weights = ratio.detach().exp()
    mean, error = float(weights.mean()), float(weights.std()) / 200_000**0.5
    if base in ("U/N", "E/N"):
        assert mean < 1 - 3 * error
    else:
        assert mean == pytest.approx(1, abs=5 * error + 0.01)


def test_without_bend_it_is_the_base():
    """Gates wide open and no shift: the flow is the identity, and both costs those of the base."""
    layer = layer_of("Lo/N")
    for step in layer.steps:
        step.output.weight.data.zero_()
        step.output.bias.data = torch.tensor([0.0] * 3 + [50.0] * 3, dtype=torch.float64)
    posterior = layer.posterior(torch.randn(4, 9, dtype=torch.float64))
    plain = vae.LatentLayer(layer.pairing)
    for analytic in (False, True):
        z, cost = layer(*posterior, 5, torch.Generator().manual_seed(0), analytic=analytic)
        expected = plain(*posterior[:2], 5, torch.Generator().manual_seed(0), analytic=analytic)
        torch.testing.assert_close(z, expected[0])
        torch.testing.assert_close(cost, expected[1])


@pytest.mark.parametrize("base", BASES)
def test_the_divergence_with_its_control_variate_has_the_same_mean_and_less_noise(base):
    torch.manual_seed(0)
    layer = FlowLayer(Pairing.homogeneous(base, 3), 2, 16).double()  # as it starts
    encoded = 0.3 * torch.randn(1, 9, dtype=torch.float64).expand(20_000, 9)
    sampled = -layer(*layer.posterior(encoded), 1, torch.Generator().manual_seed(0))[1][0].detach()
    varied = layer(*layer.posterior(encoded), 1, torch.Generator().manual_seed(1), analytic=True)[1].detach()
    error = ((sampled.var() + varied.var()) / 20_000).sqrt()
    assert float(sampled.mean() - varied.mean()) == pytest.approx(0, abs=4.5 * float(error))
    assert float(varied.std()) < float(sampled.std()) / 2


def inverted(layer: FlowLayer, z: torch.Tensor, context: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What flows to z, and log|det|: by as many rounds as there are latents, each of which fixes one more."""
    total = 0.0
    for step in reversed(layer.steps):
        before = torch.zeros_like(z)
        for _ in range(z.shape[-1]):
            after, log_keep = step(before, context)
            before = before + (z - after) / log_keep.exp()
        total, z = total + step(before, context)[1].sum(-1), before
    return z, total


@pytest.mark.parametrize("base", ["N/N", "La/N", "G/N"])
def test_the_gradient_of_a_given_z_is_that_of_the_inverse(base):
    layer = layer_of(base, steps=3, latents=5)
    posterior = [p.detach() for p in layer.posterior(torch.randn(2, layer.inputs, dtype=torch.float64))]
    z, ratio = layer(*posterior, 4, torch.Generator().manual_seed(0))
    z = z.detach().requires_grad_()
    start, log_det = inverted(layer, z, posterior[2])
    log_q = posterior_log_prob(layer.pairing, start, *posterior[:2]) - log_det
    torch.testing.assert_close(prior_log_prob(layer.pairing, z) - log_q, ratio, rtol=1e-9, atol=1e-9)
    (expected,) = torch.autograd.grad(log_q.sum(), z)
    found = layer._gradient(start, *posterior)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(
        layer.float()._gradient(start.float(), *(p.float() for p in posterior)).double(), expected, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"pairing": "Lo/N:3,La/N:2"},
        {"pairing": "N/N:5", "objective": "iwae", "samples": 4},
        {"pairing": "C/C:5", "objective": "vr", "alpha": 0.5, "samples": 4},
        {"pairing": "N/N:5", "objective": "gibbs", "likelihood": "squared", "inverse_temperature": 5.0},
        {"pairing": "La/N:5", "precision": "bf16-mixed", "beta": 0.5, "warmup": 1},
        {"pairing": "N/N:5", "gradient": "stl"},
        {"pairing": "Lo/N:5", "objective": "iwae", "samples": 4, "gradient": "dreg"},
    ],
)
def test_flows_train_and_come_back(few, small, tmp_path, settings):
    config = replace(small, latents=None, flow=2, hidden=32, batch_size=20, learning_rate=3e-3, epochs=5, **settings)
    result = fit(config, few, out=tmp_path)
    assert result.history[-1]["validation_bound"] > result.history[0]["validation_bound"]
    loaded = vae.load(tmp_path)
    assert evaluate(loaded, few.validation, samples=3) == evaluate(result.model, few.validation, samples=3)
    save_model_pictures(loaded, few.validation, tmp_path)


def test_a_stopped_run_with_flow_goes_on_to_the_same_numbers(few, small, tmp_path):
    config = replace(small, flow=1, epochs=3, warmup=2)

    class Stop(Exception):
        pass

    def stop(epoch, record):
        raise Stop

    whole = fit(config, few)
    with pytest.raises(Stop):
        fit(config, few, out=tmp_path, on_epoch=stop)
    assert fit(config, few, out=tmp_path).history == whole.history
    with pytest.raises(CheckpointError, match="flow 1 is now 2"):
        fit(replace(config, flow=2), few, out=tmp_path)


def test_a_flow_helps_where_the_base_cannot_follow():
    """A posterior with correlated coordinates, log p(x) known: with a flow the bound comes nearer."""
    cov = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=torch.float64)
    posterior = torch.distributions.MultivariateNormal(torch.tensor([0.5, -0.5], dtype=torch.float64), cov)
    prior = torch.distributions.Normal(0.0, 1.0)
    bounds = {}
    for steps in (0, 2):
        torch.manual_seed(0)
        pairing = Pairing.parse("N/N:2")
        layer = (FlowLayer(pairing, steps, 16) if steps else vae.LatentLayer(pairing)).double()
        encoded = torch.zeros(1, layer.inputs, dtype=torch.float64, requires_grad=True)
        optimiser, source = torch.optim.Adam([encoded, *layer.parameters()], 0.02), torch.Generator().manual_seed(0)
        for step in range(400):
            z, ratio = layer(*layer.posterior(encoded), 64 if step < 399 else 20_000, source, analytic=False)
            # The unnormalised posterior p(x, z) = posterior(z), so that log p(x) = 0.
            bound = (posterior.log_prob(z) - prior.log_prob(z).sum(-1) + ratio).mean()
            optimiser.zero_grad()
            (-bound).backward()
            optimiser.step()
        bounds[steps] = float(bound.detach())
    assert bounds[0] == pytest.approx(0.5 * torch.logdet(cov).item(), abs=0.05), "the best product of normals"
    assert bounds[2] > -0.1


def test_evaluation_of_a_flow_leaves_out_what_it_has_not(few, small):
    model = VAE(replace(small, flow=1), few.shape, few.train)
    report = evaluate(model, few.validation, samples=5)
    assert "kl_per_latent" not in report
    assert report["elbo"] == pytest.approx(-report["reconstruction"] - report["kl"])
    assert report["kl"] == evaluate(model, few.validation, metrics=["kl"], samples=5)["kl"]
    assert any("estimated by the samples" in note for note in report["notes"])
    json.dumps(report, allow_nan=False)
    for name in ("kl_per_latent", "mutual_information"):
        with pytest.raises(ConfigError, match=f"{name} is not defined for a posterior with flow; defined are elbo"):
            evaluate(model, few.validation, metrics=[name])
    reconstructions(model, few.validation[:5])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"flow": -1}, "flow is -1; expected a whole number of at least 0"),
        ({"flow": 2, "pairing": "U/U"}, "samples of the pair U/U out of the uniform prior's support"),
        ({"flow": 2, "pairing": "E/N", "gradient": "stl"}, "'stl' is biased for the pair E/N with a flow"),
        ({"flow": 2, "pairing": "U/N", "gradient": "stl"}, "'stl' is biased for the pair U/N"),
        ({"flow": 2, "objective": "gvi", "discrepancy": "kld"}, "a flow has no analytic discrepancy"),
        ({"flow": 2, "pairing": "C/N"}, "C/N is infinite"),
    ],
)
def test_what_a_flow_cannot_do_is_refused(settings, message):
    with pytest.raises((ConfigError, InfinitePairError), match=message):
        TrainConfig(**settings)
