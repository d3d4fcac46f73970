# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/G; change the generator, not this file.
"""kld of the uniform from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu + logsinhc(exp(l))) + logsinhc(exp(l)) - log(2) + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 7 for the value, 14 with the gradient.
"""

import torch
from torch import Tensor

from generated.torch import special


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = special.logsinhc(x0)
    x2 = -loc + x1
    value = -log_scale + x1 + special.expm1mx(x2) + 0.3068528194400547
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.exp(log_scale)
    x1 = special.logsinhc(x0)
    x2 = -loc + x1
    x3 = torch.expm1(x2)
    x4 = x0 * special.langevin(x0)
    value = -log_scale + x1 + special.expm1mx(x2) + 0.3068528194400547
    d_loc = -x3
    d_log_scale = x4 + x3 * x4 - 1.0
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
