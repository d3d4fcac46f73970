# Written by codegen.build (SymPy 1.14.0) from the record of the laplace; change the generator, not this file.
"""The standard laplace: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return -torch.abs(t) - 0.6931471805599453


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return torch.where(p < 0.5, torch.log(2.0 * p), -torch.log1p(-p) - 0.6931471805599453)
