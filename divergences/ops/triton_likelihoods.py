"""The operators of the Triton backend for likelihoods: one launch over a decoder's outputs each way."""

from typing import Any

import torch
import triton
from torch import Tensor
from torch.library import wrap_triton

from divergences.ops.likelihoods import TERMS, slopes
from divergences.ops.triton_operators import INTERPRETED, _matrix, _on_device_of, _operator
from generated.triton import likelihoods

_WIDE = 1024  # pixels of a row that a block holds
_TILE = 16 * _WIDE if INTERPRETED else _WIDE  # pixels of a block: of one row, or of several that are short


def _blocks(pixels: int) -> tuple[int, int]:
    """Rows and columns of a block."""
    columns = min(_WIDE, triton.next_power_of_2(pixels))
    return _TILE // columns, columns


def _results(target: Tensor, outputs: Tensor, name: str) -> Tensor:
    wide = torch.float64 in (target.dtype, outputs.dtype)
    dtype = torch.float64 if wide else torch.float32
    return torch.empty(outputs.shape[:-1], dtype=dtype, device=outputs.device)


@_operator("autovae_triton::negative_log_likelihood", mutates_args=())
def negative_log_likelihood(target: Tensor, outputs: Tensor, name: str) -> Tensor:
    """Nats by row of outputs (..., k·d) and targets (..., d), whose leading dimensions are the outputs' last ones."""
    nats = _results(target, outputs, name)
    pixels = target.shape[-1]
    if outputs.numel() == 0:
        return nats.zero_()
    t, o = _matrix(target), _matrix(outputs)
    rows, columns = _blocks(pixels)
    kernel = getattr(likelihoods, f"{name}_nats")
    with _on_device_of(outputs):
        wrap_triton(kernel)[triton.cdiv(o.shape[0], rows),](
            t, o, nats, t.stride(0), o.stride(0), t.shape[0], o.shape[0], pixels, ROWS=rows, COLUMNS=columns
        )
    return nats


def _gradient_result(grad: Tensor, target: Tensor, outputs: Tensor, name: str) -> Tensor:
    return torch.empty(outputs.shape, dtype=outputs.dtype, device=outputs.device)


@_operator("autovae_triton::negative_log_likelihood_gradient", mutates_args=())
def negative_log_likelihood_gradient(grad: Tensor, target: Tensor, outputs: Tensor, name: str) -> Tensor:
    """Gradient of the outputs, in their dtype, from that of the nats."""
    gradient = _gradient_result(grad, target, outputs, name)
    if INTERPRETED:  # it would cut digits off where a GPU rounds to bfloat16
        gradient = gradient.to(grad.dtype)
    pixels = target.shape[-1]
    if outputs.numel() == 0:
        return gradient.to(outputs.dtype)
    t, o = _matrix(target), _matrix(outputs)
    rows, columns = _blocks(pixels)
    beside = triton.cdiv(pixels, columns)
    kernel = getattr(likelihoods, f"{name}_gradient")
    with _on_device_of(outputs):
        wrap_triton(kernel)[triton.cdiv(o.shape[0], rows) * beside,](
            grad.contiguous(), t, o, gradient, t.stride(0), o.stride(0), t.shape[0], o.shape[0], pixels, beside,
            ROWS=rows, COLUMNS=columns,
        )  # fmt: skip
    return gradient.to(outputs.dtype)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    target, outputs, ctx.name = inputs
    ctx.save_for_backward(target, outputs)


def _backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
    target, outputs = ctx.saved_tensors
    if torch.is_grad_enabled():  # somebody will differentiate again
        x, y = target.to(grad.dtype), outputs.to(grad.dtype)
        return None, slopes(grad, x, y, TERMS[ctx.name]).to(outputs.dtype), None
    return None, negative_log_likelihood_gradient(grad, target, outputs, ctx.name), None


negative_log_likelihood.register_autograd(_backward, setup_context=_keep)
if INTERPRETED:
    negative_log_likelihood.register_fake(_results)
    negative_log_likelihood_gradient.register_fake(_gradient_result)
