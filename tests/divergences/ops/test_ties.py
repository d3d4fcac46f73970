"""Kinks, edges and the neighbourhood of the prior, which random points miss."""

import math

import mpmath
import pytest
import torch

from divergences import catalog
from divergences.ops import divergence
from divergences.ops.table import cell, families

pytestmark = pytest.mark.usefixtures("either_backend")

FINITE = [c for c in (cell("kld", q, p) for q in families() for p in families()) if c.status != "infinite"]
MATCHED = [c for c in FINITE if c.posterior == c.prior]
SYMMETRIC = ("normal", "laplace", "cauchy", "logistic", "uniform")
DTYPES = [torch.float64, torch.float32]


def by_pair(c):
    return c.pair.replace("/", "-")


def value_and_grad(c, loc, log_scale, dtype):
    m, s = (torch.tensor(x, dtype=dtype, requires_grad=True) for x in (loc, log_scale))
    value = divergence("kld", c.posterior, c.prior, m, s)
    return value, *torch.autograd.grad(value.sum(), (m, s))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("c", [c for c in FINITE if {c.posterior, c.prior} <= set(SYMMETRIC)], ids=by_pair)
def test_symmetric_pairs_are_even_in_the_location_and_flat_at_zero(c, dtype):
    log_scale = [-6.0, -2.0, -0.5, 0.0, 0.5, 3.0]
    _, d_loc, d_log_scale = value_and_grad(c, [0.0] * 6, log_scale, dtype)
    assert (d_loc.abs() <= 16 * torch.finfo(dtype).eps).all()
    assert torch.isfinite(d_log_scale).all()
    for m in (1e-6, 0.3, 5.0):
        right, left = (value_and_grad(c, [sign * m] * 6, log_scale, dtype) for sign in (1, -1))
        tight = {"rtol": 64 * torch.finfo(dtype).eps, "atol": 64 * torch.finfo(dtype).eps}
        torch.testing.assert_close(right[0], left[0], **tight)
        torch.testing.assert_close(right[1], -left[1], **tight)
        torch.testing.assert_close(right[2], left[2], **tight)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("c", MATCHED, ids=by_pair)
def test_zero_at_equality_and_stationary_inside_the_domain(c, dtype):
    value, d_loc, d_log_scale = value_and_grad(c, [0.0], [0.0], dtype)
    eps = torch.finfo(dtype).eps
    assert 0 <= value.item() <= eps
    if c.finite == "True":
        assert abs(d_loc.item()) <= 16 * eps
        assert abs(d_log_scale.item()) <= 16 * eps


@pytest.mark.parametrize("c", MATCHED, ids=by_pair)
def test_small_divergences_keep_four_digits_in_float32(c):
    """Unused latents live near the prior: down to a divergence of 1e-8."""
    entry = catalog("kld", c.posterior, c.prior)
    for exponent in (-1.0, -2.0, -3.0, -3.5):
        for angle in (0.0, 0.4, 1.2, 2.0, math.pi, 3.9, 5.5):
            r = 10**exponent
            loc, log_scale = torch.tensor([r * math.cos(angle)]), torch.tensor([r * math.sin(angle)])
            with mpmath.workdps(40):
                truth = entry.evaluate(mpmath.mpf(loc.item()), mpmath.exp(mpmath.mpf(log_scale.item())), dps=25)
            got = divergence("kld", c.posterior, c.prior, loc, log_scale).item()
            if mpmath.isinf(truth):
                assert got == math.inf
            elif truth >= 1e-8:
                assert abs(got - truth) <= 1e-4 * truth
            else:
                assert abs(got - truth) <= 1e-12


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("posterior", ["laplace", "logistic"])
def test_heavy_tails_before_a_gumbel_prior_stop_at_scale_one(posterior, dtype):
    c = cell("kld", posterior, "gumbel")
    eps = torch.finfo(dtype).eps
    value, d_loc, d_log_scale = value_and_grad(c, [0.5] * 4, [-2 * eps, 0.0, eps, 1.0], dtype)
    assert torch.isfinite(value).tolist() == [True, False, False, False]
    assert d_loc[0] < 0 < d_log_scale[0]
    assert not d_loc[1:].any()
    assert not d_log_scale[1:].any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_uniform_inside_uniform_includes_its_edges(dtype):
    c = cell("kld", "uniform", "uniform")
    half = math.log(0.5)
    loc = [0.5, -0.5, 0.5 + 1e-4, -0.5 - 1e-4, 0.0, 0.0, 0.3, 1.0, 1.1]
    log_scale = [half, half, half, half, 0.0, 1e-4, 0.0, -60.0, -60.0]
    value, d_loc, d_log_scale = value_and_grad(c, loc, log_scale, dtype)
    inside = [True, True, False, False, True, False, False, True, False]
    assert torch.isfinite(value).tolist() == inside
    torch.testing.assert_close(value[inside], -torch.tensor(log_scale, dtype=dtype)[inside])
    assert not d_loc.any()
    assert d_log_scale.tolist() == [-1.0 if i else 0.0 for i in inside]


