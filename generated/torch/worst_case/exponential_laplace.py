# Written by codegen.build (SymPy 1.14.0) from the catalog's worst_case E/La; change the generator, not this file.
"""worst_case of the exponential from the standard laplace, in nats, by quadrature.

Finite where sigma <= 1.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential, laplace


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = log_scale <= 0.0
    return condition


CELL = measures.Cell("worst_case", exponential, laplace, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
