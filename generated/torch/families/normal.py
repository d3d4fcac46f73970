# Written by codegen.build (SymPy 1.14.0) from the record of the normal; change the generator, not this file.
"""The standard normal: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

SUPPORT = (float("-inf"), float("inf"))
KINKS = ()
TAILS = (float("inf"), float("inf"))  # exponents of the powers as which it falls


def log_formula(t: Tensor) -> Tensor:
    """The formula of the log density, also where the density is zero."""
    return -0.5 * torch.square(t) - 0.9189385332046728


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return log_formula(t)


def score(t: Tensor) -> Tensor:
    """Derivative of the log density."""
    return -t


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return torch.special.ndtri(p)
