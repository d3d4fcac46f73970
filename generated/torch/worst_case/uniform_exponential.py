# Written by codegen.build (SymPy 1.14.0) from the catalog's worst_case U/E; change the generator, not this file.
"""worst_case of the uniform from the standard exponential, in nats, by quadrature.

Finite where mu - sigma >= 0.
"""

import torch
from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential, uniform


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = loc - torch.exp(log_scale) >= -4.0 * eps * (1.0 + torch.exp(log_scale))
    return condition


CELL = measures.Cell("worst_case", uniform, exponential, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
