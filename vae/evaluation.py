"""What a trained model is worth, in numbers that say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log
from typing import Any

import torch
from torch import Tensor

from divergences.ops import divergence_per_latent, posterior_log_prob
from vae.data import binarise_fixed
from vae.errors import ConfigError
from vae.importance import CHUNK, Estimate, estimate
from vae.model import VAE
from vae.notes import bound_of, notes
from vae.randomness import generator

METRICS = ("elbo", "reconstruction", "kl", "kl_per_latent", "iw_bound", "active_units", "objective")
"""What is computed unless a caller says otherwise."""
ON_REQUEST = ("mutual_information",)
FIDELITY = ("fid", "kid", "isc", "fid_efflite0", "kid_efflite0")
"""Of :mod:`vae.fidelity`: these take a network over thousands of images, and are computed on request only."""

SAMPLED = ("elbo", "reconstruction", "iw_bound")
UNFLOWED = ("kl_per_latent", "mutual_information")
"""What needs the posterior's density latent by latent, or at a given z; a flow has neither."""

ACTIVE = 0.01
"""A latent is active if the variance over images of its posterior's median exceeds this, in squared prior scales
(Burda et al. 2016, who take the mean; not every family has one)."""


@torch.no_grad()
def evaluate(
    model: VAE,
    x: Tensor,
    *,
    metrics: Sequence[str] | None = None,
    samples: int = 50,
    seed: int = 0,
    inception: str | None = None,
) -> dict[str, Any]:
    """Evaluate a model on images.

    Parameters
    ----------
    model : VAE
        A trained model.
    x : torch.Tensor
        Images (n, pixels) or (n, c, h, w) in [0, 1]; binarised here if the model was trained on binarised ones.
    metrics : sequence of str, optional
        Among :data:`METRICS`, the default, :data:`ON_REQUEST` and :data:`FIDELITY`.
    samples : int
        Posterior samples per image, K: the mean of ``reconstruction`` and ``elbo`` is over them, and ``iw_bound`` is
        of K samples.
    seed : int
        Of the samples.
    inception : str, optional
        File with the weights for ``fid``, ``kid`` and ``isc``.

    Returns
    -------
    dict
        ``images``, ``samples``, ``seed``, ``notes`` (sentences on how to read the figures), and as asked, in nats per
        image, None where they are infinite:

        - ``elbo`` (-reconstruction - kl, whatever was trained), ``reconstruction`` (mean of -log p(x|z)), ``kl``
          (analytic; of a flow, by the samples);
        - ``kl_per_latent`` with ``floor_per_latent`` and ``pair_per_latent``;
        - ``iw_bound`` with ``effective_samples`` (mean over images) and ``iw_bound_of``, what it is a bound of;
        - ``active_units`` (their number);
        - ``objective`` (what was trained, with its own number of samples) with ``objective_label``;
        - ``mutual_information`` of these images and z, E_q log q(z|x) - log mean_j q(z|x_j), which is at most
          ``mutual_information_limit``, the logarithm of their number (Hoffman & Johnson 2016);
        - the figures of :func:`vae.fidelity.fidelity` with the number of images behind them.

    Raises
    ------
    ConfigError
        If a metric is unknown or not defined for the model, or ``samples`` is not a whole number of at least 1.
    DataError
        If the images have another shape than the model's or leave the likelihood's domain.
    """
    names = _names(model, metrics)
    if not isinstance(samples, int) or samples < 1:
        raise ConfigError(f"samples is {samples!r}; expected a whole number of at least 1")
    plain = model.flat(x)
    x = binarise_fixed(plain, model.config.binarise, model.config.split_seed)
    model.likelihood.check_targets(x)

    loc, log_scale, *extra = _posterior(model, x)
    results: dict[str, Any] = {}
    if any(name in SAMPLED for name in names) or (model.config.flow and "kl" in names):
        drawn = Estimate(*(part.double().mean() for part in estimate(model, x, samples, seed)))
        results |= {"reconstruction": -float(drawn.log_likelihood), "iw_bound": float(drawn.weighted)}
    if model.config.flow:
        results["kl"] = -float(drawn.log_ratio) if "reconstruction" in results else None
    else:
        per_latent = divergence_per_latent("kld", model.pairing, loc, log_scale).double().mean(0)
        results |= {"kl": float(per_latent.sum()), "kl_per_latent": per_latent.tolist()}
    if "elbo" in names:
        results["elbo"] = -results["reconstruction"] - results["kl"]
    if "active_units" in names:
        medians = model.latents.median(loc, log_scale, *extra)
        results["active_units"] = int((medians.var(0, correction=0) > ACTIVE).sum())
    if "objective" in names:
        results["objective"] = _objective(model, x, seed)
    if "mutual_information" in names:
        results["mutual_information"] = _mutual_information(model, loc, log_scale, seed)

    report: dict[str, Any] = {"images": len(x), "samples": samples, "seed": seed}
    report |= {name: _finite(results[name]) for name in (*METRICS, *ON_REQUEST) if name in names}
    if "kl_per_latent" in names:
        report["floor_per_latent"] = _finite(list(model.pairing.floors("kld")))
        report["pair_per_latent"] = list(model.pairing.labels)
    if "iw_bound" in names:
        report |= {"effective_samples": float(drawn.effective), "iw_bound_of": bound_of(model)}
    if "objective" in names:
        report["objective_label"] = model.config.objective_label
    if "mutual_information" in names:
        report["mutual_information_limit"] = log(len(x))
    if wanted := [name for name in FIDELITY if name in names]:
        from vae.fidelity import fidelity  # torch-fidelity is an extra, and takes a while to load

        report |= fidelity(model, plain if model.config.binarise == "dequantised" else x, wanted, seed, inception)
    return report | {"notes": notes(model)}


