# Written by codegen.build (SymPy 1.14.0) from the catalog's gamma G/G; change the generator, not this file.
"""gamma of the gumbel from the standard gumbel, in nats, by quadrature.

Finite where (alpha >= 1) | (sigma < 1) | (Eq(sigma, 1) & (1 < alpha + exp(mu))).
"""

import torch
from torch import Tensor

from generated.torch import measures
from generated.torch.families import gumbel


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = ((log_scale == 0.0) & (1.0 < alpha + torch.exp(loc))) | (alpha >= 1.0) | (log_scale < 0.0)
    return condition


CELL = measures.Cell("gamma", gumbel, gumbel, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
