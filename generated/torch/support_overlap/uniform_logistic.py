# Written by codegen.build (SymPy 1.14.0) from the catalog's support_overlap U/Lo; change the generator, not this file.
"""support_overlap of the uniform from the standard logistic, in nats, by quadrature.

Finite where True.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import logistic, uniform


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = True
    return condition


CELL = measures.Cell("support_overlap", uniform, logistic, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
