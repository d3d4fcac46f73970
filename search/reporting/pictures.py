"""Grids of images as data URLs, pixel for pixel: the page enlarges them."""

from __future__ import annotations

import base64
import io

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vae.data import binarise_fixed
from vae.model import VAE
from vae.plots import tile

COLUMNS, ROWS = 12, 6


def samples(model: VAE, seed: int) -> str:
    """Decoder means at latents drawn from each latent's own prior."""
    return data_url(model.sample(COLUMNS * ROWS, seed), COLUMNS)


@torch.no_grad()
def reconstructions(model: VAE, images: Tensor) -> str:
    """Images (n, pixels) as the model sees them, and below each row the decoder means at the posteriors' medians."""
    columns = min(COLUMNS, len(images))
    whole_rows = images[: min(ROWS // 2, len(images) // columns) * columns]
    x = binarise_fixed(model.flat(whole_rows), model.config.binarise, model.config.split_seed)
    again = model.decode(model.latents.median(*model.encode(x)))
    rows = zip(x.unflatten(-1, model.shape).split(columns), again.split(columns), strict=True)
    return data_url(torch.cat([part for pair in rows for part in pair]), columns)


def data_url(images: Tensor, columns: int) -> str:
    """Images (n, c, h, w) in [0, 1] as one PNG, ``columns`` in a row, transparent between them."""
    colour = tile(images.expand(-1, 3, -1, -1), columns)
    opaque = 1 - tile(torch.zeros_like(images[:, :1]), columns)
    pixels = np.rint(255 * np.dstack([colour, opaque])).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
