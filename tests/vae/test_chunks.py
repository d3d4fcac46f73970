"""Many samples in the memory of one chunk: the same numbers, and no more memory."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from vae import VAE
from vae.gradients import path_factor
from vae.importance import at_once, estimate
from vae.objectives import OBJECTIVES

SAMPLES = 22


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"gradient": "stl"},
        {"objective": "gvi", "discrepancy": "hellinger"},
        {"objective": "iwae"},
        {"objective": "iwae", "gradient": "dreg"},
        {"objective": "vr", "alpha": 0.5, "gradient": "dreg"},
        {"objective": "vr_max", "gradient": "stl"},
        {"flow": 2},
        {"flow": 2, "objective": "iwae", "gradient": "dreg"},
    ],
)
def test_chunks_give_the_gradient_of_all_samples_at_once(few, small, monkeypatch, settings):
    model = VAE(replace(small, hidden=16, samples=SAMPLES, **settings), few.shape, few.train).double()
    config, objective, x = model.config, OBJECTIVES[model.config.objective], few.train[:3].double()
    monkeypatch.setattr("vae.importance.CHUNK", 3 * model.width * 5)
    assert at_once(model, 3) == 5
    weights = list(model.parameters())
    bound, (log_likelihood, _) = model(x, torch.Generator().manual_seed(1))
    assert log_likelihood.shape == (SAMPLES, 3)
    found = torch.autograd.grad(bound.mean(), weights)

    # The same draws in one piece, with the estimators as they are for one piece.
    seeds = torch.randint(2**62, (5,), generator=torch.Generator().manual_seed(1)).tolist()
    reparam = config.gradient == "reparam"
    analytic = objective.analytic and reparam
    posterior = model.posterior(x)
    parts = [
        model.latents(*posterior, k, torch.Generator().manual_seed(seed), analytic, reparam)
        for k, seed in zip([5, 5, 5, 5, 2], seeds, strict=True)
    ]
    z, costs = torch.cat([part for part, _ in parts]), [cost for _, cost in parts]
    log_likelihood = -model.likelihood.nll(x, model.outputs(z))
    cost = sum(c * len(part) for part, c in parts) / SAMPLES if analytic else torch.cat(costs)
    if config.gradient == "dreg":
        factors = path_factor(log_likelihood + cost, config.alpha or 0.0).split(5)
        for (part, _), factor in zip(parts, factors, strict=True):
            part.register_hook(partial(torch.mul, factor))
    if objective.analytic and not analytic:
        cost = -cost.mean(0)
    expected = objective.bound(log_likelihood, cost, config.alpha, 1.0)
    torch.testing.assert_close(bound, expected, rtol=1e-12, atol=1e-12)
    for one, other in zip(found, torch.autograd.grad(expected.mean(), weights), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-10)
    with torch.no_grad():
        again, _ = model(x, torch.Generator().manual_seed(1))
    torch.testing.assert_close(again, bound.detach(), rtol=1e-12, atol=1e-12)


def test_estimates_do_not_need_all_samples_at_once(few, small, monkeypatch):
    model, x = VAE(small, few.shape, few.train), few.validation[:4]
    shapes = []
    model.decoder.register_forward_pre_hook(lambda decoder, inputs: shapes.append(inputs[0].shape))
    monkeypatch.setattr("vae.importance.CHUNK", 7 * model.width)
    estimate(model, x, 20, 0)
    assert max(k * n for k, n, _ in shapes) <= 7
    assert sum(k * n for k, n, _ in shapes) == 80
