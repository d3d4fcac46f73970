"""Divergences of a whole latent layer, whose latents may have different pairs."""

from __future__ import annotations

from types import ModuleType

import torch
from torch import Tensor

from divergences.ops.backends import at_once, fused
from divergences.ops.elementwise import compute
from divergences.ops.errors import PairingError
from divergences.ops.operands import as_operands, broadcast, of_one_shape, resolve_order
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.table import is_scale_family


def divergence_per_latent(
    kind: str,
    pairing: Pairing,
    loc: Tensor | float,
    log_scale: Tensor | float,
    alpha: float | None = None,
    backend: str | None = None,
) -> Tensor:
    """Divergence of every latent from its own prior.

    Parameters are those of :func:`divergence_sum`.

    Returns
    -------
    Tensor
        Nats per latent, shape (..., latents).
    """
    (loc, log_scale), dtype = layer_operands(pairing, loc=loc, log_scale=log_scale)
    return torch.cat(_segments(kind, pairing, loc, log_scale, alpha, backend), dim=-1).to(dtype)


def divergence_sum(
    kind: str,
    pairing: Pairing,
    loc: Tensor | float,
    log_scale: Tensor | float,
    alpha: float | None = None,
    backend: str | None = None,
) -> Tensor:
    """Divergence of a latent layer: the sum over its latents.

    Parameters
    ----------
    kind : str
        Name of the divergence, such as ``"kld"``.
    pairing : Pairing
        The pair of each latent.
    loc, log_scale : Tensor or float
        Of the posterior, shape (..., latents) after broadcasting. The location of one-sided posteriors (exponential)
        is ignored and taken as 0: in a latent layer they are scale families.
    alpha : float, optional
        Order, for those divergences that have one.
    backend : str, optional
        Which generated code computes it.

    Returns
    -------
    Tensor
        Nats per sample, shape (...,).

    Raises
    ------
    PairingError
        If the last dimension is not the pairing's number of latents.
    DivergenceError
        As :func:`divergence` does.
    """
    if (module := at_once(kind, backend, loc, log_scale, alpha, pairing)) is not None:
        nats = module.divergence_sum(kind, pairing, loc, log_scale)
        if nats is not None:
            return nats
    (loc, log_scale), dtype = layer_operands(pairing, loc=loc, log_scale=log_scale)
    return sum_segments(kind, pairing, loc, log_scale, alpha, backend).to(dtype)


def sum_segments(
    kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, alpha: float | None, backend: str | None
) -> Tensor:
    """:func:`divergence_sum` of operands as :func:`layer_operands` returns them."""
    kind, alpha = resolve_order(kind, alpha)
    loc, log_scale = broadcast([loc, log_scale])
    module = fused(backend, kind, loc, log_scale)
    nats = None if module is None else _fused_sum(module, kind, pairing, loc, log_scale, alpha)
    if nats is not None:
        return nats
    first, *rest = (x.sum(-1) for x in _segments(kind, pairing, loc, log_scale, alpha, backend))
    for x in rest:
        first = first + x
    return first


def _fused_sum(
    module: ModuleType, kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, alpha: float | None
) -> Tensor | None:
    return module.divergence_sum(kind, pairing, loc, log_scale, *(() if alpha is None else (alpha,)))


def _segments(
    kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, alpha: float | None, backend: str | None
) -> list[Tensor]:
    loc, log_scale = broadcast([loc, log_scale])
    return [
        compute(kind, s.posterior, s.prior, segment_location(s, loc), of_segment(s, log_scale), alpha, backend)
        for s in pairing.segments
    ]


def layer_operands(pairing: Pairing, **operands: Tensor | float) -> tuple[list[Tensor], torch.dtype]:
    """:func:`as_operands`, with the latents as last dimension of each; leading dimensions are left to broadcast."""
    check_pairing(pairing)
    tensors, dtype = as_operands(**operands)
    same = of_one_shape(tensors)
    shape = tuple(tensors[0].shape if same else torch.broadcast_shapes(*(x.shape for x in tensors)))
    if not shape or shape[-1] != len(pairing):
        raise PairingError(
            f"the shape of {', '.join(operands)} is {shape}; the pairing '{pairing}' needs (..., {len(pairing)})"
        )
    return tensors if same else [x.expand(*x.shape[:-1], shape[-1]) for x in tensors], dtype


def check_pairing(pairing: Pairing) -> None:
    """Raise :class:`PairingError` for what is none, such as its text."""
    if not isinstance(pairing, Pairing):
        raise PairingError(f"the pairing is {pairing!r}; expected a Pairing, such as Pairing.parse('Lo/N:10,La/N:6')")


def of_segment(segment: Segment, x: Tensor) -> Tensor:
    """The segment's columns of a tensor of shape (..., latents)."""
    return x.narrow(-1, segment.start, segment.count)


def segment_location(segment: Segment, loc: Tensor) -> Tensor:
    """The segment's locations; zero for scale families, whatever ``loc`` holds there."""
    loc = of_segment(segment, loc)
    # Filling, unlike a fresh zero, keeps loc in the graph, with a gradient of zero.
    return loc.masked_fill(torch.ones_like(loc, dtype=torch.bool), 0.0) if is_scale_family(segment.posterior) else loc
