# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/G; change the generator, not this file.
"""kld of the exponential from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(l) + expm1mx(-mu - log1p(exp(l))) - log1p(exp(l)) + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, bregman.
Operations per element: 9 for the value, 17 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = torch.log1p(x0)
    x2 = -loc - x1
    value = -x1 + special.expm1mx(log_scale) + special.expm1mx(x2) + 1.0
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = torch.log1p(x0)
    x2 = -loc - x1
    x3 = torch.expm1(x2)
    x4 = x0 / (x0 + 1.0)
    value = -x1 + special.expm1mx(log_scale) + special.expm1mx(x2) + 1.0
    d_loc = -x3
    d_log_scale = -x4 - x3 * x4 + torch.expm1(log_scale)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
