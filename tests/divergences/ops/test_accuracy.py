"""The numbers that a user gets, against the catalog's in high precision.

All points are float32 numbers, so that one truth holds for float32 and for float64: what rounding the parameters
themselves does to the divergence is not charged to its computation.
"""

import math
from dataclasses import dataclass
from functools import cache

import mpmath
import pytest
import torch

from divergences import catalog
from divergences.ops import divergence
from divergences.ops.table import Cell, cell, families

FINITE = [c for c in (cell("kld", q, p) for q in families() for p in families()) if c.status != "infinite"]
PAIRS = [c.pair.replace("/", "-") for c in FINITE]
DIGITS = 25
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
BACKENDS = ("cpp", "torch")
GRADIENT_TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-4}

# Chosen points: far and near locations, ties, both sides of every switch of scale, and the neighbourhood of (0, 1).
GRID = [(m, s) for m in (-10.0, -0.7, 0.0, 2e-3, 10.0) for s in (-6.0, -1.5, -1e-3, 0.0, 3.0)]


@dataclass(frozen=True)
class Truth:
    loc: float
    log_scale: float
    value: mpmath.mpf
    gradient: tuple[mpmath.mpf, mpmath.mpf] | None


def points(c: Cell, n: int, seed: int) -> list[tuple[float, float]]:
    """Random points of the domain; for a conditional cell half of them inside the condition."""
    generator = torch.Generator().manual_seed(seed)
    u = torch.rand(n, 2, generator=generator)
    loc, log_scale = 20 * u[:, 0] - 10, 9 * u[:, 1] - 6
    inner, inner_scale = loc[::2], log_scale[::2]
    if c.prior == "uniform":
        inner_scale.copy_(-6 * u[::2, 1] - 1e-3)
        inner.copy_((2 * u[::2, 0] - 1) * -torch.expm1(inner_scale) * 0.999)
    elif c.prior == "exponential":
        inner.copy_(inner.abs() + (inner_scale.exp() * 1.001 if c.posterior == "uniform" else 0))
    elif c.finite != "True":
        inner_scale.copy_(-6 * u[::2, 1] - 1e-3)
    return [(float(m), float(s)) for m, s in zip(loc, log_scale, strict=True)]


@cache
def truths(c: Cell, random_points: int, with_gradient: bool, seed: int = 0) -> list[Truth]:
    entry = catalog(c.kind, c.posterior, c.prior)

    def at(m, s):
        return entry.evaluate(m, mpmath.exp(s), dps=DIGITS)

    results = []
    with mpmath.workdps(DIGITS + 15):
        given = points(c, random_points, seed) + ([] if with_gradient else GRID)
        for m, s in ((float(torch.tensor(m)), float(torch.tensor(s))) for m, s in given):
            value, gradient = at(mpmath.mpf(m), mpmath.mpf(s)), None
            if with_gradient and mpmath.isfinite(value):
                h = mpmath.mpf(2) ** -28
                step = h * min(1, mpmath.exp(s))
                d_loc = (at(m + step, mpmath.mpf(s)) - at(m - step, mpmath.mpf(s))) / (2 * step)
                d_log_scale = (at(mpmath.mpf(m), s + h) - at(mpmath.mpf(m), s - h)) / (2 * h)
                gradient = (d_loc, d_log_scale)
            results.append(Truth(m, s, value, gradient))
    return results


def excess(got: float, truth: mpmath.mpf, dtype: torch.dtype) -> float:
    """Error in units of 1 + |truth|; where the truth is infinite or too large for the dtype so must be the number."""
    if math.isnan(got):
        return math.inf
    largest = torch.finfo(dtype).max
    if abs(truth) > largest:
        return 0.0 if got == math.copysign(math.inf, truth) else math.inf
    if math.isinf(got):
        # Overflow is the rounding of the largest numbers, and of those alone.
        return 0.0 if abs(truth) > largest * (1 - 1e-5) else math.inf
    return float(abs(mpmath.mpf(got) - truth) / (1 + abs(truth)))


def check_values(c: Cell, dtype: torch.dtype, known: list[Truth]) -> None:
    loc, log_scale = (torch.tensor(x, dtype=dtype) for x in zip(*((t.loc, t.log_scale) for t in known), strict=True))
    for backend in BACKENDS:
        values = divergence("kld", c.posterior, c.prior, loc, log_scale, backend=backend)
        assert (values >= 0).all(), backend
        worst = max(
            (excess(v, t.value, dtype), t.loc, t.log_scale, v, float(t.value))
            for v, t in zip(values.tolist(), known, strict=True)
        )
        assert worst[0] <= TOLERANCE[dtype], f"{backend}: (error, loc, log_scale, got, truth)"


