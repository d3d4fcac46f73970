# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/La; change the generator, not this file.
"""renyi of the normal from the standard laplace, in nats.

Finite where True.
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
    c0 = (1/2)*(1 - alpha)/math.sqrt(alpha)
    c1 = -math.sqrt(alpha)
    c2 = (1 - alpha)/math.sqrt(alpha)
    c3 = math.sqrt(alpha)
    c4 = -(1 - alpha)/math.sqrt(alpha)
    c5 = -1/2*alpha
    c6 = 2*alpha - 2
    c7 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = torch.exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = torch.square(loc) * torch.exp(-x10)
    x12 = x4 + x5
    x13 = torch.where(x9, x12, 0.0)
    x14 = torch.where(x9, 0.0, x12)
    x15 = special.mills_tail(x13, x14)
    x16 = torch.square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = torch.where(x18, x17, 0.0)
    x20 = torch.where(x18, 0.0, x17)
    x21 = special.mills_tail(x19, x20)
    x22 = torch.reciprocal(x15)
    x23 = x21 * x22 * torch.exp(-torch.where(x5 >= x7, 0.0, torch.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x9, x5 * (x4 + c0 * x0), c5 * x11)
        + torch.log1p(x23) + torch.log(x15))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = (1/2)*(1 - alpha)/math.sqrt(alpha)
    c1 = -math.sqrt(alpha)
    c2 = (1 - alpha)/math.sqrt(alpha)
    c3 = math.sqrt(alpha)
    c4 = -(1 - alpha)/math.sqrt(alpha)
    c5 = -1/2*alpha
    c6 = 2*alpha - 2
    c7 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    c9 = math.sqrt(alpha)/(alpha - 1)
    c10 = (1 - alpha)**2/alpha
    c11 = 1 - alpha
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = torch.exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = torch.square(loc) * torch.exp(-x10)
    x12 = x4 + x5
    x13 = torch.where(x9, x12, 0.0)
    x14 = torch.where(x9, 0.0, x12)
    x15 = special.mills_tail(x13, x14)
    x16 = torch.square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = torch.where(x18, x17, 0.0)
    x20 = torch.where(x18, 0.0, x17)
    x21 = special.mills_tail(x19, x20)
    x22 = torch.reciprocal(x15)
    x23 = x21 * x22 * torch.exp(-torch.where(x5 >= x7, 0.0, torch.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    x24 = torch.reciprocal(x23 + 1.0)
    x25 = 0.7978845608028654 / x21
    x26 = (
        torch.where(x18, x25 * torch.exp(-0.5 * torch.where(x18, torch.square(x17), 0.0)), x25 *
        special.mills_deficit(x19, x20))
    )
    x27 = x23 * x24
    x28 = 0.7978845608028654 * x22
    x29 = torch.where(x9, x28 * torch.exp(-0.5 * torch.where(x9, x16, 0.0)), x28 * special.mills_deficit(x13, x14))
    x30 = -x27 + 1.0
    x31 = c10 * torch.exp(x10)
    x32 = alpha * x11
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x9, x5 * (x4 + c0 * x0), c5 * x11)
        + torch.log1p(x23) + torch.log(x15))
    )
    d_loc = c9 * x2 * torch.where(x5 < x7, x24 * x6 * (-x23 + 1.0), x4 - x26 * x27 + x29 * x30) * torch.sign(loc)
    d_log_scale = (
        c8 * (c11 + x27 * (x26 * x8 + torch.where(x18, x31, x32)) + x30 * (x29 * (x4 + x6) + torch.where(x9, x31, x32)))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = (1/2)*(1 - alpha)/math.sqrt(alpha)
    c1 = -math.sqrt(alpha)
    c2 = (1 - alpha)/math.sqrt(alpha)
    c3 = math.sqrt(alpha)
    c4 = -(1 - alpha)/math.sqrt(alpha)
    c5 = -1/2*alpha
    c6 = 2*alpha - 2
    c7 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = torch.exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = torch.square(loc) * torch.exp(-x10)
    x12 = x4 + x5
    x13 = torch.where(x9, x12, 0.0)
    x14 = torch.where(x9, 0.0, x12)
    x15 = special.mills_tail(x13, x14)
    x16 = torch.square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = torch.where(x18, x17, 0.0)
    x20 = torch.where(x18, 0.0, x17)
    x21 = special.mills_tail(x19, x20)
    x22 = torch.reciprocal(x15)
    x23 = x21 * x22 * torch.exp(-torch.where(x5 >= x7, 0.0, torch.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x9, x5 * (x4 + c0 * x0), c5 * x11)
        + torch.log1p(x23) + torch.log(x15))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = (1/2)*(1 - alpha)/math.sqrt(alpha)
    c1 = -math.sqrt(alpha)
    c2 = (1 - alpha)/math.sqrt(alpha)
    c3 = math.sqrt(alpha)
    c4 = -(1 - alpha)/math.sqrt(alpha)
    c5 = -1/2*alpha
    c6 = 2*alpha - 2
    c7 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c8 = 1/(alpha - 1)
    c9 = math.sqrt(alpha)/(alpha - 1)
    c10 = (1 - alpha)**2/alpha
    c11 = 1 - alpha
    x0 = torch.exp(log_scale)
    x1 = torch.abs(loc)
    x2 = torch.exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = torch.square(loc) * torch.exp(-x10)
    x12 = x4 + x5
    x13 = torch.where(x9, x12, 0.0)
    x14 = torch.where(x9, 0.0, x12)
    x15 = special.mills_tail(x13, x14)
    x16 = torch.square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = torch.where(x18, x17, 0.0)
    x20 = torch.where(x18, 0.0, x17)
    x21 = special.mills_tail(x19, x20)
    x22 = torch.reciprocal(x15)
    x23 = x21 * x22 * torch.exp(-torch.where(x5 >= x7, 0.0, torch.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    x24 = torch.reciprocal(x23 + 1.0)
    x25 = 0.7978845608028654 / x21
    x26 = (
        torch.where(x18, x25 * torch.exp(-0.5 * torch.where(x18, torch.square(x17), 0.0)), x25 *
        special.mills_deficit(x19, x20))
    )
    x27 = x23 * x24
    x28 = 0.7978845608028654 * x22
    x29 = torch.where(x9, x28 * torch.exp(-0.5 * torch.where(x9, x16, 0.0)), x28 * special.mills_deficit(x13, x14))
    x30 = -x27 + 1.0
    x31 = c10 * torch.exp(x10)
    x32 = alpha * x11
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x9, x5 * (x4 + c0 * x0), c5 * x11)
        + torch.log1p(x23) + torch.log(x15))
    )
    d_loc = c9 * x2 * torch.where(x5 < x7, x24 * x6 * (-x23 + 1.0), x4 - x26 * x27 + x29 * x30) * torch.sign(loc)
    d_log_scale = (
        c8 * (c11 + x27 * (x26 * x8 + torch.where(x18, x31, x32)) + x30 * (x29 * (x4 + x6) + torch.where(x9, x31, x32)))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", normal, laplace, _finite, 1.0)


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
