# Written by codegen.build (SymPy 1.14.0) from the catalog's kld C/C; change the generator, not this file.
"""kld of the cauchy from the standard cauchy, in nats.

loc = mu, log_scale = l:
log1p(mu**2*exp(-l)/4 + expm1(l)**2*exp(-l)/4)

Finite where True. Evaluated by closed form, rewritten by log_variable, log_of_ratio.
Operations per element: 9 for the value, 17 with the gradient.
"""

import torch
from torch import Tensor


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.exp(-log_scale)
    x1 = 0.25 * x0
    x2 = torch.expm1(log_scale)
    x3 = torch.square(loc) * x1 + x1 * torch.square(x2)
    value = torch.log1p(x3)
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.exp(-log_scale)
    x1 = 0.25 * x0
    x2 = torch.expm1(log_scale)
    x3 = torch.square(loc) * x1 + x1 * torch.square(x2)
    x4 = torch.reciprocal(x3 + 1.0)
    value = torch.log1p(x3)
    d_loc = 0.5 * loc * x0 * x4
    d_log_scale = x4 * (0.5 * x2 - x3)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
