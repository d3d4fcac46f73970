# Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/G; change the generator, not this file.
"""kld of the logistic from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu + log_reflection(l)) + log_reflection(l) - 1

Finite where sigma < 1. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 8 for the value, 14 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    finite = log_scale < 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    x0 = -special.log_reflection(log_scale)
    x1 = -loc - x0
    value = -log_scale - x0 + special.expm1mx(x1) - 1.0
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    finite = log_scale < 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    x0 = -special.log_reflection(log_scale)
    x1 = -loc - x0
    x2 = torch.expm1(x1)
    x3 = special.one_minus_picot(log_scale)
    value = -log_scale - x0 + special.expm1mx(x1) - 1.0
    d_loc = -x2
    d_log_scale = x3 + x2 * x3 - 1.0
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    d_loc = torch.where(finite, d_loc, 0.0)
    d_log_scale = torch.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
