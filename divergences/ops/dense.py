"""Fully connected networks on the CPU: one operator for all layers, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from divergences.ops.backends import fused

ACTIVATIONS = ("gelu", "relu", "silu", "tanh")
"""Names of the activations, whose values and derivatives are generated."""
TYPES = (torch.float64, torch.float32, torch.bfloat16)
"""What it computes in; activations and sums of bfloat16 in float32 inside."""


def dense(
    x: Tensor, weights: Sequence[Tensor], activations: Sequence[str], dtype: torch.dtype | None = None
) -> Tensor | None:
    """Linear layers with activations between them, in a node of the graph; differentiable any number of times.

    Parameters
    ----------
    x : Tensor
        Inputs (n, in).
    weights : sequence of Tensor
        Weight (out, in) and bias (out,) of each layer in turn, of the type of ``x``.
    activations : sequence of str
        One of :data:`ACTIVATIONS` between every two layers.
    dtype : torch.dtype, optional
        The type that is computed in, by default that of ``x``. Gradients have the type of ``x``.

    Returns
    -------
    Tensor or None
        Outputs (n, out) of type ``dtype``. None where the operator does not serve: on other devices, for other types
        or mixed ones, without rows, without the C++ kernels, under transforms and compilers of Torch.
    """
    dtype = x.dtype if dtype is None else dtype
    module = fused(None, "dense", x, x) if dtype in TYPES and _serves(x, weights) else None
    return None if module is None else module.dense(x, weights, activations, dtype)


def _serves(x: Tensor, weights: Sequence[Tensor]) -> bool:
    """Whether all is on the CPU, of one type, not empty, and nobody traces or transforms."""
    return (
        x.numel() > 0
        and all(
            t.device.type == "cpu" and t.dtype == x.dtype and type(t) in (Tensor, nn.Parameter) for t in (x, *weights)
        )
        and torch._C._dispatch_keys(x).has(torch._C.DispatchKey.CPU)
        and not torch.compiler.is_compiling()
    )
