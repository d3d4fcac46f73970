# Written by codegen.build (SymPy 1.14.0) from the record of the logistic; change the generator, not this file.
"""The standard logistic: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

from generated.torch import special


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return -t - 2.0 * special.softplus(-t)


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return -torch.log1p(-p) + torch.log(p)
