# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/La; change the generator, not this file.
"""kld of the exponential from the standard laplace, in nats.

loc = mu, log_scale = l:
-l + Piecewise((mu + exp(l), mu >= 0), (-mu + 2*exp(l)*exp(Piecewise((0, mu >= 0), (mu, True))*exp(-l)) - exp(l),
True)) - 1 + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, bounded_exponent.
Operations per element: 15 for the value, 26 with the gradient.
"""

import torch
from torch import Tensor


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = loc + x0
    x2 = loc >= 0.0
    x3 = torch.where(x2, 0.0, loc)
    x4 = torch.exp(x3 * torch.exp(-log_scale))
    x5 = -2.0 * x0 * x4
    value = -log_scale + torch.where(x2, x1, -x1 - x5) - 0.3068528194400547
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = loc + x0
    x2 = loc >= 0.0
    x3 = torch.where(x2, 0.0, loc)
    x4 = torch.exp(x3 * torch.exp(-log_scale))
    x5 = -2.0 * x0 * x4
    x6 = 2.0 * x4
    value = -log_scale + torch.where(x2, x1, -x1 - x5) - 0.3068528194400547
    d_loc = torch.where(x2, 1.0, x6 * torch.where(x2, 0.0, 1.0) - 1.0)
    d_log_scale = torch.where(x2, x0, -x0 - x5 - x3 * x6) - 1.0
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
