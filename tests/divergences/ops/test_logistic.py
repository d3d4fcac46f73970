"""The logistic distribution, held as Torch holds its own."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch.distributions import (
    Categorical,
    Independent,
    MixtureSameFamily,
    TransformedDistribution,
    constraints,
    kl_divergence,
    transforms,
)

from divergences.ops import Logistic

POINTS = [(0.0, 1.0), (-3.0, 0.2), (10.0, 4.0)]


def scipy_logistic(d):
    return stats.logistic(d.loc.double().numpy(), d.scale.double().numpy())


@pytest.mark.parametrize(("loc", "scale"), POINTS)
def test_samples_against_the_cdf(loc, scale):
    torch.manual_seed(0)
    d = Logistic(torch.tensor(loc), torch.tensor(scale))
    samples = d.sample((20_000,))
    assert torch.isfinite(samples).all()
    assert stats.kstest(samples.double().numpy(), scipy_logistic(d).cdf).pvalue > 1e-3
    assert stats.kstest(d.cdf(samples).double().numpy(), "uniform").pvalue > 1e-3


@pytest.mark.parametrize(("loc", "scale"), POINTS)
def test_log_prob_integrates_to_one_and_entropy_is_its_mean(loc, scale):
    d = Logistic(torch.tensor(loc, dtype=torch.float64), torch.tensor(scale, dtype=torch.float64))

    def log_prob(x):
        return d.log_prob(torch.tensor(x, dtype=torch.float64)).item()

    ends = loc - 40 * scale, loc + 40 * scale
    total, _ = integrate.quad(lambda x: math.exp(log_prob(x)), *ends, points=[loc], limit=200)
    entropy, _ = integrate.quad(lambda x: -math.exp(log_prob(x)) * log_prob(x), *ends, points=[loc], limit=200)
    assert total == pytest.approx(1, abs=1e-10)
    assert d.entropy().item() == pytest.approx(entropy, rel=1e-9)


def test_agrees_with_scipy():
    loc, scale = torch.tensor([0.0, -2.0, 3.0], dtype=torch.float64), torch.tensor([1.0, 0.1, 5.0], dtype=torch.float64)
    d, reference = Logistic(loc, scale), stats.logistic(loc.numpy(), scale.numpy())
    x = torch.linspace(-30, 30, 61, dtype=torch.float64)[:, None]
    torch.testing.assert_close(d.log_prob(x).numpy(), reference.logpdf(x.numpy()))
    torch.testing.assert_close(d.cdf(x).numpy(), reference.cdf(x.numpy()))
    for ours, theirs in ((d.mean, reference.mean()), (d.variance, reference.var()), (d.stddev, reference.std())):
        np.testing.assert_allclose(ours.numpy(), theirs)
    assert torch.equal(d.mode, loc)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_icdf_inverts_cdf_in_the_tails(dtype):
    d = Logistic(torch.tensor(0.0, dtype=dtype), torch.tensor(1.0, dtype=dtype))
    x = torch.linspace(-80, 0, 161, dtype=dtype)  # the upper tail is as far from 1 as numbers below 1 allow
    torch.testing.assert_close(d.icdf(d.cdf(x)), x, rtol=20 * torch.finfo(dtype).eps, atol=1e-6)
    p = torch.tensor([1e-30, 1e-5, 0.3, 0.5, 0.9], dtype=dtype)
    torch.testing.assert_close(d.cdf(d.icdf(p)), p, rtol=200 * torch.finfo(dtype).eps, atol=0)
    assert torch.equal(d.icdf(torch.tensor([0.0, 1.0], dtype=dtype)), torch.tensor([-math.inf, math.inf], dtype=dtype))


def test_float32_extremes_stay_finite():
    d = Logistic(0.0, 1.0)
    x = torch.tensor([-1e38, -1e5, -200.0, 200.0, 1e5, 1e38], requires_grad=True)
    log_prob = d.log_prob(x)
    torch.testing.assert_close(log_prob, -x.detach().abs())
    log_prob.sum().backward()
    torch.testing.assert_close(x.grad, -x.detach().sign())
    assert torch.isfinite(Logistic(0.0, 1e-38).log_prob(torch.tensor(1e-30)))


def test_gradients_through_rsample_and_log_prob():
    loc = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    scale = torch.tensor([0.3, 2.0], dtype=torch.float64, requires_grad=True)
    torch.manual_seed(1)
    sample = Logistic(loc, scale).rsample((1000,))
    standard = ((sample - loc) / scale).detach()
    d_loc, d_scale = torch.autograd.grad(sample.sum(), (loc, scale))
    torch.testing.assert_close(d_loc, torch.full((2,), 1000.0, dtype=torch.float64))
    torch.testing.assert_close(d_scale, standard.sum(0))
    # The implicit derivative: dx/dtheta = -(dF/dtheta) / density.
    x = sample.detach()
    cdf_loc, cdf_scale = torch.autograd.grad(Logistic(loc, scale).cdf(x[0]).sum(), (loc, scale))
    density = Logistic(loc, scale).log_prob(x[0]).exp().detach()
    torch.testing.assert_close(-cdf_loc / density, torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(-cdf_scale / density, standard[0])
    value = torch.tensor([[-3.0, 0.1], [0.5, -1.0], [4.0, 9.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v, m, s: Logistic(m, s).log_prob(v), (value, loc, scale))
    for method in (Logistic.cdf, Logistic.entropy):
        arguments = () if method is Logistic.entropy else (value,)
        assert torch.autograd.gradcheck(lambda m, s, f=method, a=arguments: f(Logistic(m, s), *a), (loc, scale))
    assert not Logistic(loc, scale).sample().requires_grad


def test_shapes():
    d = Logistic(torch.zeros(3, 1), torch.ones(4))
    assert d.batch_shape == (3, 4)
    assert d.event_shape == ()
    assert d.rsample((2,)).shape == (2, 3, 4)
    assert d.log_prob(torch.zeros(2, 3, 4)).shape == (2, 3, 4)
    assert Logistic(0.0, 1.0).batch_shape == ()
    assert Logistic(0.0, 1.0).sample().shape == ()
    expanded = Logistic(torch.zeros(4), 2.0).expand((3, 4))
    assert expanded.batch_shape == (3, 4)
    assert torch.equal(expanded.variance, Logistic(torch.zeros(3, 4), 2.0).variance)
    assert Independent(d, 1).log_prob(torch.zeros(3, 4)).shape == (3,)
    assert Logistic(torch.zeros(2, dtype=torch.float64), 1.0).sample().dtype == torch.float64


def test_subclass_expands_to_itself():
    class Mine(Logistic):
        def expand(self, batch_shape, _instance=None):
            return super().expand(batch_shape, _instance or self.__new__(Mine))

    assert type(Mine(0.0, 1.0).expand((3,))) is Mine


def test_arguments_are_validated():
    for loc, scale in ((0.0, 0.0), (0.0, -1.0), (math.nan, 1.0), (0.0, math.nan)):
        with pytest.raises(ValueError, match="Logistic"):
            Logistic(loc, scale, validate_args=True)  # torch.compile turns the default off
    d = Logistic(0.0, 1.0, validate_args=True)
    for method in (d.log_prob, d.cdf):
        with pytest.raises(ValueError, match="support"):
            method(torch.tensor(math.nan))
    assert Logistic(0.0, -1.0, validate_args=False).scale == -1
    assert d.support is constraints.real
    assert repr(d) == "Logistic(loc: 0.0, scale: 1.0)"


def test_divergence_from_itself_is_zero_and_of_a_stretched_one_is_not():
    d = Logistic(torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0]))
    torch.testing.assert_close(kl_divergence(d, d), torch.zeros(2), rtol=0, atol=1e-7)
    assert (kl_divergence(d, Logistic(0.0, 1.0)) > 0).all()


def test_moments_of_samples_and_the_seed():
    d = Logistic(torch.tensor([1.0, -4.0], dtype=torch.float64), torch.tensor([0.5, 3.0], dtype=torch.float64))
    torch.manual_seed(3)
    samples = d.sample((200_000,))
    torch.testing.assert_close(samples.mean(0), d.mean, rtol=0, atol=0.05)
    torch.testing.assert_close(samples.var(0), d.variance, rtol=0.03, atol=0)
    torch.manual_seed(3)
    assert torch.equal(d.rsample((200_000,)), samples)


def test_batches_of_values_and_parameters_must_fit():
    d = Logistic(torch.zeros(3, 1), torch.ones(4), validate_args=True)
    for value in (torch.zeros(()), torch.zeros(4), torch.zeros(3, 1), torch.zeros(5, 3, 4)):
        expected = torch.broadcast_shapes(value.shape, d.batch_shape)
        assert d.log_prob(value).shape == d.cdf(value).shape == expected
    for method in (d.log_prob, d.cdf):
        with pytest.raises(ValueError, match="broadcastable"):
            method(torch.zeros(2))
    with pytest.raises(RuntimeError):
        Logistic(torch.zeros(2), torch.ones(3))
    with pytest.raises(NotImplementedError):
        d.enumerate_support()


def test_expanded_is_the_same_distribution():
    d = Logistic(torch.tensor([0.3, -1.0]), torch.tensor([0.5, 2.0]))
    wide = d.expand((5, 2))
    x = torch.linspace(-3, 3, 10).reshape(5, 2)
    for method in ("log_prob", "cdf"):
        assert torch.equal(getattr(wide, method)(x), getattr(d, method)(x))
    p = torch.linspace(0.05, 0.95, 10).reshape(5, 2)
    assert torch.equal(wide.icdf(p), d.icdf(p))
    assert torch.equal(wide.entropy(), d.entropy().expand(5, 2))
    assert wide.rsample((3,)).shape == (3, 5, 2)


def test_inside_other_distributions():
    """Sigmoid of a logistic variate is uniform; a mixture's log-density is the logarithm of the densities' mean."""
    uniform = TransformedDistribution(Logistic(0.0, 1.0), transforms.SigmoidTransform())
    torch.testing.assert_close(uniform.log_prob(torch.linspace(0.01, 0.99, 9)), torch.zeros(9), rtol=0, atol=1e-5)
    parts = Logistic(torch.tensor([-1.0, 2.0]), torch.tensor([0.5, 1.0]))
    mixture = MixtureSameFamily(Categorical(torch.tensor([0.25, 0.75])), parts)
    x = torch.tensor([0.0, 1.5])
    expected = torch.log(parts.log_prob(x[:, None]).exp() @ torch.tensor([0.25, 0.75]))
    torch.testing.assert_close(mixture.log_prob(x), expected)
    assert mixture.sample((4,)).shape == (4,)


def test_vmap_and_second_derivatives():
    x = torch.tensor([-2.0, 0.1, 5.0], dtype=torch.float64, requires_grad=True)

    def log_prob(value):
        return Logistic(0.5, 0.7, validate_args=False).log_prob(value)

    torch.testing.assert_close(torch.func.vmap(log_prob)(x), log_prob(x))
    assert torch.autograd.gradgradcheck(log_prob, (x,))
    for method in (Logistic.cdf, Logistic.icdf):
        at = torch.sigmoid(x.detach()).requires_grad_() if method is Logistic.icdf else x
        assert torch.autograd.gradcheck(lambda v, f=method: f(Logistic(0.5, 0.7), v), (at,))


def test_the_score_at_the_mode_is_zero():
    loc = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    (score,) = torch.autograd.grad(Logistic(loc, 2.0).log_prob(loc.detach()).sum(), loc)
    assert torch.equal(score, torch.zeros(2, dtype=torch.float64))
