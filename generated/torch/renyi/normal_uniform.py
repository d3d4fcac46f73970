# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/U; change the generator, not this file.
"""renyi of the normal from the standard uniform, in nats.

Finite where alpha < 1.
"""

import math

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import normal, uniform


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = -math.sqrt(alpha)
    c1 = math.sqrt(alpha)
    c2 = 2*math.sqrt(alpha)
    c3 = -2*alpha
    c4 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha)
    c5 = 1/(alpha - 1)
    e0 = torch.exp(-log_scale)
    x0 = c0 * e0
    x1 = torch.abs(loc)
    x2 = c1 * e0
    x3 = x1 * x2
    x4 = x0 + x3
    x5 = x4 < 0.0
    x6 = torch.square(x4)
    x7 = 0.7071067811865476 * x3
    x8 = torch.erf(0.7071067811865476 * x0 + x7)
    x9 = torch.erf(0.7071067811865476 * x2 + x7)
    x10 = x2 < 0.5
    x11 = torch.where(x10, c2 * e0, 1.0)
    x12 = torch.where(x5, 0.0, x4)
    x13 = (
        0.08566224618958518 * torch.exp(-0.033765242898423975 * x11 * (0.016882621449211987 * x11 + x12)) +
        0.1803807865240693 * torch.exp(-0.16939530676686776 * x11 * (0.08469765338343388 * x11 + x12)) +
        0.23395696728634552 * torch.exp(-0.38069040695840156 * x11 * (0.19034520347920078 * x11 + x12)) +
        0.23395696728634552 * torch.exp(-0.6193095930415985 * x11 * (0.30965479652079925 * x11 + x12)) +
        0.1803807865240693 * torch.exp(-0.8306046932331322 * x11 * (0.4153023466165661 * x11 + x12)) +
        0.08566224618958518 * torch.exp(-0.966234757101576 * x11 * (0.483117378550788 * x11 + x12))
    )
    x14 = torch.square(e0) * x1
    x15 = alpha * x14 < 0.05
    x16 = c3 * x14
    x17 = torch.exp(x16)
    x18 = torch.where(x5, x4, 0.0)
    x19 = x2 + x3
    x20 = x17 * special.mills_tail(x18, x19)
    x21 = special.mills_tail(x18, x12)
    value = (
        c5 * (c4 + log_scale - alpha * (log_scale + 0.9189385332046728) - 0.5 * torch.where(x5, 0.0, x6) +
        torch.log(torch.where(x5, -1.2533141373155003 * x8 + 1.2533141373155003 * x9, torch.where(x15, x11 * x13,
        -1.2533141373155003 * x20 + 1.2533141373155003 * x21))))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = -math.sqrt(alpha)
    c1 = math.sqrt(alpha)
    c2 = 2*math.sqrt(alpha)
    c3 = -2*alpha
    c4 = -(1 - alpha)*math.log(2) - 1/2*math.log(alpha)
    c5 = 1/(alpha - 1)
    c6 = (1/2)/math.sqrt(alpha)
    c7 = math.sqrt(alpha)/(alpha - 1)
    c8 = 1 - alpha
    e0 = torch.exp(-log_scale)
    x0 = c0 * e0
    x1 = torch.abs(loc)
    x2 = c1 * e0
    x3 = x1 * x2
    x4 = x0 + x3
    x5 = x4 < 0.0
    x6 = torch.square(x4)
    x7 = 0.7071067811865476 * x3
    x8 = torch.erf(0.7071067811865476 * x0 + x7)
    x9 = torch.erf(0.7071067811865476 * x2 + x7)
    x10 = x2 < 0.5
    x11 = torch.where(x10, c2 * e0, 1.0)
    x12 = torch.where(x5, 0.0, x4)
    x13 = (
        0.08566224618958518 * torch.exp(-0.033765242898423975 * x11 * (0.016882621449211987 * x11 + x12)) +
        0.1803807865240693 * torch.exp(-0.16939530676686776 * x11 * (0.08469765338343388 * x11 + x12)) +
        0.23395696728634552 * torch.exp(-0.38069040695840156 * x11 * (0.19034520347920078 * x11 + x12)) +
        0.23395696728634552 * torch.exp(-0.6193095930415985 * x11 * (0.30965479652079925 * x11 + x12)) +
        0.1803807865240693 * torch.exp(-0.8306046932331322 * x11 * (0.4153023466165661 * x11 + x12)) +
        0.08566224618958518 * torch.exp(-0.966234757101576 * x11 * (0.483117378550788 * x11 + x12))
    )
    x14 = torch.square(e0) * x1
    x15 = alpha * x14 < 0.05
    x16 = c3 * x14
    x17 = torch.exp(x16)
    x18 = torch.where(x5, x4, 0.0)
    x19 = x2 + x3
    x20 = x17 * special.mills_tail(x18, x19)
    x21 = special.mills_tail(x18, x12)
    x22 = (
        torch.where(x5, 0.7978845608028654 / (-x8 + x9), torch.where(x15, torch.where(x10, c6 * torch.exp(log_scale),
        1.0) / x13, 0.7978845608028654 / (-x20 + x21)))
    )
    x23 = x22 * torch.where(x5, torch.exp(-0.5 * x6), 1.0)
    x24 = x23 * torch.expm1(x16)
    x25 = torch.where(x5, torch.exp(-0.5 * torch.square(x19)), x17)
    x26 = -x23 * x4 + x19 * x22 * x25
    value = (
        c5 * (c4 + log_scale - alpha * (log_scale + 0.9189385332046728) - 0.5 * torch.where(x5, 0.0, x6) +
        torch.log(torch.where(x5, -1.2533141373155003 * x8 + 1.2533141373155003 * x9, torch.where(x15, x11 * x13,
        -1.2533141373155003 * x20 + 1.2533141373155003 * x21))))
    )
    d_loc = c7 * e0 * x24 * torch.sign(loc)
    d_log_scale = c5 * (c8 - torch.where(x5, x26, torch.where(x15, x2 * (x23 + x22 * x25) + x24 * x3, x26)))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha < 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", normal, uniform, _finite, 1.0)


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
