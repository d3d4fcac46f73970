"""Pictures of a model, as Matplotlib figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from vae.data import binarise_fixed
from vae.errors import ConfigError
from vae.files import replacing
from vae.model import VAE

DPI = 150
PICTURED = 40


def tile(images: Tensor, columns: int, gap: int = 2) -> np.ndarray:
    """Lay images (n, c, h, w) out in rows of ``columns``; (H, W) for one channel, (H, W, c) otherwise."""
    n, c, h, w = images.shape
    rows = math.ceil(n / columns)
    canvas = np.ones((rows * (h + gap) - gap, columns * (w + gap) - gap, c), dtype=np.float32)
    for i, image in enumerate(images.detach().float().clamp(0, 1).cpu().numpy()):
        top, left = i // columns * (h + gap), i % columns * (w + gap)
        canvas[top : top + h, left : left + w] = image.transpose(1, 2, 0)
    return canvas[..., 0] if c == 1 else canvas


def picture(canvas: np.ndarray, title: str) -> Figure:
    """A figure of one canvas."""
    height, width = canvas.shape[:2]
    inches = 6.0
    figure = Figure(figsize=(inches, inches * height / width + 0.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(canvas, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=9)
    return figure


def gallery(grids: dict[str, Tensor], columns: int, title: str) -> Figure:
    """Grids of images (n, c, h, w), each under its name, beside each other."""
    canvases = {name: tile(images, columns) for name, images in grids.items()}
    height, width = next(iter(canvases.values())).shape[:2]
    inches = 3.2
    figure = Figure(figsize=(inches * len(grids), inches * height / width + 0.6), layout="constrained")
    for axes, (name, canvas) in zip(figure.subplots(1, len(grids)), canvases.items(), strict=True):
        axes.imshow(canvas, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set_axis_off()
        axes.set_title(name, fontsize=9)
    figure.suptitle(title, fontsize=9)
    return figure


def sample_grid(model: VAE, n: int = 64, seed: int = 0) -> Figure:
    """Expected images of ``n`` latents drawn each from its own prior."""
    columns = max(1, round(math.sqrt(n)))
    return picture(tile(model.sample(n, seed), columns), f"samples (decoder means), {model.config.pairing}")


@torch.no_grad()
def reconstructions(model: VAE, x: Tensor, columns: int = 10) -> Figure:
    """Images ``x``, and below each row its expected images at the posterior's median."""
    x = binarise_fixed(model.flat(x), model.config.binarise, model.config.split_seed)
    again = model.decode(model.latents.median(*model.posterior(x)))
    rows = zip(x.unflatten(-1, model.shape).split(columns), again.split(columns), strict=True)
    padded = [torch.cat([row, row.new_ones(columns - len(row), *model.shape)]) for pair in rows for row in pair]
    return picture(tile(torch.cat(padded), columns), f"images, and reconstructions below, {model.config.pairing}")


def kl_bars(report: dict[str, Any]) -> Figure:
    """KL of each latent beside its pair's floor, from :func:`vae.evaluation.evaluate`'s ``kl_per_latent``."""
    values, floors = (np.array(report[f"{key}_per_latent"], dtype=float) for key in ("kl", "floor"))
    pairs = np.array(report["pair_per_latent"])
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    for i, pair in enumerate(dict.fromkeys(pairs.tolist())):
        # Within a pair the latents are exchangeable: the largest come first.
        columns = np.flatnonzero(pairs == pair)
        axes.bar(columns, np.sort(values[columns])[::-1], color=f"C{i}", label=pair)
    axes.hlines(floors, np.arange(len(values)) - 0.4, np.arange(len(values)) + 0.4, colors="black", label="floor")
    axes.set_xlabel("latent")
    axes.set_ylabel("KL, nats per image")
    axes.set_xticks([])
    axes.legend(fontsize=8)
    return figure


def save_figure(figure: Figure, path: Path | str) -> None:
    """Write a figure whole or not at all; the format is the suffix's.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    path = Path(path)
    with replacing(path) as beside:
        figure.savefig(beside, dpi=DPI, format=path.suffix.removeprefix("."))


DRAWN = ("samples", "reconstructions")
"""What is drawn of every model."""


def save_model_pictures(model: VAE, x: Tensor, folder: Path, names: Sequence[str] = DRAWN) -> None:
    """Draw pictures of a model on images (n, pixels) as ``NAME.png``, unless they are there.

    Raises
    ------
    ConfigError
        If there is no such picture, or not of this model.
    OutputError
        If a file cannot be written.
    """
    from vae.plots_importance import reweighted, weight_histogram
    from vae.plots_latents import manifold, traversals

    drawings: dict[str, Callable[[], Figure]] = {
        "samples": lambda: sample_grid(model),
        "reconstructions": lambda: reconstructions(model, x[:PICTURED]),
        "reweighted": lambda: reweighted(model, x),
        "weights": lambda: weight_histogram(model, x),
        "traversals": lambda: traversals(model, x),
        "manifold": lambda: manifold(model, x),
    }
    if unknown := [name for name in names if name not in drawings]:
        raise ConfigError(f"unknown picture {unknown[0]!r}; known are {', '.join(drawings)}")
    for name in names:
        if not (folder / f"{name}.png").exists():
            save_figure(drawings[name](), folder / f"{name}.png")
