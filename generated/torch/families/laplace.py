# Written by codegen.build (SymPy 1.14.0) from the record of the laplace; change the generator, not this file.
"""The standard laplace: log density and quantile function, element-wise and differentiable."""

import torch
from torch import Tensor

SUPPORT = (float("-inf"), float("inf"))
KINKS = (0.0,)
TAILS = (float("inf"), float("inf"))  # exponents of the powers as which it falls


def log_formula(t: Tensor) -> Tensor:
    """The formula of the log density, also where the density is zero."""
    return -torch.abs(t) - 0.6931471805599453


def log_density(t: Tensor) -> Tensor:
    """Log of the density at t."""
    return log_formula(t)


def score(t: Tensor) -> Tensor:
    """Derivative of the log density."""
    return -torch.sign(t)


def quantile(p: Tensor) -> Tensor:
    """The point below which the probability is p, for p in (0, 1)."""
    return torch.where(p < 0.5, torch.log(2.0 * p), -torch.log1p(-p) - 0.6931471805599453)
