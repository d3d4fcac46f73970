import math
from dataclasses import replace

import pytest
import torch

import vae
from vae import VAE, ConfigError, DataSplits, TrainConfig, fit
from vae.evaluation import evaluate
from vae.networks import conv_decoder, conv_encoder


@pytest.fixture(scope="module")
def colour(few) -> DataSplits:
    """Digits in the middle of 32 x 32 images, in colours."""

    def paint(x: torch.Tensor) -> torch.Tensor:
        ink = torch.nn.functional.pad(x.unflatten(-1, (1, 28, 28)), (2, 2, 2, 2))
        hue = torch.rand(len(x), 3, 1, 1, generator=torch.Generator().manual_seed(len(x)))
        return (ink * hue).flatten(1)

    parts = [paint(x[:100]) for x in (few.train, few.validation, few.test)]
    return DataSplits(*parts, (3, 32, 32), "colours")


@pytest.mark.parametrize(("shape", "depth"), [((3, 32, 32), 3), ((1, 28, 28), 2), ((1, 8, 12), 1)])
def test_shapes(shape, depth):
    pixels = math.prod(shape)
    encoder = conv_encoder(shape, 10, 16, depth, "gelu")
    decoder = conv_decoder(5, shape, 2, 16, depth, "gelu")
    assert encoder(torch.rand(7, pixels)).shape == (7, 10)
    assert decoder(torch.rand(4, 7, 5)).shape == (4, 7, 2 * pixels)
    z = torch.rand(4, 7, 5)
    torch.testing.assert_close(decoder(z)[2], decoder(z[2]))


def test_a_pixel_sees_its_neighbours_only_through_the_picture():
    """Every pixel of the image reaches the code, and every latent every pixel."""
    encoder, decoder = conv_encoder((3, 16, 16), 4, 16, 2, "gelu"), conv_decoder(2, (3, 16, 16), 1, 16, 2, "gelu")
    x, z = torch.rand(1, 768, requires_grad=True), torch.rand(1, 2, requires_grad=True)
    (seen,) = torch.autograd.grad(encoder(x).square().sum(), x)
    assert (seen != 0).float().mean() > 0.99
    assert (torch.autograd.functional.jacobian(decoder, z)[0, :, 0] != 0).float().mean() > 0.99


def test_a_convolutional_model_trains_on_colour_and_comes_back(colour, tmp_path):
    config = TrainConfig(
        network="conv", depth=3, hidden=64, pairing="Lo/N:6,La/La:2", likelihood="normal", epochs=3, batch_size=20
    )
    result = fit(config, colour, out=tmp_path)
    assert result.history[-1]["validation_bound"] > result.history[0]["validation_bound"]
    loaded = vae.load(tmp_path)
    assert loaded.sample(2).shape == (2, 3, 32, 32)
    few = colour.validation[:10]
    assert evaluate(loaded, few, samples=2) == evaluate(result.model, few, samples=2)


def test_the_untrained_decoder_starts_at_the_mean_image_in_its_colours(colour):
    model = VAE(TrainConfig(network="conv", depth=3, hidden=16), colour.shape, colour.train)
    assert float((model.sample(100).mean(0).flatten() - colour.train.mean(0)).abs().mean()) < 0.06


def test_importance_weights_of_convolutions(few, small):
    config = replace(small, network="conv", hidden=32, objective="iwae", samples=3, gradient="dreg", epochs=2)
    history = fit(config, DataSplits(few.train[:100], few.validation[:50], few.test, few.shape, few.name)).history
    assert history[-1]["validation_bound"] > history[0]["validation_bound"]


def test_sides_that_cannot_be_halved(few):
    with pytest.raises(ConfigError, match="depth 3 halves an image 3 times; sides of 28 x 28 pixels are no multiples"):
        VAE(TrainConfig(network="conv", depth=3), few.shape)
