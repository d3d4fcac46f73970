"""Rényi divergences of different families by formulas: numbers and derivatives against the catalog's closed form."""

from functools import cache, partial
from math import exp, log, pi, sqrt
from random import Random

import mpmath
import pytest
import torch

from codegen.renyi_mixed import INTEGRALS
from divergences import catalog
from divergences.ops import divergence
from divergences.ops.kernels import kernel
from divergences.ops.table import NEAR_ONE, symbol

PAIRS = list(INTEGRALS)
# of value, derivatives in loc and in log_scale, relative to one and the number
TOLERANCE = {torch.float64: (2e-14, 1e-12, 1e-12), torch.float32: (4e-7, 8e-7, 8e-7)}
# Kinks and edges, both sides of where a tail or an interval is computed another way, far out, narrow and wide.
POINTS = (
    (0.0, -12.0), (0.0, 0.0), (1e-6, 6.0), (-1e-6, -3.0), (0.3, -1.0), (-0.97, -2.0), (-1.0, 0.4), (0.98, -3.0),
    (1.02, -5.0), (1.5, 0.4), (-2.0, 0.71), (8.0, 2.0), (-8.0, 2.1), (25.0, -4.0), (-30.0, 5.0), (300.0, 1.0),
    (-3000.0, 3.0), (9.0, 8.5),
)  # fmt: skip
ORDERS = (0.03, 0.5, 0.9, 1.1, 3.0)


def short(pair):
    return "-".join(symbol(name) for name in pair)


def orders(pair):
    return [alpha for alpha in ORDERS if INTEGRALS[pair][alpha > 1] is not None]


@cache
def truth(pair, alpha, points):
    """Value and derivatives at every point, None where infinite."""
    entry, step = catalog("renyi", *pair), mpmath.mpf(2) ** -80
    with mpmath.workdps(60):

        def at(m, s):
            return entry.evaluate(m, mpmath.exp(s), mpmath.mpf(alpha), dps=50)

        found = []
        for loc, log_scale in points:
            m, s = mpmath.mpf(loc), mpmath.mpf(log_scale)
            both = [(at(m + step, s), at(m - step, s)), (at(m, s + step), at(m, s - step))]
            slopes = [(right - left) / (2 * step) for right, left in both]
            value = at(m, s)
            found.append((value, *slopes) if mpmath.isfinite(value) else None)
        return found


def require_accuracy(pair, alpha, backend, points):
    for dtype, tolerance in TOLERANCE.items():
        # of float32 the truth is what the formula in float64 makes of the rounded points
        m, s = (torch.tensor(x, dtype=dtype, requires_grad=True) for x in zip(*points, strict=True))
        if dtype == torch.float32:
            exact = m.detach().double(), s.detach().double()
            expected = kernel("renyi", *pair, "torch").value_and_grad(*exact, alpha)
            expected = [None if v == torch.inf else (v, a, b) for v, a, b in zip(*expected, strict=True)]
        else:
            expected = truth(pair, alpha, points)
        value = divergence("renyi", *pair, m, s, alpha, backend)
        found = zip(value, *torch.autograd.grad(value.sum(), (m, s)), strict=True)
        for point, numbers, exact in zip(points, found, expected, strict=True):
            if exact is None:
                assert numbers[0] == torch.inf, (alpha, point)
                continue
            for mine, theirs, bound in zip(numbers, exact, tolerance, strict=True):
                if pair == ("exponential", "uniform") and point[0] == -1.0 and mine is numbers[1]:
                    continue  # the left end is at the edge, where the derivative jumps
                error = abs(mine.item() - theirs)
                assert error <= bound * (1 + abs(theirs)), (alpha, dtype, point, mine, theirs)


@pytest.mark.parametrize("backend", ["torch", "cpp"])
@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_against_the_closed_form(pair, backend):
    for alpha in orders(pair):
        require_accuracy(pair, alpha, backend, POINTS)


