# Written by codegen.build (SymPy 1.14.0) from the catalog's beta G/La; change the generator, not this file.
"""beta of the gumbel from the standard laplace, in nats, by quadrature.

Finite where (alpha > 1) | (sigma < alpha*sigma + 1).
"""

import torch
from torch import Tensor

from generated.torch import measures
from generated.torch.families import gumbel, laplace


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = (alpha > 1.0) | (torch.exp(log_scale) < alpha * torch.exp(log_scale) + 1.0)
    return condition


CELL = measures.Cell("beta", gumbel, laplace, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
