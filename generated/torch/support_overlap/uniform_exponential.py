# Written by codegen.build (SymPy 1.14.0) from the catalog's support_overlap U/E; change the generator, not this file.
"""support_overlap of the uniform from the standard exponential, in nats, by quadrature.

Finite where 0 < mu + sigma.
"""

import torch
from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential, uniform


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = 0.0 < loc + torch.exp(log_scale)
    return condition


CELL = measures.Cell("support_overlap", uniform, exponential, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
