# Written by codegen.build (SymPy 1.14.0) from the record of the exponential; change the generator, not this file.
"""The standard exponential: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

SUPPORT = (0.0, float("inf"))
KINKS = ()
TAILS = (float("inf"), float("inf"))  # exponents of the powers as which it falls


def log_formula(t: Tensor) -> Tensor:
    """The formula of the log density, also where the density is zero."""
    return -t


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t, -inf outside the support."""
    return torch.where(t < 0.0, float("-inf"), log_formula(t))


def score(t: Tensor) -> Tensor:
    """Derivative of the log density."""
    return 0.0 * t - 1.0


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return -torch.log1p(-p)
