"""Networks as one operator: activations, gradients, and what is left to Torch."""

import pytest
import sympy as sp
import torch
from torch.nn import functional as F

from codegen import activations as compiler
from codegen.stabilise import RewriteError
from divergences.ops.dense import ACTIVATIONS, dense
from divergences.ops.native import loader

FUNCTIONS = {"gelu": F.gelu, "relu": F.relu, "silu": F.silu, "tanh": torch.tanh}
ROUNDING = {torch.float64: 2.0**-52, torch.float32: 2.0**-23, torch.bfloat16: 2.0**-8}


@pytest.fixture(autouse=True)
def with_kernels():
    loader.require()


def plain(x, weights, activations):
    """The same network by differentiable operations of Torch."""
    for i in range(0, len(weights), 2):
        x = F.linear(x, weights[i], weights[i + 1])
        x = FUNCTIONS[activations[i // 2]](x) if i + 2 < len(weights) else x
    return x


@pytest.mark.parametrize("dtype", ROUNDING, ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_derivatives_of_activations(name, dtype):
    points = torch.cat([torch.linspace(-12, 12, 2001, dtype=torch.float64), torch.tensor([0.0, -0.0, 1e-6, -90.0, 90])])
    x = points.to(dtype).unsqueeze(1).requires_grad_()
    one, zero = torch.ones(1, 1, dtype=dtype), torch.zeros(1, dtype=dtype)
    value = dense(x, [one, zero, one, zero], [name])
    (slope,) = torch.autograd.grad(value.sum(), x)
    exact = x.detach().double().requires_grad_()
    y = FUNCTIONS[name](exact)
    (expected,) = torch.autograd.grad(y.sum(), exact)
    assert value.dtype is slope.dtype is dtype
    torch.testing.assert_close(value.double(), y, rtol=2 * ROUNDING[dtype], atol=8 * ROUNDING[dtype])
    torch.testing.assert_close(slope.double(), expected, rtol=2 * ROUNDING[dtype], atol=8 * ROUNDING[dtype])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan(name):
    for dtype in (torch.float32, torch.float64):
        one, zero = torch.ones(1, 1, dtype=dtype), torch.zeros(1, dtype=dtype)
        assert dense(torch.full((3, 1), torch.nan, dtype=dtype), [one, zero, one, zero], [name]).isnan().all()


@pytest.mark.parametrize("dtype", ROUNDING, ids=str)
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (70, 5, 13, 3), (33, 4, 400, 2), (1003, 201, 131, 150)])
def test_values_and_gradients(shape, dtype):
    """The last shape is one for which oneDNN multiplies, with gradients that are transposed on the way."""
    torch.manual_seed(0)
    n, inputs, hidden, out = shape
    sizes = [(hidden, inputs), (hidden,), (hidden, hidden), (hidden,), (out, hidden), (out,)]
    weights = [(torch.randn(size) / size[-1] ** 0.5).to(dtype).requires_grad_() for size in sizes]
    x, g = torch.randn(n, inputs).to(dtype).requires_grad_(), torch.randn(n, out).to(dtype)
    y = dense(x, weights, ["silu", "gelu"])
    exact = [t.detach().double().requires_grad_() for t in (x, *weights)]
    expected = plain(exact[0], exact[1:], ["silu", "gelu"])
    found = (y, *torch.autograd.grad(y, [x, *weights], g))
    for a, b in zip(found, (expected, *torch.autograd.grad(expected, exact, g.double())), strict=True):
        assert a.dtype is dtype
        assert a.is_contiguous()
        torch.testing.assert_close(a.double(), b, rtol=0, atol=10 * ROUNDING[dtype] * float(b.detach().abs().max()))


def test_operands_are_left_as_they_are():
    torch.manual_seed(0)
    x, g = torch.randn(40, 6), torch.randn(40, 3)
    weights = [torch.randn(5, 6), torch.randn(5), torch.randn(3, 5), torch.randn(3)]
    given = [x, g, *weights]
    before = [t.clone() for t in given]
    for w in weights:
        w.requires_grad_()
    y = dense(x, weights, ["tanh"])
    first = torch.autograd.grad(y, weights, g, retain_graph=True)
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(first, torch.autograd.grad(y, weights, g), strict=True))


def test_sums_are_the_same_for_any_number_of_threads():
    torch.manual_seed(0)
    x, g, threads, found = torch.randn(1000, 7), torch.randn(1000, 403), torch.get_num_threads(), []
    weight, bias = torch.randn(403, 7), torch.zeros(403, requires_grad=True)
    try:
        for number in (1, 2, 3):
            torch.set_num_threads(number)
            found.append(torch.autograd.grad(dense(x, [weight, bias], []), bias, g)[0])
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


@pytest.mark.parametrize("type_of_products", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("n", [9, 1000])
def test_what_does_not_lie_together_in_memory(n, type_of_products):
    torch.manual_seed(0)
    sizes = [(150, 200), (150,), (120, 150), (120,)]
    weights = [torch.randn(size).mul_(size[-1] ** -0.5).requires_grad_() for size in sizes]
    x = torch.randn(n, 200).requires_grad_()
    g = torch.randn(120, n).t().to(type_of_products)
    apart = [x.detach().t().contiguous().t().requires_grad_()]
    apart += [w.detach().t().contiguous().t().requires_grad_() if w.ndim == 2 else w for w in weights]
    y, of_apart = (dense(t[0], t[1:], ["relu"], type_of_products) for t in ([x, *weights], apart))
    assert not apart[0].is_contiguous()
    assert y.dtype is type_of_products
    limit = 1e-5 if type_of_products is torch.float32 else 2e-2
    expected = torch.autograd.grad(y, [x, *weights], g.contiguous())
    for a, b in zip((of_apart, *torch.autograd.grad(of_apart, apart, g)), (y, *expected), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=limit * float(b.detach().abs().max()))


def test_what_is_left_to_torch():
    weights = [torch.ones(2, 3), torch.zeros(2)]
    assert dense(torch.ones(4, 3), weights, []) is not None
    assert dense(torch.ones(0, 3), weights, []) is None
    assert dense(torch.ones(4, 3, dtype=torch.float64), weights, []) is None
    assert dense(torch.ones(4, 3), weights, [], torch.float16) is None
    assert dense(torch.ones(4, 3, device="meta"), weights, []) is None


def test_what_cannot_be_is_refused(monkeypatch):
    weights = [torch.ones(2, 3), torch.zeros(2), torch.ones(1, 2), torch.zeros(1)]
    for arguments in ((torch.ones(4, 3), weights, []), (torch.ones(3), weights, ["relu"])):
        with pytest.raises(ValueError, match="a weight and a bias for each layer"):
            dense(*arguments)
    with pytest.raises(ValueError, match="there is no activation -1"):
        dense(torch.ones(4, 3), weights, ["elu"])
    definition, value, slope = compiler.FORMULAS["silu"]()
    monkeypatch.setitem(compiler.FORMULAS, "silu", lambda: (definition, value, slope + sp.Float(1e-12)))
    with pytest.raises(RewriteError, match="silu at"):
        compiler.lower_activation("silu")
