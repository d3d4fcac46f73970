"""The smooth map onto intervals: values, derivatives of both orders, with the C++ kernels and without."""

import pytest
import torch

from divergences.ops.bounded import bounded


def limits(dtype, columns=6):
    torch.manual_seed(1)
    centre, up, down = torch.randn(columns), 0.5 + 3 * torch.rand(columns), 0.5 + 9 * torch.rand(columns)
    return [each.to(dtype) for each in (centre, up, down)]


def exact(x, centre, up, down):
    reach = torch.where(x > 0, up, down)
    return (centre + reach * torch.tanh(x / reach)).chunk(2, -1)


@pytest.mark.parametrize(("dtype", "limit"), [(torch.float32, 1e-6), (torch.float64, 1e-14)], ids=str)
@pytest.mark.parametrize("shape", [(50, 6), (6,), (2, 3, 6), (0, 6)])
def test_values_and_gradients(either_backend, shape, dtype, limit):
    torch.manual_seed(0)
    x = (20 * torch.randn(shape)).to(dtype)
    if x.numel():
        x.view(-1)[0] = 0.0
    x.requires_grad_()
    found = bounded(x, *limits(dtype))
    wide = x.detach().double().requires_grad_()
    expected = exact(wide, *(each.double() for each in limits(dtype)))
    weights = [torch.randn(half.shape, dtype=dtype) for half in found]
    (gradient,) = torch.autograd.grad(found, x, weights)
    (truth,) = torch.autograd.grad(expected, wide, [w.double() for w in weights])
    for a, b in (*zip(found, expected, strict=True), (gradient, truth)):
        assert a.dtype is dtype
        torch.testing.assert_close(a.double(), b, rtol=10 * limit, atol=20 * limit)


def test_one_half_alone_and_rows_apart(either_backend):
    x = torch.randn(6, 7, dtype=torch.float64).t().requires_grad_()
    for half in (0, 1):
        (found,) = torch.autograd.grad(bounded(x, *limits(torch.float64))[half].sum(), x)
        (truth,) = torch.autograd.grad(exact(x, *limits(torch.float64))[half].sum(), x)
        torch.testing.assert_close(found, truth)


def test_derivatives_of_both_orders(either_backend):
    x = torch.tensor([[-3.0, -0.2, 0.1, 0.5, 2.0, 9.0], [1, 2, -3, 4, -5, 6]], dtype=torch.float64, requires_grad=True)
    function = lambda x: bounded(x, *limits(torch.float64))  # noqa: E731
    assert torch.autograd.gradcheck(function, x, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(function, x)


def test_transforms_and_nan(either_backend):
    x, given = torch.randn(5, 6), limits(torch.float32)
    for a, b in zip(torch.func.vmap(lambda row: bounded(row, *given))(x), exact(x, *given), strict=True):
        torch.testing.assert_close(a, b)
    x[0, 0] = torch.nan
    loc, log_scale = bounded(x, *given)
    assert loc[0, 0].isnan()
    assert int(loc.isnan().sum()) == 1
    assert log_scale.isfinite().all()
