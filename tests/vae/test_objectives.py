import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae.objectives import elbo, iwae, vr, vr_max

source = torch.Generator().manual_seed(0)
LIKELIHOOD = 3 * torch.randn(40, 5, generator=source, dtype=torch.float64) - 100
RATIO = torch.randn(40, 5, generator=source, dtype=torch.float64)


def test_elbo_weighs_the_divergence():
    nats = torch.arange(5.0, dtype=torch.float64)
    torch.testing.assert_close(elbo(LIKELIHOOD, nats, beta=3.0), LIKELIHOOD.mean(0) - 3 * nats)


def test_iwae_is_the_log_of_the_mean_weight():
    weights = (LIKELIHOOD + RATIO).exp()
    torch.testing.assert_close(iwae(LIKELIHOOD, RATIO), weights.mean(0).log())


@pytest.mark.parametrize("alpha", [0.0, 0.5, 2.0, 7.0])
def test_vr_is_its_definition(alpha):
    weights = (LIKELIHOOD + RATIO + 100).exp()
    expected = (weights ** (1 - alpha)).mean(0).log() / (1 - alpha) - 100
    torch.testing.assert_close(vr(LIKELIHOOD, RATIO, alpha), expected)


def test_vr_has_its_limits():
    mean = (LIKELIHOOD + RATIO).mean(0)
    torch.testing.assert_close(vr(LIKELIHOOD, RATIO, 1.0), mean)
    for step in (1e-3, 9e-4, 1e-6, 1e-12):
        slope = (vr(LIKELIHOOD, RATIO, 1 - step) - mean) / step
        # d/d(1-alpha) at 1 is half the variance of the log weights.
        variance = (LIKELIHOOD + RATIO).var(0, correction=0)
        torch.testing.assert_close(slope, variance / 2, rtol=0.02 if step > 1e-11 else 0.2, atol=0)
    torch.testing.assert_close(vr(LIKELIHOOD, RATIO, -1e4), vr_max(LIKELIHOOD, RATIO), rtol=1e-4, atol=0)


@given(st.floats(0, 5), st.floats(0, 5))
def test_vr_does_not_grow_with_its_order(one, other):
    low, high = sorted((one, other))
    assert (vr(LIKELIHOOD, RATIO, low) >= vr(LIKELIHOOD, RATIO, high) - 1e-9).all()


def test_bounds_are_ordered_and_one_sample_makes_them_equal():
    assert (vr_max(LIKELIHOOD, RATIO) >= iwae(LIKELIHOOD, RATIO)).all()
    one = LIKELIHOOD[:1], RATIO[:1]
    for bound in (iwae(*one), vr_max(*one), vr(*one, 0.5), vr(*one, 1.0)):
        torch.testing.assert_close(bound, (LIKELIHOOD + RATIO)[0])


@pytest.mark.parametrize("alpha", [0.0, 1.0, 2.0])
def test_thousands_of_samples_far_from_zero_in_float32(alpha):
    log_weights = torch.full((5000, 2), -3e4)
    assert vr(log_weights, torch.zeros(5000, 2), alpha).tolist() == pytest.approx([-3e4] * 2, rel=1e-6)
    assert math.isfinite(float(vr_max(log_weights, torch.zeros(5000, 2))[0]))
