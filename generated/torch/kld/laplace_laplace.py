# Written by codegen.build (SymPy 1.14.0) from the catalog's kld La/La; change the generator, not this file.
"""kld of the laplace from the standard laplace, in nats.

loc = mu, log_scale = l:
expm1mx(l) + expm1mx(-exp(-l)*Abs(mu))*exp(l)

Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, exponential_minus_linear,
bregman.
Operations per element: 9 for the value, 17 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.abs(loc)
    x1 = -x0 * torch.exp(-log_scale)
    x2 = special.expm1mx(x1) * torch.exp(log_scale)
    value = x2 + special.expm1mx(log_scale)
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.abs(loc)
    x1 = -x0 * torch.exp(-log_scale)
    x2 = special.expm1mx(x1) * torch.exp(log_scale)
    x3 = torch.expm1(x1)
    value = x2 + special.expm1mx(log_scale)
    d_loc = -x3 * torch.sign(loc)
    d_log_scale = x2 + x0 * x3 + torch.expm1(log_scale)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
