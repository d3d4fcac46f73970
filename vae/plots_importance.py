"""Pictures of what importance weighting changes, as Matplotlib figures."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from vae.data import binarise_fixed
from vae.importance import draw
from vae.model import VAE
from vae.plots import gallery
from vae.randomness import generator


@torch.no_grad()
def reweighted(model: VAE, x: Tensor, samples: int = 50, columns: int = 10, seed: int = 0) -> Figure:
    """Images, decoder means of a sample of q, and of a sample of q_EW, beside each other.

    q_EW takes one of ``samples`` draws of q with a probability proportional to its importance weight
    p(x, z)/q(z|x) (Cremer, Morris & Duvenaud 2017); with many samples it tends to p(z|x).

    Parameters
    ----------
    model : VAE
        A trained model.
    x : torch.Tensor
        Images (n, pixels), of which the first ``columns``² are shown.
    samples : int
        K.
    columns : int
        Images in a row of each of the three grids.
    seed : int
        Of the draws.
    """
    x = binarise_fixed(model.flat(x[: columns**2]), model.config.binarise, model.config.split_seed)
    z, log_weights = draw(model, x, samples, seed)
    shares = torch.softmax(log_weights.double(), 0)
    chosen = torch.multinomial(shares.T, 1, generator=generator(seed, "evaluation", 3, x.device))[:, 0]
    plain, weighted = z[0], z[chosen, torch.arange(len(x), device=x.device)]
    grids = {
        "real": x.unflatten(-1, model.shape),
        "sample of q(z|x)": model.decode(plain),
        f"sample of q_EW(z|x), K = {samples}": model.decode(weighted),
    }
    return gallery(grids, columns, f"{model.config.pairing}, {model.config.objective_label}")


@torch.no_grad()
def weight_histogram(model: VAE, x: Tensor, samples: int = 100, seed: int = 0) -> Figure:
    """Importance weights relative to their mean over the K samples of an image, and effective numbers of samples.

    Parameters are those of :func:`reweighted`; every image counts.
    """
    x = binarise_fixed(model.flat(x), model.config.binarise, model.config.split_seed)
    _, log_weights = draw(model, x, samples, seed)
    shares = torch.softmax(log_weights.double(), 0)
    relative = (samples * shares).flatten().clamp(min=1e-12).log10().cpu().numpy()
    effective = (1 / shares.square().sum(0)).cpu().numpy()
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.hist(np.clip(relative, -6, None), bins=60, color="C0")
    left.set_xlabel(f"log10 of a weight over the mean of its {samples} (below -6: at -6)")
    left.set_ylabel("samples")
    right.hist(effective, bins=np.linspace(1, samples, 40), color="C1")
    right.axvline(float(effective.mean()), color="black", label=f"mean {effective.mean():.1f} of {samples}")
    right.set_xlabel("effective number of samples")
    right.set_ylabel("images")
    right.legend(fontsize=8)
    figure.suptitle(f"importance weights, {model.config.pairing}, {len(x)} images", fontsize=9)
    return figure
