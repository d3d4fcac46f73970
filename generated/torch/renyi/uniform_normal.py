# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/N; change the generator, not this file.
"""renyi of the uniform from the standard normal, in nats.

Finite where True.
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
    c0 = math.sqrt(1 - alpha)
    c1 = -math.sqrt(1 - alpha)
    c2 = 2*math.sqrt(1 - alpha)
    c3 = 1 - alpha
    c4 = 2*alpha - 2
    c5 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha)
    c6 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = c0 * x0
    x2 = torch.abs(loc)
    x3 = x1 + c1 * x2 > 0.0
    x4 = c0 * x2
    x5 = c1 * x0
    x6 = x4 + x5
    x7 = torch.square(x6)
    x8 = 0.7071067811865476 * x4
    x9 = torch.erf(0.7071067811865476 * x1 + x8)
    x10 = torch.erf(0.7071067811865476 * x5 + x8)
    x11 = x1 < 0.5
    x12 = torch.where(x11, c2 * x0, 1.0)
    x13 = torch.where(x3, 0.0, x6)
    x14 = (
        0.08566224618958518 * torch.exp(-0.033765242898423975 * x12 * (0.016882621449211987 * x12 + x13)) +
        0.1803807865240693 * torch.exp(-0.16939530676686776 * x12 * (0.08469765338343388 * x12 + x13)) +
        0.23395696728634552 * torch.exp(-0.38069040695840156 * x12 * (0.19034520347920078 * x12 + x13)) +
        0.23395696728634552 * torch.exp(-0.6193095930415985 * x12 * (0.30965479652079925 * x12 + x13)) +
        0.1803807865240693 * torch.exp(-0.8306046932331322 * x12 * (0.4153023466165661 * x12 + x13)) +
        0.08566224618958518 * torch.exp(-0.966234757101576 * x12 * (0.483117378550788 * x12 + x13))
    )
    x15 = x0 * x2
    x16 = c3 * x15 < 0.05
    x17 = c4 * x15
    x18 = torch.exp(x17)
    x19 = torch.where(x3, x6, 0.0)
    x20 = x1 + x4
    x21 = x18 * special.mills_tail(x19, x20)
    x22 = special.mills_tail(x19, x13)
    value = (
        c6 * (c5 - alpha * (log_scale + 0.6931471805599453) - 0.5 * torch.where(x3, 0.0, x7) + torch.log(torch.where(x3,
        -1.2533141373155003 * x10 + 1.2533141373155003 * x9, torch.where(x16, x12 * x14, -1.2533141373155003 * x21 +
        1.2533141373155003 * x22))))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = math.sqrt(1 - alpha)
    c1 = -math.sqrt(1 - alpha)
    c2 = 2*math.sqrt(1 - alpha)
    c3 = 1 - alpha
    c4 = 2*alpha - 2
    c5 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha)
    c6 = 1/(alpha - 1)
    c7 = (1/2)/math.sqrt(1 - alpha)
    c8 = math.sqrt(1 - alpha)/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = c0 * x0
    x2 = torch.abs(loc)
    x3 = x1 + c1 * x2 > 0.0
    x4 = c0 * x2
    x5 = c1 * x0
    x6 = x4 + x5
    x7 = torch.square(x6)
    x8 = 0.7071067811865476 * x4
    x9 = torch.erf(0.7071067811865476 * x1 + x8)
    x10 = torch.erf(0.7071067811865476 * x5 + x8)
    x11 = x1 < 0.5
    x12 = torch.where(x11, c2 * x0, 1.0)
    x13 = torch.where(x3, 0.0, x6)
    x14 = (
        0.08566224618958518 * torch.exp(-0.033765242898423975 * x12 * (0.016882621449211987 * x12 + x13)) +
        0.1803807865240693 * torch.exp(-0.16939530676686776 * x12 * (0.08469765338343388 * x12 + x13)) +
        0.23395696728634552 * torch.exp(-0.38069040695840156 * x12 * (0.19034520347920078 * x12 + x13)) +
        0.23395696728634552 * torch.exp(-0.6193095930415985 * x12 * (0.30965479652079925 * x12 + x13)) +
        0.1803807865240693 * torch.exp(-0.8306046932331322 * x12 * (0.4153023466165661 * x12 + x13)) +
        0.08566224618958518 * torch.exp(-0.966234757101576 * x12 * (0.483117378550788 * x12 + x13))
    )
    x15 = x0 * x2
    x16 = c3 * x15 < 0.05
    x17 = c4 * x15
    x18 = torch.exp(x17)
    x19 = torch.where(x3, x6, 0.0)
    x20 = x1 + x4
    x21 = x18 * special.mills_tail(x19, x20)
    x22 = special.mills_tail(x19, x13)
    x23 = (
        torch.where(x3, 0.7978845608028654 / (-x10 + x9), torch.where(x16, torch.where(x11, c7 * torch.exp(-log_scale),
        1.0) / x14, 0.7978845608028654 / (-x21 + x22)))
    )
    x24 = x23 * torch.where(x3, torch.exp(-0.5 * x7), 1.0)
    value = (
        c6 * (c5 - alpha * (log_scale + 0.6931471805599453) - 0.5 * torch.where(x3, 0.0, x7) + torch.log(torch.where(x3,
        -1.2533141373155003 * x10 + 1.2533141373155003 * x9, torch.where(x16, x12 * x14, -1.2533141373155003 * x21 +
        1.2533141373155003 * x22))))
    )
    d_loc = c8 * x24 * torch.expm1(x17) * torch.sign(loc)
    d_log_scale = c6 * (-alpha + c0 * x0 * (x24 + x23 * torch.where(x3, torch.exp(-0.5 * torch.square(x20)), x18)))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = math.sqrt(alpha - 1)
    c2 = -math.sqrt(alpha - 1)
    c3 = 2 - 2*alpha
    c4 = (1/2)*math.sqrt(2)/math.sqrt(alpha - 1)
    c5 = 0.966234757101576*math.sqrt(alpha - 1)
    c6 = -0.0675304857968479*math.sqrt(alpha - 1)
    c7 = 0.033765242898424*math.sqrt(alpha - 1)
    c8 = -1.93246951420315*math.sqrt(alpha - 1)
    c9 = 0.380690406958402*math.sqrt(alpha - 1)
    c10 = -1.2386191860832*math.sqrt(alpha - 1)
    c11 = 0.619309593041598*math.sqrt(alpha - 1)
    c12 = -0.761380813916803*math.sqrt(alpha - 1)
    c13 = 0.830604693233132*math.sqrt(alpha - 1)
    c14 = -0.338790613533736*math.sqrt(alpha - 1)
    c15 = 0.169395306766868*math.sqrt(alpha - 1)
    c16 = -1.66120938646626*math.sqrt(alpha - 1)
    c17 = 2*alpha - 2
    c18 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = x0 < 1e-160
    x2 = x0 > 1e+160
    x3 = torch.where(x1, 1e-160, torch.where(x2, 1e+160, x0))
    x4 = torch.abs(loc)
    x5 = torch.where(x4 < 1e-160, 1e-160, torch.where(x4 > 1e+160, 1e+160, x4))
    x6 = 0.7071067811865476 * x3
    x7 = c1 * x5
    x8 = 0.7071067811865476 * x7
    x9 = c3 * x3 * x5
    x10 = torch.exp(x9)
    x11 = -x10 * special.dawson(x8 + c2 * x6) + special.dawson(x8 + c1 * x6)
    x12 = c4 * x11 * torch.where(x1, 1e+160, torch.where(x2, 1e-160, torch.exp(-log_scale)))
    x13 = x0 > x4
    x14 = (
        0.23395696728634552 * torch.exp(c10 * x3 * (x7 + c9 * x3)) + 0.23395696728634552 * torch.exp(c12 * x3 * (x7 +
        c11 * x3)) + 0.1803807865240693 * torch.exp(c14 * x3 * (x7 + c13 * x3)) + 0.1803807865240693 * torch.exp(c16 *
        x3 * (x7 + c15 * x3)) + 0.08566224618958518 * torch.exp(c6 * x3 * (x7 + c5 * x3)) + 0.08566224618958518 *
        torch.exp(c8 * x3 * (x7 + c7 * x3))
    )
    x15 = c17 * x0 * x4 < 0.1
    value = (
        c18 * (c0 * (-log_scale + 0.5 * torch.square(x3 + x5) + 0.22579135264472744) + torch.log(torch.where(x13, x12,
        torch.where(x15, x14, x12))))
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = math.sqrt(alpha - 1)
    c2 = -math.sqrt(alpha - 1)
    c3 = 2 - 2*alpha
    c4 = (1/2)*math.sqrt(2)/math.sqrt(alpha - 1)
    c5 = 0.966234757101576*math.sqrt(alpha - 1)
    c6 = -0.0675304857968479*math.sqrt(alpha - 1)
    c7 = 0.033765242898424*math.sqrt(alpha - 1)
    c8 = -1.93246951420315*math.sqrt(alpha - 1)
    c9 = 0.380690406958402*math.sqrt(alpha - 1)
    c10 = -1.2386191860832*math.sqrt(alpha - 1)
    c11 = 0.619309593041598*math.sqrt(alpha - 1)
    c12 = -0.761380813916803*math.sqrt(alpha - 1)
    c13 = 0.830604693233132*math.sqrt(alpha - 1)
    c14 = -0.338790613533736*math.sqrt(alpha - 1)
    c15 = 0.169395306766868*math.sqrt(alpha - 1)
    c16 = -1.66120938646626*math.sqrt(alpha - 1)
    c17 = 2*alpha - 2
    c18 = 1/(alpha - 1)
    c19 = math.sqrt(2)*math.sqrt(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = x0 < 1e-160
    x2 = x0 > 1e+160
    x3 = torch.where(x1, 1e-160, torch.where(x2, 1e+160, x0))
    x4 = torch.abs(loc)
    x5 = torch.where(x4 < 1e-160, 1e-160, torch.where(x4 > 1e+160, 1e+160, x4))
    x6 = 0.7071067811865476 * x3
    x7 = c1 * x5
    x8 = 0.7071067811865476 * x7
    x9 = c3 * x3 * x5
    x10 = torch.exp(x9)
    x11 = -x10 * special.dawson(x8 + c2 * x6) + special.dawson(x8 + c1 * x6)
    x12 = c4 * x11 * torch.where(x1, 1e+160, torch.where(x2, 1e-160, torch.exp(-log_scale)))
    x13 = x0 > x4
    x14 = (
        0.23395696728634552 * torch.exp(c10 * x3 * (x7 + c9 * x3)) + 0.23395696728634552 * torch.exp(c12 * x3 * (x7 +
        c11 * x3)) + 0.1803807865240693 * torch.exp(c14 * x3 * (x7 + c13 * x3)) + 0.1803807865240693 * torch.exp(c16 *
        x3 * (x7 + c15 * x3)) + 0.08566224618958518 * torch.exp(c6 * x3 * (x7 + c5 * x3)) + 0.08566224618958518 *
        torch.exp(c8 * x3 * (x7 + c7 * x3))
    )
    x15 = c17 * x0 * x4 < 0.1
    x16 = c19 * x3 / x11
    x17 = torch.where(x13, x16, torch.where(x15, torch.reciprocal(x14), x16))
    value = (
        c18 * (c0 * (-log_scale + 0.5 * torch.square(x3 + x5) + 0.22579135264472744) + torch.log(torch.where(x13, x12,
        torch.where(x15, x14, x12))))
    )
    d_loc = x17 * x5 * special.exprel(x9) * torch.sign(loc)
    d_log_scale = c18 * (-alpha + 0.5 * x17 * (x10 + 1.0))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", uniform, normal, _finite, 1.0)


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
