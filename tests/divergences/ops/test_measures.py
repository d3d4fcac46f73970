"""Divergences of an order and those made of others by C++, against the torch backend and as operators."""

import pytest
import torch

from divergences.ops import Pairing, divergence, divergence_sum
from divergences.ops.native.measures import KINDS
from divergences.ops.table import ORDERED_KINDS, cell, families

TOLERANCE = {torch.float64: 1e-11, torch.float32: 2e-6}
ORDERS = (0.5, 0.96, 1.7)


def served(kind: str) -> list[tuple[str, str]]:
    return [(q, p) for q in families() for p in families() if cell(kind, q, p).status != "infinite"]


CASES = [
    pytest.param(kind, alpha, id=f"{kind}-{alpha}" if alpha else kind)
    for kind in sorted(KINDS)
    for alpha in (ORDERS if kind in ORDERED_KINDS else (None,))
]


def points(dtype: torch.dtype, n: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    """Ties, members of one family that nearly agree, and points at random, as float32 numbers."""
    source = torch.Generator().manual_seed(4)
    loc = torch.cat([torch.tensor([0.0, 0.0, 1.0, 1e-3]), 3 * torch.randn(n, generator=source)])
    log_scale = torch.cat([torch.tensor([0.0, -0.5, 0.0, 2e-3]), torch.randn(n, generator=source) - 1])
    return loc.to(dtype), log_scale.to(dtype)


def value_and_gradient(kind, q, p, loc, log_scale, alpha, backend):
    m, s = loc.detach().requires_grad_(), log_scale.detach().requires_grad_()
    value = divergence(kind, q, p, m, s, alpha, backend)
    return value.detach(), *torch.autograd.grad(value.sum(), (m, s))


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("kind", "alpha"), CASES)
def test_cpp_follows_torch(kind, alpha, dtype):
    loc, log_scale = points(dtype)
    for q, p in served(kind):
        results = [value_and_gradient(kind, q, p, loc, log_scale, alpha, b) for b in ("cpp", "torch")]
        for ours, theirs in zip(*results, strict=True):
            assert torch.equal(ours.isinf(), theirs.isinf()), (q, p)
            # In float32 the torch backend rounds what these are made of.
            tolerance = TOLERANCE[dtype] * (20 if kind in ("jeffreys", "reverse_kld", "chi2") else 1)
            error = (ours - theirs).abs() / (1 + theirs.abs())
            assert (error[theirs.isfinite()] <= tolerance).all(), (q, p)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(
    ("kind", "q", "p", "alpha"),
    [
        ("renyi", "uniform", "gumbel", 20.0),  # rises as an exponential of an exponential
        ("renyi", "gumbel", "gumbel", 0.3),
        ("renyi", "cauchy", "cauchy", 0.7),  # few nats over many scales
        ("gamma", "cauchy", "cauchy", 1.3),
        ("beta", "laplace", "logistic", 2.5),
    ],
)
def test_as_many_panels_as_are_demanded_are_enough(kind, q, p, alpha, dtype):
    """C++ takes as many as an element demands, Torch always all that the rule allows."""
    loc, log_scale = torch.cartesian_prod(torch.linspace(-10, 10, 15), torch.linspace(-6, 3, 15)).to(dtype).unbind(-1)
    results = [divergence(kind, q, p, loc, log_scale, alpha, backend) for backend in ("cpp", "torch")]
    accuracy = 1e-12 if dtype == torch.float64 else 4e-7
    torch.testing.assert_close(*results, rtol=accuracy, atol=accuracy)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_serves_by_default(kind):
    alpha = 0.7 if kind in ORDERED_KINDS else None
    value = divergence(kind, "laplace", "logistic", torch.tensor(0.3, requires_grad=True), torch.tensor(-1.0), alpha)
    assert "Measure" in value.grad_fn.next_functions[0][0].name()  # below the reshaping


def test_shapes_strides_and_empty_batches():
    loc, log_scale = points(torch.float64)
    expected = divergence("renyi", "La", "N", loc, log_scale, 0.5, "torch")
    for shape in ((4, 4), (2, 1, 8), (16, 1)):
        got = divergence("renyi", "La", "N", loc.reshape(shape), log_scale.reshape(shape), 0.5)
        torch.testing.assert_close(got, expected.reshape(shape))
    both = torch.stack([loc, log_scale], -1)
    torch.testing.assert_close(divergence("renyi", "La", "N", both[:, 0], both[:, 1], 0.5), expected)
    assert divergence("renyi", "La", "N", loc[:0], log_scale[:0], 0.5).shape == (0,)
    assert divergence("renyi", "La", "N", loc[1], log_scale[1], 0.5).shape == ()


def test_layers_and_their_scale_families():
    pairing = Pairing.parse("La/N:2,E/E:1,N/N:1")
    source = torch.Generator().manual_seed(0)
    loc, log_scale = torch.randn(2, 5, 4, generator=source).double().requires_grad_().unbind(0)
    found = []
    for backend in ("cpp", "torch"):
        nats = divergence_sum("renyi", pairing, loc, log_scale - 1, 0.5, backend)
        found.append((nats, *torch.autograd.grad(nats.square().sum(), (loc, log_scale))))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    assert (found[0][1][:, 2] == 0).all()


def test_second_derivatives_and_the_checks_of_torch():
    loc, log_scale = (x[4:8].reshape(2, 2).requires_grad_() for x in points(torch.float64))
    operator, backward = torch.ops.autovae.measure.default, torch.ops.autovae.measure_backward.default
    segments = [torch.ops.autovae.cell("renyi/uniform_normal"), torch.ops.autovae.cell("chi2/normal_laplace")], [1, 1]
    torch.library.opcheck(operator, (loc, log_scale, *segments, 0.5))
    assert torch.autograd.gradcheck(lambda m, s: operator(m, s, *segments, 0.5), (loc, log_scale))
    grad = torch.ones_like(loc).requires_grad_()
    quick = ("test_schema", "test_faketensor", "test_autograd_registration")
    torch.library.opcheck(backward, (grad, loc, log_scale, *segments, 0.5), test_utils=quick)
    assert torch.autograd.gradgradcheck(lambda m, s: divergence("renyi", "La", "N", m, s, 0.5), (loc, log_scale))


def test_threads_change_nothing():
    source = torch.Generator().manual_seed(0)
    loc, log_scale = torch.randn(2, 40, 7, generator=source)
    before, results = torch.get_num_threads(), []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            results.append(divergence("renyi", "N", "Lo", loc, log_scale, 0.5))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*results)
