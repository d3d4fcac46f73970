# Written by codegen.build (SymPy 1.14.0) from the record of the cauchy; change the generator, not this file.
"""The standard cauchy: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

from generated.torch import special

SUPPORT = (float("-inf"), float("inf"))
KINKS = ()
TAILS = (2.0, 2.0)  # exponents of the powers as which it falls


def log_formula(t: Tensor) -> Tensor:
    """The formula of the log density, also where the density is zero."""
    return -torch.log1p(torch.square(t)) - 1.1447298858494002


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return log_formula(t)


def score(t: Tensor) -> Tensor:
    """Derivative of the log density."""
    return -2.0 * t / (torch.square(t) + 1.0)


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return torch.where(p < 0.5, -special.cotpi(p), special.cotpi(-p + 1.0))
