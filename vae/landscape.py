"""The landscape of a divergence over location and scale: ``python -m vae.landscape La/N --out la_n.png``.

Contours of D(Q(loc, scale) ‖ Π(0, 1)) with its minimum, the floor that an unused latent pays, and the region in which
it is infinite.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jsonargparse import ArgumentParser
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from divergences.ops import Pairing, divergence
from divergences.ops.table import is_scale_family, support
from vae.cli import command, parse
from vae.errors import ConfigError
from vae.plots import save_figure

LOCATIONS, LOG_SCALES = (-3.0, 3.0), (-2.5, 1.5)
POINTS = 161
SMALLEST, LARGEST = 1e-3, 30.0
"""Nats of the first and last contour."""


def landscape(pair: str, kind: str = "kld", alpha: float | None = None) -> Figure:
    """Draw the landscape of one pair.

    Parameters
    ----------
    pair : str
        Posterior and prior, such as ``"La/N"``.
    kind : str
        Name of the divergence.
    alpha : float, optional
        Its order, if it has one.

    Raises
    ------
    DivergenceError
        If a name is unknown, or the divergence is infinite for every location and scale.
    """
    pairing = Pairing.homogeneous(pair, 1)
    pairing.check_finite(kind, alpha)
    segment = pairing.segments[0]
    log_scale = torch.linspace(*LOG_SCALES, POINTS, dtype=torch.float64)
    # A one-sided posterior starts where its prior does; a location left of that is outside.
    start = 0.0 if is_scale_family(segment.posterior) and support(segment.prior)[0] == 0 else LOCATIONS[0]
    loc = torch.linspace(start, LOCATIONS[1], POINTS, dtype=torch.float64)
    values = divergence(kind, segment.posterior, segment.prior, loc, log_scale[:, None], alpha).numpy()

    order = "" if alpha is None else f", order {alpha:g}"
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.set_facecolor("0.85")  # what no contour covers
    levels = np.geomspace(SMALLEST, LARGEST, 28)
    shown = np.ma.masked_invalid(values).clip(SMALLEST, LARGEST)
    filled = axes.contourf(loc, log_scale.exp(), shown, levels, norm=LogNorm(SMALLEST, LARGEST), cmap="viridis_r")
    ticks = [t for t in (0.001, 0.01, 0.1, 1, 10) if SMALLEST <= t <= LARGEST]
    figure.colorbar(filled, ax=axes, label="nats", ticks=ticks, format="%g")
    row, column = np.unravel_index(np.where(np.isfinite(values), values, np.inf).argmin(), values.shape)
    # The table knows the floor better than a grid, which an edge may miss, save for divergences with an order.
    lowest = f"{pairing.floors(kind)[0] or max(values[row, column], 0):.3f} nats"
    axes.plot(loc[column], log_scale[row].exp(), "o", color="white", markeredgecolor="black", label=f"minimum {lowest}")
    if not np.isfinite(values).all():
        axes.plot([], [], "s", color="0.85", markeredgecolor="black", label="infinite")
    axes.set_yscale("log")
    axes.set_yticks([0.1, 0.2, 0.5, 1, 2, 4], ["0.1", "0.2", "0.5", "1", "2", "4"])
    axes.minorticks_off()
    axes.set_xlabel(f"location of the {segment.posterior} posterior")
    axes.set_ylabel("scale")
    axes.set_title(f"{kind}{order} of {segment.pair}", fontsize=10)
    axes.legend(fontsize=8, loc="lower right")
    return figure


@command()
def main(argv: Sequence[str] | None = None) -> None:
    """Draw and save."""
    parser = ArgumentParser(prog="python -m vae.landscape", description=__doc__, exit_on_error=False)
    parser.add_argument("pair", type=str, metavar="Q/PI", help="posterior and prior, such as La/N")
    parser.add_argument("--kind", type=str, default="kld", help="name of the divergence")
    parser.add_argument("--alpha", type=float | None, default=None, help="its order")
    parser.add_argument("--out", type=Path | None, default=None, help="a .png, .svg or .pdf file")
    options = parse(parser, argv)
    out = options.out or Path(f"landscape_{options.pair.replace('/', '_')}.png")
    if out.suffix not in (".png", ".svg", ".pdf"):
        raise ConfigError(f"--out is {out}; expected a file that ends in .png, .svg or .pdf")
    save_figure(landscape(options.pair, options.kind, options.alpha), out)
    print(f"written: {out}")


if __name__ == "__main__":
    sys.exit(main())
