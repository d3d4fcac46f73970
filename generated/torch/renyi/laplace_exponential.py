# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/E; change the generator, not this file.
"""renyi of the laplace from the standard exponential, in nats.

Finite where alpha < 1.
"""

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import exponential, laplace


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = 1 - alpha
    c1 = alpha - 1
    c2 = 1/(alpha - 1)
    x0 = torch.exp(-log_scale)
    x1 = loc < 0.0
    x2 = torch.where(x1, loc, 0.0)
    x3 = torch.where(x1, 0.0, loc)
    x4 = alpha * x0
    x5 = -x4 + 1.0
    x6 = torch.where(alpha < x5, x4, c0)
    x7 = x3 * torch.abs(c1 + x4)
    x8 = special.exprel(-x7)
    x9 = c0 + x4
    x10 = torch.exp(x3 * (c1 + x6))
    x11 = x10 / x9 + x3 * x8
    value = c2 * (-alpha * (log_scale + 0.6931471805599453) - x3 * x6 + alpha * x0 * x2 + torch.log(x11))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = 1 - alpha
    c1 = alpha - 1
    c2 = 1/(alpha - 1)
    x0 = torch.exp(-log_scale)
    x1 = loc < 0.0
    x2 = torch.where(x1, loc, 0.0)
    x3 = torch.where(x1, 0.0, loc)
    x4 = alpha * x0
    x5 = -x4 + 1.0
    x6 = torch.where(alpha < x5, x4, c0)
    x7 = x3 * torch.abs(c1 + x4)
    x8 = special.exprel(-x7)
    x9 = c0 + x4
    x10 = torch.exp(x3 * (c1 + x6))
    x11 = x10 / x9 + x3 * x8
    x12 = torch.reciprocal(x11)
    x13 = special.exponential_mean(x7)
    value = c2 * (-alpha * (log_scale + 0.6931471805599453) - x3 * x6 + alpha * x0 * x2 + torch.log(x11))
    d_loc = c2 * torch.where(loc >= 0.0, c1 + x12 * torch.exp(x3 * (-x4 + x6)), x4)
    d_log_scale = (
        c2 * (-alpha + x4 * (-x2 + x12 * (x10 / torch.square(x9) + x8 * torch.where(x1, 0.0, torch.square(loc)) *
        torch.where(alpha > x5, x13, -x13 + 1.0))))
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = alpha < 1.0
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", laplace, exponential, _finite, 1.0)


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
