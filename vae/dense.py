"""Fully connected networks on the CPU, forward and backward each as one step.

The matrix products are most of a training step, so that everything around them is kept small: one node of the graph
in place of one for each operation, activations computed with their derivatives, weights cast in one pass, and matrix
products in the forms in which they are fastest. All that is one operator, :func:`divergences.ops.dense.dense`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from divergences.ops.dense import dense

_ACTIVATIONS: dict[type[nn.Module], str] = {nn.GELU: "gelu", nn.ReLU: "relu", nn.SiLU: "silu", nn.Tanh: "tanh"}


class Dense(nn.Sequential):
    """Linear layers with activations between them: what ``nn.Sequential`` computes, faster on the CPU.

    Parts, names of weights and, but for rounding, numbers are those of ``nn.Sequential``, which takes over on other
    devices, under transforms and compilers of Torch, and where the parts were replaced or have hooks.
    """

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self)
        weights = _weights(parts)
        if weights:
            casts = torch.is_autocast_enabled("cpu") and x.dtype != torch.float64
            dtype = torch.get_autocast_dtype("cpu") if casts else x.dtype
            y = dense(x.reshape(-1, x.shape[-1]), weights, [_ACTIVATIONS[type(part)] for part in parts[1::2]], dtype)
            if y is not None:
                return y.view(*x.shape[:-1], y.shape[-1])
        return super().forward(x)


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
