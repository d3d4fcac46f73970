"""Divergences that are made of others, cell by cell: the kernels of these serve every backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

Value = Callable[..., Tensor]
ValueAndGrad = Callable[..., tuple[Tensor, Tensor, Tensor]]


class Part(Protocol):
    """A kernel: its two functions."""

    @property
    def value(self) -> Value: ...
    @property
    def value_and_grad(self) -> ValueAndGrad: ...


Load = Callable[[str, str, str], Part]
"""The kernel of a divergence, a posterior and a prior."""


def reverse_kld(posterior: str, prior: str, load: Load) -> tuple[Value, ValueAndGrad]:
    """``KLD(Pi || Q)``: the affine map that makes the posterior standard gives the prior -loc/scale and 1/scale."""
    exchanged = load("kld", prior, posterior)

    def place(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor]:
        inverse = _bounded(torch.exp(-log_scale))
        return _bounded(-loc * inverse), inverse

    def value(loc: Tensor, log_scale: Tensor) -> Tensor:
        return exchanged.value(place(loc, log_scale)[0], -log_scale)

    def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        m, inverse = place(loc, log_scale)
        result, d_m, d_s = exchanged.value_and_grad(m, -log_scale)
        return result, -inverse * d_m, -m * d_m - d_s

    return value, value_and_grad


def jeffreys(posterior: str, prior: str, load: Load) -> tuple[Value, ValueAndGrad]:
    """The sum of both directions of the Kullback-Leibler divergence."""
    forward, backward = load("kld", posterior, prior), load("reverse_kld", posterior, prior)

    def value(loc: Tensor, log_scale: Tensor) -> Tensor:
        return forward.value(loc, log_scale) + backward.value(loc, log_scale)

    def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        both = zip(forward.value_and_grad(loc, log_scale), backward.value_and_grad(loc, log_scale), strict=True)
        value, d_loc, d_log_scale = (x + y for x, y in both)
        return value, d_loc, d_log_scale

    return value, value_and_grad


def hellinger(posterior: str, prior: str, load: Load) -> tuple[Value, ValueAndGrad]:
    """The squared Hellinger distance, ``1 - exp(-D/2)`` of the Rényi divergence D of order one half."""
    renyi = load("renyi", posterior, prior)

    def value(loc: Tensor, log_scale: Tensor) -> Tensor:
        return -torch.expm1(-0.5 * renyi.value(loc, log_scale, 0.5))

    def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        d, d_loc, d_log_scale = renyi.value_and_grad(loc, log_scale, 0.5)
        slope = 0.5 * torch.exp(-0.5 * d)  # zero where nothing is shared and the distance is one
        return -torch.expm1(-0.5 * d), slope * d_loc, slope * d_log_scale

    return value, value_and_grad


def chi2(posterior: str, prior: str, load: Load) -> tuple[Value, ValueAndGrad]:
    """Pearson's chi-squared divergence, ``exp(D) - 1`` of the Rényi divergence D of order two."""
    renyi = load("renyi", posterior, prior)

    def value(loc: Tensor, log_scale: Tensor) -> Tensor:
        return torch.expm1(renyi.value(loc, log_scale, 2.0))

    def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        d, d_loc, d_log_scale = renyi.value_and_grad(loc, log_scale, 2.0)
        result = torch.expm1(d)
        slope = torch.exp(torch.where(torch.isinf(result), 0.0, d))
        return result, slope * d_loc, slope * d_log_scale

    return value, value_and_grad


COMPOSED: dict[str, Callable[[str, str, Load], tuple[Value, ValueAndGrad]]] = {
    "reverse_kld": reverse_kld,
    "jeffreys": jeffreys,
    "hellinger": hellinger,
    "chi2": chi2,
}
"""Builder of every composed divergence, by its name."""


def _bounded(x: Tensor) -> Tensor:
    largest = torch.finfo(x.dtype).max
    return x.clamp(-largest, largest)
