# Written by codegen.build (SymPy 1.14.0) from the catalog's kld La/G; change the generator, not this file.
"""kld of the laplace from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu - log1mexp(2*l)) - log1mexp(2*l) - log(2)

Finite where sigma < 1. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 8 for the value, 18 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    finite = log_scale < 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    x0 = 2.0 * log_scale
    x1 = special.log1mexp(x0)
    x2 = -loc - x1
    value = -log_scale - x1 + special.expm1mx(x2) - 0.6931471805599453
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    finite = log_scale < 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    x0 = 2.0 * log_scale
    x1 = special.log1mexp(x0)
    x2 = -loc - x1
    x3 = torch.expm1(x2)
    x4 = 2.0 * torch.exp(x0) / torch.expm1(x0)
    value = -log_scale - x1 + special.expm1mx(x2) - 0.6931471805599453
    d_loc = -x3
    d_log_scale = -x4 - x3 * x4 - 1.0
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    d_loc = torch.where(finite, d_loc, 0.0)
    d_log_scale = torch.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
