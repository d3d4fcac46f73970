# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/E; change the generator, not this file.
"""kld of the exponential from the standard exponential, in nats.

loc = mu, log_scale = l:
mu + expm1mx(l)

Finite where mu >= 0. Evaluated by closed form, rewritten by log_variable, bregman.
Operations per element: 2 for the value, 3 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    finite = loc >= 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    value = loc + special.expm1mx(log_scale)
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    finite = loc >= 0.0
    loc = torch.where(finite, loc, 0.5)
    log_scale = torch.where(finite, log_scale, -1.0)
    value = loc + special.expm1mx(log_scale)
    d_loc = torch.full_like(loc, 1.0)
    d_log_scale = torch.expm1(log_scale)
    value = torch.clamp(value, min=0.0)
    value = torch.where(finite, value, float("inf"))
    d_loc = torch.where(finite, d_loc, 0.0)
    d_log_scale = torch.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
