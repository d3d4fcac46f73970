# Written by codegen.build (SymPy 1.14.0) from the catalog's beta C/C; change the generator, not this file.
"""beta of the cauchy from the standard cauchy, in nats, by quadrature.

Finite where (alpha > 1) | (1 < 2*alpha) | (Eq(mu, 0) & Eq(sigma, 1)).
"""

from torch import Tensor

from generated.torch import measures
from generated.torch.families import cauchy


def finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    """Whether it is finite; closed conditions allow for rounding of size eps."""
    condition = ((log_scale == 0.0) & (loc == 0.0)) | (alpha > 1.0) | (1.0 < 2.0 * alpha)
    return condition


CELL = measures.Cell("beta", cauchy, cauchy, finite, 2.5)
value, value_and_grad = CELL.value, CELL.value_and_grad
