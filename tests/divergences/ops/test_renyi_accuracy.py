"""Rényi divergences of all pairs: numbers and derivatives against quadrature."""

import math
from functools import cache
from itertools import product

import mpmath
import pytest
import torch
from renyi_points import ORDERS, PAIRS, TOLERANCE, short, spread, truth

from divergences.ops import divergence
from divergences.ops.table import cell, families

MATCHED = [(q, q) for q in families()]


@cache
def points(pair, orders: tuple[float, ...], n: int, seed: int) -> list[tuple[float, float, float]]:
    """Points (loc, log_scale, alpha) at which it is finite, n for each order at which there are any."""
    found = []
    for k, alpha in enumerate(orders):
        loc, log_scale = spread(pair, alpha, 50, 97 * seed + 10 * PAIRS.index(pair) + k)
        finite = torch.isfinite(divergence("renyi", *pair, loc, log_scale, alpha))
        chosen = zip(loc[finite].tolist(), log_scale[finite].tolist(), strict=True)
        found += [(m, s, alpha) for m, s in list(chosen)[:n]]
    return found


def check(pair, given, *, with_gradient: bool) -> None:
    step = mpmath.mpf(2) ** -40
    for loc, log_scale, alpha in given:
        with mpmath.workdps(50):
            value = truth(pair, loc, log_scale, alpha)
            assert mpmath.isfinite(value)
            gradient = []
            if with_gradient:
                for d in ((step, 0), (0, step)):
                    ends = (truth(pair, loc + s * d[0], log_scale + s * d[1], alpha, dps=40) for s in (1, -1))
                    gradient.append((next(ends) - next(ends)) / (2 * step))
        for dtype, (accuracy, gradient_accuracy) in TOLERANCE.items():
            m, s = (torch.tensor(x, dtype=dtype, requires_grad=True) for x in (loc, log_scale))
            got = divergence("renyi", *pair, m, s, alpha)
            if value > torch.finfo(dtype).max:
                assert got == math.inf
                continue
            assert abs(got.item() - value) <= accuracy * (1 + value), (pair, loc, log_scale, alpha, dtype)
            if with_gradient:
                got.backward()
                for mine, theirs in zip((m.grad, s.grad), gradient, strict=True):
                    error = abs(mine.item() - theirs)
                    assert error <= gradient_accuracy * (1 + abs(theirs)), (pair, loc, log_scale, alpha, dtype)


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_values_and_gradients_against_quadrature(pair):
    turn = PAIRS.index(pair)
    check(pair, points(pair, (ORDERS[(turn + 4) % len(ORDERS)],), 1, seed=1), with_gradient=False)
    check(pair, points(pair, (ORDERS[turn % len(ORDERS)],), 1, seed=2), with_gradient=True)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_many_points_against_quadrature(pair):
    check(pair, points(pair, (*ORDERS, 0.01, 0.95, 1.05, 60.0), 6, seed=3), with_gradient=False)
    check(pair, points(pair, ORDERS, 2, seed=4), with_gradient=True)


# Where a rule that is placed around one mode, or on a grid of its own, goes wrong.
HARD = [
    ("N/La", 0.0, 1.5, 5.0),  # two modes, far apart
    ("N/Lo", 0.1, 3.0, 10.0),
    ("U/N", 0.05, 2.5, 10.0),  # mass in a layer at both edges
    ("U/G", -10.0, 3.0, 1.001),  # a layer of 1e-14
    ("G/U", 5.0, -2.5, 0.999),  # narrower than the distance of two numbers, beside the posterior's own mass
    ("N/U", 10.0, -6.0, 0.5),  # 4000 deviations out
    ("C/C", 10.0, -6.0, 0.1),  # mass on every scale
    ("C/G", -0.5, 0.9, 0.999),
    ("La/La", 3.0, 0.69, 2.0),  # nearly infinite: log 2 = 0.693
    ("N/N", 3.0, 0.3465, 2.0),
    ("G/G", -1.0, -0.3, 2.0),
    ("Lo/G", -8.0, 3.0, 0.999),
    ("La/La", 1e-3, 1e-3, 0.999),
]


@pytest.mark.parametrize(("names", "loc", "log_scale", "alpha"), HARD)
def test_hard_integrals(names, loc, log_scale, alpha):
    c = cell("renyi", *names.split("/"))
    loc, log_scale = (float(torch.tensor(x)) for x in (loc, log_scale))
    check((c.posterior, c.prior), [(loc, log_scale, alpha)], with_gradient=False)


def gumbel_gumbel(loc: float, log_scale: float, alpha: float) -> tuple[float, float, float]:
    """Value and gradient by the trapezoidal rule in y = -t, at whose ends the integrand dies doubly exponentially."""
    scale, order = math.exp(log_scale), alpha - 1

    def exponent(y):
        return alpha * (y - torch.exp(y)) - order * (scale * y - loc - torch.exp(scale * y - loc))

    y = torch.linspace(-300, 100, 40001, dtype=torch.float64)
    seen = exponent(y) > exponent(y).max() - 50
    low, high, steps = y[seen].min().item() - 0.01, y[seen].max().item() + 0.01, 20000
    y = torch.linspace(low, high, steps + 1, dtype=torch.float64)
    f = exponent(y)
    weights, excess = torch.softmax(f, 0), torch.exp(scale * y - loc)
    log_integral = torch.logsumexp(f, 0) + math.log((high - low) / steps)
    value = log_integral / order - log_scale
    return value.item(), 1 - (weights * excess).sum().item(), (weights * scale * y * (excess - 1)).sum().item() - 1


def test_gumbel_pairs_of_nearly_equal_scales():
    """Above order one what falls and what grows towards an end differ by little there."""
    for loc, gap, alpha in product((-0.2, 0.0, 0.3, 5.0), (1e-5, 1e-3, 0.05, 0.5), (1.2, 2.0, 5.0)):
        expected = gumbel_gumbel(loc, -gap, alpha)
        m, s = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (loc, -gap))
        value = divergence("renyi", "G", "G", m, s, alpha)
        value.backward()
        assert abs(value.item() - expected[0]) <= 1e-12 * (1 + expected[0])
        for mine, theirs in zip((m.grad, s.grad), expected[1:], strict=True):
            assert abs(mine.item() - theirs) <= 1e-10 * (1 + abs(theirs)), (loc, gap, alpha)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("pair", MATCHED, ids=short)
def test_relative_accuracy_near_the_prior(pair, dtype):
    for alpha, step in product((0.5, 0.999), (1e-2, 2e-4)):
        loc, log_scale = (float(torch.tensor(x)) for x in (step, -step))
        value = truth(pair, loc, log_scale, alpha)
        got = divergence("renyi", *pair, *(torch.tensor(x, dtype=dtype) for x in (loc, log_scale)), alpha).item()
        assert abs(got - value) <= 1e-4 * value, (alpha, step)
    loc, log_scale = torch.randn(2, 50, dtype=dtype) * 1e-9
    inside = (torch.zeros_like(loc), -log_scale.abs()) if pair[0] in ("uniform", "exponential") else (loc, log_scale)
    for alpha in ORDERS:
        assert (divergence("renyi", *pair, *inside, alpha) >= 0).all()
        assert divergence("renyi", *pair, torch.zeros(1, dtype=dtype), 0.0, alpha).item() < 1e-12
