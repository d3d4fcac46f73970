# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/U; change the generator, not this file.
"""renyi of the laplace from the standard uniform, in nats.

Finite where alpha < 1.
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
    c0 = -(1 - alpha)*math.log(2)
    c1 = 1/(alpha - 1)
    x0 = torch.abs(loc)
    x1 = x0 < 1.0
    x2 = x0 - 1.0
    x3 = torch.where(x1, 0.0, x2)
    x4 = torch.exp(-log_scale)
    x5 = alpha * x4
    x6 = x0 + 1.0
    x7 = torch.where(x1, x6, 2.0)
    x8 = x5 * x7
    x9 = special.exprel(-x8)
    x10 = x0 > 1.0
    x11 = -x2
    x12 = torch.where(x10, 0.0, x11)
    x13 = x12 * x5
    x14 = -x13
    x15 = special.exprel(x14)
    x16 = x12 * x15 + x7 * x9
    value = c1 * (c0 - alpha * (log_scale + 0.6931471805599453) - x3 * x5 + torch.log(x16))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = -(1 - alpha)*math.log(2)
    c1 = 1/(alpha - 1)
    c2 = -2*alpha
    x0 = torch.abs(loc)
    x1 = x0 < 1.0
    x2 = x0 - 1.0
    x3 = torch.where(x1, 0.0, x2)
    x4 = torch.exp(-log_scale)
    x5 = alpha * x4
    x6 = x0 + 1.0
    x7 = torch.where(x1, x6, 2.0)
    x8 = x5 * x7
    x9 = special.exprel(-x8)
    x10 = x0 > 1.0
    x11 = -x2
    x12 = torch.where(x10, 0.0, x11)
    x13 = x12 * x5
    x14 = -x13
    x15 = special.exprel(x14)
    x16 = x12 * x15 + x7 * x9
    x17 = torch.reciprocal(x16)
    value = c1 * (c0 - alpha * (log_scale + 0.6931471805599453) - x3 * x5 + torch.log(x16))
    d_loc = c1 * x17 * torch.expm1(c2 * x4 * torch.where(x1, x0, 1.0)) * torch.exp(x14) * torch.sign(loc)
    d_log_scale = (
        c1 * (-alpha + x5 * (x3 + x17 * (x15 * torch.where(x10, 0.0, torch.square(x11)) * special.exponential_mean(x13)
        + x9 * torch.where(x1, torch.square(x6), 4.0) * special.exponential_mean(x8))))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha < 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", laplace, uniform, _finite, 1.0)


def _by_formula(alpha: float) -> bool:
    return alpha < 0.91


def value(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    """Divergence in nats, element-wise; of an order other than one."""
    if not _by_formula(alpha):
        return QUADRATURE.value(loc, log_scale, alpha)
    m, s, finite = _inside(loc, log_scale, alpha)
    result = _value_below(m, s, alpha).to(loc.dtype)
    return result if finite is True else torch.where(finite, result, float("inf"))


def value_and_grad(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    if not _by_formula(alpha):
        return QUADRATURE.value_and_grad(loc, log_scale, alpha)
    m, s, finite = _inside(loc, log_scale, alpha)
    results = _value_and_grad_below(m, s, alpha)
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
    finite = _finite_below(loc, log_scale, alpha, eps)
    if finite is True:
        return loc, log_scale, finite
    return torch.where(finite, loc, 0.5), torch.where(finite, log_scale, -1.0), finite
