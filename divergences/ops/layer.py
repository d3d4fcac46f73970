"""The latent layer: sampling and divergence together."""

from __future__ import annotations

import torch
from torch import Tensor

from divergences.ops.noise import standard_noise
from divergences.ops.pairing import Pairing
from divergences.ops.reduction import layer_operands, segment_location, sum_segments
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
    (loc, log_scale), dtype = layer_operands(pairing, loc=loc, log_scale=log_scale)
    nats = sum_segments(kind, pairing, loc, log_scale, alpha, backend)
    if noise is None:
        rows = torch.broadcast_shapes(loc.shape, log_scale.shape)[:-1]
        noise = standard_noise(pairing, rows, dtype=loc.dtype, device=loc.device)
    if any(is_scale_family(s.posterior) for s in pairing.segments):
        loc = torch.cat([segment_location(s, loc) for s in pairing.segments], dim=-1)
    (loc, scale, noise), _ = layer_operands(pairing, loc=loc, scale=torch.exp(log_scale), noise=noise)
    return torch.addcmul(loc, scale, noise).to(dtype), nats.to(dtype)
