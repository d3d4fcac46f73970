"""Divergences of an order, and those made of others, by the Triton backend, against the torch backend."""

import os

import pytest
import torch

from divergences.ops import Pairing, divergence, divergence_sum, latent
from divergences.ops.table import ORDERED_KINDS, cell, families

# The interpreter of older versions does not go with NumPy 2.4.
triton = pytest.importorskip("triton", minversion=None if torch.cuda.is_available() else "3.9")
pytestmark = [
    pytest.mark.skipif(os.environ.get("TRITON_INTERPRET") != "1", reason="compares tensors on the CPU"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:triton"),
]

KINDS = ("renyi", "beta", "gamma", "hellinger", "chi2", "jeffreys", "reverse_kld")
ORDERS = (0.5, 0.96, 1.7)
TOLERANCE = {torch.float64: (1e-11, 1e-10), torch.float32: (1e-5, 1e-4)}
"""Of values and of gradients."""
# Of every way to compute one: formulas below and above order one, the other direction with and without nodes, and
# quadrature with kinks, edges on either side, heavy tails, and orders near one.
SOME = {
    ("renyi", 0.5): ("N/N", "La/La", "U/U", "E/E", "U/Lo", "La/N", "N/U", "La/E"),
    ("renyi", 0.96): ("La/La", "G/G", "La/N"),
    ("renyi", 1.7): ("N/N", "La/La", "U/U", "E/E", "E/La", "N/La", "U/E", "U/N"),
    ("beta", 1.7): ("La/U",),
    ("beta", 0.96): ("N/La",),
    ("gamma", 0.5): ("U/E",),
    ("gamma", 1.7): ("N/C",),
    ("hellinger", None): ("N/N", "U/N"),
    ("chi2", None): ("La/La", "N/C"),
    ("jeffreys", None): ("La/N", "N/Lo"),
    ("reverse_kld", None): ("N/U", "E/E", "G/N"),
}
CASES = [
    pytest.param(kind, alpha, *pair.split("/"), id=f"{kind}-{alpha}-{pair}".replace("/", "-"))
    for (kind, alpha), pairs in SOME.items()
    for pair in pairs
]
EVERY = [(kind, alpha) for kind in KINDS for alpha in (ORDERS if kind in ORDERED_KINDS else (None,))]


def points(dtype: torch.dtype, n: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    """Ties, members of one family that nearly agree, and points at random, as float32 numbers."""
    source = torch.Generator().manual_seed(4)
    loc = torch.cat([torch.tensor([0.0, 0.0, 1.0, 1e-3]), 3 * torch.randn(n, generator=source)])
    log_scale = torch.cat([torch.tensor([0.0, -0.5, 0.0, 2e-3]), torch.randn(n, generator=source) - 1])
    return loc.to(dtype), log_scale.to(dtype)


def value_and_gradient(kind, q, p, loc, log_scale, alpha, backend):
    m, s = loc.detach().requires_grad_(), log_scale.detach().requires_grad_()
    value = divergence(kind, q, p, m, s, alpha, backend)
    if backend == "triton":
        assert "triton_elementwise" in type(value.grad_fn).__name__
    return value.detach(), *torch.autograd.grad(value.sum(), (m, s))


def check(kind, alpha, q, p, dtype):
    loc, log_scale = points(dtype)
    ours = value_and_gradient(kind, q, p, loc, log_scale, alpha, "triton")
    theirs = value_and_gradient(kind, q, p, loc.double(), log_scale.double(), alpha, "torch")
    held = theirs[0] <= torch.finfo(dtype).max
    assert torch.equal(ours[0].isfinite(), held)
    for x, y, tolerance in zip(ours, theirs, (TOLERANCE[dtype][0], *TOLERANCE[dtype][1:] * 2), strict=True):
        assert x.dtype == dtype
        error = (x - y).abs() / (1 + y.abs())
        assert (error[held] <= tolerance).all(), error
        assert torch.isfinite(x[held]).all()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("kind", "alpha", "q", "p"), CASES)
def test_it_follows_torch(kind, alpha, q, p, dtype):
    check(kind, alpha, q, p, dtype)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("kind", "alpha"), EVERY)
def test_every_pair_follows_torch(kind, alpha, dtype):
    for q in families():
        for p in families():
            if cell(kind, q, p).status != "infinite":
                check(kind, alpha, q, p, dtype)


@pytest.mark.parametrize(
    ("kind", "pair", "alpha"), [("renyi", "N/N", 2.5), ("renyi", "N/U", 0.5), ("chi2", "N/N", None)]
)
def test_nan_stays_at_its_element_and_outside_is_infinite(kind, pair, alpha):
    loc = torch.tensor([float("nan"), 0.25, 0.1, -30.0, 1e15], requires_grad=True)
    log_scale = torch.tensor([-1.0, float("nan"), -2.0, 5.0, -1.0], requires_grad=True)
    got, expected = (divergence(kind, *pair.split("/"), loc, log_scale, alpha, b) for b in ("triton", "torch"))
    torch.testing.assert_close(got, expected, equal_nan=True)
    gradients = torch.autograd.grad(got[2:].sum(), (loc, log_scale))
    assert all(torch.isfinite(g).all() and not g[2:][got[2:].isinf()].any() for g in gradients)


