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


def langevin(x: Tensor) -> Tensor:
    """coth(x) - 1/x, in (-1, 1)."""
    far = x.abs() > 0.5
    big = torch.where(far, x, 1.0)
    small = torch.where(far, 0.0, x)
    s = small.square()
    near = small / 3 * (1 - s / 15 * (1 - s * 2 / 21 * (1 - s / 10 * (1 - s * 10 / 99 * (1 - s * 691 / 6825)))))
    return torch.where(far, 1 / torch.tanh(big) - 1 / big, near)
