import itertools

import pytest
import torch
from torch import nn

from divergences.ops import InfinitePairError, Pairing, divergence_per_latent, prior_quantile
from search.mixture import MixtureLayer
from vae import LatentLayer

PAIRS = ["N/N", "La/N", "Lo/La", "G/G"]
LATENTS, PIXELS, ROWS = 2, 6, 40_000


def layer_of(pairs=PAIRS, latents=LATENTS, **settings) -> MixtureLayer:
    """A layer with affine maps that have moved away from where they start, and unequal weights."""
    layer = MixtureLayer(pairs, latents, **settings).double()
    torch.manual_seed(0)
    for parameter in layer.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    layer.weights.copy_(torch.softmax(torch.randn_like(layer.weights) / 2, 0))
    return layer


@pytest.fixture
def decoder() -> nn.Module:
    torch.manual_seed(1)
    network = nn.Sequential(nn.Linear(LATENTS, 16), nn.Tanh(), nn.Linear(16, PIXELS)).double()
    for parameter in network.parameters():  # steep and curved, so that choices matter to the reconstruction
        parameter.requires_grad_(False).mul_(2)
    return network


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor]:
    """Encoder outputs of narrow posteriors, and binary targets."""
    torch.manual_seed(2)
    encoded = torch.cat([torch.randn(ROWS, LATENTS), -1 + 0.3 * torch.randn(ROWS, LATENTS)], -1).double()
    return encoded, torch.randint(2, (ROWS, PIXELS)).double()


def log_likelihood(decoder, inputs, targets):
    logits = decoder(inputs)
    return (targets * logits - nn.functional.softplus(logits)).sum(-1)


def every_bound(layer, decoder, encoded, targets) -> dict[tuple[int, ...], float]:
    """ELBO of every pairing, each with the same noise, by the layer's own definitions spelled out."""
    loc, log_scale = layer.posterior(encoded)
    source = torch.Generator().manual_seed(5)
    p = torch.rand(ROWS, LATENTS, generator=source, dtype=torch.float64)
    bounds = {}
    for choice in itertools.product(range(len(PAIRS)), repeat=LATENTS):
        pairing = Pairing([(*PAIRS[k].split("/"), 1) for k in choice])
        own = Pairing([(PAIRS[k].split("/")[0],) * 2 + (1,) for k in choice])
        m, s = (torch.stack([t[:, k, i] for i, k in enumerate(choice)], -1) for t in (loc, log_scale))
        z = m + s.exp() * prior_quantile(own, p)
        gain, shift, centre = (
            torch.stack([t[k, i] for i, k in enumerate(choice)]) for t in (layer.gain, layer.shift, layer.centre)
        )
        nats = divergence_per_latent("kld", pairing, m, s).sum(-1)
        bounds[choice] = (log_likelihood(decoder, gain * (z - centre) + shift, targets) - nats).mean().item()
    return bounds


def expectation(bounds, weights) -> torch.Tensor:
    """The relaxed objective by enumeration, differentiable in the weights."""
    terms = [value * torch.stack([weights[k, i] for i, k in enumerate(c)]).prod() for c, value in bounds.items()]
    return torch.stack(terms).sum()


@torch.no_grad()
def test_the_bound_is_the_mean_of_the_bounds_of_all_pairings(decoder, problem):
    layer, (encoded, targets) = layer_of(), problem
    inputs, nats = layer(encoded, torch.Generator().manual_seed(5))
    drawn = log_likelihood(decoder, inputs, targets) - nats
    exact = expectation(every_bound(layer, decoder, encoded, targets), layer.weights)
    assert float(drawn.mean()) == pytest.approx(float(exact), abs=4 * float(drawn.std()) / ROWS**0.5)