@pytest.mark.parametrize("pair", ["N/N", "La/N"], ids=lambda pair: pair.replace("/", "-"))
def test_shapes_strides_and_empty_batches(pair):
    q, p = pair.split("/")
    loc, log_scale = points(torch.float64)
    expected = divergence("renyi", q, p, loc, log_scale, 0.5, "torch")

    def f(m, s):
        return divergence("renyi", q, p, m, s, 0.5, "triton")

    for shape in ((4, 4), (2, 1, 8), (16, 1)):
        torch.testing.assert_close(f(loc.reshape(shape), log_scale.reshape(shape)), expected.reshape(shape))
    both = torch.stack([loc, log_scale], -1)
    torch.testing.assert_close(f(both[:, 0], both[:, 1]), expected)
    halves = torch.cat([loc.view(4, 4), log_scale.view(4, 4)], -1)
    torch.testing.assert_close(f(*halves.chunk(2, -1)), expected.view(4, 4))
    torch.testing.assert_close(f(loc.repeat(5), log_scale.repeat(5)), expected.repeat(5))
    assert f(loc[:0], log_scale[:0]).shape == (0,)
    torch.testing.assert_close(f(loc[1], log_scale[1]), expected[1])
    half = f(loc.bfloat16(), log_scale.bfloat16())
    assert torch.equal(half, f(loc.bfloat16().float(), log_scale.bfloat16().float()).bfloat16())


@pytest.mark.parametrize(
    ("kind", "alpha", "pairs"),
    [("renyi", 0.5, "La/La:2,E/E:1,N/N:2"), ("renyi", 0.5, "La/N:2,E/E:1"),
     ("jeffreys", None, "N/Lo:2,E/E:1,La/N:2,N/Lo:1"),
     ("chi2", None, "N/N:2,E/E:1")],
)  # fmt: skip
def test_layers_and_their_scale_families(kind, alpha, pairs):
    pairing = Pairing.parse(pairs)
    source = torch.Generator().manual_seed(0)
    loc, log_scale = torch.randn(2, 5, len(pairing), generator=source).double().requires_grad_().unbind(0)
    noise = torch.rand(5, len(pairing), generator=source).double()
    found = []
    for backend in ("triton", "torch"):
        nats = divergence_sum(kind, pairing, loc, log_scale - 1, alpha, backend)
        z, also = latent(pairing, loc, log_scale - 1, noise, kind, alpha, backend)
        loss = nats.square().sum() + (z.square().sum(-1) * also).sum()
        found.append((nats, z, also, *torch.autograd.grad(loss, (loc, log_scale))))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10, equal_nan=True)


def test_second_derivatives_and_the_checks_of_torch():
    from divergences.ops import triton_operators, triton_programs

    loc, log_scale = (x[4:7].requires_grad_() for x in points(torch.float64))
    assert torch.autograd.gradgradcheck(
        lambda m, s: divergence("renyi", "La", "La", m, s, 0.5, "triton"), (loc, log_scale)
    )
    key = triton_programs.cell_key("renyi", "laplace", "normal")
    nodes = triton_programs.nodes(key, "float64", "cpu")
    torch.library.opcheck(
        triton_operators.elementwise, (loc, log_scale, nodes, key, True, 0.5),
        test_utils=("test_schema", "test_faketensor", "test_autograd_registration"),
    )  # fmt: skip


def test_compiled_without_a_break():
    loc, log_scale = (x.requires_grad_() for x in points(torch.float64))

    def loss(m, s):
        parts = [divergence("renyi", p, p, m, s, 0.7, "triton") for p in ("normal", "laplace")]
        return parts[0].sum() + divergence("hellinger", "N", "N", m, s, backend="triton").sum() + parts[1].sum()

    compiled = torch.compile(loss, backend="aot_eager", fullgraph=True)
    expected = torch.autograd.grad(loss(loc, log_scale), (loc, log_scale))
    got = torch.autograd.grad(compiled(loc, log_scale), (loc, log_scale))
    torch.testing.assert_close(got, expected)


def test_the_order_decides_between_formula_and_quadrature():
    from divergences.ops.triton_functions import device_function, side
    from divergences.ops.triton_programs import cell_key

    assert [side("renyi", alpha) for alpha in (0.5, 0.95, 1.05, 2.0)] == ["below", "near", "near", "above"]
    assert (side("hellinger", 0.0), side("chi2", 0.0), side("kld", 0.0)) == ("below", "above", "near")
    functions = {where: device_function("renyi", "laplace", "normal", where) for where in ("below", "near", "above")}
    assert {where: bool(f.norms) for where, f in functions.items()} == {"below": False, "near": True, "above": True}
    keys = [cell_key("renyi", "laplace", "normal", where) for where in ("below", "near", "above")]
    assert keys[0] != keys[1] == keys[2]
    assert cell_key("renyi", "normal", "normal", "below") == cell_key("renyi", "normal", "normal")
