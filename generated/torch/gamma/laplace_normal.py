# Written by codegen.build (SymPy 1.14.0) from the catalog's gamma La/N; change the generator, not this file.
"""gamma of the laplace from the standard normal, in nats, by quadrature.

Finite where alpha >= 1.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import laplace, normal


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = alpha >= 1.0
    return condition


CELL = measures.Cell("gamma", laplace, normal, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
