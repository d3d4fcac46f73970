# Written by codegen.build (SymPy 1.14.0) from the catalog's worst_case E/E; change the generator, not this file.
"""worst_case of the exponential from the standard exponential, in nats, by quadrature.

Finite where (mu >= 0) & (sigma <= 1).
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import exponential


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = (loc >= 0.0) & (log_scale <= 0.0)
    return condition


CELL = measures.Cell("worst_case", exponential, exponential, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
