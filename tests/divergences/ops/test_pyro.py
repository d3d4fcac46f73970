"""Pyro's ``TraceMeanField_ELBO`` takes the divergence of a guide from its prior from our registration."""

import math

import pyro
import pyro.distributions as dist
import pytest
import torch
from pyro.distributions.torch_distribution import TorchDistributionMixin
from pyro.infer import SVI, TraceMeanField_ELBO
from pyro.optim import Adam
from torch import Tensor

from divergences.ops import Logistic, divergence, prefer_ours, registry


class PyroLogistic(Logistic, TorchDistributionMixin):
    """Made for Pyro as Pyro makes its own of Torch's distributions."""

    def expand(self, batch_shape, _instance=None):
        return super().expand(batch_shape, _instance or self.__new__(PyroLogistic))


GUIDES = {"laplace": dist.Laplace, "logistic": PyroLogistic}
FLOORS = {"laplace": 0.072366, "logistic": 0.013988}
"""The least KLD from a normal distribution, in nats."""
DATA = torch.tensor([[0.3, 2.0, -1.1], [1.2, 1.5, -0.2]], dtype=torch.float64)
NOISE = 0.5


def model() -> None:
    with pyro.plate("latents", 3):
        z = pyro.sample("z", dist.Normal(torch.zeros(3, dtype=torch.float64), 1.0))
        with pyro.plate("data", 2):
            pyro.sample("x", dist.Normal(z, NOISE), obs=DATA)


def guide_of(family: str):
    def guide() -> Tensor:
        loc = pyro.param("loc", torch.zeros(3, dtype=torch.float64))
        scale = pyro.param("scale", torch.ones(3, dtype=torch.float64), constraint=dist.constraints.positive)
        with pyro.plate("latents", 3):
            return pyro.sample("z", GUIDES[family](loc, scale))

    return guide


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch):
    """Our divergences for all pairs, calls counted."""
    calls = []
    monkeypatch.setattr(registry, "divergence", lambda *a: calls.append(a[:3]) or divergence(*a))
    pyro.clear_param_store()
    prefer_ours()
    yield calls
    prefer_ours(False)
    pyro.clear_param_store()


@pytest.mark.parametrize("family", GUIDES)
def test_the_elbo_is_ours(family: str, ours: list) -> None:
    pyro.param("loc", torch.tensor([0.4, -1.0, 2.0], dtype=torch.float64))
    pyro.param("scale", torch.tensor([0.3, 1.7, 0.9], dtype=torch.float64), constraint=dist.constraints.positive)
    guide, elbo = guide_of(family), TraceMeanField_ELBO()
    pyro.set_rng_seed(3)
    loss = elbo.differentiable_loss(model, guide)
    assert ours == [("kld", family, "normal")]
    loc, scale = pyro.param("loc"), pyro.param("scale")
    pyro.set_rng_seed(3)
    z = guide()
    log_likelihood = torch.distributions.Normal(z, NOISE).log_prob(DATA).sum()
    expected = divergence("kld", family, "normal", loc, torch.log(scale)).sum() - log_likelihood
    torch.testing.assert_close(loss, expected, rtol=1e-12, atol=0)
    parameters = [pyro.param(name).unconstrained() for name in ("loc", "scale")]
    for theirs, mine in zip(*(torch.autograd.grad(x, parameters) for x in (loss, expected)), strict=True):
        torch.testing.assert_close(theirs, mine, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("family", GUIDES)
def test_svi_reaches_the_floor_of_the_pair(family: str, ours: list) -> None:
    """The posterior is normal here, so the best bound is the evidence minus one floor for each latent."""
    precision = 1 + len(DATA) / NOISE**2
    mean = DATA.sum(0) / NOISE**2 / precision
    evidence = (
        torch.distributions.MultivariateNormal(
            torch.zeros(2, dtype=torch.float64), NOISE**2 * torch.eye(2, dtype=torch.float64) + 1
        )
        .log_prob(DATA.T)
        .sum()
    )
    pyro.set_rng_seed(0)
    guide = guide_of(family)
    svi = SVI(model, guide, Adam({"lr": 0.04}), TraceMeanField_ELBO(num_particles=16, vectorize_particles=True))
    for _ in range(250):
        svi.step()
    assert set(ours) == {("kld", family, "normal")}
    loc, scale = pyro.param("loc").detach(), pyro.param("scale").detach()
    torch.testing.assert_close(loc, mean, rtol=0, atol=0.1)
    spread = math.sqrt(2.0) if family == "laplace" else math.pi / math.sqrt(3.0)
    torch.testing.assert_close(scale * spread * math.sqrt(precision), torch.ones_like(scale), rtol=0, atol=0.4)
    with torch.no_grad():
        loss = TraceMeanField_ELBO(num_particles=20_000, vectorize_particles=True).loss(model, guide)
    gap = loss + evidence.item()
    assert 3 * FLOORS[family] - 0.02 < gap < 3 * FLOORS[family] + 0.08
