from dataclasses import replace

import pytest
import torch

from divergences.ops import Pairing, divergence_sum
from vae import VAE, DataError, LatentLayer, TrainConfig
from vae.likelihoods import LIKELIHOODS


@pytest.fixture(scope="module")
def model(few, small) -> VAE:
    return VAE(small, few.shape, few.train)


def test_shapes(model, few):
    x = few.validation[:7]
    loc, log_scale = model.encode(x)
    assert loc.shape == log_scale.shape == (7, 20)
    assert model.decode(loc).shape == (7, 1, 28, 28)
    assert model.sample(5).shape == (5, 1, 28, 28)
    assert model.log_likelihood(x, samples=3).shape == (7,)
    bound, terms = model(x)
    assert bound.shape == (7,)
    assert terms.log_likelihood.shape == (1, 7)


def test_images_may_come_in_any_of_their_shapes(model, few):
    x = few.validation[:4]
    for images in (x, x.reshape(4, 28, 28), x.reshape(4, 1, 28, 28), x.double()):
        torch.testing.assert_close(model.encode(images)[0], model.encode(x)[0])


@pytest.mark.parametrize("shape", [(4, 783), (4, 3, 28, 28), (4, 27, 28), (784,)])
def test_other_shapes_are_refused(model, shape):
    with pytest.raises(DataError, match=r"this model takes \(n, 784\)"):
        model.encode(torch.zeros(shape))


def test_bound_is_made_of_its_terms(model, few):
    x = few.validation
    bound, terms = model(x, torch.Generator().manual_seed(0))
    torch.testing.assert_close(bound, terms.log_likelihood[0] - terms.cost)
    loc, log_scale = model.encode(x)
    torch.testing.assert_close(terms.cost, divergence_sum("kld", model.pairing, loc, log_scale))


def test_the_untrained_decoder_is_near_the_mean_image(few):
    for name in LIKELIHOODS:
        model = VAE(TrainConfig(likelihood=name, hidden=32), few.shape, few.train)
        image = model.sample(200).mean(0).flatten()
        centre = few.train.median(0).values if name in ("mae", "laplace") else few.train.mean(0)
        assert float((image - centre).abs().mean()) < 0.06, name


def test_weights_depend_on_the_seed_alone(few, small):
    torch.manual_seed(1)
    one = VAE(small, few.shape, few.train)
    state = torch.get_rng_state()
    torch.manual_seed(2)
    other = VAE(small, few.shape, few.train)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    third = VAE(replace(small, seed=1), few.shape, few.train)
    assert not torch.equal(next(one.parameters()), next(third.parameters()))
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state), "building a model leaves the global generator alone"


def test_samples_come_from_each_latents_own_prior(few):
    model = VAE(TrainConfig(pairing="E/E:10,U/U:10", hidden=16), few.shape)
    seen = []
    model.decoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    model.sample(500)
    (z,) = seen
    assert float(z[:, :10].min()) >= 0
    assert float(z[:, :10].max()) > 1
    assert float(z[:, 10:].abs().max()) <= 1
    assert float(z[:, 10:].min()) < -0.9
    assert torch.equal(model.sample(9, seed=4), model.sample(9, seed=4))
    assert not torch.equal(model.sample(9, seed=4), model.sample(9, seed=5))


def test_the_importance_bound_grows_with_samples_to_the_exact_value(few):
    """One latent, so that log p(x) can be had by integrating over it."""
    model = VAE(TrainConfig(pairing="La/N:1", hidden=16), few.shape, few.train).double()
    x = few.validation[:5].double()
    z = torch.linspace(-12, 12, 4_001, dtype=torch.float64)[:, None]
    with torch.no_grad():
        log_prior = torch.distributions.Normal(0.0, 1.0).log_prob(z[:, 0])
        log_joint = -model.likelihood.nll(x, model.outputs(z)[:, None]) + log_prior[:, None]
        exact = log_joint.logsumexp(0) + torch.log(z[1, 0] - z[0, 0])
    bounds = [model.log_likelihood(x, samples=k, seed=1) for k in (1, 5_000)]
    assert float(bounds[0].mean()) < float(exact.mean())
    torch.testing.assert_close(bounds[1], exact, atol=0.02, rtol=0)


def test_chunks_of_samples_and_images_change_nothing_but_the_draws(few, small, monkeypatch):
    model = VAE(small, few.shape, few.train).double()
    x = few.validation[:3].double()
    whole = model.log_likelihood(x, samples=4000)
    monkeypatch.setattr("vae.importance.CHUNK", 784 * 1000)
    torch.testing.assert_close(model.log_likelihood(x, samples=4000), whole, atol=0.5, rtol=0)


def test_the_latent_layer_drops_into_another_network(few):
    layer = LatentLayer(Pairing.parse("Lo/N:10,La/N:6,La/La:4"))
    encoder, decoder = torch.nn.Linear(784, 40), torch.nn.Linear(20, 784)
    z, nats = layer(*layer.posterior(encoder(few.train)), samples=2)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        decoder(z), few.train.expand(2, -1, -1), reduction="sum"
    )
    (loss / 2 + nats.sum()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in encoder.parameters())
