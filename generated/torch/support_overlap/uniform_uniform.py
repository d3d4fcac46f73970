# Written by codegen.build (SymPy 1.14.0) from the catalog's support_overlap U/U; change the generator, not this file.
"""support_overlap of the uniform from the standard uniform, in nats, by quadrature.

Finite where (mu < sigma + 1) & (0 < mu + sigma + 1).
"""

import torch
from torch import Tensor

from generated.torch import measures
from generated.torch.families import uniform


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = (0.0 < loc + torch.exp(log_scale) + 1.0) & (loc < torch.exp(log_scale) + 1.0)
    return condition


CELL = measures.Cell("support_overlap", uniform, uniform, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
