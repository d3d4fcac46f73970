# Written by codegen.build (SymPy 1.14.0) from the catalog's worst_case N/C; change the generator, not this file.
"""worst_case of the normal from the standard cauchy, in nats, by quadrature.

Finite where True.
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import cauchy, normal


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = True
    return condition


CELL = measures.Cell("worst_case", normal, cauchy, finite, 1.0)
value, value_and_grad = CELL.value, CELL.value_and_grad
