"""A divergence, element by element, differentiable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from divergences.ops.backends import at_once, fused
from divergences.ops.kernels import kernel
from divergences.ops.operands import as_operands, broadcast, resolve_order


def divergence(
    kind: str,
    posterior: str,
    prior: str,
    loc: Tensor | float,
    log_scale: Tensor | float,
    alpha: float | None = None,
    backend: str | None = None,
) -> Tensor:
    """Divergence D(Q(loc, scale) ‖ Π(0, 1)) of two families, element by element.

    Parameters
    ----------
    kind : str
        Name of the divergence, such as ``"kld"``.
    posterior, prior : str
        Families Q and Π by name or symbol, in any case.
    loc, log_scale : Tensor or float
        Location and logarithm of the scale of Q, in units of the prior's scale and measured from its location.
        They are broadcast against each other. float16 and bfloat16 are computed in float32.
    alpha : float, optional
        Order, for those divergences that have one, also as a tensor of one number; of order 1 they are the
        Kullback-Leibler divergence.
    backend : str, optional
        Which generated code computes it, ``"torch"``, ``"cpp"`` or ``"triton"``; by default the fused kernels of the
        operands' device where there are any: C++ on the CPU, compiled on first use, Triton on a GPU.

    Returns
    -------
    Tensor
        Nats, of the broadcast shape. Infinite where the divergence is, with a gradient of zero there; NaN where an
        input is NaN. Differentiable, also twice; the gradient in reverse and in forward mode.

    Raises
    ------
    UnknownNameError
        If the divergence, a family or the backend is unknown.
    DivergenceError
        If ``loc``, ``log_scale`` or ``alpha`` is not of an accepted type, domain, device or shape. Values of tensors
        are not looked at; see :func:`check_finite_inputs`.
    """
    if (module := at_once(kind, backend, loc, log_scale, alpha)) is not None:
        value = module.divergence(kind, posterior, prior, loc, log_scale)
        if value is not None:
            return value
    operands, dtype = as_operands(loc=loc, log_scale=log_scale)
    m, s = broadcast(operands)
    return compute(kind, posterior, prior, m, s, alpha, backend).to(dtype)


def compute(
    kind: str,
    posterior: str,
    prior: str,
    loc: Tensor,
    log_scale: Tensor,
    alpha: float | None = None,
    backend: str | None = None,
) -> Tensor:
    """:func:`divergence` of operands that have one shape and one of the dtypes float32 and float64."""
    kind, alpha = resolve_order(kind, alpha)
    orders = () if alpha is None else (alpha,)
    module = fused(backend, kind, loc, log_scale)
    value = None if module is None else module.divergence(kind, posterior, prior, loc, log_scale, *orders)
    if value is not None:
        return value
    code = kernel(kind, posterior, prior, backend)
    if torch.is_grad_enabled() and (loc.requires_grad or log_scale.requires_grad):
        function = _Divergence if torch.compiler.is_compiling() else _ForwardDivergence
        value, _, _ = function.apply(loc, log_scale, code.value_and_grad, orders)
        return value
    return code.value(loc, log_scale, *orders)


class _Divergence(torch.autograd.Function):
    """Value, and the two gradients that the generated code computes along with it."""

    generate_vmap_rule = True

    @staticmethod
    def forward(
        loc: Tensor, log_scale: Tensor, value_and_grad: Callable[..., Any], orders: tuple[float, ...]
    ) -> tuple[Tensor, Tensor, Tensor]:
        value, d_loc, d_log_scale = value_and_grad(loc, log_scale, *orders)
        # A gradient may be an input as it is (N/N has d_loc = loc), which can only be saved as a view.
        return value, d_loc.view_as(d_loc), d_log_scale.view_as(d_log_scale)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
        loc, log_scale, ctx.value_and_grad, ctx.orders = inputs
        _, d_loc, d_log_scale = output
        ctx.mark_non_differentiable(d_loc, d_log_scale)
        ctx.save_for_backward(loc, log_scale, d_loc, d_log_scale)

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> tuple[Tensor, Tensor, None, None]:
        loc, log_scale, d_loc, d_log_scale = ctx.saved_tensors
        if torch.is_grad_enabled():
            # Somebody will differentiate again: the saved gradients are constants, these are functions.
            _, d_loc, d_log_scale = ctx.value_and_grad(loc, log_scale, *ctx.orders)
        return grad * d_loc, grad * d_log_scale, None, None


class _ForwardDivergence(_Divergence):
    """The same with tangents, for derivatives of gradients in forward mode; torch.compile does not trace these."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
        _Divergence.setup_context(ctx, inputs, output)
        ctx.save_for_forward(*inputs[:2])

    @staticmethod
    def jvp(ctx: Any, loc_tangent: Tensor, log_scale_tangent: Tensor, *_: Any) -> tuple[Tensor, None, None]:
        _, d_loc, d_log_scale = ctx.value_and_grad(*ctx.saved_tensors, *ctx.orders)
        return d_loc * loc_tangent + d_log_scale * log_scale_tangent, None, None
