"""Importance sampling with any number of samples in bounded memory."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from vae.gradients import double_reparameterise, path_factor
from vae.randomness import generator

if TYPE_CHECKING:
    from vae.model import VAE

CHUNK = 2**23
"""Numbers in the largest tensor: 32 MiB in float32."""


class Estimate(NamedTuple):
    """Statistics over K samples of each image, all of shape (n,).

    Attributes
    ----------
    log_likelihood : torch.Tensor
        Mean of log p(x|z_k), nats.
    log_ratio : torch.Tensor
        Mean of log π(z_k) - log q(z_k|x), nats: minus the Kullback-Leibler divergence, by these samples.
    weighted : torch.Tensor
        log of the mean of w_k = p(x|z_k) π(z_k) / q(z_k|x), nats.
    effective : torch.Tensor
        Effective number of samples, (Σ w_k)² / Σ w_k², between 1 and K.
    """

    log_likelihood: Tensor
    log_ratio: Tensor
    weighted: Tensor
    effective: Tensor


def at_once(model: VAE, images: int) -> int:
    """How many samples of each of so many images fit into one chunk."""
    return max(1, CHUNK // (max(1, images) * max(model.width, len(model.pairing))))


def weigh(
    model: VAE,
    x: Tensor,
    samples: int,
    source: torch.Generator | None,
    analytic: bool,
    score: bool = True,
    order: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw latents for images and weigh them, differentiably, in the memory of one chunk.

    Samples beyond one chunk are drawn and weighed chunk by chunk, from a seed each; of a chunk nothing but its terms is
    kept, and on the way back it is drawn again.

    Parameters
    ----------
    model : VAE
        The model.
    x : torch.Tensor
        Images (n, pixels).
    samples : int
        Samples of each, K.
    source : torch.Generator or None
        Of the noise.
    analytic, score : bool
        As in :class:`vae.latent_layer.LatentLayer`.
    order : float, optional
        Of the bound whose doubly reparameterised gradient is wanted.

    Returns
    -------
    log_likelihood : torch.Tensor
        log p(x|z_k), (K, n).
    cost : torch.Tensor
        The divergence, (n,), if analytic, else log π(z_k) - log q(z_k|x), (K, n).
    """
    posterior, few = model.posterior(x), at_once(model, len(x))
    if samples <= few:
        z, cost = model.latents(*posterior, samples=samples, generator=source, analytic=analytic, score=score)
        log_likelihood = model.conditional(x, z)
        if order is not None:
            double_reparameterise(z, log_likelihood + cost, order)
        return log_likelihood, cost

    factor: list[Tensor] = []

    def part(first: int, count: int, seed: int, *posterior: Tensor) -> tuple[Tensor, Tensor]:
        own = torch.Generator(x.device).manual_seed(seed)
        z, cost = model.latents(*posterior, samples=count, generator=own, analytic=analytic, score=score)
        if order is not None and z.requires_grad:
            z.register_hook(lambda gradient: gradient * factor[0][first : first + count].to(gradient.dtype))
        return model.conditional(x, z), cost

    # Nothing but the noise is random, and that is drawn from its seed again.
    run = partial(checkpoint, part, use_reentrant=False, preserve_rng_state=False) if torch.is_grad_enabled() else part
    chunks = [(first, min(few, samples - first)) for first in range(0, samples, few)]
    seeds = torch.randint(2**62, (len(chunks),), generator=source, device=x.device).tolist()
    found = [run(*chunk, seed, *posterior) for chunk, seed in zip(chunks, seeds, strict=True)]
    log_likelihood = torch.cat([each for each, _ in found])
    if analytic:
        shares = torch.stack([cost * (count / samples) for (_, cost), (_, count) in zip(found, chunks, strict=True)])
        return log_likelihood, shares.sum(0)
    cost = torch.cat([each for _, each in found])
    if order is not None:
        factor.append(path_factor(log_likelihood + cost, order))
    return log_likelihood, cost


@torch.no_grad()
def draw(model: VAE, x: Tensor, samples: int, seed: int) -> tuple[Tensor, Tensor]:
    """Latents (K, n, latents) and their log weights (K, n) of images (n, pixels), all in memory."""
    source = generator(seed, "evaluation", device=x.device)
    z, log_ratio = model.latents(*model.posterior(x), samples=samples, generator=source, analytic=False)
    return z, model.conditional(x, z) + log_ratio


@torch.no_grad()
def estimate(model: VAE, x: Tensor, samples: int, seed: int) -> Estimate:
    """Draw ``samples`` latents for each image (n, pixels) and weigh them."""
    rows = max(1, min(len(x), at_once(model, 1) // samples))
    few = at_once(model, rows)
    source = generator(seed, "evaluation", device=x.device)
    parts = []
    for images in x.split(rows):
        log_likelihood = torch.zeros(len(images), dtype=x.dtype, device=x.device)
        log_ratio = log_likelihood.clone()
        log_sum = torch.full_like(log_likelihood, -math.inf)
        log_squares = log_sum.clone()
        for start in range(0, samples, few):
            terms = model.terms(images, min(few, samples - start), source, analytic=False)
            log_weights = terms.log_likelihood + terms.cost
            log_likelihood += terms.log_likelihood.sum(0)
            log_ratio += terms.cost.sum(0)
            log_sum = torch.logaddexp(log_sum, log_weights.logsumexp(0))
            log_squares = torch.logaddexp(log_squares, (2 * log_weights).logsumexp(0))
        effective = torch.exp(2 * log_sum - log_squares)
        means = log_likelihood / samples, log_ratio / samples
        parts.append(Estimate(*means, log_sum - math.log(samples), effective))
    return Estimate(*(torch.cat(column) for column in zip(*parts, strict=True)))