@pytest.mark.parametrize("backend", ["torch", "cpp"])
@pytest.mark.parametrize("alpha", [1.1, 2.0, 5.5, 20.0])
def test_dawsons_function_over_a_wide_domain(alpha, backend):
    """The uniform from the normal above order one: anywhere, and on both sides of what is computed another way."""
    random = Random(0)
    anywhere = [(random.uniform(-10, 10), random.uniform(-6, 3)) for _ in range(10)]
    narrow = [(share * 0.05 / (alpha - 1) / exp(-2.5), -2.5) for share in (0.999, 1.001)]
    touching = [(share * exp(-1.0), -1.0) for share in (0.9999, -1.0001)]
    far = [(4 * sqrt(2 / (alpha - 1)) - share * exp(-0.5), -0.5) for share in (0.999, 1.001)]
    require_accuracy(("uniform", "normal"), alpha, backend, (*anywhere, *narrow, *touching, *far, (0.0, -6.0)))


def test_dawsons_function_beside_large_numbers():
    """Where exponentials of the order overflow and the divergence does not, and where squares of the scale vanish."""
    at = [[1e150, -1e9, 0.0, 0.0, 3.0], [1.0, 20.0, 300.0, -400.0, -800.0]]
    loc, log_scale = torch.tensor(at, dtype=torch.float64)
    for alpha in (1.1, 50.0):
        value = divergence("renyi", "uniform", "normal", loc, log_scale, alpha)
        far = loc.abs() + log_scale.exp()
        # of an interval far out its farther end counts, of a narrow one its width
        expected = 0.5 * far**2 - log_scale + 0.5 * log(pi / 2)
        assert expected.isfinite().all()
        torch.testing.assert_close(value, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("backend", ["torch", "cpp"])
@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_formulas_go_on_where_quadrature_ends(pair, backend):
    inner, outer = 0.999 * NEAR_ONE, 1.001 * NEAR_ONE
    m, s = (x.double().requires_grad_() for x in (torch.tensor([0.4, -1.3, 5.0]), torch.tensor([-0.95, 0.8, 1.7])))
    for side in (-1, 1):
        if INTEGRALS[pair][side > 0] is None:
            continue
        results = []
        for distance in (inner, outer, 1.003 * NEAR_ONE):
            value = divergence("renyi", *pair, m, s, 1 + side * distance, backend)
            finite = torch.isfinite(value)
            results.append(torch.cat([value[finite], *torch.autograd.grad(value[finite].sum(), (m, s))]))
        # on a line through the order but for the curvature
        torch.testing.assert_close(results[1] - results[0], results[2] - results[1], rtol=2e-2, atol=1e-7)


@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_second_derivatives(pair):
    loc = torch.tensor([0.35, -0.7, 2.4, 0.02], dtype=torch.float64, requires_grad=True)
    log_scale = torch.tensor([-1.3, 0.9, 0.2, -4.5], dtype=torch.float64, requires_grad=True)
    for alpha in (0.5, 2.0):
        if INTEGRALS[pair][alpha > 1] is not None:
            of_order = partial(divergence, "renyi", *pair, alpha=alpha)
            assert torch.autograd.gradgradcheck(of_order, (loc, log_scale))


@pytest.mark.parametrize("backend", ["torch", "cpp"])
@pytest.mark.parametrize("pair", PAIRS, ids=short)
def test_beyond_all_numbers_and_no_number(pair, backend):
    loc = torch.tensor([torch.nan, 0.1, 1e200, -1e200, torch.inf, 0.0, 0.0], dtype=torch.float64, requires_grad=True)
    log_scale = torch.tensor([0.0, torch.nan, 0.0, 0.0, 0.0, 800.0, -800.0], dtype=torch.float64, requires_grad=True)
    for alpha in (0.5, 2.0):
        value = divergence("renyi", *pair, loc, log_scale, alpha, backend)
        assert value[:2].isnan().all()
        assert not value[2:].isnan().any()
        assert (value[2:] >= 0).all()
        for gradient in torch.autograd.grad(value[2:].sum(), (loc, log_scale)):
            assert gradient.isfinite().all()
