"""``torch.distributions.kl_divergence`` for all pairs, in general position."""

import math
import warnings
from itertools import product

import pytest
import torch
from torch.distributions import (
    Cauchy,
    Exponential,
    Gamma,
    Gumbel,
    HalfNormal,
    Independent,
    Laplace,
    LogNormal,
    MultivariateNormal,
    Normal,
    Uniform,
    kl_divergence,
)
from torch.distributions.kl import _KL_REGISTRY

from divergences.ops import DivergenceError, Logistic, divergence, prefer_ours, registry, renyi_divergence
from divergences.ops.table import cell, families

CLASSES = {
    "normal": Normal,
    "laplace": Laplace,
    "cauchy": Cauchy,
    "logistic": Logistic,
    "uniform": Uniform,
    "gumbel": Gumbel,
    "exponential": Exponential,
}
PAIRS = list(product(families(), repeat=2))


def make(family, loc, scale):
    if family == "uniform":
        return Uniform(loc - scale, loc + scale)
    if family == "exponential":
        return Exponential(1 / scale)
    return CLASSES[family](loc, scale)


@pytest.fixture
def ours():
    prefer_ours()
    yield
    prefer_ours(False)


def tensors(*values):
    return [torch.tensor(v, dtype=torch.float64) for v in values]


@pytest.mark.parametrize(("q", "p"), PAIRS)
@pytest.mark.usefixtures("ours")
def test_all_pairs_in_general_position(q, p):
    loc_q, scale_q, loc_p, scale_p = tensors([0.3, -1.0, 2.0], [0.5, 1.5, 0.1], [[0.2], [2.5]], [[3.0], [0.8]])
    value = kl_divergence(make(q, loc_q, scale_q), make(p, loc_p, scale_p))
    loc_q = torch.zeros_like(loc_q) if q == "exponential" else loc_q
    loc_p = torch.zeros_like(loc_p) if p == "exponential" else loc_p
    expected = divergence("kld", q, p, (loc_q - loc_p) / scale_p, torch.log(scale_q / scale_p))
    assert value.shape == (2, 3)
    torch.testing.assert_close(value, expected, rtol=1e-12, atol=1e-13)


def integrated(q, p):
    """The divergence from the log-densities of the two distributions alone, on a double exponential grid."""
    u = torch.linspace(-4, 4, 40_001, dtype=torch.float64)
    far = torch.sinh(math.pi / 2 * torch.sinh(u))
    if isinstance(q, Uniform):
        x = q.low + (q.high - q.low) * torch.sigmoid(math.pi * torch.sinh(u))
    elif isinstance(q, Exponential):
        x = torch.exp(math.pi / 2 * torch.sinh(u)) / q.rate
    else:
        x = q.loc + q.scale * far
    log_q, log_p = q.log_prob(x), p.log_prob(x)
    heights = torch.where(log_q > -700, torch.exp(log_q) * (log_q - log_p), 0.0)
    return torch.trapezoid(heights, x)


@pytest.mark.parametrize(("q", "p"), [pair for pair in PAIRS if cell("kld", *pair).status != "infinite"])
@pytest.mark.usefixtures("ours")
def test_the_integral_of_the_log_densities(q, p):
    for loc_q, scale_q, loc_p, scale_p in ((0.7, 0.4, -0.2, 2.5), (3.0, 2.0, 2.5, 3.0)):
        left, right = make(q, *tensors(loc_q, scale_q)), make(p, *tensors(loc_p, scale_p))
        if p == "exponential" and q == "uniform":
            left = Uniform(*tensors(0.1, 1.3))  # inside its support
        left._validate_args = right._validate_args = False
        torch.testing.assert_close(kl_divergence(left, right), integrated(left, right), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("q", "p"), PAIRS)
@pytest.mark.usefixtures("ours")
def test_independent_batches_and_gradients_of_all_pairs(q, p):
    """Sums over reinterpreted dimensions, batches that broadcast or are empty, gradients without NaN."""
    parameters = [x.requires_grad_() for x in tensors([[0.3, -1.0, 2.0]], [[0.5, 1.5, 0.1]], [[0.2], [2.5]], 0.8)]
    loc_q, scale_q, loc_p, scale_p = parameters
    shape = torch.zeros(2, 3, dtype=torch.float64)
    left, right = make(q, loc_q + shape, scale_q + shape), make(p, loc_p + shape, scale_p + shape)
    element = kl_divergence(left, right)
    assert element.shape == (2, 3)
    for dims in (1, 2):
        total = kl_divergence(Independent(left, dims), Independent(right, dims))
        torch.testing.assert_close(total, element.sum(tuple(range(-dims, 0))), rtol=0, atol=0)
    gradients = torch.autograd.grad(element.sum(), parameters, allow_unused=True)
    assert all(g is None or torch.isfinite(g).all() for g in gradients)
    scalar = make(p, *tensors(0.2, 0.8))
    assert kl_divergence(make(q, loc_q[0], scale_q[0]), scalar).shape == (3,)
    assert kl_divergence(make(q, shape[:0], 1 + shape[:0]), scalar).shape == (0, 3)
    half = make(q, *(x.detach().float() for x in (loc_q, scale_q))), make(p, torch.tensor(0.2), torch.tensor(0.8))
    assert kl_divergence(*half).dtype == torch.float32


