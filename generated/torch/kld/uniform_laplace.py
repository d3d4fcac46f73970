# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/La; change the generator, not this file.
"""kld of the uniform from the standard laplace, in nats.

loc = mu, log_scale = l:
-l + Piecewise((Abs(mu), exp(l) <= Abs(mu)), ((exp(l) - Abs(mu))**2*exp(-l)/2 + Abs(mu), True))

Finite where True. Evaluated by closed form, rewritten by log_variable, mean_absolute_of_uniform.
Operations per element: 11 for the value, 19 with the gradient.
"""

import torch
from torch import Tensor


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.abs(loc)
    x1 = torch.exp(log_scale)
    x2 = x1 <= x0
    x3 = torch.exp(-log_scale)
    x4 = -x0 + x1
    x5 = x0 + 0.5 * x3 * torch.square(x4)
    value = -log_scale + torch.where(x2, x0, x5)
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.abs(loc)
    x1 = torch.exp(log_scale)
    x2 = x1 <= x0
    x3 = torch.exp(-log_scale)
    x4 = -x0 + x1
    x5 = x0 + 0.5 * x3 * torch.square(x4)
    x6 = torch.sign(loc)
    value = -log_scale + torch.where(x2, x0, x5)
    d_loc = torch.where(x2, x6, x6 - x3 * x4 * x6)
    d_log_scale = torch.where(x2, 0.0, x1 - x5) - 1.0
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
