# Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/G; change the generator, not this file.
"""kld of the gumbel from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(-mu + lgamma1p_exp(l)) + lgamma_bregman(l)

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, shift_lgamma.
Operations per element: 5 for the value, 11 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = -loc + special.lgamma1p_exp(log_scale)
    value = special.expm1mx(x0) + special.lgamma_bregman(log_scale)
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = -loc + special.lgamma1p_exp(log_scale)
    x1 = torch.expm1(x0)
    value = special.expm1mx(x0) + special.lgamma_bregman(log_scale)
    d_loc = -x1
    d_log_scale = x1 * special.digamma1p_exp(log_scale) + special.lgamma_bregman_slope(log_scale)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
