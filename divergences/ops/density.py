"""Log densities of posteriors and priors, summed over the latents."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import torch
from torch import Tensor

from divergences.ops.backends import fused
from divergences.ops.kernels import standard_member
from divergences.ops.operands import broadcast
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.reduction import layer_operands, of_segment, segment_location
from divergences.ops.table import support


def posterior_log_prob(pairing: Pairing, z: Tensor, loc: Tensor | float, log_scale: Tensor | float) -> Tensor:
    """Log density of the posterior, log q(z | loc, scale).

    Parameters
    ----------
    pairing : Pairing
        The pair of each latent.
    z, loc, log_scale : Tensor
        Shape (..., latents) after broadcasting, so ``z`` may have leading sample dimensions. The location of
        one-sided posteriors (exponential) is taken as 0.

    Returns
    -------
    Tensor
        Nats per sample, summed over the latents, shape (...,); -inf outside the support, whose ends are widened by
        the rounding error of ``z``. Differentiable in all three.
    """
    (z, loc, log_scale), dtype = layer_operands(pairing, z=z, loc=loc, log_scale=log_scale)
    terms = [_posterior(s, z, loc, log_scale).sum(-1) for s in pairing.segments]
    return torch.stack(terms).sum(0).to(dtype)


def prior_log_prob(pairing: Pairing, z: Tensor) -> Tensor:
    """Log density of the priors, log π(z), summed over the latents.

    Returns
    -------
    Tensor
        Nats per sample, shape (...,); -inf outside the support. Differentiable.
    """
    (z,), dtype = layer_operands(pairing, z=z)
    return torch.stack([_prior(s, z).sum(-1) for s in pairing.segments]).sum(0).to(dtype)


def log_ratio(
    pairing: Pairing, z: Tensor, loc: Tensor | float, log_scale: Tensor | float, backend: str | None = None
) -> Tensor:
    """Sum over the latents of log π(z) − log q(z | loc, scale): the divergence's part of an importance weight.

    Its expectation under the posterior is minus the Kullback-Leibler divergence. Parameters are those of
    :func:`posterior_log_prob`, and ``backend`` as in :func:`divergence`.

    Returns
    -------
    Tensor
        Nats per sample, shape (...,). Differentiable. Where z is outside the posterior's support it is +inf, or NaN
        where it is outside the prior's support as well.
    """
    (z, loc, log_scale), dtype = layer_operands(pairing, z=z, loc=loc, log_scale=log_scale)
    m, s = broadcast([loc, log_scale])
    module = fused(backend, "kld", m, s)
    ratio = module.log_ratio(pairing, z, m, s) if module is not None and hasattr(module, "log_ratio") else None
    return (log_ratio_of(pairing, z, m, s) if ratio is None else ratio).to(dtype)


def log_ratio_of(pairing: Pairing, z: Tensor, loc: Tensor, log_scale: Tensor) -> Tensor:
    """:func:`log_ratio` in operations of Torch, of operands as :func:`layer_operands` returns them."""
    terms = [(_prior(s, z) - _posterior(s, z, loc, log_scale)).sum(-1) for s in pairing.segments]
    return torch.stack(terms).sum(0)


def _prior(segment: Segment, z: Tensor) -> Tensor:
    z = of_segment(segment, z)
    return _log_density(segment.prior, z, z.abs)


def _posterior(segment: Segment, z: Tensor, loc: Tensor, log_scale: Tensor) -> Tensor:
    z, loc, log_scale = of_segment(segment, z), segment_location(segment, loc), of_segment(segment, log_scale)
    inverse_scale = torch.exp(-log_scale)
    t = (z - loc) * inverse_scale
    return _log_density(segment.posterior, t, lambda: (z.abs() + loc.abs()) * inverse_scale) - log_scale


def _log_density(family: str, t: Tensor, magnitude: Callable[[], Tensor]) -> Tensor:
    """Log density of the standard member; ``magnitude`` gives the size of the terms that ``t`` was computed from."""
    log_density = standard_member(family).log_density
    lower, upper = support(family)
    if (lower, upper) == (-inf, inf):
        return log_density(t)
    slack = 4 * torch.finfo(t.dtype).eps * (1 + magnitude().detach())
    outside = (t < lower - slack) | (t > upper + slack)
    return log_density(t.clamp(lower, upper)).masked_fill(outside, -inf)
