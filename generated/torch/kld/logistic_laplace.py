# Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/La; change the generator, not this file.
"""kld of the logistic from the standard laplace, in nats.

loc = mu, log_scale = l:
expm1mx(l + log(log(2)) + log(2)) + 2*logcosh(mu*exp(-l)/2)*exp(l) - 1 + log(log(2)) + 2*log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, softplus_to_logcosh, bregman.
Operations per element: 11 for the value, 16 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = log_scale + 0.326634259978281
    x1 = 0.5 * loc * torch.exp(-log_scale)
    x2 = 2.0 * special.logcosh(x1) * torch.exp(log_scale)
    value = x2 + special.expm1mx(x0) + 0.01978144053822629
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = log_scale + 0.326634259978281
    x1 = 0.5 * loc * torch.exp(-log_scale)
    x2 = 2.0 * special.logcosh(x1) * torch.exp(log_scale)
    x3 = torch.tanh(x1)
    value = x2 + special.expm1mx(x0) + 0.01978144053822629
    d_loc = x3
    d_log_scale = x2 - loc * x3 + torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
