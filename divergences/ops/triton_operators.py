"""Torch operators that launch the Triton kernels.

They are Triton operators, of which ``torch.compile`` sees the kernels; in Triton's interpreter, which cannot be traced,
they are opaque. They return the gradients along with the values, and are differentiated by scaling those; whoever
differentiates twice gets what the torch backend computes.
"""

from contextlib import AbstractContextManager, nullcontext
from struct import pack
from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.library import custom_op, triton_op, wrap_triton

from divergences.ops.triton_programs import block_width, program
from generated.triton.special import exp

INTERPRETED = not isinstance(exp, triton.JITFunction)
"""Whether kernels run in Triton's interpreter; decided by TRITON_INTERPRET when Triton is imported."""

# Elements, and rows of a latent layer, that a block holds; the interpreter's cost is by the block.
_TILE, _LAYER_ROWS = (1024, 256) if INTERPRETED else (512, 32)
_SAMPLES = 8  # of a row, drawn one after the other
_LARGEST_GRID = 65535  # along its second axis
# Elements that one by quadrature takes at once, and programs of a launch at most: each begins with what is one for all.
_ELEMENTS, _PROGRAMS = (32, 1) if INTERPRETED else (1, 2048)

_operator: Any = custom_op if INTERPRETED else triton_op


@triton.jit
def _scale_gradients(  # type: ignore[no-untyped-def]
    nats_grad, z_grad, noise, log_scale, d_loc, d_log_scale, loc_grad, log_scale_grad, log_scale_row, grad_row, samples,
    rows, columns, column_blocks, BY_ROW: tl.constexpr, SAMPLE: tl.constexpr, ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):  # fmt: skip
    block = tl.program_id(0).to(tl.int64)
    row = (block // column_blocks * ROWS + tl.arange(0, ROWS))[:, None]
    column = (block % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < columns)
    at = row * columns + column
    if BY_ROW:
        g = tl.load(nats_grad + row, mask=row < rows, other=0.0)
    else:
        g = tl.load(nats_grad + at, mask=inside, other=0.0)
    by_loc = g * tl.load(d_loc + at, mask=inside, other=0.0)
    by_log_scale = g * tl.load(d_log_scale + at, mask=inside, other=0.0)
    if SAMPLE:
        scale = exp(tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0))
        for k in range(samples):
            of_sample = tl.cast(k, tl.int64) * rows * columns + at
            h = tl.load(z_grad + of_sample, mask=inside, other=0.0)
            by_loc += h
            by_log_scale += h * scale * tl.load(noise + of_sample, mask=inside, other=0.0)
    to = row * grad_row + column
    tl.store(loc_grad + to, by_loc, mask=inside)
    tl.store(log_scale_grad + to, by_log_scale, mask=inside)


def _blocks(rows: int, columns: int) -> tuple[int, int, int, int]:
    """How many blocks cover a matrix, how many side by side, and their rows and columns."""
    wide = _TILE if rows == 1 else block_width(columns, _TILE)
    high = _TILE // wide
    beside = triton.cdiv(columns, wide)
    return triton.cdiv(rows, high) * beside, beside, high, wide


def _on_device_of(x: Tensor) -> AbstractContextManager[Any]:
    """Triton launches on the current device, which need not be that of the tensors."""
    return torch.cuda.device(x.device) if x.device.type == "cuda" else nullcontext()


def _matrix(x: Tensor) -> Tensor:
    """A matrix of which the columns are neighbours and no rows overlap, such as half of the columns of another."""
    x = x.reshape(-1, x.shape[-1])
    return x if x.stride(1) == 1 and x.stride(0) >= x.shape[1] else x.contiguous()


def _bits(alpha: float) -> int:
    """An order as a kernel takes it: Triton rounds floats to float32."""
    return int.from_bytes(pack("<d", alpha), "little", signed=True)


def _gradients(like: Tensor, wanted: bool) -> tuple[Tensor, Tensor]:
    shape = like.shape if wanted else (0,)
    return like.new_empty(shape), like.new_empty(shape)


