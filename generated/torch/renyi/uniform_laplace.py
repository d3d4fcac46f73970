# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/La; change the generator, not this file.
"""renyi of the uniform from the standard laplace, in nats.

Finite where True.
"""

import math

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import laplace, uniform


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = -(1 - alpha)*math.log(2)
    c2 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = x0 - x1
    x3 = torch.where(x2 < 0.0, 0.0, x2)
    x4 = c0 * x3
    x5 = torch.where(x0 > 0.5 * x0 + 0.5 * x1, x0 + x1, 2.0 * x0)
    x6 = x3 * special.exprel(x4) + x5 * special.exprel(c0 * x5)
    value = c2 * (c1 - alpha * (log_scale + 0.6931471805599453) + c0 * torch.where(x2 > 0.0, 0.0, -x2) + torch.log(x6))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = -(1 - alpha)*math.log(2)
    c2 = 1/(alpha - 1)
    c3 = 2*alpha - 2
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = x0 - x1
    x3 = torch.where(x2 < 0.0, 0.0, x2)
    x4 = c0 * x3
    x5 = torch.where(x0 > 0.5 * x0 + 0.5 * x1, x0 + x1, 2.0 * x0)
    x6 = x3 * special.exprel(x4) + x5 * special.exprel(c0 * x5)
    x7 = c3 * torch.where(x0 > x1, x1, x0)
    x8 = torch.exp(x4) / x6
    value = c2 * (c1 - alpha * (log_scale + 0.6931471805599453) + c0 * torch.where(x2 > 0.0, 0.0, -x2) + torch.log(x6))
    d_loc = c2 * x8 * torch.expm1(x7) * torch.sign(loc)
    d_log_scale = c2 * (-alpha + x0 * (x8 + x8 * torch.exp(x7)))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = 2 - 2*alpha
    c3 = -(1 - alpha)*math.log(2)
    c4 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = x0 + x1
    x3 = torch.where(x0 > 0.5 * x0 + 0.5 * x1, x2, 2.0 * x0)
    x4 = c2 * torch.where(x0 > x1, x1, x0)
    x5 = torch.exp(x4)
    x6 = x0 - x1
    x7 = torch.where(x6 < 0.0, 0.0, x6)
    x8 = x3 * special.exprel(c1 * x3) + x5 * x7 * special.exprel(c1 * x7)
    value = c4 * (c3 - alpha * (log_scale + 0.6931471805599453) + c0 * x2 + torch.log(x8))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = 1 - alpha
    c2 = 2 - 2*alpha
    c3 = -(1 - alpha)*math.log(2)
    c4 = 1/(alpha - 1)
    c5 = -1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = x0 + x1
    x3 = torch.where(x0 > 0.5 * x0 + 0.5 * x1, x2, 2.0 * x0)
    x4 = c2 * torch.where(x0 > x1, x1, x0)
    x5 = torch.exp(x4)
    x6 = x0 - x1
    x7 = torch.where(x6 < 0.0, 0.0, x6)
    x8 = x3 * special.exprel(c1 * x3) + x5 * x7 * special.exprel(c1 * x7)
    x9 = torch.reciprocal(x8)
    value = c4 * (c3 - alpha * (log_scale + 0.6931471805599453) + c0 * x2 + torch.log(x8))
    d_loc = c5 * x9 * torch.expm1(x4) * torch.sign(loc)
    d_log_scale = c4 * (-alpha + x0 * x9 * (x5 + 1.0))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", uniform, laplace, _finite, 1.0)


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
