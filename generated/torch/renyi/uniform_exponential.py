# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/E; change the generator, not this file.
"""renyi of the uniform from the standard exponential, in nats.

Finite where (mu - sigma >= 0) | ((alpha < 1) & (0 < mu + sigma)).
"""

import torch
from torch import Tensor

from generated.torch import measures, special
from generated.torch.families import exponential, uniform


def _finite_below(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (
        (loc - torch.exp(log_scale) >= -4.0 * eps * (1.0 + torch.exp(log_scale))) | (0.0 < loc + torch.exp(log_scale))
    )
    return condition


def _value_below(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = alpha - 1
    c1 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = loc - x0
    x2 = loc + x0
    x3 = 2.0 * x0
    x4 = x2 < x3
    x5 = torch.where(x4, x2, x3)
    x6 = c0 * x5
    x7 = special.exprel(x6)
    value = c1 * (-alpha * (log_scale + 0.6931471805599453) + c0 * torch.where(x1 < 0.0, 0.0, x1) + torch.log(x5 * x7))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_below(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = alpha - 1
    c1 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = loc - x0
    x2 = loc + x0
    x3 = 2.0 * x0
    x4 = x2 < x3
    x5 = torch.where(x4, x2, x3)
    x6 = c0 * x5
    x7 = special.exprel(x6)
    x8 = loc > x0
    x9 = torch.where(x4, torch.reciprocal(x2), 0.5 * torch.exp(-log_scale)) / x7
    x10 = x9 * torch.exp(x6)
    value = c1 * (-alpha * (log_scale + 0.6931471805599453) + c0 * torch.where(x1 < 0.0, 0.0, x1) + torch.log(x5 * x7))
    d_loc = c1 * torch.where(x8, c0, x10)
    d_log_scale = c1 * (-alpha + x0 * torch.where(x8, x10 + x9, x10))
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite_above(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = loc - torch.exp(log_scale) >= -4.0 * eps * (1.0 + torch.exp(log_scale))
    return condition


def _value_above(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    c0 = 1 - alpha
    c1 = alpha - 1
    c2 = 2 - 2*alpha
    c3 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = c2 * x0
    x2 = special.exprel(x1)
    value = c3 * (c0 * (log_scale + 0.6931471805599453) + c1 * (loc + x0) + torch.log(x2))
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_above(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    c0 = 1 - alpha
    c1 = alpha - 1
    c2 = 2 - 2*alpha
    c3 = 1/(alpha - 1)
    x0 = torch.exp(log_scale)
    x1 = c2 * x0
    x2 = special.exprel(x1)
    value = c3 * (c0 * (log_scale + 0.6931471805599453) + c1 * (loc + x0) + torch.log(x2))
    d_loc = torch.full_like(loc, 1.0)
    d_log_scale = c3 * (-alpha + 0.5 * (torch.exp(x1) + 1.0) / x2)
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def _finite(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = (
        ((0.0 < loc + torch.exp(log_scale)) & (alpha < 1.0)) | (loc - torch.exp(log_scale) >= -4.0 * eps * (1.0 +
        torch.exp(log_scale)))
    )
    return condition


# of orders that the formulas do not serve
QUADRATURE = measures.Cell("renyi", uniform, exponential, _finite, 1.0)


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
