# Written by codegen.build (SymPy 1.14.0) from the catalog's support_overlap E/U; change the generator, not this file.
"""support_overlap of the exponential from the standard uniform, in nats, by quadrature.

Finite where mu < 1.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential, uniform


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = loc < 1.0
    return condition


CELL = measures.Cell("support_overlap", exponential, uniform, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
