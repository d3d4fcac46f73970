# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/La; change the generator, not this file.
"""renyi of the laplace from the standard laplace, in nats.

Finite where (alpha <= 1) | (sigma*(alpha - 1) < alpha).
"""

import torch
from torch import Tensor

from generated.torch import special


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = 1 - alpha
    c1 = 1/(1 - alpha)
    x0 = torch.abs(loc)
    x1 = alpha * torch.exp(-log_scale)
    x2 = alpha > -x1 + 1.0
    x3 = torch.where(x2, c0, x1)
    x4 = x0 * x3
    x5 = x0 < 1000000000000000.0
    x6 = torch.where(x5, x0, 1000000000000000.0)
    x7 = torch.where(x2, x1, c0)
    x8 = x6 * (-x3 + x7)
    x9 = -x8
    x10 = special.exprel2(x9)
    value = (
        c1 * (special.expm1mx(torch.log1p(x4)) - torch.log1p(-x10 * x4 * x8 / (x4 + 1.0))) + special.log_mean(log_scale,
        alpha)
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = 1 - alpha
    c1 = 1/(1 - alpha)
    x0 = torch.abs(loc)
    x1 = alpha * torch.exp(-log_scale)
    x2 = alpha > -x1 + 1.0
    x3 = torch.where(x2, c0, x1)
    x4 = x0 * x3
    x5 = x0 < 1000000000000000.0
    x6 = torch.where(x5, x0, 1000000000000000.0)
    x7 = torch.where(x2, x1, c0)
    x8 = x6 * (-x3 + x7)
    x9 = -x8
    x10 = special.exprel2(x9)
    x11 = special.exprel(x9)
    x12 = x11 * x4
    x13 = c0 * x11 * x6
    value = (
        c1 * (special.expm1mx(torch.log1p(x4)) - torch.log1p(-x10 * x4 * x8 / (x4 + 1.0))) + special.log_mean(log_scale,
        alpha)
    )
    d_loc = c1 * x12 * x7 * torch.sign(loc) / (x12 + 1.0)
    d_log_scale = (
        -x1 * torch.where(x5, torch.square(loc), 1e+30) * torch.where(x2, (-x10 + x11) / (x13 + 1.0), x10 / (x13 +
        torch.exp(x9))) + special.log_mean_slope(log_scale, alpha)
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (alpha - 1.0) * torch.expm1(log_scale) < 1.0
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = -alpha/(alpha - 1)
    c2 = 1/(alpha - 1)
    x0 = torch.exp(-log_scale)
    x1 = alpha * x0
    x2 = c0 + x1
    x3 = torch.reciprocal(x2)
    x4 = torch.abs(loc)
    x5 = c0 * x4
    x6 = x5 < 1.0
    x7 = torch.where(x6, x5, 1.0)
    x8 = x4 < 1000000000000000.0
    x9 = x2 * torch.where(x8, x4, 1000000000000000.0)
    x10 = -x9
    value = (
        c2 * torch.where(x6, torch.log1p(x3 * (c0 * special.expm1mx(c1 * x0 * x7) + x1 * special.expm1mx(x7))), x5 +
        torch.log1p(c0 * x3 * torch.where(x5 >= 1.0, torch.expm1(x10), 0.0))) + special.log_mean(log_scale, alpha)
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = -alpha/(alpha - 1)
    c2 = 1/(alpha - 1)
    x0 = torch.exp(-log_scale)
    x1 = alpha * x0
    x2 = c0 + x1
    x3 = torch.reciprocal(x2)
    x4 = torch.abs(loc)
    x5 = c0 * x4
    x6 = x5 < 1.0
    x7 = torch.where(x6, x5, 1.0)
    x8 = x4 < 1000000000000000.0
    x9 = x2 * torch.where(x8, x4, 1000000000000000.0)
    x10 = -x9
    x11 = special.exprel(x10)
    x12 = x1 / (x1 + c0 * torch.exp(x10))
    value = (
        c2 * torch.where(x6, torch.log1p(x3 * (c0 * special.expm1mx(c1 * x0 * x7) + x1 * special.expm1mx(x7))), x5 +
        torch.log1p(c0 * x3 * torch.where(x5 >= 1.0, torch.expm1(x10), 0.0))) + special.log_mean(log_scale, alpha)
    )
    d_loc = x11 * x12 * x9 * torch.sign(loc)
    d_log_scale = (
        -x12 * x2 * (x11 - special.exprel2(x10)) * torch.where(x8, torch.square(loc), 1e+30) +
        special.log_mean_slope(log_scale, alpha)
    )
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
