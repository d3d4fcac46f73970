"""Random variates: right distribution, open support, repeatable."""

import math

import pytest
import torch
from scipy import stats

from divergences.ops import DivergenceError, Pairing, PairingError, prior_quantile, prior_sample, standard_noise
from divergences.ops.noise import draw
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
    x = draw(family, (2,), dtype=dtype)
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
