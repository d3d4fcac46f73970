"""Importance sampling with any number of samples in bounded memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

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


@torch.no_grad()
def draw(model: VAE, x: Tensor, samples: int, seed: int) -> tuple[Tensor, Tensor]:
    """Latents (K, n, latents) and their log weights (K, n) of images (n, pixels), all in memory."""
    source = generator(seed, "evaluation", device=x.device)
    z, log_ratio = model.latents(*model.posterior(x), samples=samples, generator=source, analytic=False)
    return z, model.conditional(x, z) + log_ratio


@torch.no_grad()
def estimate(model: VAE, x: Tensor, samples: int, seed: int) -> Estimate:
    """Draw ``samples`` latents for each image (n, pixels) and weigh them."""
    width = model.width
    rows = max(1, min(len(x), CHUNK // (width * samples)))
    at_once = max(1, min(samples, CHUNK // (width * rows)))
    source = generator(seed, "evaluation", device=x.device)
    parts = []
    for images in x.split(rows):
        log_likelihood = torch.zeros(len(images), dtype=x.dtype, device=x.device)
        log_ratio = log_likelihood.clone()
        log_sum = torch.full_like(log_likelihood, -math.inf)
        log_squares = log_sum.clone()
        for start in range(0, samples, at_once):
            terms = model.terms(images, min(at_once, samples - start), source, analytic=False)
            log_weights = terms.log_likelihood + terms.cost
            log_likelihood += terms.log_likelihood.sum(0)
            log_ratio += terms.cost.sum(0)
            log_sum = torch.logaddexp(log_sum, log_weights.logsumexp(0))
            log_squares = torch.logaddexp(log_squares, (2 * log_weights).logsumexp(0))
        effective = torch.exp(2 * log_sum - log_squares)
        means = log_likelihood / samples, log_ratio / samples
        parts.append(Estimate(*means, log_sum - math.log(samples), effective))
    return Estimate(*(torch.cat(column) for column in zip(*parts, strict=True)))
