# Written by codegen.build (SymPy 1.14.0) from the catalog's fisher La/La; change the generator, not this file.
"""fisher of the laplace from the standard laplace, in nats.

Finite where True.
"""

import torch
from torch import Tensor


def _finite_everywhere(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    e0 = torch.exp(-log_scale)
    x0 = torch.expm1(-log_scale)
    x1 = torch.abs(loc)
    x2 = -e0 * x1
    x3 = 2.0 * e0
    x4 = x3 * torch.expm1(x2)
    value = torch.square(x0) - x4
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    e0 = torch.exp(-log_scale)
    x0 = torch.expm1(-log_scale)
    x1 = torch.abs(loc)
    x2 = -e0 * x1
    x3 = 2.0 * e0
    x4 = x3 * torch.expm1(x2)
    x5 = 2.0 * torch.square(e0) * torch.exp(x2)
    value = torch.square(x0) - x4
    d_loc = x5 * torch.sign(loc)
    d_log_scale = x4 - x0 * x3 - x1 * x5
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def value(loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> Tensor:
    """Divergence in nats, element-wise."""
    m, s, finite = _inside(loc, log_scale, alpha)
    result = _value_everywhere(m, s, alpha).to(loc.dtype)
    return result if finite is True else torch.where(finite, result, float("inf"))


def value_and_grad(loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    m, s, finite = _inside(loc, log_scale, alpha)
    results = _value_and_grad_everywhere(m, s, alpha)
    result, d_loc, d_log_scale = (x.to(loc.dtype) for x in results)
    if finite is True:
        return result, d_loc, d_log_scale
    return (
        torch.where(finite, result, float("inf")),
        torch.where(finite, d_loc, 0.0),
        torch.where(finite, d_log_scale, 0.0),
    )


def _inside(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor | bool]:
    """The arguments where it is finite, others elsewhere, and where that is.

    They are float64 whatever they were, for terms that cancel.
    """
    eps = torch.finfo(loc.dtype).eps
    loc, log_scale = loc.double(), log_scale.double()
    finite = _finite_everywhere(loc, log_scale, alpha, eps)
    if finite is True:
        return loc, log_scale, finite
    return torch.where(finite, loc, 0.5), torch.where(finite, log_scale, -1.0), finite