# Torch's Exponential has no location to move.
@pytest.mark.parametrize(("q", "p"), [pair for pair in PAIRS if "exponential" not in pair])
@pytest.mark.usefixtures("ours")
def test_a_common_affine_map_changes_nothing(q, p):
    loc_q, scale_q, loc_p, scale_p = tensors(0.3, 0.25, 0.1, 0.75)
    value = kl_divergence(make(q, loc_q, scale_q), make(p, loc_p, scale_p))
    moved = kl_divergence(make(q, 5 * loc_q - 7, 5 * scale_q), make(p, 5 * loc_p - 7, 5 * scale_p))
    torch.testing.assert_close(moved, value, rtol=1e-12, atol=1e-13)


def test_agrees_with_torch_where_torch_has_the_pair():
    known = []
    for q, p in PAIRS:
        theirs = registry._BEFORE.get((CLASSES[q], CLASSES[p]))
        if theirs is None:
            continue
        known.append((q, p))
        loc_q, scale_q, loc_p, scale_p = tensors([0.3, 0.2], [0.5, 0.1], [0.2, 0.1], [3.0, 0.8])
        left, right = make(q, loc_q, scale_q), make(p, loc_p, scale_p)
        torch.testing.assert_close(registry._kl(left, right), theirs(left, right), rtol=1e-9, atol=1e-12)
    assert len(known) == 22


def test_torch_keeps_its_pairs_until_asked():
    pair = (Normal, Normal)
    theirs = _KL_REGISTRY[pair]
    assert theirs.__module__ == "torch.distributions.kl"
    prefer_ours()
    try:
        assert _KL_REGISTRY[pair] is registry._kl
        # Near agreement Torch's difference of terms of order one loses what ours keeps.
        q, p = Normal(torch.tensor(0.0), torch.tensor(1.0001)), Normal(torch.tensor(0.0), torch.tensor(1.0))
        doubled = 2 * math.log(q.scale.item())
        exact = (math.expm1(doubled) - doubled) / 2
        assert kl_divergence(q, p).item() == pytest.approx(exact, rel=1e-4)
    finally:
        prefer_ours(False)
    assert _KL_REGISTRY[pair] is theirs
    assert _KL_REGISTRY[Logistic, Normal] is registry._kl


