"""The divergences beside KLD and Rényi, all pairs: numbers against the catalog, derivatives, infinities, limits."""

import math
from itertools import product

import mpmath
import pytest
import torch
from out_of_reach import gumbel_outside_uniform

from divergences import catalog
from divergences.families import alpha as order
from divergences.families import mu, sigma
from divergences.numeric import holds
from divergences.ops import DivergenceError, InfinitePairError, Pairing, divergence, divergence_sum, latent
from divergences.ops.table import ORDERED_KINDS, cell, families, kinds

KINDS = [kind for kind in kinds() if kind not in ("kld", "renyi")]
ORDERS = (0.7, 0.97, 1.002, 1.4, 2.0, 3.5)
CELLS = [
    c for kind in KINDS for c in (cell(kind, q, p) for q, p in product(families(), repeat=2)) if c.status != "infinite"
]
EVERY = [pytest.param(c, id=f"{c.kind}-{c.pair}".replace("/", "-")) for c in CELLS]
# a fifth of them, at other pairs for every kind; the others take minutes
SOME = [p if i % 5 == 0 else pytest.param(*p.values, id=p.id, marks=pytest.mark.slow) for i, p in enumerate(EVERY)]
TOLERANCE = {torch.float64: (1e-12, 1e-10), torch.float32: (1e-5, 1e-4)}


def orders(c) -> tuple:
    return tuple(a for a in ORDERS if c.is_finite(a)) if c.kind in ORDERED_KINDS else (None,)


def extra(alpha) -> tuple:
    return () if alpha is None else (alpha,)


