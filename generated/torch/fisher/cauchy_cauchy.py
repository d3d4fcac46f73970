# Written by codegen.build (SymPy 1.14.0) from the catalog's fisher C/C; change the generator, not this file.
"""fisher of the cauchy from the standard cauchy, in nats.

Finite where True.
"""

import torch
from torch import Tensor


def _finite_everywhere(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    e0 = torch.exp(-log_scale)
    x0 = torch.tanh(0.5 * log_scale)
    x1 = torch.square(x0)
    x2 = 2.0 * e0
    x3 = torch.square(e0)
    x4 = x2 + 0.5 * x3
    x5 = torch.square(loc)
    x6 = torch.exp(log_scale)
    x7 = x6 + 1.0
    x8 = torch.square(x7)
    x9 = x5 + x8
    x10 = torch.pow(x9, -2)
    x11 = x10 * x5
    x12 = torch.reciprocal(x9)
    x13 = torch.reciprocal(x7)
    x14 = 2.0 * x12 * x13
    x15 = torch.pow(loc, 4)
    x16 = torch.reciprocal(x8)
    value = 18.0 * x11 + x1 * x4 - x14 * x5 + 6.0 * x10 * x15 * x16
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    e0 = torch.exp(-log_scale)
    x0 = torch.tanh(0.5 * log_scale)
    x1 = torch.square(x0)
    x2 = 2.0 * e0
    x3 = torch.square(e0)
    x4 = x2 + 0.5 * x3
    x5 = torch.square(loc)
    x6 = torch.exp(log_scale)
    x7 = x6 + 1.0
    x8 = torch.square(x7)
    x9 = x5 + x8
    x10 = torch.pow(x9, -2)
    x11 = x10 * x5
    x12 = torch.reciprocal(x9)
    x13 = torch.reciprocal(x7)
    x14 = 2.0 * x12 * x13
    x15 = torch.pow(loc, 4)
    x16 = torch.reciprocal(x8)
    x17 = torch.pow(loc, 3)
    x18 = x10 * x8
    x19 = x12 * (2.0 * x11 - 2.0 * x18)
    x20 = x6 / torch.pow(x9, 3)
    value = 18.0 * x11 + x1 * x4 - x14 * x5 + 6.0 * x10 * x15 * x16
    d_loc = (
        -loc * x14 - 18.0 * loc * x19 + 2.0 * loc * x13 * (x11 - x18) + 12.0 * x10 * x16 * x17 - 6.0 * x16 * x17 * x19
    )
    d_log_scale = (
        x1 * (-x2 - x3) + 4.0 * x11 * x6 + x0 * x4 * (-x1 + 1.0) - 24.0 * x13 * x15 * x20 - 72.0 * x20 * x5 * x7 - 12.0
        * x10 * x15 * x6 / torch.pow(x7, 3) + 2.0 * x12 * x16 * x5 * x6
    )
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
