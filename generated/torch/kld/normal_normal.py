# Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/N; change the generator, not this file.
"""kld of the normal from the standard normal, in nats.

loc = mu, log_scale = l:
mu**2/2 + expm1mx(2*l)/2

Finite where True. Evaluated by closed form, rewritten by log_variable, bregman.
Operations per element: 6 for the value, 7 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = 2.0 * log_scale
    value = 0.5 * torch.square(loc) + 0.5 * special.expm1mx(x0)
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = 2.0 * log_scale
    value = 0.5 * torch.square(loc) + 0.5 * special.expm1mx(x0)
    d_loc = loc
    d_log_scale = torch.expm1(x0)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