def check_gradients(c: Cell, dtype: torch.dtype, known: list[Truth]) -> None:
    loc, log_scale = (
        torch.tensor(x, dtype=dtype, requires_grad=True)
        for x in zip(*((t.loc, t.log_scale) for t in known), strict=True)
    )
    for backend in BACKENDS:
        values = divergence("kld", c.posterior, c.prior, loc, log_scale, backend=backend)
        gradients = torch.autograd.grad(values.sum(), (loc, log_scale))
        errors = []
        for i, t in enumerate(known):
            for name, got, j in (("loc", gradients[0][i], 0), ("log_scale", gradients[1][i], 1)):
                if t.gradient is None:
                    errors.append((abs(got.item()), name, t.loc, t.log_scale, got.item(), 0.0))
                elif abs(t.value) < torch.finfo(dtype).max:
                    truth = t.gradient[j]
                    error = excess(got.item(), truth, dtype)
                    errors.append((error, name, t.loc, t.log_scale, got.item(), float(truth)))
        assert max(errors)[0] <= GRADIENT_TOLERANCE[dtype], f"{backend}: (error, of, loc, log_scale, got, truth)"


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_values(c, dtype):
    check_values(c, dtype, truths(c, 10, False))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_gradients(c, dtype):
    check_gradients(c, dtype, truths(c, 6, True))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_many_values_and_gradients(c, dtype):
    known = truths(c, 100, True, seed=1)
    check_values(c, dtype, known)
    check_gradients(c, dtype, known)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_values_agree_with_those_that_come_with_gradients(c, backend):
    """The two generated functions of a cell are printed separately."""
    m, s = (torch.tensor(x, dtype=torch.float64) for x in zip(*points(c, 2000, 5), strict=True))
    alone = divergence("kld", c.posterior, c.prior, m, s, backend=backend)
    beside = divergence("kld", c.posterior, c.prior, m.requires_grad_(), s, backend=backend)
    torch.testing.assert_close(alone, beside, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_float32_follows_float64_at_many_points(c, backend):
    m, s = (torch.tensor(x, dtype=torch.float64) for x in zip(*points(c, 5000, 6), strict=True))
    results = {}
    for dtype in (torch.float64, torch.float32):
        loc, log_scale = m.to(dtype).requires_grad_(), s.to(dtype).requires_grad_()
        value = divergence("kld", c.posterior, c.prior, loc, log_scale, backend=backend)
        results[dtype] = value.detach(), *torch.autograd.grad(value.sum(), (loc, log_scale))
    value = results[torch.float64][0]
    # What float32 cannot hold, and edges that its tolerance takes in, are held elsewhere.
    held = (value < 1e38) & torch.isfinite(results[torch.float32][0]) | torch.isinf(value) & torch.isinf(value.float())
    assert held.float().mean() > 0.9
    for exact, got, tolerance in zip(*(results[d] for d in results), (1e-5, 1e-4, 1e-4), strict=True):
        both = held & torch.isfinite(value) & (exact.abs() < 1e38)
        error = (got.double() - exact).abs()[both] / (1 + exact[both].abs())
        worst = error.argmax()
        found = [x[both][worst].item() for x in (m, s, got, exact)]
        assert error[worst] <= tolerance, f"(loc, log_scale, got, truth) = {found}"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("c", FINITE, ids=PAIRS)
def test_never_nan_never_negative_far_beyond_the_domain(c, backend):
    for dtype in (torch.float32, torch.float64):
        loc = torch.tensor([-1e5, -300.0, -20.0, 0.0, 1e-30, 20.0, 300.0, 1e5], dtype=dtype)
        log_scale = torch.tensor([-20.0, -10.0, 0.0, 3.5, 6.0, 20.0], dtype=dtype)
        m, s = (x.flatten().clone().requires_grad_() for x in torch.meshgrid(loc, log_scale, indexing="ij"))
        value = divergence("kld", c.posterior, c.prior, m, s, backend=backend)
        assert (value >= 0).all()
        for gradient in torch.autograd.grad(value.sum(), (m, s)):
            assert not torch.isnan(gradient).any()