@pytest.mark.parametrize("dtype", DTYPES)
def test_uniform_and_exponential_before_an_exponential_prior_include_the_edge(dtype):
    value, d_loc, _ = value_and_grad(cell("kld", "uniform", "exponential"), [0.5, 0.5 - 1e-4, 0.6, 0.0, 1e-4],
                                     [math.log(0.5)] * 3 + [-60.0, 0.0], dtype)  # fmt: skip
    assert torch.isfinite(value).tolist() == [True, False, True, True, False]
    assert d_loc.tolist() == [1.0, 0.0, 1.0, 1.0, 0.0]
    value, d_loc, d_log_scale = value_and_grad(
        cell("kld", "exponential", "exponential"), [0.0, -1e-4, 1e-4], [0.2] * 3, dtype
    )
    assert torch.isfinite(value).tolist() == [True, False, True]
    assert d_loc.tolist() == [1.0, 0.0, 1.0]
    torch.testing.assert_close(d_log_scale[0].item(), math.expm1(0.2), rtol=1e-6, atol=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_uniform_before_a_laplace_prior_bends_smoothly_where_its_end_meets_the_kink(dtype):
    """At |loc| = scale the two branches and their derivatives agree."""
    c = cell("kld", "uniform", "laplace")
    step = 1e-3
    value, d_loc, d_log_scale = value_and_grad(c, [0.5 - step, 0.5, 0.5 + step], [math.log(0.5)] * 3, dtype)
    torch.testing.assert_close(value.diff(), torch.full((2,), step, dtype=dtype), rtol=5e-3, atol=0)
    torch.testing.assert_close(d_loc[1], torch.ones((), dtype=dtype))
    torch.testing.assert_close(d_log_scale[1], torch.full((), -1.0, dtype=dtype), rtol=0, atol=1e-5)


@pytest.mark.parametrize("c", FINITE, ids=by_pair)
def test_second_derivatives_are_finite_on_either_side_of_every_switch(c):
    """Branches that are not taken must not leak NaN into derivatives of the gradient."""
    grid = torch.meshgrid(
        torch.tensor([-10.0, -1.7, -0.3, 0.0, 0.3, 1.7, 10.0], dtype=torch.float64),
        torch.tensor([-6.0, -3.0, -1.5, -0.7, -0.2, 0.0, 0.2, 0.7, 1.5, 3.0], dtype=torch.float64),
        indexing="ij",
    )
    loc, log_scale = (x.flatten().clone().requires_grad_() for x in grid)
    value = divergence("kld", c.posterior, c.prior, loc, log_scale)
    first = torch.autograd.grad(value.sum(), (loc, log_scale), create_graph=True)
    for gradient in (g for g in first if g.requires_grad):
        second = torch.autograd.grad(
            gradient.sum(), (loc, log_scale), retain_graph=True, allow_unused=True, materialize_grads=True
        )
        for g, wrt in zip(second, ("loc", "log_scale"), strict=True):
            wrong = ~torch.isfinite(g)
            assert not wrong.any(), (wrt, loc[wrong].tolist(), log_scale[wrong].tolist())
