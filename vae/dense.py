"""Fully connected networks on the CPU, forward and backward each as one step.

The matrix products are most of a training step, so that everything around them is kept small: one node of the graph
in place of one for each operation, activations computed with their derivatives, weights cast once, gradients cast once,
and in float32 the matrix products of oneDNN, which are 5 to 20 percent faster than those behind ``torch.mm`` on
processors with AVX-512.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from divergences.ops.activations import activate_, activation_gradient_

_ACTIVATIONS: dict[type[nn.Module], str] = {nn.GELU: "gelu", nn.ReLU: "relu", nn.SiLU: "silu", nn.Tanh: "tanh"}

_ONEDNN = (
    torch.backends.mkldnn.is_available()
    and torch.backends.cpu.get_cpu_capability().startswith("AVX")
    and hasattr(torch.ops.mkldnn, "_linear_pointwise")
)
ONEDNN_FROM = 2**24
"""Multiplications from which on oneDNN's product gains more than the 40 microseconds that it takes to be prepared."""


class Dense(nn.Sequential):
    """Linear layers with activations between them: what ``nn.Sequential`` computes, faster on the CPU.

    Parts, names of weights and, but for rounding, numbers are those of ``nn.Sequential``, which takes over on other
    devices, under transforms and compilers of Torch, and where the parts were replaced or have hooks.
    """

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self)
        weights = _weights(parts)
        if not weights or not _serves(x, weights):
            return super().forward(x)
        kinds = [type(part) for part in parts[1::2]]
        rows = x.reshape(-1, x.shape[-1])
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
        if torch.is_grad_enabled():
            y = _Layers.apply(rows, dtype, kinds, *weights)
        else:
            y = _forward(rows.to(dtype), [w.to(dtype) for w in weights], kinds)[0]
        return y.view(*x.shape[:-1], y.shape[-1])


def _weights(parts: Sequence[nn.Module]) -> list[Tensor]:
    """Weights and biases of linear layers with known activations between them; none if the parts are others."""
    found: list[Tensor] = []
    for i, part in enumerate(parts):
        if part._forward_hooks or part._forward_pre_hooks:
            return []
        if i % 2 == 0 and type(part) is nn.Linear and part.bias is not None:
            found += [part.weight, part.bias]
        elif i % 2 == 0 or type(part) not in _ACTIVATIONS or getattr(part, "approximate", "none") != "none":
            return []
    return found if len(parts) % 2 else []


def _serves(x: Tensor, weights: Sequence[Tensor]) -> bool:
    """Whether all is on the CPU, of one type, not empty, and nobody traces or transforms."""
    return (
        x.numel() > 0
        and all(
            t.device.type == "cpu" and t.dtype == x.dtype and type(t) in (Tensor, nn.Parameter) for t in (x, *weights)
        )
        and not torch.compiler.is_compiling()
        and not torch._C._are_functorch_transforms_active()
        and torch.autograd.forward_ad._current_level < 0
    )


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    if _ONEDNN and x.dtype == torch.float32 and len(x) * weight.numel() >= ONEDNN_FROM:
        return torch.ops.mkldnn._linear_pointwise.default(x, weight, bias, "none", [], "")
    return F.linear(x, weight, bias)


def _forward(x: Tensor, weights: Sequence[Tensor], kinds: Sequence[type[nn.Module]]) -> tuple[Tensor, ...]:
    """The network's outputs, and the values and derivatives of its activations in turn."""
    kept: list[Tensor] = []
    for kind, weight, bias in zip(kinds, weights[:-2:2], weights[1:-2:2], strict=True):
        x, derivatives = activate_(_ACTIVATIONS[kind], _linear(x, weight, bias))
        kept += [x, derivatives]
    return _linear(x, weights[-2], weights[-1]), *kept


class _Layers(torch.autograd.Function):
    """A network of linear layers and activations, in the type ``dtype``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, dtype: torch.dtype, kinds: Sequence[type[nn.Module]], *weights: Tensor) -> Tensor:
        first, own = x.to(dtype), [w.to(dtype) for w in weights]
        with torch.autocast("cpu", enabled=False):
            y, *kept = _forward(first, own, kinds)
        ctx.dtype, ctx.kinds = dtype, kinds
        ctx.save_for_backward(x, *weights, *kept, *([first, *own[::2]] if dtype != x.dtype else []))
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        n, needs = len(ctx.kinds) + 1, ctx.needs_input_grad
        x, *saved = ctx.saved_tensors
        weights, kept, casts = saved[: 2 * n], saved[2 * n : 4 * n - 2], saved[4 * n - 2 :]
        if torch.is_grad_enabled():  # the gradient is to be differentiated
            return _differentiable(g, x, ctx.dtype, ctx.kinds, weights, needs)
        first, *own = casts or (x, *weights[::2])
        values, found = [first, *kept[::2]], []
        with torch.autocast("cpu", enabled=False):
            of_bias = g.sum(0)
            for i in reversed(range(n)):
                found.append(of_bias.to(x.dtype) if needs[2 * i + 4] else None)
                found.append((g.t() @ values[i]).to(x.dtype) if needs[2 * i + 3] else None)
                if i or needs[0]:
                    g = _linear(g, own[i].t(), None)
                if i:
                    g, of_bias = activation_gradient_(g, kept[2 * i - 1])
        return (g.to(x.dtype) if needs[0] else None, None, None, *reversed(found))


def _differentiable(
    g: Tensor,
    x: Tensor,
    dtype: torch.dtype,
    kinds: Sequence[type[nn.Module]],
    weights: Sequence[Tensor],
    needs: Sequence[bool],
) -> tuple[Tensor | None, ...]:
    """The same gradient by differentiable operations."""
    inputs = [t for t, needed in zip((x, *weights), (needs[0], *needs[3:]), strict=True) if needed]
    y, own = x.to(dtype), [w.to(dtype) for w in weights]
    with torch.autocast("cpu", enabled=False):
        for i, (weight, bias) in enumerate(zip(own[::2], own[1::2], strict=True)):
            y = F.linear(y, weight, bias)
            y = kinds[i]()(y) if i < len(kinds) else y
        found = iter(torch.autograd.grad(y, inputs, g, create_graph=True))
    return tuple(next(found) if needed else None for needed in needs)
