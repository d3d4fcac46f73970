"""Negative log-likelihoods of pixels, summed, in one pass over a decoder's outputs each way."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

import torch
from torch import Tensor

from divergences.ops.backends import fused
from divergences.ops.errors import DivergenceError, UnknownNameError
from divergences.ops.operands import working_dtype


class Terms(Protocol):
    """What is generated for a likelihood: functions of targets and outputs, element-wise."""

    outputs: int
    constant: float
    value: Callable[..., Tensor]
    slopes: Callable[..., tuple[Tensor, ...]]


_generated = import_module("generated.torch.likelihoods")
TERMS: dict[str, Terms] = _generated.TERMS
LIMITS: dict[str, tuple[float, float]] = _generated.LIMITS
"""Open intervals onto which outputs are mapped: ``log_scale``, ``logit``, ``log_shape``."""
BETA_EDGE: float = _generated.BETA_EDGE
"""The beta likelihood sees targets x as ``edge + (1 - 2 edge) x``."""
LIKELIHOODS = tuple(TERMS)
"""Names of the likelihoods."""


def negative_log_likelihood(name: str, target: Tensor, parameters: Tensor, backend: str | None = None) -> Tensor:
    """Negative log-likelihood of pixels in nats, summed over them.

    Parameters
    ----------
    name : str
        One of :data:`LIKELIHOODS`. Of ``mse`` and ``mae``, whose scale is left open, half the squared and the absolute
        error.
    target : Tensor
        Pixels (..., d) in [0, 1]. Their values are not looked at.
    parameters : Tensor
        What a decoder emits, (..., k·d): first all of the first kind, then all of the second. A location is the
        logistic function of an output; a logarithm of a scale or of a beta's shape, or a continuous Bernoulli's logit,
        an output mapped smoothly onto an interval of :data:`LIMITS`. Leading dimensions broadcast with those of
        ``target``; where only ``parameters`` has more, as with several samples for each image, nothing is expanded in
        memory.
    backend : str, optional
        ``"torch"``, ``"cpp"`` or ``"triton"``, by default C++ on the CPU and Triton on a GPU, where they are there.

    Returns
    -------
    Tensor
        Nats per sample, (...,), float32, or float64 where an operand is. bfloat16 and float16 operands are read, and
        their gradients written, as they are. Differentiable in ``parameters``, any number of times, and under the
        transforms of ``torch.func``.

    Raises
    ------
    UnknownNameError
        If there is no such likelihood or backend.
    DivergenceError
        If an operand is no floating-point tensor, the shapes or devices do not match, ``target`` requires a gradient,
        or the backend cannot be used.
    """
    if name not in TERMS:
        raise UnknownNameError(f"unknown likelihood {name!r}; known are {', '.join(TERMS)}")
    terms = TERMS[name]
    dtype = _checked(name, terms, target, parameters)
    lead = parameters.shape[:-1]
    if target.shape[:-1] != lead[max(0, parameters.ndim - target.ndim) :]:
        lead = _broadcast(target, parameters)
        parameters = parameters.expand(*lead, parameters.shape[-1])
        if target.shape[:-1] != lead[len(lead) - target.ndim + 1 :]:
            target = target.expand(*lead, target.shape[-1])
    module = fused(backend, "negative_log_likelihood", parameters, parameters)
    if module is not None:
        return module.negative_log_likelihood(name, target, parameters)
    return _Summed.apply(target.to(dtype), parameters.to(dtype), terms)


def _checked(name: str, terms: Terms, target: Tensor, parameters: Tensor) -> torch.dtype:
    """The dtype that is computed in, once the operands have been looked at."""
    dtype = working_dtype(target=target, parameters=parameters)
    if target.ndim == 0 or parameters.ndim == 0 or parameters.shape[-1] != terms.outputs * target.shape[-1]:
        raise DivergenceError(
            f"the likelihood {name!r} takes targets (..., d) and parameters (..., {terms.outputs}·d), "
            f"got {tuple(target.shape)} and {tuple(parameters.shape)}"
        )
    if target.requires_grad:
        raise DivergenceError("target requires a gradient; a likelihood is differentiated in its parameters alone")
    return dtype


def _broadcast(target: Tensor, parameters: Tensor) -> torch.Size:
    """Leading dimensions of both."""
    try:
        return torch.broadcast_shapes(target.shape[:-1], parameters.shape[:-1])
    except RuntimeError:
        shapes = f"target {tuple(target.shape)} and parameters {tuple(parameters.shape)}"
        raise DivergenceError(f"the shapes of {shapes} cannot be broadcast together") from None


class _Summed(torch.autograd.Function):
    """The sum over pixels by the generated formulas, and its derivatives by theirs."""

    generate_vmap_rule = True

    @staticmethod
    def forward(target: Tensor, parameters: Tensor, terms: Terms) -> Tensor:
        nats = terms.value(target, *parameters.chunk(terms.outputs, -1)).sum(-1)
        return nats + terms.constant * target.shape[-1]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        target, parameters, ctx.terms = inputs
        ctx.save_for_backward(target, parameters)
        ctx.save_for_forward(target, parameters)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        target, parameters = ctx.saved_tensors
        return None, slopes(grad, target, parameters, ctx.terms), None

    @staticmethod
    def jvp(ctx: Any, _: Any, tangent: Tensor, __: Any) -> Tensor:
        target, parameters = ctx.saved_tensors
        return (slopes(torch.ones_like(tangent[..., 0]), target, parameters, ctx.terms) * tangent).sum(-1)


def slopes(grad: Tensor, target: Tensor, parameters: Tensor, terms: Terms) -> Tensor:
    """Derivatives of the sum in the parameters, times ``grad``; differentiable itself."""
    of_outputs = terms.slopes(target, *parameters.chunk(terms.outputs, -1))
    factor = grad.unsqueeze(-1)
    return factor * of_outputs[0] if len(of_outputs) == 1 else torch.cat([factor * d for d in of_outputs], -1)
