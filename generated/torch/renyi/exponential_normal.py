# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/N; change the generator, not this file.
"""renyi of the exponential from the standard normal, in nats.

Finite where alpha <= 1.
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
    c0 = math.sqrt(1 - alpha)
    c1 = (1/2)*alpha/math.sqrt(1 - alpha)
    c2 = alpha/math.sqrt(1 - alpha)
    c3 = (1/2)*alpha - 1/2
    c4 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha) + (1/2)*math.log((1/2)*math.pi)
    c5 = 1/(alpha - 1)
    x0 = c0 * loc
    x1 = torch.exp(-log_scale)
    x2 = c2 * x1
    x3 = x0 + x2
    x4 = x3 < 0.0
    x5 = torch.where(x4, x3, 0.0)
    x6 = torch.where(x4, 0.0, x3)
    x7 = special.mills_tail(x5, x6)
    value = c5 * (c4 - alpha * log_scale + torch.where(x4, x2 * (x0 + c1 * x1), c3 * torch.square(loc)) + torch.log(x7))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = math.sqrt(1 - alpha)
    c1 = (1/2)*alpha/math.sqrt(1 - alpha)
    c2 = alpha/math.sqrt(1 - alpha)
    c3 = (1/2)*alpha - 1/2
    c4 = -1/2*(1 - alpha)*math.log(2*math.pi) - 1/2*math.log(1 - alpha) + (1/2)*math.log((1/2)*math.pi)
    c5 = 1/(alpha - 1)
    c6 = -math.sqrt(1 - alpha)
    c7 = math.sqrt(1 - alpha)/(alpha - 1)
    c8 = math.sqrt(2)*alpha/(math.sqrt(math.pi)*math.sqrt(1 - alpha))
    x0 = c0 * loc
    x1 = torch.exp(-log_scale)
    x2 = c2 * x1
    x3 = x0 + x2
    x4 = x3 < 0.0
    x5 = torch.where(x4, x3, 0.0)
    x6 = torch.where(x4, 0.0, x3)
    x7 = special.mills_tail(x5, x6)
    x8 = torch.reciprocal(x7)
    x9 = 0.7978845608028654 * x8
    x10 = special.mills_deficit(x5, x6)
    value = c5 * (c4 - alpha * log_scale + torch.where(x4, x2 * (x0 + c1 * x1), c3 * torch.square(loc)) + torch.log(x7))
    d_loc = (
        c7 * (torch.where(x4, x2, c6 * loc) - torch.where(x4, x9 * torch.exp(-0.5 * torch.where(x4, torch.square(x3),
        0.0)), x10 * x9))
    )
    d_log_scale = c5 * (-alpha + c8 * x1 * x10 * x8)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha <= 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", exponential, normal, _finite, 1.0)


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
