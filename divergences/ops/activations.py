"""Activations of networks on the CPU: value and derivative in one pass, the way back in another."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from divergences.ops.backends import fused
from divergences.ops.errors import UnknownNameError

aten = torch.ops.aten

_TORCH: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor, Tensor], Tensor]]] = {
    "gelu": (F.gelu, lambda x, y: aten.gelu_backward.default(torch.ones_like(x), x)),
    "relu": (F.relu, lambda x, y: (y > 0).to(x.dtype)),
    "silu": (F.silu, lambda x, y: aten.silu_backward.default(torch.ones_like(x), x)),
    "tanh": (torch.tanh, lambda x, y: 1 - y * y),
}
"""Of each activation what Torch has: its value, and its derivative from argument and value."""
ACTIVATIONS = tuple(_TORCH)
"""Names of the activations."""


def activate_(name: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """Value and derivative of an activation, for networks that differentiate themselves; bfloat16 in float32 inside.

    Parameters
    ----------
    name : str
        One of :data:`ACTIVATIONS`.
    x : Tensor
        Arguments, without a graph. The derivatives may take their place in memory.

    Raises
    ------
    UnknownNameError
        If there is no such activation.
    """
    if name not in _TORCH:
        raise UnknownNameError(f"unknown activation {name!r}; known are {', '.join(_TORCH)}")
    module = fused(None, "activation", x, x) if _serves(x) else None
    if module is not None:
        return module.activate_(name, x)
    value, derivative = _TORCH[name]
    y = value(x)
    return y, derivative(x, y)


def activation_gradient_(grad: Tensor, derivatives: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of an activation's arguments from that of its values, both (n, units), and its sum over n.

    ``grad`` may be overwritten. The sum is float32, or float64 of float64; it is the same for any number of threads.
    """
    module = fused(None, "activation", grad, grad) if _serves(grad) and _serves(derivatives) else None
    if module is not None:
        return grad, module.activation_gradient_(grad, derivatives)
    grad = grad * derivatives
    return grad, grad.sum(0, dtype=torch.promote_types(grad.dtype, torch.float32))


def _serves(x: Tensor) -> bool:
    """Whether the kernels take a tensor: contiguous, of their types, and no batch of tensors of `vectorize=True`."""
    types = (torch.float64, torch.float32, torch.bfloat16)
    return x.is_contiguous() and x.dtype in types and torch._C._dispatch_keys(x).has(torch._C.DispatchKey.CPU)
