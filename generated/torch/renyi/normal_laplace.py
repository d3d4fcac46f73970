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
    e0 = torch.exp(log_scale)
    x0 = torch.abs(loc)
    x1 = torch.exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = torch.where(x8, x10, 0.0)
    x12 = torch.where(x8, 0.0, x10)
    x13 = special.mills_tail(x11, x12)
    x14 = torch.square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = torch.where(x16, x15, 0.0)
    x18 = torch.where(x16, 0.0, x15)
    x19 = special.mills_tail(x17, x18)
    x20 = torch.reciprocal(x13)
    x21 = x19 * x20 * torch.exp(-torch.where(x4 >= x6, 0.0, torch.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x8, x4 * (x3 + c0 * e0), c5 * x9)
        + torch.log1p(x21) + torch.log(x13))
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
    e0 = torch.exp(log_scale)
    x0 = torch.abs(loc)
    x1 = torch.exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = torch.where(x8, x10, 0.0)
    x12 = torch.where(x8, 0.0, x10)
    x13 = special.mills_tail(x11, x12)
    x14 = torch.square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = torch.where(x16, x15, 0.0)
    x18 = torch.where(x16, 0.0, x15)
    x19 = special.mills_tail(x17, x18)
    x20 = torch.reciprocal(x13)
    x21 = x19 * x20 * torch.exp(-torch.where(x4 >= x6, 0.0, torch.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    x22 = torch.reciprocal(x21 + 1.0)
    x23 = 0.7978845608028654 / x19
    x24 = (
        torch.where(x16, x23 * torch.exp(-0.5 * torch.where(x16, torch.square(x15), 0.0)), x23 *
        special.mills_deficit(x17, x18))
    )
    x25 = x21 * x22
    x26 = 0.7978845608028654 * x20
    x27 = torch.where(x8, x26 * torch.exp(-0.5 * torch.where(x8, x14, 0.0)), x26 * special.mills_deficit(x11, x12))
    x28 = -x25 + 1.0
    x29 = c10 * torch.square(e0)
    x30 = alpha * x9
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x8, x4 * (x3 + c0 * e0), c5 * x9)
        + torch.log1p(x21) + torch.log(x13))
    )
    d_loc = c9 * x1 * torch.where(x4 < x6, x22 * x5 * (-x21 + 1.0), x3 - x24 * x25 + x27 * x28) * torch.sign(loc)
    d_log_scale = (
        c8 * (c11 + x25 * (x24 * x7 + torch.where(x16, x29, x30)) + x28 * (x27 * (x3 + x5) + torch.where(x8, x29, x30)))
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
    e0 = torch.exp(log_scale)
    x0 = torch.abs(loc)
    x1 = torch.exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = torch.where(x8, x10, 0.0)
    x12 = torch.where(x8, 0.0, x10)
    x13 = special.mills_tail(x11, x12)
    x14 = torch.square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = torch.where(x16, x15, 0.0)
    x18 = torch.where(x16, 0.0, x15)
    x19 = special.mills_tail(x17, x18)
    x20 = torch.reciprocal(x13)
    x21 = x19 * x20 * torch.exp(-torch.where(x4 >= x6, 0.0, torch.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x8, x4 * (x3 + c0 * e0), c5 * x9)
        + torch.log1p(x21) + torch.log(x13))
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
    e0 = torch.exp(log_scale)
    x0 = torch.abs(loc)
    x1 = torch.exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = torch.where(x8, x10, 0.0)
    x12 = torch.where(x8, 0.0, x10)
    x13 = special.mills_tail(x11, x12)
    x14 = torch.square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = torch.where(x16, x15, 0.0)
    x18 = torch.where(x16, 0.0, x15)
    x19 = special.mills_tail(x17, x18)
    x20 = torch.reciprocal(x13)
    x21 = x19 * x20 * torch.exp(-torch.where(x4 >= x6, 0.0, torch.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    x22 = torch.reciprocal(x21 + 1.0)
    x23 = 0.7978845608028654 / x19
    x24 = (
        torch.where(x16, x23 * torch.exp(-0.5 * torch.where(x16, torch.square(x15), 0.0)), x23 *
        special.mills_deficit(x17, x18))
    )
    x25 = x21 * x22
    x26 = 0.7978845608028654 * x20
    x27 = torch.where(x8, x26 * torch.exp(-0.5 * torch.where(x8, x14, 0.0)), x26 * special.mills_deficit(x11, x12))
    x28 = -x25 + 1.0
    x29 = c10 * torch.square(e0)
    x30 = alpha * x9
    value = (
        c8 * (c7 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x8, x4 * (x3 + c0 * e0), c5 * x9)
        + torch.log1p(x21) + torch.log(x13))
    )
    d_loc = c9 * x1 * torch.where(x4 < x6, x22 * x5 * (-x21 + 1.0), x3 - x24 * x25 + x27 * x28) * torch.sign(loc)
    d_log_scale = (
        c8 * (c11 + x25 * (x24 * x7 + torch.where(x16, x29, x30)) + x28 * (x27 * (x3 + x5) + torch.where(x8, x29, x30)))
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
