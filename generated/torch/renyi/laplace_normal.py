# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/N; change the generator, not this file.
"""renyi of the laplace from the standard normal, in nats.

Finite where alpha <= 1.
"""

import math

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import laplace, normal


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = -math.sqrt(1 - alpha)
    c1 = (1/2)*alpha/math.sqrt(1 - alpha)
    c2 = alpha/math.sqrt(1 - alpha)
    c3 = (1/2)*alpha - 1/2
    c4 = math.sqrt(1 - alpha)
    c5 = -alpha/math.sqrt(1 - alpha)
    c6 = -2*alpha
    c7 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    x0 = torch.abs(loc)
    x1 = c0 * x0
    x2 = torch.exp(-log_scale)
    x3 = c2 * x2
    x4 = x1 + x3
    x5 = x4 < 0.0
    x6 = torch.where(x5, x4, 0.0)
    x7 = torch.where(x5, 0.0, x4)
    x8 = special.mills_tail(x6, x7)
    x9 = c4 * x0
    x10 = x3 + x9
    x11 = x10 < 0.0
    x12 = torch.where(x11, x10, 0.0)
    x13 = torch.where(x11, 0.0, x10)
    x14 = special.mills_tail(x12, x13)
    x15 = torch.reciprocal(x8)
    x16 = torch.square(x4)
    x17 = c5 * x2
    x18 = x15 * torch.exp(-torch.where(x3 >= x9, 0.0, torch.where(x17 <= x9, 0.5 * x16, c6 * x0 * x2)))
    x19 = x14 * x18
    value = (
        c8 * (c7 - alpha * (log_scale + 0.6931471805599453) + torch.where(x5, x3 * (x1 + c1 * x2), c3 *
        torch.square(loc)) + torch.log1p(x19) + torch.log(x8))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = -math.sqrt(1 - alpha)
    c1 = (1/2)*alpha/math.sqrt(1 - alpha)
    c2 = alpha/math.sqrt(1 - alpha)
    c3 = (1/2)*alpha - 1/2
    c4 = math.sqrt(1 - alpha)
    c5 = -alpha/math.sqrt(1 - alpha)
    c6 = -2*alpha
    c7 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    c9 = math.sqrt(1 - alpha)/(alpha - 1)
    x0 = torch.abs(loc)
    x1 = c0 * x0
    x2 = torch.exp(-log_scale)
    x3 = c2 * x2
    x4 = x1 + x3
    x5 = x4 < 0.0
    x6 = torch.where(x5, x4, 0.0)
    x7 = torch.where(x5, 0.0, x4)
    x8 = special.mills_tail(x6, x7)
    x9 = c4 * x0
    x10 = x3 + x9
    x11 = x10 < 0.0
    x12 = torch.where(x11, x10, 0.0)
    x13 = torch.where(x11, 0.0, x10)
    x14 = special.mills_tail(x12, x13)
    x15 = torch.reciprocal(x8)
    x16 = torch.square(x4)
    x17 = c5 * x2
    x18 = x15 * torch.exp(-torch.where(x3 >= x9, 0.0, torch.where(x17 <= x9, 0.5 * x16, c6 * x0 * x2)))
    x19 = x14 * x18
    x20 = torch.reciprocal(x19 + 1.0)
    x21 = 0.7978845608028654 / x14
    x22 = special.mills_deficit(x12, x13)
    x23 = x19 * x20
    x24 = 0.7978845608028654 * x15
    x25 = x24 * special.mills_deficit(x6, x7)
    x26 = -x23 + 1.0
    value = (
        c8 * (c7 - alpha * (log_scale + 0.6931471805599453) + torch.where(x5, x3 * (x1 + c1 * x2), c3 *
        torch.square(loc)) + torch.log1p(x19) + torch.log(x8))
    )
    d_loc = (
        c9 * torch.where(x3 < x9, x17 * x20 * (-x19 + 1.0), x1 - x23 * torch.where(x11, x21 * torch.exp(-0.5 *
        torch.where(x11, torch.square(x10), 0.0)), x21 * x22) + x26 * torch.where(x5, x24 * torch.exp(-0.5 *
        torch.where(x5, x16, 0.0)), x25)) * torch.sign(loc)
    )
    d_log_scale = c8 * (-alpha + c2 * x2 * (x25 * x26 + 0.7978845608028654 * x18 * x20 * x22))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha <= 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", laplace, normal, _finite, 1.0)


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
