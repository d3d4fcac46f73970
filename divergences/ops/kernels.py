"""Generated code, loaded cell by cell on first use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

import torch
from torch import Tensor

from divergences.ops.composed import COMPOSED
from divergences.ops.errors import DivergenceError, UnknownNameError
from divergences.ops.table import cell

Value = Callable[..., Tensor]
ValueAndGrad = Callable[..., tuple[Tensor, Tensor, Tensor]]
_F = TypeVar("_F", bound=Callable[..., object])

FUSED = ("cpp", "triton")
"""Backends of fused operators; what they lack, the torch backend computes."""
BACKENDS = ("torch", *FUSED)
"""Backends that the compiler writes."""


@dataclass(frozen=True)
class Kernel:
    """The two functions of one cell; both take ``(loc, log_scale)`` and, for ordered divergences, ``alpha``."""

    value: Value
    value_and_grad: ValueAndGrad


@dataclass(frozen=True)
class StandardMember:
    """Functions of the member of a family with location 0 and scale 1."""

    log_density: Callable[[Tensor], Tensor]
    quantile: Callable[[Tensor], Tensor]


class _Again(torch.autograd.Function):
    """An input of a gradient that is differentiated again: the second derivative is zero where it is undefined.

    There the value is infinite, or an intermediate result beyond all numbers.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return torch.nan_to_num(grad)


class _AgainForward(_Again):
    """The same in forward mode too, which torch.compile does not trace; the gradient masks where it is undefined."""

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return tangent.view_as(tangent)


def _settled(value: Value, value_and_grad: ValueAndGrad) -> tuple[Value, ValueAndGrad]:
    """Functions that are NaN only at NaN: not outside a condition, where comparisons fail, nor beyond all numbers.

    Far out intermediate results overflow and cancel; the divergence counts as infinite there.
    """

    def settle(result: Tensor, undefined: Tensor) -> Tensor:
        return torch.nan_to_num(result, nan=torch.inf, posinf=torch.inf).masked_fill(undefined, torch.nan)

    def settled(loc: Tensor, log_scale: Tensor, *orders: float) -> Tensor:
        return settle(value(loc, log_scale, *orders), _undefined(loc, log_scale))

    def settled_and_grad(loc: Tensor, log_scale: Tensor, *orders: float) -> tuple[Tensor, Tensor, Tensor]:
        if torch.is_grad_enabled():
            again = _Again if torch.compiler.is_compiling() else _AgainForward
            loc, log_scale = again.apply(loc), again.apply(log_scale)
        result, d_loc, d_log_scale = value_and_grad(loc, log_scale, *orders)
        result = settle(result, _undefined(loc, log_scale))
        finite = torch.isfinite(result)
        d_loc, d_log_scale = (torch.where(finite, torch.nan_to_num(d), 0.0) for d in (d_loc, d_log_scale))
        return result, d_loc, d_log_scale

    return settled, settled_and_grad


def _undefined(loc: Tensor, log_scale: Tensor) -> Tensor:
    return torch.isnan(loc) | torch.isnan(log_scale)


def _infinite(loc: Tensor, log_scale: Tensor, alpha: float | None = None) -> Tensor:
    return torch.full_like(loc, torch.inf).masked_fill(_undefined(loc, log_scale), torch.nan)


def _infinite_and_grad(loc: Tensor, log_scale: Tensor, alpha: float | None = None) -> tuple[Tensor, Tensor, Tensor]:
    return _infinite(loc, log_scale), torch.zeros_like(loc), torch.zeros_like(log_scale)


def check_backend(backend: str | None) -> None:
    """Raise :class:`UnknownNameError` unless the compiler writes this backend, or none was chosen."""
    if backend is not None and backend not in BACKENDS:
        raise UnknownNameError(f"unknown backend {backend!r}; available are {', '.join(BACKENDS)}")


def kernel(kind: str, posterior: str, prior: str, backend: str | None = None) -> Kernel:
    """The kernel of a cell (families by name or symbol), loaded on first use.

    Raises
    ------
    UnknownNameError
        If the divergence, a family or the backend is unknown.
    DivergenceError
        If the cell has no kernel, or its code was not generated.
    """
    name = f"{backend} {kind} {posterior} {prior}"
    _load_kernel(name, kind, posterior, prior, backend)
    return getattr(_KERNELS, name)


def standard_member(family: str) -> StandardMember:
    """Log density and quantile function of a family's standard member, loaded on first use."""
    _load_member(family)
    return getattr(_MEMBERS, family)


# Namespaces, not dictionaries: of a dictionary the compiler would trace the state at its first use.
_KERNELS = SimpleNamespace()
_MEMBERS = SimpleNamespace()


def while_tracing(function: _F) -> _F:
    """Let the compiler run a function of constants while it traces: it cannot trace an import, for instance.

    This is ``torch.compiler.assume_constant_result`` without its import of the whole compiler, which takes seconds.
    """
    function._dynamo_marked_constant = True  # type: ignore[attr-defined]
    return function


@while_tracing
def _load_kernel(name: str, kind: str, posterior: str, prior: str, backend: str | None) -> None:
    if hasattr(_KERNELS, name):
        return
    check_backend(backend)
    c = cell(kind, posterior, prior)
    if c.status == "infinite":
        functions = _infinite, _infinite_and_grad
    elif kind in COMPOSED:
        functions = _settled(*COMPOSED[kind](c.posterior, c.prior, partial(kernel, backend=backend)))
    elif not c.kernel:
        raise DivergenceError(f"the {kind} divergence of {c.pair} has a catalog entry but no kernel: no formula for it")
    else:
        folder = BACKENDS[0] if backend is None or backend in FUSED else backend
        module = _generated(f"generated.{folder}.{kind}.{c.posterior}_{c.prior}")
        functions = _settled(module.value, module.value_and_grad)
    setattr(_KERNELS, name, Kernel(*functions))


@while_tracing
def _load_member(family: str) -> None:
    if not hasattr(_MEMBERS, family):
        module = _generated(f"generated.torch.families.{family}")
        setattr(_MEMBERS, family, StandardMember(module.log_density, module.quantile))


def _generated(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise DivergenceError(f"there is no generated module {name}; write it with `python -m codegen.build`") from None
