from dataclasses import replace

import numpy as np
import pytest
import torch

from divergences.ops import Pairing, divergence_sum
from vae import VAE, ConfigError, DataError, LatentLayer, TrainConfig
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


@pytest.mark.parametrize("value", ["x", 2.5, -1, None, True])
@pytest.mark.parametrize(
    ("name", "least", "call"),
    [
        ("n", 0, lambda model, x, value: model.sample(value)),
        ("seed", 0, lambda model, x, value: model.sample(2, seed=value)),
        ("samples", 1, lambda model, x, value: model.log_likelihood(x, samples=value)),
        ("seed", 0, lambda model, x, value: model.log_likelihood(x, seed=value)),
    ],
)
def test_counts_and_seeds_are_whole_numbers(model, few, name, least, call, value):
    with pytest.raises(ConfigError, match=f"^{name} is {value!r}; expected a whole number of at least {least}$"):
        call(model, few.validation[:2], value)


def test_counts_may_be_of_numpy_or_torch(model):
    for n in (np.int64(3), torch.tensor(3)):
        assert torch.equal(model.sample(n), model.sample(3))
    assert model.sample(0).shape == (0, 1, 28, 28)


@pytest.mark.parametrize(
    ("value", "named"),
    [("x", "'x'"), (2.5, "2.5"), (None, "None"), (np.zeros((2, 784)), "of type ndarray"),
     (torch.zeros(2, 784, dtype=torch.complex64), "of type torch.complex64")],
)  # fmt: skip
def test_what_is_no_tensor_of_real_numbers_is_refused(model, value, named):
    for function in (model.encode, model.log_likelihood, model.decode):
        with pytest.raises(DataError, match=f" are {named}; this model takes"):
            function(value)


@pytest.mark.parametrize("shape", [(3, 5), (), (20, 3)])
def test_other_numbers_of_latents_are_refused(model, shape):
    with pytest.raises(DataError, match=r"latents of shape .*; this model takes \(\.\.\., 20\)"):
        model.decode(torch.zeros(shape))


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
