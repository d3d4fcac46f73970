# Written by codegen.build (SymPy 1.14.0) from the catalog's support_overlap E/La; change the generator, not this file.
"""support_overlap of the exponential from the standard laplace, in nats, by quadrature.

Finite where True.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential, laplace


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = True
    return condition


CELL = measures.Cell("support_overlap", exponential, laplace, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
