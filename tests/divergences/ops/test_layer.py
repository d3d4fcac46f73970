"""Sums over a latent layer, and the layer itself."""

import math

import pytest
import torch

from divergences.ops import (
    DivergenceError,
    Pairing,
    PairingError,
    divergence,
    divergence_per_latent,
    divergence_sum,
    latent,
    standard_noise,
)

pytestmark = pytest.mark.usefixtures("either_backend")

IRREGULAR = Pairing.parse("Lo/N:3,La/N:2,La/La:2,N/N,U/N:2")
PAIRINGS = [IRREGULAR, Pairing.homogeneous("La/N", 10), Pairing.parse("N/N,La/N,N/N,La/N,N/N:6")]


@pytest.fixture(params=PAIRINGS, ids=str)
def pairing(request):
    return request.param


def parameters(*shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    loc, log_scale = (torch.randn(shape, generator=generator, dtype=dtype) for _ in range(2))
    return loc.requires_grad_(), (log_scale / 3).requires_grad_()


def latent_by_latent(pairing, loc, log_scale):
    columns = [
        divergence("kld", *label.split("/"), loc[..., i], log_scale[..., i]) for i, label in enumerate(pairing.labels)
    ]
    return torch.stack(columns, -1)


def test_per_latent_and_sum_agree_with_the_element_wise_divergence(pairing):
    loc, log_scale = parameters(4, 5, len(pairing))
    expected = latent_by_latent(pairing, loc, log_scale)
    per_latent = divergence_per_latent("kld", pairing, loc, log_scale)
    assert torch.equal(per_latent, expected)
    total = divergence_sum("kld", pairing, loc, log_scale)
    assert total.shape == (4, 5)
    torch.testing.assert_close(total, expected.sum(-1), rtol=1e-14, atol=1e-14)
    weight = torch.randn(4, 5, dtype=torch.float64)
    gradient = torch.autograd.grad(total, (loc, log_scale), weight)
    torch.testing.assert_close(
        gradient, torch.autograd.grad(expected, (loc, log_scale), weight[..., None].expand_as(expected))
    )


def test_an_infinite_latent_makes_its_samples_infinite_and_has_no_gradient():
    pairing = Pairing.parse("N/N:2,C/N:1")
    loc, log_scale = parameters(4, 3)
    total = divergence_sum("kld", pairing, loc, log_scale)
    assert (total == math.inf).all()
    d_loc, _ = torch.autograd.grad(total.sum(), (loc, log_scale))
    assert torch.equal(d_loc, torch.cat([loc[:, :2].detach(), torch.zeros(4, 1, dtype=torch.float64)], 1))


def test_layer_is_reparameterisation_and_sum(pairing):
    loc, log_scale = parameters(6, len(pairing))
    noise = standard_noise(pairing, (6,), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z, nats = latent(pairing, loc, log_scale, noise)
    torch.testing.assert_close(z, loc + torch.exp(log_scale) * noise)
    assert torch.equal(nats, divergence_sum("kld", pairing, loc, log_scale))
    gradient = torch.autograd.grad(z.sum(), (loc, log_scale))
    torch.testing.assert_close(gradient, (torch.ones_like(loc), (torch.exp(log_scale) * noise).detach()))


def test_samples_are_leading_dimensions(pairing):
    loc, log_scale = parameters(6, len(pairing))
    noise = standard_noise(pairing, (3, 2, 6), dtype=torch.float64)
    z, nats = latent(pairing, loc, log_scale, noise)
    assert z.shape == (3, 2, 6, len(pairing))
    assert nats.shape == (6,)
    assert torch.equal(z[1, 1], latent(pairing, loc, log_scale, noise[1, 1])[0])


def test_own_noise_follows_the_default_generator(pairing):
    loc, log_scale = parameters(6, len(pairing))
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(latent(pairing, loc, log_scale)[0])
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_exponential_posteriors_have_location_zero():
    pairing = Pairing.parse("N/N:1,E/N:2,E/E:1")
    loc, log_scale = parameters(5, 4)
    moved = torch.cat([loc[:, :1], torch.full((5, 3), 1e30, dtype=torch.float64)], -1)
    noise = standard_noise(pairing, (5,), dtype=torch.float64)
    for function in (divergence_sum, divergence_per_latent):
        assert torch.equal(function("kld", pairing, loc, log_scale), function("kld", pairing, moved, log_scale))
    z, nats = latent(pairing, loc, log_scale, noise)
    z_moved, nats_moved = latent(pairing, moved, log_scale, noise)
    assert torch.equal(z, z_moved)
    assert torch.equal(nats, nats_moved)
    assert (z[:, 1:] >= 0).all()
    d_loc, _ = torch.autograd.grad(z.sum() + nats.sum(), (loc, log_scale))
    assert d_loc[:, 0].all()
    assert not d_loc[:, 1:].any()
    # Alone, the divergence is honest about the location.
    assert divergence("kld", "E", "N", 1.0, 0.0) > divergence("kld", "E", "N", 0.0, 0.0)


def test_parameters_broadcast():
    pairing = Pairing.parse("Lo/N:3,La/N:2")
    loc, _ = parameters(4, 5)
    z, nats = latent(pairing, loc, -0.5)
    assert z.shape == (4, 5)
    assert torch.equal(nats, divergence_sum("kld", pairing, loc, torch.full((4, 5), -0.5, dtype=torch.float64)))
    assert divergence_sum("kld", pairing, 0.0, torch.zeros(4, 5)).shape == (4,)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_float32(dtype):
    pairing = Pairing.homogeneous("La/N", 300)
    loc, log_scale = (x.detach().to(dtype) for x in parameters(4, 300))
    noise = standard_noise(pairing, (4,), dtype=dtype)
    z, nats = latent(pairing, loc, log_scale, noise)
    assert z.dtype == nats.dtype == dtype
    assert torch.equal(nats, divergence_sum("kld", pairing, loc.float(), log_scale.float()).to(dtype))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        z, nats = latent(pairing, loc, log_scale, noise)
    assert z.dtype == nats.dtype == torch.float32


def test_empty_batch(pairing):
    loc = torch.zeros(0, len(pairing), requires_grad=True)
    z, nats = latent(pairing, loc, torch.zeros(0, len(pairing)))
    assert (z.shape, nats.shape) == ((0, len(pairing)), (0,))
    (z.sum() + nats.sum()).backward()
    assert loc.grad.shape == loc.shape


@pytest.mark.parametrize("shape", [(4, 9), (4, 11), (4, 1, 0), ()])
def test_wrong_number_of_latents(shape):
    for function in (divergence_sum, divergence_per_latent):
        with pytest.raises(PairingError, match=r"shape of loc, log_scale is .*needs \(..., 10\)"):
            function("kld", IRREGULAR, torch.zeros(shape), 0.0)
    with pytest.raises(PairingError, match="Lo/N:3,La/N:2"):
        latent(IRREGULAR, torch.zeros(shape), 0.0)


def test_text_in_place_of_a_pairing():
    for columns in (20, len("N/N:20")):
        loc = torch.zeros(4, columns)
        for call in (lambda x: latent("N/N:20", x, x), lambda x: divergence_sum("kld", "N/N:20", x, x)):
            with pytest.raises(PairingError, match=r"pairing is 'N/N:20'; expected a Pairing, such as Pairing.parse"):
                call(loc)


def test_noise_that_does_not_fit():
    loc = torch.zeros(4, 10)
    with pytest.raises(DivergenceError, match="noise"):
        latent(IRREGULAR, loc, loc, torch.zeros(3, 10))
    with pytest.raises(DivergenceError, match="noise has dtype int64"):
        latent(IRREGULAR, loc, loc, torch.zeros(4, 10, dtype=torch.int64))
    with pytest.raises(DivergenceError, match=r"noise \(4, 9\)"):
        latent(IRREGULAR, loc, loc, torch.zeros(4, 9))
