# Written by codegen.build (SymPy 1.14.0) from the catalog's gamma E/C; change the generator, not this file.
"""gamma of the exponential from the standard cauchy, in nats, by quadrature.

Finite where (alpha > 1) | (1 < 2*alpha).
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import cauchy, exponential


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = (alpha > 1.0) | (1.0 < 2.0 * alpha)
    return condition


CELL = measures.Cell("gamma", exponential, cauchy, finite, 2.5)
value, value_and_grad = CELL.value, CELL.value_and_grad
