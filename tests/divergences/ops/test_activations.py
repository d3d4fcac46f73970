"""Activations of networks: values, derivatives, and the way back, with the C++ kernels and without."""

import pytest
import sympy as sp
import torch
from torch.nn import functional as F

from codegen import activations as compiler
from codegen.stabilise import RewriteError
from divergences.ops.activations import ACTIVATIONS, activate_, activation_gradient_
from divergences.ops.errors import UnknownNameError

FUNCTIONS = {"gelu": F.gelu, "relu": F.relu, "silu": F.silu, "tanh": torch.tanh}
ROUNDING = {torch.float64: 2.0**-52, torch.float32: 2.0**-23, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-10}


def arguments(dtype):
    x = torch.cat([torch.linspace(-12, 12, 2001, dtype=torch.float64), torch.tensor([0.0, -0.0, 1e-6, -90.0, 90.0])])
    return x.to(dtype)


@pytest.mark.parametrize("dtype", ROUNDING, ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_derivatives(either_backend, name, dtype):
    x = arguments(dtype)
    exact = x.double().requires_grad_()
    y = FUNCTIONS[name](exact)
    (slope,) = torch.autograd.grad(y.sum(), exact)
    value, derivative = activate_(name, x.clone())
    assert value.dtype is derivative.dtype is dtype
    torch.testing.assert_close(value.double(), y.detach(), rtol=2 * ROUNDING[dtype], atol=8 * ROUNDING[dtype])
    torch.testing.assert_close(derivative.double(), slope, rtol=2 * ROUNDING[dtype], atol=8 * ROUNDING[dtype])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan(either_backend, name):
    for dtype in (torch.float32, torch.float64):
        assert activate_(name, torch.full((3,), torch.nan, dtype=dtype))[0].isnan().all()


@pytest.mark.parametrize("dtype", ROUNDING, ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (70, 13), (33, 400), (0, 5), (5, 0)])
def test_way_back(either_backend, shape, dtype):
    torch.manual_seed(0)
    grad, derivative = torch.randn(shape).to(dtype), torch.rand(shape).to(dtype)
    exact = grad.double() * derivative.double()
    found, total = activation_gradient_(grad.clone(), derivative)
    assert total.dtype is (torch.float64 if dtype is torch.float64 else torch.float32)
    torch.testing.assert_close(found.double(), exact, rtol=ROUNDING[dtype], atol=ROUNDING[dtype] / 64)
    width = 64 * max(ROUNDING[dtype] / 4, ROUNDING[torch.float32]) if dtype is not torch.float64 else 1e-13
    torch.testing.assert_close(total.double(), exact.sum(0), rtol=0, atol=width)


def test_sums_are_the_same_for_any_number_of_threads():
    torch.manual_seed(0)
    grad, derivative, before, found = torch.randn(1000, 403), torch.rand(1000, 403), torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            found.append(activation_gradient_(grad.clone(), derivative))
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


def test_what_does_not_lie_together_in_memory():
    x = torch.randn(6, 8).t()
    for name in ACTIVATIONS:
        torch.testing.assert_close(activate_(name, x.clone())[0], FUNCTIONS[name](x))
    found, total = activation_gradient_(x.clone(), torch.ones(6, 8).t())
    torch.testing.assert_close((found, total), (x, x.sum(0)))


def test_what_cannot_be_is_refused(monkeypatch):
    with pytest.raises(UnknownNameError, match="'elu'; known are gelu, relu, silu, tanh"):
        activate_("elu", torch.zeros(3))
    definition, value, slope = compiler.FORMULAS["silu"]()
    monkeypatch.setitem(compiler.FORMULAS, "silu", lambda: (definition, value, slope + sp.Float(1e-12)))
    with pytest.raises(RewriteError, match="silu at"):
        compiler.lower_activation("silu")