def _names(model: VAE, metrics: Sequence[str] | None) -> list[str]:
    """The metrics to compute, all of them known and defined."""
    if metrics is None:
        return [name for name in METRICS if not (model.config.flow and name in UNFLOWED)]
    known = (*METRICS, *ON_REQUEST, *FIDELITY)
    if unknown := [name for name in metrics if name not in known]:
        raise ConfigError(f"unknown metric {unknown[0]!r}; known are {', '.join(known)}")
    if model.config.flow and (missing := [name for name in metrics if name in UNFLOWED]):
        rest = ", ".join(name for name in known if name not in UNFLOWED)
        raise ConfigError(f"{missing[0]} is not defined for a posterior with flow; defined are {rest}")
    return list(metrics)


def _finite(value: Any) -> Any:
    """Infinities and NaN, which JSON lacks, as None."""
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _posterior(model: VAE, x: Tensor) -> tuple[Tensor, ...]:
    parts = [model.posterior(images) for images in x.split(max(1, CHUNK // x.shape[-1]))]
    return tuple(torch.cat(column) for column in zip(*parts, strict=True))


def _objective(model: VAE, x: Tensor, seed: int) -> float:
    """The objective that was trained, nats per image."""
    source = generator(seed, "evaluation", 1, x.device)
    rows = max(1, CHUNK // (model.width * model.config.samples))
    return float(torch.cat([model(images, source)[0] for images in x.split(rows)]).double().mean())


def _mutual_information(model: VAE, loc: Tensor, log_scale: Tensor, seed: int) -> float:
    """E log q(z|x) - log mean_j q(z|x_j), with one z for each image."""
    n, latents = loc.shape
    z, _ = model.latents(loc, log_scale, generator=generator(seed, "evaluation", 2, loc.device))
    own = posterior_log_prob(model.pairing, z[0], loc, log_scale)
    rows = z[0].unsqueeze(1).split(max(1, CHUNK // (n * latents)))
    mixture = [posterior_log_prob(model.pairing, row, loc, log_scale).logsumexp(-1) for row in rows]
    return float((own - torch.cat(mixture)).double().mean()) + log(n)


def constant_image_bound(model: VAE, train: Tensor, x: Tensor) -> float:
    """ELBO on ``x`` of a model that ignores its latents, in nats per image; of ``gvi`` and ``gibbs``, their objective.

    Its decoder emits the constant image that suits the training images best, and every latent pays the floor of its
    pair, as far as the table knows one.
    """
    how, seed = model.config.binarise, model.config.split_seed
    train, x = (binarise_fixed(model.flat(images), how, seed) for images in (train, x))
    nll = model.likelihood.nll(x, model.likelihood.bias(train)).double().mean()
    kind, _ = model.config.divergence
    return -float(nll) - model.config.beta * sum(model.pairing.floors(kind))
