"""The C++ operators element by element: layouts, NaN, the ends of the range, higher derivatives."""

import math

import pytest
import torch
from native_operands import FINITE, parameters

from divergences.ops import divergence

pytestmark = pytest.mark.usefixtures("operators")


def layouts():
    """Operands that share values and differ in how they lie in memory."""
    wide = torch.randn(6, 5, 14, dtype=torch.float64)
    yield "halves", wide.chunk(2, -1)
    yield "transposed", torch.randn(7, 5, 6, dtype=torch.float64).permute(2, 1, 0), wide[..., :7]
    yield "steps", wide[::2, :, ::2], wide[1::2, :, 1::2]
    yield (
        "expanded",
        torch.randn(7, dtype=torch.float64).expand(6, 5, 7),
        torch.zeros((), dtype=torch.float64).expand(6, 5, 7),
    )
    yield "vector", wide[0, 0, ::2], wide[0, 0, 1::2]
    yield "scalar", wide[0, 0, 0], wide[0, 0, 1]
    yield "empty", wide[:0, :, :7], wide[:0, :, 7:]
    yield "no columns", wide[..., :0], wide[..., :0]
    yield (
        "longer than a tile",
        torch.randn(3, 5000, dtype=torch.float64)[:, :4999],
        torch.zeros(3, 4999, dtype=torch.float64),
    )


@pytest.mark.parametrize("layout", list(layouts()), ids=lambda layout: layout[0])
def test_any_layout_gives_the_numbers_of_a_contiguous_one(layout):
    operands = layout[1] if len(layout) == 2 else layout[1:]
    results = []
    for loc, log_scale in (operands, [x.contiguous() for x in operands]):
        m, s = loc.detach().requires_grad_(), log_scale.detach().requires_grad_()
        assert m.stride() == loc.stride()
        value = divergence("kld", "Lo", "N", m, s, backend="cpp")
        upstream = torch.linspace(-1, 2, value.numel(), dtype=torch.float64).view(value.shape)
        results.append((value, *torch.autograd.grad(value, (m, s), upstream)))
        results[-1] += torch.autograd.grad(divergence("kld", "Lo", "N", m, s, backend="cpp").sum(), (m, s))
    for strided, contiguous in zip(*results, strict=True):
        assert torch.equal(strided, contiguous)


@pytest.mark.parametrize("c", FINITE, ids=lambda c: c.pair.replace("/", "-"))
def test_a_nan_stays_at_its_element(c):
    for dtype in (torch.float32, torch.float64):
        for place in ("loc", "log_scale"):
            for n in (5, 40):
                loc, log_scale = (torch.full((n,), x, dtype=dtype) for x in (0.3, -1.0))
                clean = divergence("kld", c.posterior, c.prior, loc, log_scale, backend="cpp")
                (loc if place == "loc" else log_scale)[2] = math.nan
                got = divergence("kld", c.posterior, c.prior, loc.requires_grad_(), log_scale, backend="cpp")
                depends = place != "loc" or torch.autograd.grad(got[0], loc)[0].any() or c.finite != "True"
                assert torch.isnan(got[2]) or not depends
                rest = [i for i in range(n) if i != 2]
                assert torch.equal(got[rest], clean[rest])


@pytest.mark.parametrize("pair", ["N/N", "La/C", "La/G", "U/U", "G/G"])
def test_second_and_third_derivatives(pair):
    q, p = pair.split("/")
    loc, log_scale = (x.detach() for x in parameters(3))
    loc, log_scale = (loc / 8).requires_grad_(), (log_scale - 0.7).requires_grad_()  # inside of every condition
    results = []
    for name in ("cpp", "torch"):
        value = divergence("kld", q, p, loc, log_scale, backend=name).pow(2).sum()
        first = torch.autograd.grad(value, (loc, log_scale), create_graph=True)
        second = torch.autograd.grad(sum(g.pow(2).sum() for g in first), (loc, log_scale), create_graph=True)
        third = torch.autograd.grad(sum(g.pow(2).sum() for g in second), (loc, log_scale))
        results.append((*first, *second, *third))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    loc, log_scale = (x.detach().to(dtype) for x in parameters(50))
    got = divergence("kld", "N", "La", loc, log_scale, backend="cpp")
    assert torch.equal(got, divergence("kld", "N", "La", loc.float(), log_scale.float(), backend="cpp").to(dtype))


def test_forward_derivatives():
    loc, log_scale = (x.detach() for x in parameters(4))
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(loc, torch.ones_like(loc))
        tangent = torch.autograd.forward_ad.unpack_dual(divergence("kld", "La", "N", dual, log_scale)).tangent
    torch.testing.assert_close(tangent, loc)


@pytest.mark.parametrize("c", FINITE, ids=lambda c: c.pair.replace("/", "-"))
def test_far_out_both_backends_are_infinite_or_finite_together(c):
    """Where nothing in float32 can be held any more: never NaN, infinite with a gradient of zero."""
    loc = torch.tensor([-3e38, -1e20, -1e5, 0.0, 1e-38, 1e12, 3e38])
    log_scale = torch.tensor([-3e38, -200.0, -60.0, 0.0, 44.0, 89.0, 1e10])
    grid = torch.meshgrid(loc, log_scale, indexing="ij")
    m, s = (x.flatten().clone().requires_grad_() for x in grid)
    value = divergence("kld", c.posterior, c.prior, m, s, backend="cpp")
    gradients = torch.autograd.grad(value.sum(), (m, s))
    assert (value >= 0).all()
    for gradient in gradients:
        assert torch.isfinite(gradient).all()
        assert not gradient[torch.isinf(value)].any()