def points(c, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 numbers over the whole domain, half of them where bounded supports lie inside each other."""
    u, v = torch.rand(2, n, generator=torch.Generator().manual_seed(seed))
    loc, log_scale = 20 * u - 10, 9 * v - 6
    near, narrow = 2 * u - 1, -6 * v - 1e-3
    if "uniform" in (c.posterior, c.prior) or "exponential" in (c.posterior, c.prior):
        backwards = c.kind == "reverse_kld"
        narrow = -narrow if backwards else narrow
        slack = (narrow.exp() - 1).abs()
        one_sided = "exponential" in (c.posterior, c.prior)
        side = -1 if backwards else 1
        near = near * slack * 0.99 if c.posterior == c.prior == "uniform" else near
        near = side * (near.abs() * 5 + (narrow.exp() if "uniform" in (c.posterior, c.prior) else 0.01)) * 1.01 \
            if one_sided else near  # fmt: skip
    loc[::2], log_scale[::2] = near[::2], narrow[::2]
    return loc, log_scale


def finite_points(c, alpha, n: int, seed: int) -> list[tuple[float, float]]:
    loc, log_scale = points(c, 60, seed)
    value = divergence(c.kind, c.posterior, c.prior, loc.double(), log_scale.double(), alpha)
    chosen = torch.isfinite(value).nonzero().flatten().tolist()[:n]
    return [(loc[i].item(), log_scale[i].item()) for i in chosen]


def check(c, alpha, at: list[tuple[float, float]], *, with_gradient: bool) -> None:
    entry = catalog(c.kind, c.posterior, c.prior)
    step = mpmath.mpf(2) ** -40

    def truth(m, s):
        return entry.evaluate(m, mpmath.exp(s), *extra(alpha), dps=40 if with_gradient else 20)

    for loc, log_scale in at:
        with mpmath.workdps(50):
            m, s = mpmath.mpf(loc), mpmath.mpf(log_scale)
            value, steps = truth(m, s), ((step, 0), (0, step)) if with_gradient else ()
            gradient = [(truth(m + dm, s + ds) - truth(m - dm, s - ds)) / (2 * step) for dm, ds in steps]
        for dtype, (accuracy, gradient_accuracy) in TOLERANCE.items():
            m, s = (torch.tensor(x, dtype=dtype, requires_grad=True) for x in (loc, log_scale))
            got = divergence(c.kind, c.posterior, c.prior, m, s, alpha)
            if value > torch.finfo(dtype).max:
                assert got == math.inf
                continue
            assert abs(got.item() - value) <= accuracy * (1 + abs(value)), (loc, log_scale, alpha, dtype)
            if with_gradient:
                got.backward()
                for mine, theirs in zip((m.grad, s.grad), gradient, strict=True):
                    error = abs(mine.item() - theirs)
                    assert error <= gradient_accuracy * (1 + abs(theirs)), (loc, log_scale, alpha, dtype)


@pytest.mark.parametrize("c", SOME)
def test_values(c):
    turn = CELLS.index(c)
    given = orders(c)
    alpha = given[turn % len(given)]
    check(c, alpha, finite_points(c, alpha, 1, seed=turn), with_gradient=False)


@pytest.mark.slow
@pytest.mark.parametrize("c", EVERY)
def test_many_values_and_gradients(c):
    for alpha in orders(c):
        check(c, alpha, finite_points(c, alpha, 3, seed=1), with_gradient=False)
    alpha = orders(c)[-1]
    check(c, alpha, finite_points(c, alpha, 1, seed=2), with_gradient=True)


@pytest.mark.parametrize("c", SOME)
def test_derivatives_of_the_value_and_of_the_gradient(c):
    h = 1e-5
    alpha = orders(c)[CELLS.index(c) % len(orders(c))]
    at = finite_points(c, alpha, 8, seed=3)
    inner = [(m, s) for m, s in at if abs(m) < 8 and abs(s) > 0.01 and abs(m) > 0.01]
    if not inner:
        return
    loc, log_scale = (torch.tensor(x[:2], dtype=torch.float64, requires_grad=True) for x in zip(*inner, strict=True))

    def gradient(m, s, create_graph=False):
        value = divergence(c.kind, c.posterior, c.prior, m, s, alpha)
        return value, *torch.autograd.grad(value.sum(), (m, s), create_graph=create_graph)

    mild = (loc.abs() < 3) & (log_scale.abs() < 2)
    value, *first = gradient(loc, log_scale, create_graph=True)
    assert torch.isfinite(value).all()
    for i, (dm, ds) in enumerate(((h, 0.0), (0.0, h))):
        (up, *_), (down, *_) = (gradient(loc + sign * dm, log_scale + sign * ds) for sign in (1, -1))
        slope = (up - down) / (2 * h)
        scale = 1 + value.abs().detach() + slope.abs()
        assert ((first[i] - slope).abs() <= 1e-5 * scale).all(), (loc, log_scale, first[i], slope)
        for d in first:
            second = torch.autograd.grad(d[mild].sum(), (loc, log_scale), retain_graph=True, allow_unused=True)[i]
            assert second is None or torch.isfinite(second).all()


@pytest.mark.parametrize("c", SOME)
def test_finite_where_the_catalog_says(c):
    entry = catalog(c.kind, c.posterior, c.prior)
    for alpha in orders(c)[:: 3 if c.kind in ORDERED_KINDS else 1]:
        loc, log_scale = (x.double().requires_grad_() for x in points(c, 16, seed=5))
        values = divergence(c.kind, c.posterior, c.prior, loc, log_scale, alpha)
        gradients = torch.autograd.grad(values.sum(), (loc, log_scale))
        infinite = torch.isinf(values)
        assert all((g[infinite] == 0).all() and torch.isfinite(g).all() for g in gradients)
        for m, s, value in zip(loc.tolist(), log_scale.tolist(), values, strict=True):
            with mpmath.workdps(30):
                point = {mu: mpmath.mpf(m), sigma: mpmath.exp(mpmath.mpf(s)), order: mpmath.mpf(alpha or 1)}
            expected = holds(entry.finite, point)
            if expected and torch.isinf(value):  # too large for a float
                known = gumbel_outside_uniform(c.posterior, c.prior, m, s)
                assert (known or entry.evaluate(m, point[sigma], *extra(alpha), dps=10)) > 1e300
            else:
                assert expected == torch.isfinite(value).item(), point


@pytest.mark.parametrize("c", SOME)
def test_never_nan_nor_negative_for_finite_inputs(c):
    far = torch.tensor([0.0, -1e-8, 1.0, -40.0, 1e4, -1e15, 1e30], dtype=torch.float64)
    log_scales = torch.tensor([0.0, 1e-12, -0.7, 2.0, -30.0, 30.0, -300.0, 300.0], dtype=torch.float64)
    m, s = (x.flatten().clone().requires_grad_() for x in torch.meshgrid(far, log_scales, indexing="ij"))
    for alpha in orders(c)[CELLS.index(c) % 2 :: 3]:
        value = divergence(c.kind, c.posterior, c.prior, m, s, alpha)
        gradients = torch.autograd.grad(value.sum(), (m, s))
        assert (value >= 0).all(), (alpha, m[~(value >= 0)], s[~(value >= 0)])
        assert not any(torch.isnan(g).any() for g in gradients), alpha


@pytest.mark.parametrize("kind", KINDS)
def test_nan_goes_in_and_comes_out_at_its_element_alone(kind):
    for pair, alpha in product(("N/N", "U/U", "N/U"), (2.0,) if kind in ORDERED_KINDS else (None,)):
        loc = torch.tensor([0.1, math.nan, 0.1], dtype=torch.float64)
        value = divergence(kind, *pair.split("/"), loc, -0.5, alpha)
        assert torch.isnan(value).tolist() == [False, True, False]


@pytest.mark.parametrize("kind", ["beta", "gamma"])
@pytest.mark.parametrize("pair", ["N/La", "Lo/La", "U/N", "C/C"])
def test_order_one_and_its_neighbourhood_are_the_kld(kind, pair):
    loc, log_scale = torch.tensor([0.3, -0.2], dtype=torch.float64), torch.tensor([-0.5, -0.1], dtype=torch.float64)
    expected = divergence("kld", *pair.split("/"), loc, log_scale)
    assert torch.equal(divergence(kind, *pair.split("/"), loc, log_scale, 1.0), expected)
    for alpha in (1 + 1e-9, 1 + 1e-6):
        close = divergence(kind, *pair.split("/"), loc, log_scale, alpha)
        torch.testing.assert_close(close, expected, rtol=0, atol=30 * (alpha - 1))


@pytest.mark.parametrize("family", families())
def test_zero_at_equality(family):
    zero = torch.zeros(1, dtype=torch.float64)
    for kind in KINDS:
        for alpha in (0.2, 0.7, 1.3) if kind in ORDERED_KINDS else (None,):
            if cell(kind, family, family).is_finite(alpha) or (kind, family) == ("beta", "cauchy"):
                assert divergence(kind, family, family, zero, zero, alpha).item() < 1e-15, (kind, alpha)


def test_worst_case_is_the_limit_of_renyi():
    for pair in ("N/La", "La/C", "E/G", "U/Lo"):
        loc, log_scale = torch.tensor(0.3, dtype=torch.float64), torch.tensor(-1.5, dtype=torch.float64)
        limit = divergence("worst_case", *pair.split("/"), loc, log_scale)
        below = divergence("renyi", *pair.split("/"), loc, log_scale, 1e4)
        assert limit * (1 - 3e-3) <= below <= limit


def test_jeffreys_is_symmetric():
    loc, log_scale = torch.tensor(0.7, dtype=torch.float64), torch.tensor(-0.4, dtype=torch.float64)
    there = divergence("jeffreys", "La", "N", loc, log_scale)
    back = divergence("jeffreys", "N", "La", -loc * torch.exp(-log_scale), -log_scale)
    torch.testing.assert_close(there, back, rtol=1e-14, atol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_latent_layer(kind):
    alpha = 1.5 if kind in ORDERED_KINDS else None
    pairing = Pairing.parse("N/N:2,Lo/Lo:1,C/C:1")
    pairing.check_finite(kind, alpha)
    loc = torch.full((3, 4), 0.4, dtype=torch.float64, requires_grad=True)
    log_scale = torch.full((3, 4), -0.3, dtype=torch.float64, requires_grad=True)
    total = divergence_sum(kind, pairing, loc, log_scale, alpha=alpha)
    parts = [divergence(kind, q, q, loc[:, 0], log_scale[:, 0], alpha) for q in ("N", "N", "Lo", "C")]
    torch.testing.assert_close(total, sum(parts), rtol=1e-14, atol=0)
    _, nats = latent(pairing, loc, log_scale, kind=kind, alpha=alpha)
    assert torch.equal(nats, total)
    nats.sum().backward()
    assert ((loc.grad[:, 0] == 0) if kind == "support_overlap" else (loc.grad[:, 0] > 0)).all()


@pytest.mark.parametrize(("kind", "pair"), [("chi2", "La/N"), ("worst_case", "C/N"), ("reverse_kld", "N/C"),
                                            ("jeffreys", "U/N"), ("beta", "C/N"), ("gamma", "C/N"),
                                            ("fisher", "N/U"), ("fisher", "U/N")])  # fmt: skip
def test_infinite_pairs_are_refused_with_their_neighbours(kind, pair):
    alpha = 0.9 if kind in ORDERED_KINDS else None
    with pytest.raises(InfinitePairError, match=f"the {kind} divergence.* of the pair {pair} .*nearest finite"):
        Pairing.parse(pair).check_finite(kind, alpha)
    assert divergence(kind, *pair.split("/"), 0.5, -0.5, alpha) == math.inf


@pytest.mark.parametrize("kind", sorted(set(KINDS) - ORDERED_KINDS))
def test_no_order_where_there_is_none(kind):
    with pytest.raises(
        DivergenceError, match=f"'{kind}' takes no alpha, got 2.0; those with one are beta, gamma, renyi"
    ):
        divergence(kind, "N", "N", 0.0, 0.0, alpha=2.0)
