"""Derivatives of the C++ operators' gradients, by the formulas of the torch backend.

Only who differentiates a gradient again gets here: a first backward pass stays in C++.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from divergences.ops.density import log_ratio_of
from divergences.ops.kernels import kernel
from divergences.ops.likelihoods import TERMS, slopes
from divergences.ops.pairing import Pairing
from divergences.ops.table import is_scale_family


def register() -> None:
    """Give the operators that compute gradients derivatives of their own."""
    for name, function, differentiable in (
        ("divergence_backward", _gradient, 3),
        ("layer_backward", _layer_gradient, 5),
        ("log_ratio_backward", _ratio_gradient, 4),
        ("negative_log_likelihood_backward", _likelihood_gradient, 3),
    ):
        backward, setup_context = _derivative(function, differentiable)
        torch.library.register_autograd(f"autovae::{name}", backward, setup_context=setup_context)


def _derivative(function: Callable[..., tuple[Tensor, ...]], differentiable: int) -> tuple[Callable, Callable]:
    """Derivative of an operator, given the same function in differentiable operations; its first inputs are tensors."""

    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.save_for_backward(*inputs[:differentiable])
        ctx.constants = inputs[differentiable:]

    def backward(ctx: Any, *cotangents: Tensor | None) -> tuple[Any, ...]:
        again = torch.is_grad_enabled()
        with torch.enable_grad():
            inputs = [_leaf(x, again) for x in ctx.saved_tensors]
            outputs = function(*inputs, *ctx.constants)
            given = [(o, c) for o, c in zip(outputs, cotangents, strict=True) if c is not None and o.requires_grad]
            wanted = [x for x in inputs if x is not None]
            found = iter(_grad(given, wanted, again))
        gradients = [None if x is None else next(found) for x in inputs]
        return (*gradients, *(None for _ in ctx.constants))

    return backward, setup_context


def _leaf(x: Tensor | None, keep: bool) -> Tensor | None:
    """An input to differentiate with respect to, apart from the others even where they depend on it.

    It stays connected to where it came from if that is to be differentiated too.
    """
    if x is None:
        return None
    return x.view_as(x) if keep and x.requires_grad else x.detach().requires_grad_()


def _grad(given: list[tuple[Tensor, Tensor]], wanted: list[Tensor], again: bool) -> Sequence[Tensor | None]:
    if not given:
        return [None] * len(wanted)
    outputs, cotangents = zip(*given, strict=True)
    return torch.autograd.grad(outputs, wanted, cotangents, create_graph=again, allow_unused=True)


def _cell(index: int) -> tuple[str, str, str]:
    kind, pair = torch.ops.autovae.kernel_name(index).split("/")
    posterior, prior = pair.split("_")
    return kind, posterior, prior


def _gradient(
    grad: Tensor, loc: Tensor, log_scale: Tensor, d_loc: Tensor | None, d_log_scale: Tensor | None, index: int
) -> tuple[Tensor, Tensor]:
    _, of_loc, of_log_scale = kernel(*_cell(index), "torch").value_and_grad(loc, log_scale)
    return grad * of_loc, grad * of_log_scale


def _layer_gradient(
    grad_z: Tensor | None,
    grad_nats: Tensor | None,
    loc: Tensor,
    log_scale: Tensor,
    offset: Tensor | None,
    kept: Tensor | None,
    kernels: Sequence[int],
    counts: Sequence[int],
) -> tuple[Tensor, Tensor]:
    columns: list[tuple[Tensor, Tensor]] = []
    fixed: list[bool] = []
    for index, m, s in zip(kernels, loc.split(list(counts), -1), log_scale.split(list(counts), -1), strict=True):
        kind, posterior, prior = _cell(index)
        scale_family = is_scale_family(posterior)
        m = torch.zeros_like(m) if scale_family else m
        _, of_loc, of_log_scale = kernel(kind, posterior, prior, "torch").value_and_grad(m, s)
        columns.append((torch.zeros_like(m) if scale_family else of_loc, of_log_scale))
        fixed += [scale_family] * m.shape[-1]
    slopes = [torch.cat(parts, -1) for parts in zip(*columns, strict=True)]
    total = [torch.zeros_like(loc), torch.zeros_like(log_scale)]
    if grad_nats is not None:
        total = [grad_nats.unsqueeze(-1) * slope for slope in slopes]
    if grad_z is not None and offset is not None:
        samples = list(range(grad_z.ndim - loc.ndim))
        moved = torch.tensor(fixed, device=loc.device).logical_not()
        through_z = grad_z.sum(samples) if samples else grad_z
        through_scale = (grad_z * offset).sum(samples) if samples else grad_z * offset
        # The offset is given as a number, and it is proportional to exp(log_scale).
        factor = torch.exp(torch.where(torch.isfinite(log_scale), log_scale - log_scale.detach(), 0.0))
        total = [total[0] + through_z * moved, total[1] + through_scale * factor]
    return total[0], total[1]


def _ratio_gradient(
    grad: Tensor,
    z: Tensor,
    loc: Tensor,
    log_scale: Tensor,
    posteriors: Sequence[int],
    priors: Sequence[int],
    counts: Sequence[int],
) -> tuple[Tensor, ...]:
    name = torch.ops.autovae.family_name
    pairing = Pairing((name(q), name(p), n) for q, p, n in zip(posteriors, priors, counts, strict=True))
    ratio = log_ratio_of(pairing, z, loc, log_scale)
    return torch.autograd.grad(ratio, (z, loc, log_scale), grad, create_graph=True, materialize_grads=True)


def _likelihood_gradient(grad: Tensor, target: Tensor, parameters: Tensor, index: int) -> tuple[Tensor]:
    terms = TERMS[torch.ops.autovae.likelihood_name(index)]
    return (slopes(grad, target.to(grad.dtype), parameters.to(grad.dtype), terms).to(parameters.dtype),)
