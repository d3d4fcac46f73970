# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/E; change the generator, not this file.
"""renyi of the normal from the standard exponential, in nats.

Finite where alpha < 1.
"""

import math

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import exponential, normal


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
    c6 = -1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c7 = 1/(alpha - 1)
    e0 = torch.exp(log_scale)
    x0 = torch.exp(-log_scale)
    x1 = loc * x0
    x2 = c1 * x1
    x3 = c2 * e0
    x4 = c4 * e0
    x5 = c3 * x1
    x6 = x4 + x5 > 0.0
    x7 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x8 = x2 + x3
    x9 = torch.where(x6, x8, 0.0)
    x10 = torch.where(x6, 0.0, x8)
    x11 = special.mills_tail(x9, x10)
    value = (
        c7 * (c6 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x6, x3 * (x2 + c0 * e0), c5 * x7)
        + torch.log(x11))
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
    c6 = -1/2*math.log(alpha) + (1/2)*math.log((1/2)*math.pi)
    c7 = 1/(alpha - 1)
    c8 = math.sqrt(alpha)/(alpha - 1)
    c9 = (1 - alpha)**2/alpha
    c10 = 1 - alpha
    e0 = torch.exp(log_scale)
    x0 = torch.exp(-log_scale)
    x1 = loc * x0
    x2 = c1 * x1
    x3 = c2 * e0
    x4 = c4 * e0
    x5 = c3 * x1
    x6 = x4 + x5 > 0.0
    x7 = torch.square(loc) * torch.exp(-2.0 * log_scale)
    x8 = x2 + x3
    x9 = torch.where(x6, x8, 0.0)
    x10 = torch.where(x6, 0.0, x8)
    x11 = special.mills_tail(x9, x10)
    x12 = 0.7978845608028654 / x11
    x13 = (
        torch.where(x6, x12 * torch.exp(-0.5 * torch.where(x6, torch.square(x8), 0.0)), x12 * special.mills_deficit(x9,
        x10))
    )
    value = (
        c7 * (c6 + log_scale - alpha * (log_scale + 0.9189385332046728) + torch.where(x6, x3 * (x2 + c0 * e0), c5 * x7)
        + torch.log(x11))
    )
    d_loc = c8 * x0 * (x13 - torch.where(x6, x3, x5))
    d_log_scale = c7 * (c10 + x13 * (x2 + x4) + torch.where(x6, c9 * torch.square(e0), alpha * x7))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha < 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", normal, exponential, _finite, 1.0)


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
