# Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/N; change the generator, not this file.
"""kld of the gumbel from the standard normal, in nats.

loc = mu, log_scale = l:
(mu + EulerGamma*exp(l))**2/2 + expm1mx(2*l - log(6) + 2*log(pi))/2 - log(6)/2 - EulerGamma - 1/2 + log(2)/2 +
3*log(pi)/2

Finite where True. Evaluated by closed form, rewritten by log_variable, bregman.
Operations per element: 11 for the value, 14 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = 2.0 * log_scale + 0.49770030247074537
    x1 = 0.5772156649015329 * torch.exp(log_scale)
    x2 = loc + x1
    value = 0.5 * torch.square(x2) + 0.5 * special.expm1mx(x0) + 0.09057301953851256
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = 2.0 * log_scale + 0.49770030247074537
    x1 = 0.5772156649015329 * torch.exp(log_scale)
    x2 = loc + x1
    value = 0.5 * torch.square(x2) + 0.5 * special.expm1mx(x0) + 0.09057301953851256
    d_loc = x2
    d_log_scale = x1 * x2 + torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
