"""Random variates: right distribution, open support, repeatable."""

import math

import pytest
import torch
from scipy import stats

from divergences.ops import DivergenceError, Pairing, PairingError, prior_quantile, prior_sample, standard_noise
from divergences.ops.native import loader
from divergences.ops.noise import by_quantiles, draw
from divergences.ops.table import families, support

SCIPY = {
    "normal": stats.norm(),
    "laplace": stats.laplace(),
    "cauchy": stats.cauchy(),
    "logistic": stats.logistic(),
    "uniform": stats.uniform(-1, 2),
    "gumbel": stats.gumbel_r(),
    "exponential": stats.expon(),
}
ALL = Pairing([(q, "N", 1) for q in families()])


@pytest.mark.parametrize("family", families())
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_draws_follow_the_distribution(family, dtype):
    x = draw(family, (20_000,), generator=torch.Generator().manual_seed(11), dtype=dtype)
    assert x.dtype == dtype
    assert stats.kstest(x.double().numpy(), SCIPY[family].cdf).pvalue > 1e-3


@pytest.mark.parametrize("family", families())
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_extreme_uniforms_stay_inside_the_open_support(family, dtype, monkeypatch):
    """What the generator returns once in 2^53 draws: 0 and the largest number below 1."""
    ends = torch.tensor([0.0, 1 - 2.0**-53], dtype=torch.float64)
    monkeypatch.setattr(torch, "rand", lambda shape, dtype=None, **_: ends.clone())
    monkeypatch.setattr(torch.Tensor, "exponential_", lambda self, **_: self.copy_(-torch.log1p(-ends)))
    x = by_quantiles(family, (2,), generator=None, dtype=dtype)
    lower, upper = support(family)
    assert torch.isfinite(x).all()
    assert ((x > lower) & (x < upper)).all()
    if family in ("laplace", "logistic") and dtype != torch.bfloat16:
        # Both tails reach as far as 53 bits allow.
        assert x[0] < -36
        assert x[1] > 36


def test_each_latent_has_the_noise_of_its_posterior_and_the_sample_of_its_prior():
    noise = standard_noise(ALL, (100, 200), generator=torch.Generator().manual_seed(5))
    assert noise.shape == (100, 200, len(families()))
    pairing = Pairing([("U", p, 1) for p in families()])
    sample = prior_sample(pairing, 20_000, generator=torch.Generator().manual_seed(6))
    assert sample.shape == (20_000, len(families()))
    for i, family in enumerate(families()):
        for x in (noise[..., i].flatten(), sample[:, i]):
            assert stats.kstest(x.double().numpy(), SCIPY[family].cdf).pvalue > 1e-3


def test_a_generator_repeats_it():
    def both(seed):
        g = torch.Generator().manual_seed(seed)
        return torch.cat([standard_noise(ALL, (5,), generator=g), prior_sample(ALL, 5, generator=g)])

    assert torch.equal(both(1), both(1))
    assert not torch.equal(both(1), both(2))
    torch.manual_seed(3)
    state = torch.get_rng_state()
    both(1)
    assert torch.equal(torch.get_rng_state(), state)


def test_empty_and_scalar_shapes():
    assert standard_noise(ALL, ()).shape == (len(families()),)
    assert standard_noise(ALL, (0,)).shape == (0, len(families()))
    assert prior_sample(Pairing.homogeneous("N/La", 3), 0).shape == (0, 3)


def test_prior_quantiles():
    pairing = Pairing([("U", p, 1) for p in families()])
    p = torch.tensor([1e-12, 1e-3, 0.2, 0.5, 0.7, 1 - 1e-9], dtype=torch.float64)
    z = prior_quantile(pairing, p[:, None].expand(-1, len(families())))
    for i, family in enumerate(families()):
        expected = torch.from_numpy(SCIPY[family].ppf(p.numpy()))
        torch.testing.assert_close(z[:, i], expected, rtol=1e-7, atol=1e-12)
    assert prior_quantile(pairing, torch.full((2, 3, 7), 0.4)).dtype == torch.float32


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_quantiles_of_what_is_no_probability(value):
    p = torch.full((2, 3), 0.5)
    p[1, 1] = value
    with pytest.raises(DivergenceError, match=r"open interval \(0, 1\)"):
        prior_quantile(Pairing.homogeneous("N/La", 3), p)


def test_quantiles_of_another_number_of_latents():
    with pytest.raises(PairingError, match=r"shape of p is \(2, 4\)"):
        prior_quantile(Pairing.homogeneous("N/La", 3), torch.full((2, 4), 0.5))


@pytest.mark.parametrize("family", families())
def test_variates_depend_on_seed_and_place_alone(family):
    """Not on threads, nor on the other columns, and float32 ones are those of float64, rounded."""

    def noise(pairing, rows, dtype=torch.float32):
        return standard_noise(pairing, (rows,), generator=torch.Generator().manual_seed(9), dtype=dtype)

    alone, beside = Pairing([(family, "N", 3)]), Pairing([(family, "N", 3), ("U", "La", 700), ("G", "La", 1)])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = noise(beside, 1000)
        torch.set_num_threads(3)
        assert torch.equal(noise(beside, 1000), one)
    finally:
        torch.set_num_threads(threads)
    if loader.is_loaded():
        assert torch.equal(noise(alone, 1000), one[:, :3])
        assert torch.equal(noise(alone, 7), one[:7, :3])
        torch.testing.assert_close(noise(alone, 1000), noise(alone, 1000, torch.float64).float(), rtol=3e-5, atol=1e-6)
        parts = draw(family, (3000,), generator=torch.Generator().manual_seed(9)).view(1000, 3)
        assert torch.equal(parts, noise(alone, 1000))


def test_columns_and_neighbours_are_independent():
    x = standard_noise(Pairing([("N", "N", 2), ("La", "N", 2)]), (50_000,), generator=torch.Generator().manual_seed(2))
    x = torch.cat([x, x.abs(), x.roll(1, 0), x.roll(32, 0)], -1).double()
    correlation = torch.corrcoef(x.T) - torch.eye(16)
    correlation[:8, :8][torch.eye(4).repeat(2, 2).bool()] = 0  # of a variate and its own magnitude
    assert correlation.abs().max() < 5 / 50_000**0.5


def test_half_precision_stays_inside_the_open_support():
    for family in families():
        x = draw(family, (100_000,), generator=torch.Generator().manual_seed(4), dtype=torch.bfloat16)
        lower, upper = support(family)
        assert torch.isfinite(x).all()
        assert ((x > lower) & (x < upper)).all()


def test_what_a_family_of_ones_own_draws_from(monkeypatch):
    """No sampler of its own: quantiles of uniform numbers."""
    monkeypatch.setattr("divergences.ops.native.backend._index_of", lambda what, name: -1)
    x = draw("gumbel", (20_000,), generator=torch.Generator().manual_seed(1))
    assert stats.kstest(x.double().numpy(), SCIPY["gumbel"].cdf).pvalue > 1e-3
