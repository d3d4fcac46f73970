# Written by codegen.build (SymPy 1.14.0) from codegen/likelihoods.py; change the generator, not this file.
"""Negative log-likelihoods of one pixel given what a decoder emits for it, and their derivatives, element-wise.

x is the target, in [0, 1]; a and b are the decoder's outputs, any reals.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generated.torch import special

# Open intervals onto which outputs are mapped, by what they are.
LIMITS = {
    "log_scale": (-5.541263545158426, 0.0),
    "logit": (-255.0, 255.0),
    "log_shape": (-3.0, 6.0),
}
BETA_EDGE = 0.001953125  # the beta likelihood sees targets x as edge + (1 - 2 edge) x


@dataclass(frozen=True)
class Terms:
    """A pixel's nats without their constant, and their derivatives in each of its outputs.

    Both functions take the target and the outputs.
    """

    outputs: int
    constant: float
    value: Callable[..., Tensor]
    slopes: Callable[..., tuple[Tensor, ...]]


def _log_exprel(t: Tensor) -> Tensor:
    """log((exp(t) - 1)/t)."""
    near = t.abs() < 2.0
    small, far = torch.where(near, t, 0.0), torch.where(near, 2.0, t)
    return torch.where(near, 0.5 * small + special.logsinhc(0.5 * small), torch.log(special.exprel(far)))


def _log_beta(p: Tensor, q: Tensor) -> Tensor:
    return torch.lgamma(p) + torch.lgamma(q) - torch.lgamma(p + q)


def _bernoulli(x: Tensor, a: Tensor) -> Tensor:
    x0 = a > 0.0
    x1 = a * torch.where(x0, 1.0, -1.0)
    result = x1 * torch.where(x0, -x + 1.0, x) + torch.log1p(torch.exp(-x1))
    return result


def _bernoulli_slopes(x: Tensor, a: Tensor) -> tuple[Tensor, ...]:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    result = (x1 * (-x2 / (x2 + 1.0) + torch.where(x0, -x + 1.0, x)),)
    return result


def _continuous_bernoulli(x: Tensor, a: Tensor) -> Tensor:
    x0 = a > 0.0
    x1 = 255.0 * torch.where(x0, 1.0, -1.0) * torch.tanh(0.00392156862745098 * a)
    result = x1 * torch.where(x0, -x + 1.0, x) + _log_exprel(-x1)
    return result


def _continuous_bernoulli_slopes(x: Tensor, a: Tensor) -> tuple[Tensor, ...]:
    x0 = torch.tanh(0.00392156862745098 * a)
    result = ((-torch.square(x0) + 1.0) * (-x + 0.5 * special.langevin(127.5 * x0) + 0.5),)
    return result


def _mse(x: Tensor, a: Tensor) -> Tensor:
    x0 = a > 0.0
    x1 = torch.exp(-a * torch.where(x0, 1.0, -1.0))
    result = 0.5 * torch.square(-x1 / (x1 + 1.0) + torch.where(x0, -x + 1.0, x))
    return result


def _mse_slopes(x: Tensor, a: Tensor) -> tuple[Tensor, ...]:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    result = (x1 * x3 * (x4 + 1.0) * (x4 + torch.where(x0, -x + 1.0, x)),)
    return result


def _mae(x: Tensor, a: Tensor) -> Tensor:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    result = torch.abs(x1 * (x2 / (x2 + 1.0) - torch.where(x0, -(x - 1.0), x)))
    return result


def _mae_slopes(x: Tensor, a: Tensor) -> tuple[Tensor, ...]:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    result = (x3 * (x4 + 1.0) * torch.sign(x1 * (x4 + torch.where(x0, -x + 1.0, x))),)
    return result


def _normal(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    x0 = torch.tanh(0.3609285109255383 * b + 1.0)
    x1 = a > 0.0
    x2 = torch.exp(-a * torch.where(x1, 1.0, -1.0))
    result = (
        2.770631772579213 * x0 + 127.49999999999996 * torch.square(-x2 / (x2 + 1.0) + torch.where(x1, -x + 1.0, x)) *
        torch.exp(-5.541263545158426 * x0) - 2.770631772579213
    )
    return result


def _normal_slopes(x: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, ...]:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    x5 = x4 + torch.where(x0, -x + 1.0, x)
    x6 = torch.tanh(0.3609285109255383 * b + 1.0)
    x7 = 254.99999999999991 * torch.exp(-5.541263545158426 * x6)
    result = (x1 * x3 * x5 * x7 * (x4 + 1.0), (-torch.square(x6) + 1.0) * (-torch.square(x5) * x7 + 1.0),)
    return result


def _laplace(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    x0 = 2.770631772579213 * torch.tanh(0.3609285109255383 * b + 1.0)
    x1 = a > 0.0
    x2 = torch.where(x1, 1.0, -1.0)
    x3 = torch.exp(-a * x2)
    result = (
        x0 + 15.96871942267131 * torch.exp(-x0) * torch.abs(x2 * (x3 / (x3 + 1.0) - torch.where(x1, -(x - 1.0), x))) -
        2.770631772579213
    )
    return result


def _laplace_slopes(x: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, ...]:
    x0 = a > 0.0
    x1 = torch.where(x0, 1.0, -1.0)
    x2 = torch.exp(-a * x1)
    x3 = x2 / (x2 + 1.0)
    x4 = -x3
    x5 = x - 1.0
    x6 = torch.tanh(0.3609285109255383 * b + 1.0)
    x7 = 15.96871942267131 * torch.exp(-2.770631772579213 * x6)
    result = (
        (x3 * x7 * (x4 + 1.0) * torch.sign(x1 * (x4 + torch.where(x0, -x5, x))), (-torch.square(x6) + 1.0) * (-x7 *
        torch.abs(x1 * (x4 + torch.where(x0, -x5, x))) + 1.0),)
    )
    return result


def _beta(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    x0 = 0.99609375 * x
    x1 = 4.4816890703380645 * torch.exp(4.5 * torch.tanh(0.2222222222222222 * a - 0.3333333333333333))
    x2 = 4.4816890703380645 * torch.exp(4.5 * torch.tanh(0.2222222222222222 * b - 0.3333333333333333))
    result = (-x1 + 1.0) * torch.log(x0 + 0.001953125) + (-x2 + 1.0) * torch.log(-x0 + 0.998046875) + _log_beta(x1, x2)
    return result


def _beta_slopes(x: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, ...]:
    x0 = torch.tanh(0.2222222222222222 * a - 0.3333333333333333)
    x1 = 0.99609375 * x
    x2 = 4.4816890703380645 * torch.exp(4.5 * x0)
    x3 = torch.tanh(0.2222222222222222 * b - 0.3333333333333333)
    x4 = 4.4816890703380645 * torch.exp(4.5 * x3)
    x5 = torch.special.digamma(x2 + x4)
    result = (
        (x2 * (-torch.square(x0) + 1.0) * (-x5 + torch.special.digamma(x2) - torch.log(x1 + 0.001953125)), x4 *
        (-torch.square(x3) + 1.0) * (-x5 + torch.special.digamma(x4) - torch.log(-x1 + 0.998046875)),)
    )
    return result


TERMS = {
    "bernoulli": Terms(1, 0.0, _bernoulli, _bernoulli_slopes),
    "continuous_bernoulli": Terms(1, 0.0, _continuous_bernoulli, _continuous_bernoulli_slopes),
    "mse": Terms(1, 0.0, _mse, _mse_slopes),
    "mae": Terms(1, 0.0, _mae, _mae_slopes),
    "normal": Terms(2, 0.9189385332046728, _normal, _normal_slopes),
    "laplace": Terms(2, 0.6931471805599453, _laplace, _laplace_slopes),
    "beta": Terms(2, 0.0039138993211363295, _beta, _beta_slopes),
}
