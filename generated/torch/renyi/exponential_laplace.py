# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/La; change the generator, not this file.
"""renyi of the exponential from the standard laplace, in nats.

Finite where (alpha <= 1) | (sigma*(alpha - 1) < alpha).
"""

import math

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import exponential, laplace


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = -(1 - alpha)*math.log(2)
    c3 = 1/(alpha - 1)
    x0 = loc > 0.0
    x1 = torch.where(x0, 0.0, -loc)
    x2 = torch.exp(-log_scale)
    x3 = alpha * x2
    x4 = -x3 + 1.0
    x5 = torch.where(alpha < x4, x3, c1)
    x6 = x1 * torch.abs(c0 + x3)
    x7 = special.exprel(-x6)
    x8 = x1 * x7
    x9 = torch.reciprocal(c1 + x3)
    x10 = x9 * torch.exp(x1 * (-x3 + x5))
    x11 = x10 + x8
    value = c3 * (c2 - alpha * log_scale + c0 * torch.where(loc < 0.0, 0.0, loc) - x1 * x5 + torch.log(x11))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = -(1 - alpha)*math.log(2)
    c3 = 1/(alpha - 1)
    c4 = (1 - alpha)/(alpha - 1)
    x0 = loc > 0.0
    x1 = torch.where(x0, 0.0, -loc)
    x2 = torch.exp(-log_scale)
    x3 = alpha * x2
    x4 = -x3 + 1.0
    x5 = torch.where(alpha < x4, x3, c1)
    x6 = x1 * torch.abs(c0 + x3)
    x7 = special.exprel(-x6)
    x8 = x1 * x7
    x9 = torch.reciprocal(c1 + x3)
    x10 = x9 * torch.exp(x1 * (-x3 + x5))
    x11 = x10 + x8
    x12 = torch.reciprocal(x11)
    x13 = special.exponential_mean(x6)
    value = c3 * (c2 - alpha * log_scale + c0 * torch.where(loc < 0.0, 0.0, loc) - x1 * x5 + torch.log(x11))
    d_loc = c4 * x12 * (-x10 + x8)
    d_log_scale = (
        c3 * (-alpha + alpha * x12 * x2 * (x10 * (x1 + x9) + x7 * torch.where(x0, 0.0, torch.square(loc)) *
        torch.where(alpha > x4, x13, -x13 + 1.0)))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (alpha - 1.0) * torch.exp(log_scale) < alpha
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = -(1 - alpha)*math.log(2)
    c3 = 1/(alpha - 1)
    x0 = loc > 0.0
    x1 = torch.where(x0, 0.0, -loc)
    x2 = torch.exp(-log_scale)
    x3 = alpha * x2
    x4 = torch.exp(log_scale) / (c1 * torch.expm1(log_scale) + 1.0)
    x5 = x4 * torch.exp(x1 * (c1 - x3))
    x6 = x1 * torch.abs(c0 + x3)
    x7 = special.exprel(-x6)
    x8 = x1 * x7
    x9 = x5 + x8
    value = c3 * (c2 - alpha * log_scale + c0 * x1 + c0 * torch.where(loc < 0.0, 0.0, loc) + torch.log(x9))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = -(1 - alpha)*math.log(2)
    c3 = 1/(alpha - 1)
    c4 = (1 - alpha)/(alpha - 1)
    x0 = loc > 0.0
    x1 = torch.where(x0, 0.0, -loc)
    x2 = torch.exp(-log_scale)
    x3 = alpha * x2
    x4 = torch.exp(log_scale) / (c1 * torch.expm1(log_scale) + 1.0)
    x5 = x4 * torch.exp(x1 * (c1 - x3))
    x6 = x1 * torch.abs(c0 + x3)
    x7 = special.exprel(-x6)
    x8 = x1 * x7
    x9 = x5 + x8
    x10 = torch.reciprocal(x9)
    x11 = special.exponential_mean(x6)
    value = c3 * (c2 - alpha * log_scale + c0 * x1 + c0 * torch.where(loc < 0.0, 0.0, loc) + torch.log(x9))
    d_loc = c4 * x10 * (-x5 + x8)
    d_log_scale = (
        c3 * (-alpha + alpha * x10 * x2 * (x5 * (x1 + x4) + x7 * torch.where(x0, 0.0, torch.square(loc)) *
        torch.where(alpha > -x3 + 1.0, x11, -x11 + 1.0)))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (alpha <= 1.0) | ((alpha - 1.0) * torch.exp(log_scale) < alpha)
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", exponential, laplace, _finite, 1.0)


def _by_formula(alpha: float) -> bool:
    return alpha < 0.91 or alpha > 1.09


def value(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    """Divergence in nats, element-wise; of an order other than one."""
    if not _by_formula(alpha):
        return QUADRATURE.value(loc, log_scale, alpha)
    m, s, finite = _inside(loc, log_scale, alpha)
    result = (_value_below if alpha < 1.0 else _value_above)(m, s, alpha).to(loc.dtype)
    return result if finite is True else torch.where(finite, result, float("inf"))


def value_and_grad(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    if not _by_formula(alpha):
        return QUADRATURE.value_and_grad(loc, log_scale, alpha)
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

    They are float64 whatever they were, for terms that cancel.
    """
    eps = torch.finfo(loc.dtype).eps
    if alpha < 1.0:
        loc, log_scale = loc.double(), log_scale.double()
        finite = _finite_below(loc, log_scale, alpha, eps)
    else:
        loc, log_scale = loc.double(), log_scale.double()
        finite = _finite_above(loc, log_scale, alpha, eps)
    if finite is True:
        return loc, log_scale, finite
    return torch.where(finite, loc, 0.5), torch.where(finite, log_scale, -1.0), finite
