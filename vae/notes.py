"""Sentences without which the figures of a model would be misread."""

from __future__ import annotations

from math import inf

import torch

from divergences.ops import Pairing, Segment, prior_quantile
from divergences.ops.table import is_scale_family, support
from vae.model import VAE
from vae.objectives import OBJECTIVES

EVIDENCE, SUPPORTED = "log p(x)", "log of p(x, z) integrated over the posterior's support"


def bound_of(model: VAE) -> str:
    """What the importance-weighted bound of a model rises to with more samples."""
    return EVIDENCE if all(_covers(segment) for segment in model.pairing.segments) else SUPPORTED


def notes(model: VAE) -> list[str]:
    """How to read the figures of a model."""
    config, found = model.config, []
    for segment in model.pairing.segments:
        if _covers(segment):
            continue
        found.append(
            f"{segment.pair}: the posterior's support does not cover the prior's, so with growing K the importance-"
            f"weighted bound tends to the logarithm of p(x, z) integrated over that support, not to log p(x)"
        )
        q = support(segment.posterior)
        if is_scale_family(segment.posterior) and (share := _prior_share_outside(segment.prior, q)) > 0:
            found.append(
                f"{segment.pair}: samples come from the prior, {share:.0%} of which lies where the posterior never is, "
                f"so that the decoder was not trained there"
            )
    found += [
        f"{cell.pair}: its KLD is infinite for every location and scale, and so the ELBO is -infinity"
        for cell in model.pairing.cells()
        if not cell.is_finite()
    ]
    if config.flow:
        found.append("kl is estimated by the samples: a flow has no analytic divergence, nor one of a single latent")
    if config.objective == "gvi":
        found.append(
            f"trained by {config.objective_label}, whose order, if any, stands on π(z)/q(z|x): no bound of log p(x), "
            f"and not to be compared with vr, whose order stands on the joint"
        )
    elif OBJECTIVES[config.objective].order is None and not model.likelihood.convention:
        below = config.objective == "vr" and config.alpha is not None and config.alpha >= 0
        kind = "a lower bound of log p(x)" if below else "an optimistic estimate, no bound of log p(x)"
        found.append(f"trained by {config.objective_label}, {kind}: compare it with the same order and K only")
    if model.likelihood.convention:
        found.append(
            f"{model.likelihood.name} is {model.likelihood.convention}: bounds compare only among themselves, and the "
            f"importance-weighted bound takes it for a log-likelihood"
        )
    elif model.likelihood.name == "bernoulli" and config.binarise in ("none", "dequantised"):
        found.append("bernoulli on grey levels is the binary cross-entropy, not the logarithm of a density")
    return list(dict.fromkeys(found))


def _covers(segment: Segment) -> bool:
    """Whether the posterior's support covers the prior's, whatever its parameters."""
    q, p = support(segment.posterior), support(segment.prior)
    return q == (-inf, inf) or (is_scale_family(segment.posterior) and q[0] <= p[0] and q[1] >= p[1])


def _prior_share_outside(prior: str, interval: tuple[float, float]) -> float:
    """Probability that the standard prior gives to what is outside an interval, to 1e-4."""
    grid = (torch.arange(10_000, dtype=torch.float64) + 0.5) / 10_000
    z = prior_quantile(Pairing.homogeneous(f"{prior}/{prior}", 1), grid[:, None])
    return float(((z < interval[0]) | (z > interval[1])).double().mean())
