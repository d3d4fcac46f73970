"""Checks and conversions of what a caller passes: tensors or numbers, orders."""

from __future__ import annotations

from functools import reduce
from math import isfinite
from numbers import Real
from typing import TypeGuard

import torch
from torch import Tensor

from divergences.ops.errors import DivergenceError
from divergences.ops.table import ORDERED_KINDS, require_kind

_WORKING_DTYPE = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float32,
    torch.float64: torch.float64,
}


def as_operands(**operands: Tensor | float) -> tuple[list[Tensor], torch.dtype]:
    """Bring operands to the dtype that is computed in, and check that they go together.

    No tensor value is read, so it costs no synchronisation and can be compiled.

    Parameters
    ----------
    **operands : Tensor or float
        By the names used in messages. Numbers take dtype and device of the tensors.

    Returns
    -------
    operands : list of Tensor
        float32 or float64, of shapes that broadcast together.
    dtype : torch.dtype
        What results are to be cast to: Torch's promotion of the operands' dtypes. Under autocast results stay in
        the dtype that was computed in, as those of Torch's own losses do.

    Raises
    ------
    DivergenceError
        If an operand is not a floating-point tensor or a finite number, or the shapes or devices do not match.
    """
    values = list(operands.values())
    if _alike(values):  # by far the most frequent case, and the checks below cost more than a small kernel
        return values, values[0].dtype
    tensors: dict[str, Tensor] = {}
    for name, x in operands.items():
        if isinstance(x, Tensor):
            if x.dtype not in _WORKING_DTYPE:
                accepted = ", ".join(str(dtype).removeprefix("torch.") for dtype in _WORKING_DTYPE)
                raise DivergenceError(
                    f"{name} has dtype {str(x.dtype).removeprefix('torch.')}; accepted are {accepted}"
                )
            tensors[name] = x
        elif not isinstance(x, Real) or not isfinite(x):
            raise DivergenceError(f"{name} is {x!r}; expected a floating-point tensor or a finite number")
    device = next((x.device for x in tensors.values()), None)
    for name, x in tensors.items():
        if x.device != device:
            first = next(iter(tensors))
            raise DivergenceError(f"{first} is on device {device} and {name} on {x.device}; expected one device")
    dtype = reduce(torch.promote_types, (x.dtype for x in tensors.values())) if tensors else torch.get_default_dtype()
    working = _WORKING_DTYPE[dtype]
    converted = [
        x.to(working) if isinstance(x, Tensor) else torch.full((), float(x), dtype=working, device=device)
        for x in operands.values()
    ]
    try:
        torch.broadcast_shapes(*(x.shape for x in converted))
    except RuntimeError:
        shapes = " and ".join(f"{name} {tuple(x.shape)}" for name, x in zip(operands, converted, strict=True))
        raise DivergenceError(f"the shapes of {shapes} cannot be broadcast together") from None
    autocast = device is not None and torch.is_autocast_enabled(device.type)
    return converted, working if autocast else dtype


def working_dtype(**operands: Tensor) -> torch.dtype:
    """The dtype in which tensors are computed with together: float64 where one is, else float32.

    Raises
    ------
    DivergenceError
        If an operand is no floating-point tensor, or they are on several devices.
    """
    for name, x in operands.items():
        if not isinstance(x, Tensor) or x.dtype not in _WORKING_DTYPE:
            found = f"has dtype {str(x.dtype).removeprefix('torch.')}" if isinstance(x, Tensor) else f"is {x!r}"
            raise DivergenceError(f"{name} {found}; expected a floating-point tensor")
    (first, x), *others = operands.items()
    for name, y in others:
        if y.device != x.device:
            raise DivergenceError(f"{first} is on device {x.device} and {name} on {y.device}; expected one device")
    return torch.float64 if any(x.dtype is torch.float64 for x in operands.values()) else torch.float32


def _alike(values: list[Tensor | float]) -> TypeGuard[list[Tensor]]:
    """Whether all are tensors of one shape, on one device, of one dtype that is computed in."""
    first = values[0]
    if not isinstance(first, Tensor):
        return False
    dtype, shape, device = first.dtype, first.shape, first.device
    if _WORKING_DTYPE.get(dtype) is not dtype:
        return False
    for x in values[1:]:
        if not (isinstance(x, Tensor) and x.dtype is dtype and x.shape == shape and x.device == device):
            return False
    return True


def broadcast(tensors: list[Tensor]) -> list[Tensor]:
    """The tensors expanded to one shape."""
    return tensors if of_one_shape(tensors) else list(torch.broadcast_tensors(*tensors))


def of_one_shape(tensors: list[Tensor]) -> bool:
    """Whether all tensors have the shape of the first."""
    shape = tensors[0].shape
    for x in tensors[1:]:  # noqa: SIM110 (a generator takes longer than what it does here)
        if x.shape != shape:
            return False
    return True


def resolve_order(kind: str, alpha: float | Tensor | None) -> tuple[str, float | None]:
    """Check that an order is given exactly to those divergences that have one, and that it is one.

    Returns
    -------
    kind : str
        The divergence to compute: of order one those with an order are the Kullback-Leibler divergence.
    alpha : float or None
        Its order.

    Raises
    ------
    UnknownNameError
        If there is an order and the divergence is unknown.
    DivergenceError
        If ``alpha`` is missing, superfluous, not a positive finite number, or a tensor that requires a gradient.
    """
    if not isinstance(kind, str):
        require_kind(kind)
    if kind not in ORDERED_KINDS:
        if alpha is not None:
            require_kind(kind)
            having = ", ".join(sorted(ORDERED_KINDS))
            raise DivergenceError(f"the divergence {kind!r} takes no alpha, got {alpha!r}; those with one are {having}")
        return kind, None
    if isinstance(alpha, Tensor) and alpha.ndim == 0:
        if alpha.requires_grad:
            raise DivergenceError("alpha requires a gradient; it is differentiated in loc and log_scale alone")
        alpha = alpha.item()
    if not isinstance(alpha, Real) or not isfinite(alpha) or alpha <= 0:
        raise DivergenceError(f"alpha is {alpha!r}; the divergence {kind!r} takes a number in (0, oo)")
    if alpha == 1:
        return "kld", None
    return kind, float(alpha)


def check_finite_inputs(**tensors: Tensor) -> None:
    """Raise an error that names the first NaN or infinite value and its place.

    The divergences do not look at values, for speed: a NaN goes in and comes out. This check reads them, which on a
    GPU waits for the device: call it once in a while, or when a loss has turned out not finite.

    Parameters
    ----------
    **tensors : Tensor
        By the names used in the message, for example ``check_finite_inputs(loc=loc, log_scale=log_scale)``.

    Raises
    ------
    DivergenceError
        If a value is NaN or infinite.
    """
    for name, x in tensors.items():
        bad = ~torch.isfinite(x)
        if bad.any():
            index = tuple(bad.nonzero()[0].tolist())
            raise DivergenceError(
                f"{name} is {x[index].item()} at index {index}, one of {int(bad.sum())} such values; "
                "every value must be finite"
            )
