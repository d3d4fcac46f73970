"""Functions that their naive forms would lose digits or overflow on."""

from __future__ import annotations

import torch
from torch import Tensor


def bounded(raw: Tensor, low: float, high: float) -> Tensor:
    """Map the reals onto (low, high), smoothly, with slope one in the middle."""
    middle, half = (low + high) / 2, (high - low) / 2
    return middle + half * torch.tanh((raw - middle) / half)


def unbounded(value: Tensor, low: float, high: float) -> Tensor:
    """The inverse of :func:`bounded`, for values that are first brought inside."""
    middle, half = (low + high) / 2, (high - low) / 2
    return middle + half * torch.atanh(((value - middle) / half).clamp(-0.99, 0.99))


def log_sinhc(x: Tensor) -> Tensor:
    """log(sinh(x) / x), even and smooth through zero."""
    a = x.abs()
    far = a > 0.5
    big = torch.where(far, a, 1.0)
    square = torch.where(far, 0.0, a).square()
    # sinh(x)/x = 1 + x²/6 (1 + x²/20 (1 + x²/42 (1 + ...))), to 1e-13 where |x| < 1/2.
    tail = 1 + square / 42 * (1 + square / 72 * (1 + square / 110))
    near = torch.log1p(square / 6 * (1 + square / 20 * tail))
    return torch.where(far, big - torch.log(2 * big) + torch.log1p(-torch.exp(-2 * big)), near)


def langevin(x: Tensor) -> Tensor:
    """coth(x) - 1/x, the derivative of :func:`log_sinhc`, in (-1, 1)."""
    far = x.abs() > 0.5
    big = torch.where(far, x, 1.0)
    small = torch.where(far, 0.0, x)
    s = small.square()
    near = small / 3 * (1 - s / 15 * (1 - s * 2 / 21 * (1 - s / 10 * (1 - s * 10 / 99 * (1 - s * 691 / 6825)))))
    return torch.where(far, 1 / torch.tanh(big) - 1 / big, near)
