"""What a trained model is worth, in numbers that say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import torch
from torch import Tensor

from divergences.ops import Pairing, divergence_per_latent, prior_quantile
from divergences.ops.table import is_scale_family, support
from vae.data import binarise_fixed
from vae.errors import ConfigError
from vae.importance import CHUNK, Estimate, estimate
from vae.model import VAE

METRICS = ("elbo", "reconstruction", "kl", "kl_per_latent", "iw_bound", "active_units")
SAMPLED = ("elbo", "reconstruction", "iw_bound")

ACTIVE = 0.01
"""A latent is active if the variance over images of its posterior's median exceeds this, in squared prior scales."""


@torch.no_grad()
def evaluate(
    model: VAE, x: Tensor, *, metrics: Sequence[str] = METRICS, samples: int = 50, seed: int = 0
) -> dict[str, Any]:
    """Evaluate a model on images.

    Parameters
    ----------
    model : VAE
        A trained model.
    x : torch.Tensor
        Images (n, pixels) or (n, c, h, w) in [0, 1]; binarised here if the model was trained on binarised ones.
    metrics : sequence of str
        Among :data:`METRICS`.
    samples : int
        Posterior samples per image, K: the mean of ``reconstruction`` and ``elbo`` is over them, and ``iw_bound`` is
        of K samples.
    seed : int
        Of the samples.

    Returns
    -------
    dict
        ``images``, ``samples``, ``seed``, ``notes`` (sentences on how to read the figures), and as asked, in nats per
        image: ``elbo`` (-reconstruction - kl, whatever was trained), ``reconstruction`` (mean of -log p(x|z)), ``kl``
        (analytic), ``kl_per_latent`` with ``floor_per_latent`` and ``pair_per_latent``, ``iw_bound`` with
        ``effective_samples`` (mean over images), ``active_units`` (their number).

    Raises
    ------
    ConfigError
        If a metric is unknown or ``samples`` is not a whole number of at least 1.
    DataError
        If the images have another shape than the model's or leave the likelihood's domain.
    """
    if unknown := [name for name in metrics if name not in METRICS]:
        raise ConfigError(f"unknown metric {unknown[0]!r}; known are {', '.join(METRICS)}")
    if not isinstance(samples, int) or samples < 1:
        raise ConfigError(f"samples is {samples!r}; expected a whole number of at least 1")
    x = binarise_fixed(model.flat(x), model.config.binarise, model.config.split_seed)
    model.likelihood.check_targets(x)

    loc, log_scale = _posterior(model, x)
    per_latent = divergence_per_latent("kld", model.pairing, loc, log_scale).double().mean(0)
    results: dict[str, Any] = {"kl": float(per_latent.sum())}
    if any(name in SAMPLED for name in metrics):
        drawn = Estimate(*(part.double().mean() for part in estimate(model, x, samples, seed)))
        results["reconstruction"] = -float(drawn.log_likelihood)
        results["elbo"] = -results["reconstruction"] - results["kl"]
        results["iw_bound"] = float(drawn.weighted)
    if "active_units" in metrics:
        medians = model.latents.median(loc, log_scale)
        results["active_units"] = int((medians.var(0, correction=0) > ACTIVE).sum())
    results["kl_per_latent"] = per_latent.tolist()

    report: dict[str, Any] = {"images": len(x), "samples": samples, "seed": seed}
    report |= {name: results[name] for name in METRICS if name in metrics}
    if "kl_per_latent" in metrics:
        report["floor_per_latent"] = list(model.pairing.floors("kld"))
        report["pair_per_latent"] = list(model.pairing.labels)
    if "iw_bound" in metrics:
        report["effective_samples"] = float(drawn.effective)
    return report | {"notes": notes(model)}


def _posterior(model: VAE, x: Tensor) -> tuple[Tensor, Tensor]:
    parts = [model.posterior(images) for images in x.split(max(1, CHUNK // x.shape[-1]))]
    loc, log_scale = zip(*parts, strict=True)
    return torch.cat(loc), torch.cat(log_scale)


def constant_image_bound(model: VAE, train: Tensor, x: Tensor) -> float:
    """ELBO on ``x`` of a model that ignores its latents, in nats per image.

    Its decoder emits the constant image that suits the training images best, and every latent pays its pair's floor.
    """
    how, seed = model.config.binarise, model.config.split_seed
    train, x = (binarise_fixed(model.flat(images), how, seed) for images in (train, x))
    nll = model.likelihood.nll(x, model.likelihood.bias(train)).double().mean()
    return -float(nll) - sum(model.pairing.floors("kld"))


def notes(model: VAE) -> list[str]:
    """Sentences without which the figures of a model would be misread."""
    found = []
    for segment in model.pairing.segments:
        q, p = support(segment.posterior), support(segment.prior)
        if q == (-inf, inf) or (is_scale_family(segment.posterior) and q[0] <= p[0] and q[1] >= p[1]):
            continue
        found.append(
            f"{segment.pair}: the posterior's support does not cover the prior's, so with growing K the importance-"
            f"weighted bound tends to the logarithm of p(x, z) integrated over that support, not to log p(x)"
        )
        if is_scale_family(segment.posterior) and (share := _prior_share_outside(segment.prior, q)) > 0:
            found.append(
                f"{segment.pair}: samples come from the prior, {share:.0%} of which lies where the posterior never is, "
                f"so that the decoder was not trained there"
            )
    if model.likelihood.convention:
        found.append(
            f"{model.likelihood.name} is {model.likelihood.convention}: bounds compare only among themselves, and the "
            f"importance-weighted bound takes it for a log-likelihood"
        )
    if model.likelihood.name == "bernoulli" and model.config.binarise == "none":
        found.append("bernoulli on grey levels is the binary cross-entropy, not the logarithm of a density")
    return list(dict.fromkeys(found))


def _prior_share_outside(prior: str, interval: tuple[float, float]) -> float:
    """Probability that the standard prior gives to what is outside an interval, to 1e-4."""
    grid = (torch.arange(10_000, dtype=torch.float64) + 0.5) / 10_000
    z = prior_quantile(Pairing.homogeneous(f"{prior}/{prior}", 1), grid[:, None])
    return float(((z < interval[0]) | (z > interval[1])).double().mean())
