"""The latent layer: sampling and divergence together."""

from __future__ import annotations

import torch
from torch import Tensor

from divergences.ops.backends import at_once, fused
from divergences.ops.errors import PairingError
from divergences.ops.noise import standard_noise
from divergences.ops.operands import as_operands, broadcast, resolve_order
from divergences.ops.pairing import Pairing
from divergences.ops.reduction import check_pairing, layer_operands, segment_location, sum_segments
from divergences.ops.table import is_scale_family


def latent(
    pairing: Pairing,
    loc: Tensor | float,
    log_scale: Tensor | float,
    noise: Tensor | None = None,
    kind: str = "kld",
    alpha: float | None = None,
    backend: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Sample the latents by reparameterisation, and compute their divergence from their priors.

    Parameters
    ----------
    pairing : Pairing
        The pair of each latent.
    loc, log_scale : Tensor or float
        Of the posterior, shape (..., latents) after broadcasting. The location of one-sided posteriors (exponential)
        is ignored and taken as 0: in a latent layer they are scale families.
    noise : Tensor, optional
        Standard variates of each latent's posterior (:func:`standard_noise`), shape (*samples, ..., latents); drawn
        from the default generator, one per row, if it is not given.
    kind, alpha, backend
        As in :func:`divergence`.

    Returns
    -------
    z : Tensor
        ``loc + scale * noise``, shape (*samples, ..., latents).
    nats : Tensor
        Divergence in nats per sample, shape (...,).

    Raises
    ------
    PairingError
        If the last dimension is not the pairing's number of latents.
    DivergenceError
        As :func:`divergence` does.
    """
    if noise is None and (module := at_once(kind, backend, loc, log_scale, alpha, pairing)) is not None:
        both = module.latent(kind, pairing, loc, log_scale, None)
        if both is not None:
            return both
    operands, dtype = layer_operands(pairing, loc=loc, log_scale=log_scale)
    kind, alpha = resolve_order(kind, alpha)
    m, s = broadcast(operands)
    module = fused(backend, kind, m, s)
    if noise is None:
        both = None if module is None else module.latent(kind, pairing, m, s, None)
        if both is not None:
            return _cast(both, dtype)
        noise = standard_noise(pairing, m.shape[:-1], dtype=m.dtype, device=m.device)
    if module is not None and _goes_with(noise, m):
        both = module.latent(kind, pairing, m, s, noise if noise.dtype is m.dtype else noise.to(m.dtype))
        if both is not None:
            return _cast(both, dtype)
    nats = sum_segments(kind, pairing, m, s, alpha, backend)
    if any(is_scale_family(segment.posterior) for segment in pairing.segments):
        m = torch.cat([segment_location(segment, m) for segment in pairing.segments], dim=-1)
    (m, s, noise), _ = layer_operands(pairing, loc=m, log_scale=s, noise=noise)
    return torch.addcmul(m, torch.exp(s), noise).to(dtype), nats.to(dtype)


def latent_packed(
    pairing: Pairing,
    parameters: Tensor,
    noise: Tensor | None = None,
    kind: str = "kld",
    alpha: float | None = None,
    backend: str | None = None,
) -> tuple[Tensor, Tensor]:
    """:func:`latent` of a matrix as an encoder emits it: the latents' locations, then their log scales.

    The numbers are those of ``latent(pairing, *parameters.chunk(2, -1), ...)``. The C++ kernels write the gradient into
    one matrix, so that nothing has to put it together afterwards.

    Parameters
    ----------
    pairing : Pairing
        The pair of each latent.
    parameters : Tensor
        Of the posterior, shape (..., 2 latents).
    noise, kind, alpha, backend
        As in :func:`latent`.

    Returns
    -------
    z : Tensor
        Samples, shape (*samples, ..., latents).
    nats : Tensor
        Divergence in nats per sample, shape (...,).

    Raises
    ------
    PairingError
        If the last dimension is not twice the pairing's number of latents.
    DivergenceError
        As :func:`divergence` does.
    """
    if (module := at_once(kind, backend, parameters, parameters, alpha, pairing, 2)) is not None and (
        noise is None or (type(noise) is Tensor and noise.dtype is parameters.dtype and noise.is_cpu)
    ):
        both = module.latent_packed(kind, pairing, parameters, noise)
        if both is not None:
            return both
    check_pairing(pairing)
    (converted,), dtype = as_operands(parameters=parameters)
    if not converted.ndim or converted.shape[-1] != 2 * len(pairing):
        raise PairingError(
            f"the shape of parameters is {tuple(converted.shape)}; the pairing '{pairing}' needs a location and a log "
            f"scale for each latent: (..., {2 * len(pairing)})"
        )
    kind, alpha = resolve_order(kind, alpha)
    module = fused(backend, kind, converted, converted)
    if module is not None and (noise is None or _goes_with(noise, converted)):
        both = module.latent_packed(kind, pairing, converted, noise if noise is None else noise.to(converted.dtype))
        if both is not None:
            return _cast(both, dtype)
    loc, log_scale = converted.chunk(2, -1)
    return _cast(latent(pairing, loc, log_scale, noise, kind, alpha, backend), dtype)


def _goes_with(noise: Tensor, x: Tensor) -> bool:
    return isinstance(noise, Tensor) and noise.is_floating_point() and noise.device == x.device


def _cast(both: tuple[Tensor, Tensor], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    return both if both[0].dtype is dtype else (both[0].to(dtype), both[1].to(dtype))
