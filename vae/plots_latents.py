"""Pictures of a latent space at the quantiles of its own priors, as Matplotlib figures."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure
from torch import Tensor

from divergences.ops import prior_quantile
from vae.data import binarise_fixed
from vae.errors import ConfigError
from vae.model import VAE
from vae.plots import picture, tile

LOWEST, HIGHEST = 0.02, 0.98
"""Probabilities of the ends of a traversal."""


@torch.no_grad()
def most_active(model: VAE, x: Tensor, count: int) -> list[int]:
    """The latents whose posterior's median varies most over images (n, pixels), relative to their prior's quartiles."""
    x = binarise_fixed(model.flat(x), model.config.binarise, model.config.split_seed)
    codes = model.latents.median(*model.posterior(x))
    latents = len(model.pairing)
    low, high = (prior_quantile(model.pairing, torch.full((latents,), p).to(codes)) for p in (0.25, 0.75))
    spread = (codes.std(0, correction=0) / (high - low)).cpu()
    return torch.argsort(spread, descending=True, stable=True)[:count].tolist()


@torch.no_grad()
def traversals(model: VAE, x: Tensor, latents: int = 10, columns: int = 11) -> Figure:
    """Decoder means while one latent after the other goes through its prior's quantiles.

    Parameters
    ----------
    model : VAE
        A trained model.
    x : torch.Tensor
        Images (n, pixels): the first one's code is where the other latents stay; all of them say which latents are the
        most active, which come first.
    latents : int
        At most so many.
    columns : int
        Quantiles, from 2 % to 98 %.
    """
    chosen = most_active(model, x, latents)
    first = binarise_fixed(model.flat(x[:1]), model.config.binarise, model.config.split_seed)
    code = model.latents.median(*model.posterior(first))
    values = _quantiles(model, columns).to(code)
    z = code.expand(len(chosen), columns, -1).clone()
    for row, latent in enumerate(chosen):
        z[row, :, latent] = values[:, latent]
    canvas = tile(model.decode(z.flatten(0, 1)), columns)
    figure = picture(canvas, f"one latent at a time through its prior's quantiles, {LOWEST:.0%} to {HIGHEST:.0%}")
    height = canvas.shape[0] / len(chosen)
    for row, latent in enumerate(chosen):
        label = f"{latent}  {model.pairing.labels[latent]}"
        figure.axes[0].text(-4, (row + 0.5) * height, label, ha="right", va="center", fontsize=7)
    return figure


@torch.no_grad()
def manifold(model: VAE, x: Tensor, side: int = 15) -> Figure:
    """Decoder means over the two most active latents at their priors' quantiles, the others at their priors' medians.

    Parameters
    ----------
    model : VAE
        A trained model of at least two latents.
    x : torch.Tensor
        Images (n, pixels) that say which latents are the most active.
    side : int
        Quantiles on each axis, from 2 % to 98 %.

    Raises
    ------
    ConfigError
        If the model has one latent only.
    """
    if len(model.pairing) < 2:
        raise ConfigError("the manifold needs a model of at least 2 latents; this one has 1")
    across, down = most_active(model, x, 2)
    weight = next(model.parameters())
    values = _quantiles(model, side).to(weight)
    middle = prior_quantile(model.pairing, torch.full((len(model.pairing),), 0.5)).to(weight)
    z = middle.expand(side, side, -1).clone()
    z[..., across] = values[:, across]
    z[..., down] = values[:, down].flip(0)[:, None]
    names = [f"latent {i} ({model.pairing.labels[i]})" for i in (across, down)]
    others = "" if len(model.pairing) == 2 else ", others at their priors' medians"
    return picture(tile(model.decode(z.flatten(0, 1)), side, gap=0), f"{names[0]} across, {names[1]} up{others}")


def _quantiles(model: VAE, count: int) -> Tensor:
    """Prior quantiles of every latent at ``count`` probabilities, (count, latents)."""
    p = torch.linspace(LOWEST, HIGHEST, count, dtype=torch.float64)
    return prior_quantile(model.pairing, p[:, None].expand(-1, len(model.pairing)))
