"""Rényi divergences of all pairs: derivatives, limits, infinities, and who serves them."""

import math
from itertools import pairwise

import mpmath
import pytest
import torch
from renyi_points import ORDERS, PAIRS, TOLERANCE, short, spread, truth
from torch.distributions import (
    Cauchy,
    Exponential,
    Gumbel,
    Independent,
    Laplace,
    Normal,
    StudentT,
    Uniform,
    kl_divergence,
)

from divergences import catalog
from divergences.families import alpha as order
from divergences.families import mu, sigma
from divergences.numeric import holds
from divergences.ops import (
    DivergenceError,
    InfinitePairError,
    Logistic,
    Pairing,
    divergence,
    divergence_sum,
    latent,
    renyi_divergence,
)
from divergences.ops.table import cell


def interior(pair, shape=(3,)):
    """Points where the divergence is finite at every order at which it ever is, off the edges, distinct in parts."""
    generator = torch.Generator().manual_seed(5)
    loc = torch.empty(shape, dtype=torch.float64).uniform_(0.3, 0.6, generator=generator)
    log_scale = torch.empty(shape, dtype=torch.float64).uniform_(-2.0, -1.5, generator=generator)
    return loc, log_scale


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_derivatives_of_the_value_and_of_the_gradient(pair):
    h = 1e-5
    for alpha in (0.6, 1.7) if cell("renyi", *pair).is_finite(1.7) else (0.6,):
        loc, log_scale = (x.requires_grad_() for x in interior(pair))

        def gradient(m, s, create_graph=False, alpha=alpha):
            value = divergence("renyi", *pair, m, s, alpha)
            return value, *torch.autograd.grad(value.sum(), (m, s), create_graph=create_graph)

        value, *first = gradient(loc, log_scale, create_graph=True)
        assert torch.isfinite(value).all()
        for i, moved in enumerate(((h, 0.0), (0.0, h))):
            (up, *up_first), (down, *down_first) = (
                gradient(loc + sign * moved[0], log_scale + sign * moved[1]) for sign in (1, -1)
            )
            torch.testing.assert_close(first[i], (up - down) / (2 * h), rtol=1e-6, atol=1e-7)
            for j in (0, 1):
                moving = (first[j] + 0 * (loc + log_scale)).sum()  # a gradient may be a constant
                second = torch.autograd.grad(moving, (loc, log_scale), retain_graph=True)[i]
                torch.testing.assert_close(second, (up_first[j] - down_first[j]) / (2 * h), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pair", [("laplace", "uniform"), ("normal", "laplace"), ("cauchy", "exponential")], ids=short)
def test_gradgradcheck(pair):
    inputs = tuple(x.requires_grad_() for x in interior(pair, (2,)))
    assert torch.autograd.gradgradcheck(lambda m, s: divergence("renyi", *pair, m, s, 0.5), inputs)


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_order_one_is_the_kld(pair):
    results = []
    for kind, alpha in (("renyi", 1.0), ("renyi", torch.tensor(1)), ("kld", None)):
        loc, log_scale = (x.requires_grad_() for x in interior(pair))
        value = divergence(kind, *pair, loc, log_scale, alpha)
        results.append((value, *torch.autograd.grad(value.sum(), (loc, log_scale))))
    for one in results[:2]:
        for mine, kld in zip(one, results[2], strict=True):
            assert torch.equal(mine, kld)


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_grows_with_the_order_and_passes_the_kld(pair):
    loc, log_scale = interior(pair)
    values = [divergence("renyi", *pair, loc, log_scale, alpha) for alpha in (1e-3, *ORDERS, 40.0)]
    for lower, higher in pairwise(values):
        assert (lower <= higher * (1 + 1e-13)).all()
    near = divergence("renyi", *pair, loc, log_scale, 1 - 1e-10)
    kld = divergence("kld", *pair, loc, log_scale)
    if torch.isfinite(kld).all():
        torch.testing.assert_close(near, kld, rtol=1e-8, atol=0)


DISTRIBUTIONS = {
    "normal": Normal, "laplace": Laplace, "cauchy": Cauchy, "logistic": Logistic, "gumbel": Gumbel,
    "uniform": lambda loc, scale: Uniform(loc - scale, loc + scale),
    "exponential": lambda _, scale: Exponential(1 / scale),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_finite_where_the_catalog_says(pair):
    entry = catalog("renyi", *pair)
    for alpha in (0.3, 0.999, 1.001, 2.0, 10.0):
        loc, log_scale = spread(pair, alpha, 12, 7)
        for m, s, value in zip(loc, log_scale, divergence("renyi", *pair, loc, log_scale, alpha), strict=True):
            with mpmath.workdps(30):
                scale = mpmath.exp(mpmath.mpf(s.item()))
            point = {mu: mpmath.mpf(m.item()), sigma: scale, order: mpmath.mpf(alpha)}
            expected = holds(entry.finite, point)
            if expected and torch.isinf(value):  # too large for a float
                assert pair[0] == "gumbel"
                assert truth(pair, m.item(), s.item(), alpha) > 1e300
            else:
                assert expected == torch.isfinite(value).item(), point


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_skew_symmetry_in_general_position(pair):
    numbers = torch.tensor([[0.2, 0.5], [0.3, 0.4], [-0.1, 0.1], [1.5, 1.2]], dtype=torch.float64)
    q, p = (DISTRIBUTIONS[name](numbers[k], numbers[k + 1]) for name, k in zip(pair, (0, 2), strict=True))
    alpha = 0.3
    left, right = renyi_divergence(q, p, alpha), renyi_divergence(p, q, 1 - alpha)
    torch.testing.assert_close((1 - alpha) * left, alpha * right, rtol=1e-12, atol=1e-14)


EDGES = [
    ("La/N", 0.0, -3.0, 0.9999, 1.0001),
    ("N/U", 0.0, -3.0, 0.999, 1.5),
    ("La/La", 0.5, math.log(2), 1.999, 2.001),
    ("N/N", 1.0, math.log(2) / 2, 1.999, 2.001),
    ("G/G", -0.1, 0.0, 10.0, 11.0),
    ("U/U", 0.51, math.log(0.5), 0.999, 1.001),
    ("U/U", 0.5, math.log(0.5), 1.001, None),
    ("U/U", 1.4999, math.log(0.5), 0.5, None),
    ("U/U", 1.5001, math.log(0.5), None, 0.5),
    ("U/E", -0.4999, math.log(0.5), 0.5, None),
    ("U/E", -0.5001, math.log(0.5), None, 0.5),
    ("E/U", 0.999, 0.0, 0.5, None),
    ("E/U", 1.0, 0.0, None, 0.5),
]


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("names", "loc", "log_scale", "finite", "infinite"), EDGES)
def test_both_sides_of_the_edges_of_existence(names, loc, log_scale, finite, infinite, dtype):
    for alpha, expected in ((finite, False), (infinite, True)):
        if alpha is None:
            continue
        m, s = (torch.tensor(x, dtype=dtype, requires_grad=True) for x in (loc, log_scale))
        value = divergence("renyi", *names.split("/"), m, s, alpha)
        value.backward()
        assert torch.isinf(value).item() == expected
        if expected:
            assert (m.grad.item(), s.grad.item()) == (0.0, 0.0)
        else:
            assert torch.isfinite(m.grad + s.grad)


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_never_nan_for_finite_inputs(pair):
    far = torch.tensor([0.0, 1e-30, -1e-8, 1.0, -40.0, 1e4, -1e15, 1e30], dtype=torch.float64)
    log_scales = torch.tensor([0.0, 1e-12, -0.7, 2.0, -30.0, 30.0, -300.0, 300.0], dtype=torch.float64)
    m, s = (x.flatten().clone().requires_grad_() for x in torch.meshgrid(far, log_scales, indexing="ij"))
    for alpha in (1e-6, 0.5, 1 - 1e-12, 1 + 1e-12, 3.0, 1e3):
        value = divergence("renyi", *pair, m, s, alpha)
        gradients = torch.autograd.grad(value.sum(), (m, s))
        assert (value >= 0).all(), alpha
        assert not any(torch.isnan(g).any() for g in gradients), alpha


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_nan_goes_in_and_comes_out_at_its_element_alone(pair):
    loc, log_scale = interior(pair)
    clean = divergence("renyi", *pair, loc, log_scale, 0.5)
    loc[1] = math.nan
    value = divergence("renyi", *pair, loc, log_scale, 0.5)
    assert torch.isnan(value).tolist() == [False, True, False]
    assert torch.equal(value[::2], clean[::2])


def test_elements_do_not_depend_on_each_other():
    generator = torch.Generator().manual_seed(0)
    loc, log_scale = torch.randn(2, 40, 23, generator=generator, dtype=torch.float64)
    value = divergence("renyi", "La", "N", loc, log_scale, 0.5)
    assert value.shape == (40, 23)
    for at in ((0, 0), (20, 7), (39, 22)):
        alone = divergence("renyi", "La", "N", loc[at], log_scale[at], 0.5)
        torch.testing.assert_close(value[at], alone, rtol=1e-15, atol=0)
    assert divergence("renyi", "La", "N", loc[:0], log_scale[:0], 0.5).shape == (0, 23)
    mapped = torch.func.vmap(lambda m, s: divergence("renyi", "La", "N", m, s, 0.5))(loc, log_scale)
    by_torch = divergence("renyi", "La", "N", loc, log_scale, 0.5, backend="torch")  # which transforms take
    torch.testing.assert_close(mapped, by_torch, rtol=1e-15, atol=0)


def test_half_precision_is_computed_wider():
    loc, log_scale = torch.tensor([0.5], dtype=torch.bfloat16), torch.tensor([-0.25], dtype=torch.bfloat16)
    value = divergence("renyi", "La", "Lo", loc, log_scale, 0.5)
    assert value.dtype == torch.bfloat16
    assert value.float().item() == pytest.approx(float(truth(("laplace", "logistic"), 0.5, -0.25, 0.5)), rel=4e-3)


def test_the_order_may_be_a_tensor_of_one_number():
    expected = divergence("renyi", "La", "Lo", 0.5, -0.5, 0.25)
    assert torch.equal(divergence("renyi", "La", "Lo", 0.5, -0.5, torch.tensor(0.25)), expected)
    with pytest.raises(DivergenceError, match="alpha requires a gradient"):
        divergence("renyi", "La", "Lo", 0.5, -0.5, torch.tensor(0.25, requires_grad=True))
    with pytest.raises(DivergenceError, match=r"alpha is tensor.*\(0, oo\)"):
        divergence("renyi", "La", "Lo", 0.5, -0.5, torch.tensor([0.25, 0.5]))


def test_between_distributions():
    p, q = Normal(torch.tensor([1.0, 2.0]), 0.5), Normal(0.5, 2.0)
    variance = 2.5 * 4.0 - 1.5 * 0.25
    # van Erven & Harremoës (2014), table 2
    expected = 2.5 * (p.loc - 0.5) ** 2 / (2 * variance) - math.log(variance**0.5 / (0.5**-1.5 * 2.0**2.5)) / 1.5
    torch.testing.assert_close(renyi_divergence(p, q, 2.5), expected)
    both = renyi_divergence(Independent(p, 1), Independent(q.expand([2]), 1), 2.5)
    torch.testing.assert_close(both, expected.sum())
    torch.testing.assert_close(renyi_divergence(p, q, 1.0), kl_divergence(p, q))
    with pytest.raises(DivergenceError, match="1 and 0 independent"):
        renyi_divergence(Independent(p, 1), Independent(q, 0), 2.5)
    with pytest.raises(DivergenceError, match="known for a StudentT; accepted are Normal"):
        renyi_divergence(StudentT(3.0), q, 2.5)


def test_in_a_latent_layer():
    pairing = Pairing.parse("La/N:2,N/C:1,E/Lo:1")
    generator = torch.Generator().manual_seed(0)
    loc, log_scale = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64).requires_grad_().unbind()
    total = divergence_sum("renyi", pairing, loc, log_scale, alpha=0.5)
    zero = torch.zeros(5, dtype=torch.float64)
    parts = [("La", "N", loc[:, 0], 0), ("La", "N", loc[:, 1], 1), ("N", "C", loc[:, 2], 2), ("E", "Lo", zero, 3)]
    expected = sum(divergence("renyi", q, p, m, log_scale[:, k], 0.5) for q, p, m, k in parts)
    torch.testing.assert_close(total, expected, rtol=1e-14, atol=0)
    z, nats = latent(pairing, loc, log_scale, kind="renyi", alpha=0.5)
    assert z.shape == (5, 4)
    assert torch.equal(nats, total)
    nats.sum().backward()


def test_refusal_depends_on_the_order():
    pairing = Pairing.parse("N/N:2,La/N:3")
    pairing.check_finite("renyi", 0.5)
    pairing.check_finite("renyi", 1.0)
    with pytest.raises(InfinitePairError, match=r"order 2 of the pair La/N .*; the nearest finite pairs are .*La/La"):
        pairing.check_finite("renyi", 2.0)
    Pairing.parse("C/N").check_finite("renyi", 0.5)
    with pytest.raises(InfinitePairError, match="the kld divergence of the pair C/N"):
        Pairing.parse("C/N").check_finite("renyi", 1.0)


def test_compiles_to_one_graph():
    loc, log_scale = (x.requires_grad_() for x in interior(("laplace", "uniform")))

    def step(m, s):
        return divergence("renyi", "La", "U", m, s, 0.5).sum()

    expected = torch.autograd.grad(step(loc, log_scale), (loc, log_scale))
    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    for mine, theirs in zip(torch.autograd.grad(compiled(loc, log_scale), (loc, log_scale)), expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-14)
