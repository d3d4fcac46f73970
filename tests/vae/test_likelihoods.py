import math

import pytest
import torch
from scipy import integrate, stats
from torch.distributions import Bernoulli, Beta, ContinuousBernoulli, Laplace, Normal

from vae.errors import ConfigError, DataError
from vae.likelihoods import BETA_EDGE, LIKELIHOODS, likelihood
from vae.numerics import bounded, langevin, unbounded

NORMALISED = [name for name, each in LIKELIHOODS.items() if not each.convention]
DENSITIES = [name for name in NORMALISED if name != "bernoulli"]


def outputs_of(name: str, rows: int = 6, pixels: int = 5, spread: float = 2.0) -> torch.Tensor:
    source = torch.Generator().manual_seed(0)
    width = likelihood(name).channels * pixels
    return spread * torch.randn(rows, width, generator=source, dtype=torch.float64)


def reference(name: str, x: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    """The same by torch.distributions, where it has the distribution."""
    a, b = (outputs, outputs) if likelihood(name).channels == 1 else outputs.chunk(2, -1)
    if name == "bernoulli":
        return -Bernoulli(logits=a, validate_args=False).log_prob(x).sum(-1)
    if name == "continuous_bernoulli":
        return -ContinuousBernoulli(logits=bounded(a, -255, 255)).log_prob(x).sum(-1)
    if name == "mse":
        return -(Normal(a.sigmoid(), 1.0).log_prob(x) + math.log(2 * math.pi) / 2).sum(-1)
    if name == "mae":
        return -(Laplace(a.sigmoid(), 1.0).log_prob(x) + math.log(2)).sum(-1)
    if name == "beta":
        p, q = (bounded(raw, -3, 6).exp() for raw in (a, b))
        squeezed = BETA_EDGE + (1 - 2 * BETA_EDGE) * x
        return -(Beta(p, q).log_prob(squeezed) + math.log(1 - 2 * BETA_EDGE)).sum(-1)
    family = {"normal": Normal, "laplace": Laplace}[name]
    return -family(a.sigmoid(), bounded(b, -math.log(255), 0).exp()).log_prob(x).sum(-1)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_nll_is_that_of_the_distribution(name):
    outputs = outputs_of(name)
    x = torch.rand(6, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close(likelihood(name).nll(x, outputs), reference(name, x, outputs), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_integrate_to_one(name):
    for outputs in outputs_of(name, rows=4, pixels=1):

        def density(x: float, outputs: torch.Tensor = outputs) -> float:
            return math.exp(-float(likelihood(name).nll(torch.tensor([x], dtype=torch.float64), outputs)))

        if name in ("normal", "laplace"):
            centre = float(likelihood(name).mean(outputs))
            mass = sum(integrate.quad(density, *ends, limit=200)[0] for ends in ((-60, centre), (centre, 60)))
            assert mass == pytest.approx(1, abs=1e-6)
        elif name == "beta":  # of the squeezed target: what lies outside [edge, 1 - edge] is not seen
            p, q = likelihood(name).parameters(outputs)
            ends = torch.tensor([BETA_EDGE, 1 - BETA_EDGE], dtype=torch.float64)
            low, high = stats.beta(float(p), float(q)).cdf(ends)
            inside = high - low
            assert integrate.quad(density, 0, 1)[0] == pytest.approx(inside, abs=1e-6)
        else:
            assert integrate.quad(density, 0, 1)[0] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_gradients(name):
    x = torch.rand(6, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    outputs = outputs_of(name).requires_grad_()
    assert torch.autograd.gradcheck(lambda o: likelihood(name).nll(x, o), outputs)


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("size", [0.0, 1e-9, 1e3, 1e6])
def test_extremes_stay_finite(name, size):
    x = torch.tensor([[0.0, 1.0, 0.5, 0.0, 1.0]])
    outputs = (size * torch.sign(outputs_of(name)).float()).requires_grad_()
    nll = likelihood(name).nll(x, outputs)
    (gradient,) = torch.autograd.grad(nll.sum(), outputs)
    assert nll.isfinite().all()
    assert gradient.isfinite().all()
    assert likelihood(name).mean(outputs).isfinite().all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_float32_is_float64_rounded(name):
    x = torch.rand(6, 700, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    outputs = outputs_of(name, pixels=700)
    exact = likelihood(name).nll(x, outputs)
    torch.testing.assert_close(likelihood(name).nll(x.float(), outputs.float()).double(), exact, rtol=2e-5, atol=2e-3)


@pytest.mark.parametrize("name", NORMALISED)
def test_samples_have_the_mean(name):
    outputs = outputs_of(name, rows=1).expand(40_000, -1)
    drawn = likelihood(name).sample(outputs, torch.Generator().manual_seed(0))
    again = likelihood(name).sample(outputs, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)
    error = 5 * drawn.std(0) / 200 + (1e-3 if name == "beta" else 0)  # the squeeze clips a little
    assert ((drawn.mean(0) - likelihood(name).mean(outputs)[0]).abs() <= error).all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_initial_bias_is_nearly_the_best_constant(name, digits):
    x = digits.train[:500]
    each = likelihood(name)
    start = each.bias(x)
    assert start.shape == (each.channels * 784,)
    outputs = start.clone().requires_grad_()
    first = each.nll(x, start.expand(500, -1)).mean()
    optimiser = torch.optim.Adam([outputs], lr=0.03)
    for _ in range(150):
        optimiser.zero_grad()
        loss = each.nll(x, outputs).mean()
        loss.backward()
        optimiser.step()
    # Where densities are bounded by their clamps alone, a tenth of a nat per pixel may be left to gain.
    slack = 1.0 if name in ("bernoulli", "mse", "mae") else 0.1 * 784
    assert float(first - loss.detach()) < slack


def test_functions_against_their_definitions():
    x = torch.cat([torch.linspace(-5, 5, 401), torch.tensor([0.4999999, 0.5000001])]).double()
    x = x[x.abs() > 1e-3]
    torch.testing.assert_close(langevin(x), 1 / torch.tanh(x) - 1 / x, rtol=1e-9, atol=1e-11)
    assert float(langevin(torch.zeros(()))) == 0
    inside = torch.linspace(-4, 1, 20).double()
    torch.testing.assert_close(bounded(unbounded(inside, -5, 2), -5, 2), inside)


def test_targets_outside_the_domain_are_refused():
    for value in (-0.1, 1.1, math.nan):
        with pytest.raises(DataError, match=r"takes images in \[0, 1\]"):
            likelihood("bernoulli").check_targets(torch.tensor([[0.5, value]]))


def test_unknown_likelihood():
    with pytest.raises(ConfigError, match="unknown likelihood 'poisson'; known are bernoulli"):
        likelihood("poisson")
