# Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/La; change the generator, not this file.
"""kld of the normal from the standard laplace, in nats.

loc = mu, log_scale = l:
mu*erf(sqrt(2)*mu*exp(-l)/2) + sqrt(2)*expm1(-mu**2*exp(-2*l)/2)*exp(l)/sqrt(pi) + expm1mx(l - log(pi)/2 + log(2)/2)
- log(pi) + 1/2 + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, bregman.
Operations per element: 19 for the value, 21 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    e0 = torch.exp(-log_scale)
    x0 = log_scale - 0.22579135264472744
    x1 = torch.erf(0.7071067811865476 * e0 * loc)
    x2 = 0.7978845608028654 * torch.expm1(-0.5 * torch.square(e0 * loc)) * torch.exp(log_scale)
    value = x2 + loc * x1 + special.expm1mx(x0) + 0.048417294710545136
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    e0 = torch.exp(-log_scale)
    x0 = log_scale - 0.22579135264472744
    x1 = torch.erf(0.7071067811865476 * e0 * loc)
    x2 = 0.7978845608028654 * torch.expm1(-0.5 * torch.square(e0 * loc)) * torch.exp(log_scale)
    value = x2 + loc * x1 + special.expm1mx(x0) + 0.048417294710545136
    d_loc = x1
    d_log_scale = x2 + torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