def _elementwise_results(
    loc: Tensor, log_scale: Tensor, nodes: Tensor, key: str, grad: bool, alpha: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    return loc.new_empty(loc.shape), *_gradients(loc, grad)


@_operator("autovae_triton::elementwise", mutates_args=())
def elementwise(
    loc: Tensor, log_scale: Tensor, nodes: Tensor, key: str, grad: bool, alpha: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Divergences and, if ``grad``, their two gradients; of tensors of one shape that is not empty."""
    results = _elementwise_results(loc, log_scale, nodes, key, grad)
    if loc.is_contiguous() and log_scale.is_contiguous():
        m, s = loc.view(1, -1), log_scale.view(1, -1)
    else:
        m, s = _matrix(loc), _matrix(log_scale)
    rows, columns = m.shape
    found = program(key)
    kernel = wrap_triton(found.module.elementwise)
    of_both = m, s, nodes, _bits(alpha), *results, m.stride(0), s.stride(0), rows, columns
    with _on_device_of(loc):
        if found.by_quadrature:
            programs = min(triton.cdiv(rows * columns, _ELEMENTS), _PROGRAMS)
            kernel[programs,](*of_both, GRAD=grad, ELEMENTS=_ELEMENTS)
        else:
            blocks, beside, high, wide = _blocks(rows, columns)
            kernel[blocks,](*of_both, beside, GRAD=grad, ROWS=high, COLUMNS=wide)
    return results


def _parts(loc: Tensor, log_scale: Tensor | None) -> tuple[Tensor, Tensor]:
    """The operands of a layer: loc and log_scale, or without the second one matrix that has both."""
    if log_scale is not None:
        return loc, log_scale
    latents = loc.shape[-1] // 2
    return loc.narrow(-1, 0, latents), loc.narrow(-1, latents, latents)


def _layer_results(
    loc: Tensor, log_scale: Tensor | None, noise: Tensor | None, seed: Tensor | None, nodes: Tensor, key: str,
    grad: bool, alpha: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    loc, _ = _parts(loc, log_scale)
    of_samples = (0,) if noise is None else noise.shape
    if seed is not None:
        of_samples = (1, *loc.shape)
    drawn = loc.new_empty(of_samples if seed is not None and grad else (0,))
    return loc.new_empty(of_samples), loc.new_empty(loc.shape[:1]), *_gradients(loc, grad), drawn


@_operator("autovae_triton::layer", mutates_args=())
def layer(
    loc: Tensor, log_scale: Tensor | None, noise: Tensor | None, seed: Tensor | None, nodes: Tensor, key: str,
    grad: bool, alpha: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """Samples, divergences by row and, if ``grad``, their two gradients by element, and noise that was drawn.

    Of matrices, loc and log_scale or one that has both, and of noise of shape (samples, rows, latents), neither empty;
    or of a seed, one number on the device, from which the noise of one sample is drawn.
    """
    results = _layer_results(loc, log_scale, noise, seed, nodes, key, grad)
    z, nats, d_loc, d_log_scale, drawn = results
    m, s = map(_matrix, _parts(loc, log_scale))
    rows, samples = m.shape[0], z.shape[0] if z.ndim == 3 else 0
    grid = triton.cdiv(rows, _LAYER_ROWS), min(max(1, triton.cdiv(samples, _SAMPLES)), _LARGEST_GRID)
    kernel = program(key).module.layer
    e = drawn if noise is None else noise.contiguous()
    with _on_device_of(loc):
        wrap_triton(kernel)[grid](
            m, s, e, nodes if seed is None else seed, nodes, _bits(alpha), z, nats, d_loc, d_log_scale,
            m.stride(0), s.stride(0), rows, samples,
            GRAD=grad, SAMPLE=samples > 0, DRAW=seed is not None, ROWS=_LAYER_ROWS,
        )  # fmt: skip
    return results


def _variates_result(like: Tensor, seed: Tensor, shape: list[int], key: str) -> Tensor:
    return like.new_empty(shape)


@_operator("autovae_triton::variates", mutates_args=())
def variates(like: Tensor, seed: Tensor, shape: list[int], key: str) -> Tensor:
    """Standard variates of neighbouring columns in a matrix that is not empty, from one number on the device."""
    out = _variates_result(like, seed, shape, key)
    with _on_device_of(out):
        wrap_triton(program(key).module.variates)[triton.cdiv(shape[0], _LAYER_ROWS),](
            seed, out, shape[0], ROWS=_LAYER_ROWS
        )
    return out


def _scaled_result(
    nats_grad: Tensor, z_grad: Tensor | None, noise: Tensor | None, log_scale: Tensor, d_loc: Tensor,
    d_log_scale: Tensor, packed: bool,
) -> Tensor:  # fmt: skip
    return d_loc.new_empty((len(d_loc), 2 * d_loc.shape[1]) if packed else (2, *d_loc.shape))


@_operator("autovae_triton::scaled_gradients", mutates_args=())
def scaled_gradients(
    nats_grad: Tensor, z_grad: Tensor | None, noise: Tensor | None, log_scale: Tensor, d_loc: Tensor,
    d_log_scale: Tensor, packed: bool,
) -> Tensor:  # fmt: skip
    """Gradients of loc and log_scale from those of the divergences, by element or by row, and those of samples.

    One after the other or, ``packed``, beside each other in the columns of a matrix.
    """
    result = _scaled_result(nats_grad, z_grad, noise, log_scale, d_loc, d_log_scale, packed)
    of_loc, of_log_scale = _parts(result, None) if packed else result.unbind()
    by_row = nats_grad.ndim < d_loc.ndim
    g = nats_grad.contiguous()
    h, e, s = g, g, d_loc
    if z_grad is not None and noise is not None:
        h, e, s = z_grad.contiguous(), noise.contiguous(), _matrix(log_scale)
    rows, columns = d_loc.shape if by_row else (1, d_loc.numel())
    blocks, beside, high, wide = _blocks(rows, columns)
    log_scale_row, samples = (s.stride(0), e.shape[0]) if by_row else (0, 0)
    with _on_device_of(g):
        wrap_triton(_scale_gradients)[blocks,](
            g, h, e, s, d_loc, d_log_scale, of_loc, of_log_scale, log_scale_row, 2 * columns if packed else columns,
            samples, rows, columns, beside, BY_ROW=by_row, SAMPLE=z_grad is not None, ROWS=high, COLUMNS=wide,
        )  # fmt: skip
    return result


def _keep_for_elementwise(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    loc, log_scale, _, ctx.key, _, ctx.alpha = inputs
    ctx.save_for_backward(loc, log_scale, *output[1:])
    ctx.set_materialize_grads(False)


def _elementwise_backward(ctx: Any, grad: Tensor | None, *_: Any) -> tuple[Any, ...]:
    loc, log_scale, d_loc, d_log_scale = ctx.saved_tensors
    if grad is None:
        gradients: Any = None, None
    elif torch.is_grad_enabled():
        # Somebody will differentiate again: the saved gradients are constants, these are functions.
        d_loc, d_log_scale = program(ctx.key).gradients_by_torch(loc, log_scale, ctx.alpha)
        gradients = grad * d_loc, grad * d_log_scale
    else:
        gradients = scaled_gradients(grad, None, None, log_scale, d_loc, d_log_scale, False).unbind()
    return *gradients, None, None, None, None


def _keep_for_layer(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    loc, log_scale, noise, seed, _, ctx.key, _, ctx.alpha = inputs
    *derivatives, drawn = output[2:]
    ctx.save_for_backward(loc, log_scale, noise if seed is None else drawn, *derivatives)
    ctx.set_materialize_grads(False)


def _layer_backward(ctx: Any, z_grad: Tensor | None, nats_grad: Tensor | None, *_: Any) -> tuple[Any, ...]:
    first, second, noise, d_loc, d_log_scale = ctx.saved_tensors
    packed = second is None
    loc, log_scale = _parts(first, second)
    found = program(ctx.key)
    if nats_grad is None:
        nats_grad = loc.new_zeros(loc.shape[:1])
    if noise is None:
        z_grad = None
    if torch.is_grad_enabled():
        loc_grad, log_scale_grad = (nats_grad[:, None] * d for d in found.gradients_by_torch(loc, log_scale, ctx.alpha))
        if z_grad is not None:
            loc_grad = loc_grad + z_grad.sum(0)
            log_scale_grad = log_scale_grad + torch.exp(log_scale) * (z_grad * noise).sum(0)
        gradient = torch.cat([loc_grad, log_scale_grad], -1) if packed else torch.stack([loc_grad, log_scale_grad])
    else:
        gradient = scaled_gradients(nats_grad, z_grad, noise, log_scale, d_loc, d_log_scale, packed)
    locations = gradient if packed else gradient[0]
    for start, stop in found.one_sided:
        locations[:, start:stop].zero_()
    both = (gradient, None) if packed else gradient.unbind()
    return *both, None, None, None, None, None, None


elementwise.register_autograd(_elementwise_backward, setup_context=_keep_for_elementwise)
layer.register_autograd(_layer_backward, setup_context=_keep_for_layer)
if INTERPRETED:
    elementwise.register_fake(_elementwise_results)
    layer.register_fake(_layer_results)
    variates.register_fake(_variates_result)
    scaled_gradients.register_fake(_scaled_result)
