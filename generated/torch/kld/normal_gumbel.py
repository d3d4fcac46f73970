# Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/G; change the generator, not this file.
"""kld of the normal from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(2*l)/2 + expm1mx(-mu + exp(2*l)/2) - log(pi)/2 - log(2)/2 + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, bregman.
Operations per element: 9 for the value, 14 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = 2.0 * log_scale
    x1 = torch.exp(x0)
    x2 = -loc + 0.5 * x1
    value = 0.5 * special.expm1mx(x0) + special.expm1mx(x2) + 0.08106146679532726
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = 2.0 * log_scale
    x1 = torch.exp(x0)
    x2 = -loc + 0.5 * x1
    x3 = torch.expm1(x2)
    value = 0.5 * special.expm1mx(x0) + special.expm1mx(x2) + 0.08106146679532726
    d_loc = -x3
    d_log_scale = x1 * x3 + torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