def test_payoffs_are_the_derivatives_of_the_bound_with_respect_to_the_weights(decoder, problem):
    layer, (encoded, targets) = layer_of(memory=1), problem
    weights = layer.weights.clone().requires_grad_()
    (exact,) = torch.autograd.grad(expectation(every_bound(layer, decoder, encoded, targets), weights), weights)
    inputs, nats = layer(encoded, torch.Generator().manual_seed(5))
    (nats - log_likelihood(decoder, inputs, targets)).mean().backward()
    loc, log_scale = layer.posterior(encoded)
    divergence = divergence_per_latent("kld", layer.pairing, loc.flatten(1), log_scale.flatten(1)).view_as(loc).mean(0)
    # The divergence's part is exact; what is estimated is the reconstruction's.
    parts = [each + divergence for each in (exact, layer.payoffs)]
    exact, estimated = (part - (layer.weights * part).sum(0) for part in parts)
    assert exact.abs().max() > 0.06
    torch.testing.assert_close(estimated, exact, atol=0.008, rtol=0.05)


def test_weights_maximise_bound_and_entropy(decoder):
    layer = layer_of()
    layer.means.copy_(torch.randn(len(PAIRS), LATENTS))
    layer.anneal(0.1)
    torch.testing.assert_close(layer.weights.log() * 0.1, (w := layer.means) - 0.1 * (w / 0.1).logsumexp(0))
    layer.anneal(0.0)
    assert torch.equal(layer.weights.argmax(0), layer.means.argmax(0))
    assert torch.equal(layer.weights.sum(0), torch.ones(LATENTS).double())
    assert layer.choices() == [PAIRS[k] for k in layer.means.argmax(0)]


@torch.no_grad()
def test_a_decided_layer_merges_into_an_ordinary_one():
    pairs = [*PAIRS, "E/N", "U/U", "La/G"]
    latents = 9
    layer = layer_of(pairs, latents)
    chosen = torch.tensor([3, 0, 1, 0, 4, 5, 6, 1, 0])
    layer.weights.zero_().scatter_(0, chosen[None], 1.0)
    last, first, x = nn.Linear(12, 2 * latents).double(), nn.Linear(latents, 7).double(), torch.randn(50, 12).double()
    loc, log_scale = layer.posterior(last(x))
    z = layer.located * loc + log_scale.exp() * 0.3
    values = (layer.gain * (z - layer.centre) + layer.shift).gather(1, chosen.expand(50, 1, -1)).squeeze(1)
    expected, (_, nats) = first(values), layer(last(x))

    pairing = layer.merge(last, first)
    assert str(pairing) == "N/N:3,La/N:2,G/G:1,E/N:1,U/U:1,La/G:1"
    ordinary = LatentLayer(pairing).double()
    loc, log_scale = ordinary.posterior(last(x))
    located = torch.tensor([s.posterior != "exponential" for s in pairing.segments for _ in range(s.count)])
    torch.testing.assert_close(first(located * loc + log_scale.exp() * 0.3), expected)
    torch.testing.assert_close(ordinary(loc, log_scale)[1], nats)


def test_priors_and_posteriors_meet_in_the_same_median_and_quartiles():
    layer = MixtureLayer(["N/N", "La/La", "Lo/Lo", "C/C"], 1).double()
    loc, log_scale = layer.posterior(torch.zeros(1, 2).double())
    families = [Pairing([(s.posterior, s.posterior, 1)]) for s in layer.pairing.segments]
    for k, own in enumerate(families):
        quartiles = prior_quantile(own, torch.tensor([[0.25], [0.5], [0.75]], dtype=torch.float64)).flatten()
        z = loc[0, k, 0] + log_scale[0, k, 0].exp() * quartiles
        seen = layer.gain[k, 0] * (z - layer.centre[k, 0])
        torch.testing.assert_close(seen, torch.tensor([-0.67449, 0, 0.67449]).double(), atol=0.02, rtol=0)


def test_an_infinite_pair_is_refused():
    with pytest.raises(InfinitePairError, match="C/N"):
        MixtureLayer(["N/N", "C/N"], 3)
