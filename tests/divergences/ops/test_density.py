"""Log densities of posteriors and priors."""

import math

import pytest
import torch
from torch.distributions import Cauchy, Exponential, Gumbel, Laplace, Normal, Uniform

from divergences.ops import (
    Logistic,
    Pairing,
    PairingError,
    divergence_sum,
    latent,
    log_ratio,
    posterior_log_prob,
    prior_log_prob,
    standard_noise,
)
from divergences.ops.table import families


def distribution(family, loc, scale):
    return {
        "normal": lambda: Normal(loc, scale),
        "laplace": lambda: Laplace(loc, scale),
        "cauchy": lambda: Cauchy(loc, scale),
        "logistic": lambda: Logistic(loc, scale),
        "uniform": lambda: Uniform(loc - scale, loc + scale, validate_args=False),
        "gumbel": lambda: Gumbel(loc, scale),
        "exponential": lambda: Exponential(1 / scale, validate_args=False),
    }[family]()


ALL = Pairing([(q, p, 1) for q, p in zip(families(), reversed(families()), strict=True)])


def parameters(*shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    loc, log_scale = (torch.randn(shape, generator=generator, dtype=dtype) / 2 for _ in range(2))
    return loc.requires_grad_(), log_scale.requires_grad_()


def test_agrees_with_torch_distributions():
    loc, log_scale = parameters(50, len(ALL))
    noise = standard_noise(ALL, (50,), dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    z, _ = latent(ALL, loc, log_scale, noise)
    terms = [
        distribution(s.posterior, loc[:, i], log_scale[:, i].exp()).log_prob(z[:, i])
        for i, s in enumerate(ALL.segments)
    ]
    torch.testing.assert_close(posterior_log_prob(ALL, z, loc, log_scale), torch.stack(terms).sum(0))


@pytest.mark.parametrize("prior", families())
def test_priors_agree_with_torch_distributions(prior):
    pairing = Pairing([("uniform", prior, 3)])
    z = torch.tensor([[0.3, 0.9, 0.01], [0.5, 0.2, 1.0], [0.0, 0.7, 0.6]], dtype=torch.float64)
    zero = torch.zeros((), dtype=torch.float64)
    expected = distribution(prior, zero, zero + 1).log_prob(z.clamp(max=0.999)).sum(-1)
    torch.testing.assert_close(prior_log_prob(pairing, z.clamp(max=0.999)), expected)
    if prior in ("uniform", "exponential"):
        z[1, 1] = -1.001
        assert prior_log_prob(pairing, z)[1] == -math.inf


def test_ratio_is_the_difference_and_its_mean_is_minus_the_divergence():
    pairing = Pairing.parse("Lo/N:2,La/N:2,La/La:1,E/N:1,U/N:1,G/N:1,C/C:1")
    loc, log_scale = (x.detach() for x in parameters(len(pairing)))
    noise = standard_noise(pairing, (200_000,), dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    z, nats = latent(pairing, loc, log_scale, noise)
    ratio = log_ratio(pairing, z, loc, log_scale)
    torch.testing.assert_close(ratio, prior_log_prob(pairing, z) - posterior_log_prob(pairing, z, loc, log_scale))
    error = ratio.std().item() / math.sqrt(ratio.numel())
    assert -ratio.mean().item() == pytest.approx(nats.item(), abs=4 * error)
    assert nats == divergence_sum("kld", pairing, loc, log_scale)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("posterior", ["uniform", "exponential"])
def test_samples_never_fall_off_their_own_support(posterior, dtype):
    """The rounding of z must not put a sample outside, whatever the location and however small the scale."""
    pairing = Pairing([(posterior, "normal", 1)])
    noise = torch.tensor([-1.0, 1.0] if posterior == "uniform" else [0.0, 1e-30, 30.0], dtype=dtype)[:, None]
    noise = torch.cat([noise, standard_noise(pairing, (500,), dtype=dtype)])
    for location in (0.0, 0.1, -7.3, 1e4):
        for log_scale in (-12.0, -6.0, -0.3, 3.0):
            loc, spread = torch.full((1,), location, dtype=dtype), torch.full((1,), log_scale, dtype=dtype)
            z, _ = latent(pairing, loc, spread, noise)
            assert torch.isfinite(posterior_log_prob(pairing, z, loc, spread)).all()


def test_outside_is_outside():
    pairing = Pairing.parse("U/N:1")
    zero = torch.zeros(1, dtype=torch.float64)
    z = torch.tensor([[-1.0 - 1e-9], [-1.0], [1.0], [1.0 + 1e-9]], dtype=torch.float64)
    log_prob = posterior_log_prob(pairing, z, zero, zero)
    assert torch.isinf(log_prob).tolist() == [True, False, False, True]
    assert log_ratio(pairing, z, zero, zero)[0] == math.inf
    assert log_ratio(Pairing.parse("N/U:1"), z, zero, zero)[0] == -math.inf


def test_gradients():
    pairing = Pairing.parse("Lo/N:1,La/C:1,G/Lo:1,N/G:1")
    loc, log_scale = parameters(1, 4)
    z = torch.randn(2, 1, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *x: log_ratio(pairing, *x), (z, loc, log_scale))
    assert torch.autograd.gradcheck(lambda *x: posterior_log_prob(pairing, *x), (z, loc, log_scale))
    assert torch.autograd.gradcheck(lambda z: prior_log_prob(pairing, z), (z,))
    # Through the sample, as an importance-weighted bound goes.
    noise = standard_noise(pairing, (2, 1), dtype=torch.float64)

    def through(loc, log_scale):
        return log_ratio(pairing, latent(pairing, loc, log_scale, noise)[0], loc, log_scale)

    assert torch.autograd.gradcheck(through, (loc, log_scale))


def test_location_of_exponential_posteriors_is_ignored():
    pairing = Pairing.parse("E/N:2")
    z, log_scale = torch.rand(4, 2), torch.zeros(4, 2)
    expected = posterior_log_prob(pairing, z, 0.0, log_scale)
    assert torch.equal(posterior_log_prob(pairing, z, torch.full((2,), 9.0), log_scale), expected)
    torch.testing.assert_close(expected, -z.sum(-1))


def test_half_precision_is_computed_in_float32():
    pairing = Pairing.parse("La/N:40")
    z = torch.randn(6, 40).bfloat16()
    expected = log_ratio(pairing, z.float(), 0.0, 0.0).bfloat16()
    assert torch.equal(log_ratio(pairing, z, 0.0, 0.0), expected)


def test_shapes_are_checked():
    with pytest.raises(PairingError, match=r"shape of z, loc, log_scale is \(3, 4\).*needs \(..., 5\)"):
        log_ratio(Pairing.parse("N/N:5"), torch.zeros(3, 4), 0.0, 0.0)
    with pytest.raises(PairingError, match=r"shape of z is \(3, 4\)"):
        prior_log_prob(Pairing.parse("N/N:5"), torch.zeros(3, 4))
