# Written by codegen.build (SymPy 1.14.0) from the record of the gumbel; change the generator, not this file.
"""The standard gumbel: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return -t - torch.exp(-t)


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return -torch.log(-torch.log(p))