def test_every_pair_is_registered_without_ambiguity():
    """Also for subclasses, on either side."""
    subclasses = {c: type(f"My{c.__name__}", (c,), {}) for c in CLASSES.values()}
    make_subclass = {name: lambda *a, c=subclasses[c], base=c: _as(c, base, *a) for name, c in CLASSES.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for q, p in PAIRS:
            plain = make(q, *tensors(0.3, 0.5)), make(p, *tensors(0.1, 2.0))
            mine = make_subclass[q](*tensors(0.3, 0.5)), make_subclass[p](*tensors(0.1, 2.0))
            expected = kl_divergence(*plain)
            for left, right in product((plain[0], mine[0]), (plain[1], mine[1])):
                assert torch.equal(kl_divergence(left, right), expected)


def _as(subclass, base, loc, scale):
    name = next(n for n, c in CLASSES.items() if c is base)
    distribution = make(name, loc, scale)
    distribution.__class__ = subclass
    return distribution


def test_other_distributions_are_left_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.isfinite(kl_divergence(LogNormal(0.0, 1.0), LogNormal(1.0, 1.0)))
        assert torch.isfinite(kl_divergence(HalfNormal(1.0), HalfNormal(2.0)))
        assert torch.isfinite(kl_divergence(Exponential(1.0), Gamma(1.0, 2.0)))
        with pytest.raises(NotImplementedError):
            kl_divergence(LogNormal(0.0, 1.0), Laplace(0.0, 1.0))
        with pytest.raises(NotImplementedError):
            kl_divergence(Logistic(0.0, 1.0), MultivariateNormal(torch.zeros(2), torch.eye(2)))


def test_shapes_that_do_not_match_are_named():
    def laplace(*shape):
        return Laplace(torch.zeros(shape), torch.ones(shape))

    with pytest.raises(DivergenceError, match=r"batch shapes of p and q, \(3,\) and \(4,\), cannot be broadcast"):
        kl_divergence(laplace(3), Gumbel(torch.zeros(4), torch.ones(4)))
    with pytest.raises(DivergenceError, match="p is of Independent and q of Laplace; expected Independent for both"):
        renyi_divergence(Independent(laplace(3), 1), laplace(3), 0.5)
    with pytest.raises(DivergenceError, match=r"event shapes of p and q are \(1,\) and \(4,\)"):
        renyi_divergence(Independent(laplace(3, 1), 1), Independent(laplace(4), 1), 0.5)


def test_independent_sums_its_dimensions():
    q, p = Laplace(torch.zeros(3, 4), torch.full((3, 4), 0.5)), Cauchy(torch.zeros(3, 4), torch.ones(3, 4))
    torch.testing.assert_close(kl_divergence(Independent(q, 1), Independent(p, 1)), kl_divergence(q, p).sum(-1))


def test_infinite_pairs_broadcast_and_have_zero_gradient():
    loc = torch.zeros(3, requires_grad=True)
    value = kl_divergence(Cauchy(loc, 1.0), Normal(torch.zeros(2, 1), 1.0))
    assert value.shape == (2, 3)
    assert (value == math.inf).all()
    assert not torch.autograd.grad(value.sum(), loc)[0].any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.usefixtures("ours")
def test_a_uniform_that_touches_its_prior_is_inside(dtype):
    """Shared edges survive the rounding of the affine map, at any place and scale."""
    generator = torch.Generator().manual_seed(2)
    low = torch.randn(2000, generator=generator, dtype=dtype) * 10
    width = torch.exp(3 * torch.randn(2000, generator=generator, dtype=dtype))
    high = low + width
    inner = low + width * torch.rand(2000, generator=generator, dtype=dtype)
    inner = torch.minimum(inner, high)
    kept = (inner > low) & (inner < high)
    low, high, inner = low[kept], high[kept], inner[kept]
    prior = Uniform(low, high)
    for q in (Uniform(low, inner), Uniform(inner, high), Uniform(low, high)):
        value = kl_divergence(q, prior)
        expected = torch.log(high - low) - torch.log(q.high - q.low)
        torch.testing.assert_close(value, expected, rtol=1e-4, atol=1e-5)
    below = low - width[kept] / 100
    outside = kl_divergence(Uniform(below, inner), prior)
    assert (outside[(low - below) > 1e-3 * width[kept]] == math.inf).all()
    rate = torch.exp(torch.randn(len(high), generator=generator, dtype=dtype))
    value = kl_divergence(Uniform(torch.zeros_like(width[kept]), width[kept]), Exponential(rate))
    torch.testing.assert_close(value, rate * width[kept] / 2 - torch.log(rate * width[kept]), rtol=1e-4, atol=1e-4)


@pytest.mark.usefixtures("ours")
def test_gradients_reach_all_four_parameters():
    inputs = [x.requires_grad_() for x in tensors([0.3, -1.0], [0.5, 1.5], [0.2, 0.1], [0.55, 0.9])]

    def function(loc_q, scale_q, loc_p, scale_p):
        return kl_divergence(Laplace(loc_q, scale_q), Normal(loc_p, scale_p))

    assert torch.autograd.gradcheck(function, inputs)
    assert torch.autograd.gradgradcheck(function, inputs)
    ends = [x.requires_grad_() for x in tensors([0.1, 0.2], [0.4, 0.5], [0.3, 0.9])]
    assert torch.autograd.gradcheck(lambda low, high, s: kl_divergence(Uniform(low, high), Normal(0 * s, s)), ends)
    assert torch.autograd.gradcheck(lambda low, high, s: kl_divergence(Uniform(low, high), Exponential(s)), ends)


@pytest.mark.parametrize("family", [f for f in families() if cell("kld", f, f).status == "closed"])
@pytest.mark.usefixtures("ours")
def test_near_agreement_keeps_its_digits_at_any_scale(family):
    """Relative error of the scale's quotient, not of its logarithm's terms, decides."""
    scale_p = torch.tensor([1e-8, 3e-3, 1.0, 7e5])
    scale_q = scale_p * (1 - 3e-4)  # narrower, so that a uniform stays inside
    zero = torch.zeros_like(scale_p)
    q, p = make(family, zero, scale_q), make(family, zero, scale_p)
    (_, _, scale_q), (_, _, scale_p) = registry._family(q), registry._family(p)
    log_quotient = torch.log(scale_q.double() / scale_p.double())
    expected = divergence("kld", family, family, torch.zeros(4, dtype=torch.float64), log_quotient)
    torch.testing.assert_close(kl_divergence(q, p).double(), expected, rtol=1e-4, atol=0)
