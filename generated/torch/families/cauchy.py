# Written by codegen.build (SymPy 1.14.0) from the record of the cauchy; change the generator, not this file.
"""The standard cauchy: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

from generated.torch import special


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return -torch.log1p(torch.square(t)) - 1.1447298858494002


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return torch.where(p < 0.5, -special.cotpi(p), special.cotpi(-p + 1.0))
