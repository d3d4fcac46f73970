"""The stochastic layer between encoder and decoder."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor, nn

from divergences.ops import Pairing, latent, log_ratio, prior_quantile, standard_noise
from vae.posterior import PosteriorMap


class LatentLayer(nn.Module):
    """Latents of any pairing, sampled by reparameterisation, with what they cost.

    It has no weights and drops into any network whose encoder emits ``layer.inputs = 2 * len(pairing)`` numbers:

    >>> layer = LatentLayer(Pairing.parse("Lo/N:10,La/N:6,La/La:4"))
    >>> loc, log_scale = layer.posterior(torch.zeros(8, 40))
    >>> z, nats = layer(loc, log_scale)
    >>> z.shape, nats.shape
    (torch.Size([1, 8, 20]), torch.Size([8]))

    Parameters
    ----------
    pairing : divergences.ops.Pairing
        The pair of each latent.
    kind : str
        The divergence that is its analytic cost.
    alpha : float, optional
        Its order, if it has one.

    Raises
    ------
    InfinitePairError
        If that divergence of a pair is infinite for every location and scale.
    """

    def __init__(self, pairing: Pairing, kind: str = "kld", alpha: float | None = None) -> None:
        super().__init__()
        self.pairing, self.kind, self.alpha = pairing, kind, alpha
        self.map = PosteriorMap(pairing, kind, alpha)

    @property
    def inputs(self) -> int:
        """Encoder outputs per row."""
        return 2 * len(self.pairing)

    def posterior(self, encoded: Tensor) -> tuple[Tensor, ...]:
        """Location and log scale, each (..., latents), of encoder outputs (..., inputs)."""
        return self.map(encoded)

    def forward(
        self,
        loc: Tensor,
        log_scale: Tensor,
        samples: int = 1,
        generator: torch.Generator | None = None,
        analytic: bool = True,
        score: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Draw latents.

        Parameters
        ----------
        loc, log_scale : torch.Tensor
            Of the posterior, (n, latents).
        samples : int
            Draws per row, K.
        generator : torch.Generator, optional
            Of the noise.
        analytic : bool
            Whether the cost is the divergence of q from π, or log π(z) - log q(z|x) of each draw.
        score : bool
            Whether that density depends on the posterior's parameters directly, beside its dependence through z;
            without it, gradients are those of ``stl`` and ``dreg`` (:mod:`vae.gradients`).

        Returns
        -------
        z : torch.Tensor
            (K, n, latents).
        cost : torch.Tensor
            Nats per sample, summed over latents: (n,) if analytic, else (K, n).
        """
        shape = (samples, *loc.shape[:-1])
        noise = standard_noise(self.pairing, shape, generator=generator, dtype=loc.dtype, device=loc.device)
        z, nats = latent(self.pairing, loc, log_scale, noise, self.kind, self.alpha)
        if analytic:
            return z, nats
        density = (loc, log_scale) if score else (loc.detach(), log_scale.detach())
        return z, log_ratio(self.pairing, z, *density)

    def median(self, loc: Tensor, log_scale: Tensor) -> Tensor:
        """Median of the posterior, (n, latents): the point estimate that exists for every family."""
        return latent(self.pairing, loc, log_scale, self._standard_median.to(loc))[0]

    @cached_property
    def _standard_median(self) -> Tensor:
        own = Pairing((s.posterior, s.posterior, s.count) for s in self.pairing.segments)
        return prior_quantile(own, torch.full((len(own),), 0.5, dtype=torch.float64))
