# Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/La; change the generator, not this file.
"""kld of the gumbel from the standard laplace, in nats.

loc = mu, log_scale = l:
mu + 2*e1_exp(mu*exp(-l))*exp(l) + expm1mx(l + log(EulerGamma)) - EulerGamma + log(EulerGamma) + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, exponential_integral, bregman.
Operations per element: 11 for the value, 18 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = log_scale - 0.5495393129816448
    x1 = loc * torch.exp(-log_scale)
    x2 = 2.0 * special.e1_exp(x1) * torch.exp(log_scale)
    value = loc + x2 + special.expm1mx(x0) - 0.43360779732323235
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = log_scale - 0.5495393129816448
    x1 = loc * torch.exp(-log_scale)
    x2 = 2.0 * special.e1_exp(x1) * torch.exp(log_scale)
    x3 = 2.0 * special.exp_neg_exp(x1)
    value = loc + x2 + special.expm1mx(x0) - 0.43360779732323235
    d_loc = -x3 + 1.0
    d_log_scale = x2 + loc * x3 + torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
