# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/E; change the generator, not this file.
"""renyi of the exponential from the standard exponential, in nats.

Finite where (alpha < 1) | ((mu >= 0) & ((alpha <= 1) | (sigma*(alpha - 1) < alpha))).
"""

import torch
from torch import Tensor

from generated.torch import special


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = -alpha/(1 - alpha)
    x0 = loc >= 0.0
    x1 = torch.exp(-log_scale)
    x2 = c0 * x1
    value = torch.where(x0, loc, loc * x2) + special.log_mean(log_scale, alpha)
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = -alpha/(1 - alpha)
    c1 = alpha/(1 - alpha)
    x0 = loc >= 0.0
    x1 = torch.exp(-log_scale)
    x2 = c0 * x1
    value = torch.where(x0, loc, loc * x2) + special.log_mean(log_scale, alpha)
    d_loc = torch.where(x0, 1.0, x2)
    d_log_scale = torch.where(x0, 0.0, c1 * loc * x1) + special.log_mean_slope(log_scale, alpha)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (loc >= 0.0) & ((alpha - 1.0) * torch.expm1(log_scale) < 1.0)
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    value = loc + special.log_mean(log_scale, alpha)
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    value = loc + special.log_mean(log_scale, alpha)
    d_loc = torch.full_like(loc, 1.0)
    d_log_scale = special.log_mean_slope(log_scale, alpha)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def value(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    """Divergence in nats, element-wise; of an order other than one."""
    m, s, finite = _inside(loc, log_scale, alpha)
    result = (_value_below if alpha < 1.0 else _value_above)(m, s, alpha).to(loc.dtype)
    return result if finite is True else torch.where(finite, result, float("inf"))


def value_and_grad(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    m, s, finite = _inside(loc, log_scale, alpha)
    results = (_value_and_grad_below if alpha < 1.0 else _value_and_grad_above)(m, s, alpha)
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

    Above order one they are float64: what is close to an edge of existence is a quotient of small differences.
    """
    eps = torch.finfo(loc.dtype).eps
    if alpha < 1.0:
        finite = _finite_below(loc, log_scale, alpha, eps)
    else:
        loc, log_scale = loc.double(), log_scale.double()
        finite = _finite_above(loc, log_scale, alpha, eps)
    if finite is True:
        return loc, log_scale, finite
    return torch.where(finite, loc, 0.5), torch.where(finite, log_scale, -1.0), finite
