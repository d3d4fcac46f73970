import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from divergences.ops import InfinitePairError, Pairing, divergence_per_latent, log_ratio
from divergences.ops.table import cell, families
from vae.latent_layer import LatentLayer
from vae.posterior import LOG_SCALE_MAX, LOG_SCALE_MIN, PosteriorMap

FINITE = [f"{q}/{p}" for q in families() for p in families() if cell("kld", q, p).status != "infinite"]
INFINITE = [f"{q}/{p}" for q in families() for p in families() if cell("kld", q, p).status == "infinite"]


@pytest.mark.parametrize("pair", FINITE)
def test_every_output_gives_a_finite_divergence(pair):
    pairing = Pairing.homogeneous(pair, 1)
    values = torch.tensor([-math.inf, -1e6, -50, -8, -2, -0.5, -1e-6, 0, 1e-6, 0.5, 2, 8, 50, 1e6, math.inf])
    raw = torch.cartesian_prod(values, values).requires_grad_()
    loc, log_scale = PosteriorMap(pairing)(raw)
    nats = divergence_per_latent("kld", pairing, loc, log_scale)
    assert nats.isfinite().all()
    finite = raw.detach().isfinite().all(-1)
    (gradient,) = torch.autograd.grad(nats.sum(), raw)
    assert gradient[finite].isfinite().all()


@pytest.mark.parametrize("pair", FINITE)
def test_samples_stay_where_the_prior_is(pair):
    pairing = Pairing.homogeneous(pair, 3)
    layer = LatentLayer(pairing)
    source = torch.Generator().manual_seed(0)
    loc, log_scale = layer.posterior(3 * torch.randn(50, 6, generator=source))
    z, _ = layer(loc, log_scale, 40, source)
    ratio = log_ratio(pairing, z, loc, log_scale)
    assert z.shape == (40, 50, 3)
    assert ratio.isfinite().all()


@pytest.mark.parametrize("pair", FINITE)
def test_the_divergence_is_the_mean_of_minus_the_log_ratio(pair):
    """Analytic against sampled, through the layer: the two costs agree within the sampling error."""
    pairing = Pairing.homogeneous(pair, 1)
    layer = LatentLayer(pairing)
    raw = torch.tensor([[0.4, -1.5]], dtype=torch.float64)
    loc, log_scale = layer.posterior(raw)
    _, nats = layer(loc, log_scale)
    _, ratio = layer(loc, log_scale, 40_000, torch.Generator().manual_seed(0), analytic=False)
    assert float((-ratio).mean()) == pytest.approx(float(nats), abs=5 * float(ratio.std()) / 200 + 1e-12)


@pytest.mark.parametrize("pair", INFINITE)
def test_infinite_pairs_are_refused(pair):
    with pytest.raises(InfinitePairError):
        PosteriorMap(Pairing.homogeneous(pair, 2))


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_the_map_is_increasing_and_bounded(low, high):
    layer = PosteriorMap(Pairing.parse("N/N,La/G,U/U"))
    low, high = sorted((low, high))
    a, b = (layer(torch.tensor([[v] * 6], dtype=torch.float64)) for v in (low, high))
    assert (a[1] <= b[1]).all()
    assert (a[0][..., :2] <= b[0][..., :2]).all()
    assert ((b[1] >= LOG_SCALE_MIN) & (b[1] <= LOG_SCALE_MAX)).all()
    assert float(b[1][0, 1]) < 0, "a Laplace posterior against the Gumbel prior needs a scale below 1"


def test_the_map_is_the_identity_near_the_prior():
    loc, log_scale = PosteriorMap(Pairing.parse("N/N"))(torch.tensor([[0.01, -0.02]], dtype=torch.float64))
    assert float(loc) == pytest.approx(0.01, rel=1e-6)
    assert float(log_scale) == pytest.approx(-0.02, rel=1e-4)


def test_a_mixed_pairing_is_its_parts():
    whole = LatentLayer(Pairing.parse("Lo/N:2,U/E:1,E/E:2,La/G:1"))
    source = torch.Generator().manual_seed(0)
    raw = torch.randn(7, 12, generator=source)
    loc, log_scale = whole.posterior(raw)
    _, nats = whole(loc, log_scale)
    parts = torch.zeros(7)
    for segment in whole.pairing.segments:
        part = LatentLayer(Pairing.homogeneous(segment.pair, segment.count))
        columns = slice(segment.start, segment.stop)
        own = torch.cat([raw[:, :6][:, columns], raw[:, 6:][:, columns]], 1)
        parts = parts + part(*part.posterior(own))[1]
    torch.testing.assert_close(nats, parts)


def test_medians():
    layer = LatentLayer(Pairing.parse("N/N,E/E,G/N"))
    loc, log_scale = torch.tensor([[0.3, 9.0, -0.2]]), torch.tensor([[0.1, -0.4, 0.2]])
    z, _ = layer(loc, log_scale, 20_001, torch.Generator().manual_seed(0))
    torch.testing.assert_close(z.median(0).values, layer.median(loc, log_scale), atol=0.05, rtol=0)
