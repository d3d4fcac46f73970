"""The report's figures: SVG that takes its colours from the page, so that one picture serves light and dark."""

from __future__ import annotations

import html
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from divergences.ops import Pairing, posterior_log_prob, prior_log_prob
from search.records import Record
from search.yardsticks import ELBO, Metric

# Stand-ins that Matplotlib can draw with; `svg` puts the page's variables in their place.
INK, MUTED, LINE, ACCENT, PLAIN = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
VARIABLES = {INK: "--ink", MUTED: "--muted", LINE: "--line", ACCENT: "--accent", PLAIN: "--plain"}

PALETTE = ("#4477aa", "#ee7733", "#228833", "#aa3377", "#009988", "#cc3311", "#997700", "#66ccee", "#bbbbbb", "#332288")
"""Colours of the pairs, in the order of the space; told apart by the colour-blind, and on light and dark ground."""

STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 11,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "legend.labelcolor": INK,
}


def colours(pairs: Sequence[str]) -> dict[str, str]:
    """One colour for each pair."""
    return dict(zip(pairs, itertools.cycle(PALETTE)))


def convergence(records: Sequence[Record], metric: Metric = ELBO) -> str:
    """Every trial's value, and the best so far, over the epochs spent."""
    spent = np.cumsum([r.epochs for r in records])
    with rc_context(STYLE):
        figure, ax = axes()
        low, high = _window([r.value for r in records if r.value is not None], metric.sign)
        far, marker_of_far = (low, "v") if metric.maximize else (high, "^")
        titles = {}
        best: list[tuple[float, float]] = []
        for x, r in zip(spent, records, strict=True):
            if r.value is None:
                continue
            gid = f"trial-{r.trial}"
            titles[gid] = f"trial {r.trial}: {metric.show(r.value)}, {r.pairing}, {r.epochs} epochs"
            face, edge = (ACCENT, ACCENT) if r.complete else ("none", MUTED)
            inside = low <= r.value <= high
            marker, y = ("o", r.value) if inside else (marker_of_far, far)
            ax.plot(x, y, marker, ms=5, mfc=face, mec=edge, mew=1.2, gid=gid, clip_on=inside)
            if r.complete and (not best or metric.sign * r.value > metric.sign * best[-1][1]):
                best.append((float(x), r.value))
        if best:
            steps = [*best, (float(spent[-1]), best[-1][1])]
            ax.step(*zip(*steps, strict=True), where="post", color=INK, lw=1.5, label="best so far")
        ax.plot([], [], "o", ms=5, mfc=ACCENT, mec=ACCENT, label="complete")
        ax.plot([], [], "o", ms=5, mfc="none", mec=MUTED, label="pruned")
        ax.legend(loc="lower right" if metric.maximize else "upper right")
        ax.set(xlabel="epochs spent", ylabel=f"validation {labelled(metric)}", ylim=(low, high))
        return svg(figure, "convergence", f"Validation {metric.label} of every trial over the epochs spent", titles)


def learning_curves(histories: Mapping[str, Sequence[Sequence[float]]], colour: Mapping[str, str]) -> str:
    """Validation bound per epoch of the retrained models; one colour per model, one line per seed."""
    with rc_context(STYLE):
        figure, ax = axes()
        for name, runs in histories.items():
            for i, run in enumerate(runs):
                ax.plot(range(1, len(run) + 1), run, color=colour[name], lw=1.4, label=None if i else name)
        ax.legend(loc="lower right", fontsize="small", ncols=1 + len(histories) // 5)
        window = _window([value for runs in histories.values() for run in runs for value in run])
        ax.set(xlabel="epoch", ylabel="validation bound, nats per sample", ylim=window)
        return svg(figure, "curves", "Validation bound of the retrained models by epoch")


def labelled(metric: Metric) -> str:
    """A metric as an axis is labelled."""
    return f"{metric.label}, {metric.unit}" if metric.unit else metric.label


def kl_per_latent(pairing: Pairing, kl: Sequence[float], colour: Mapping[str, str], top: float) -> str:
    """Mean KL of each latent, largest first within its pair, with the least its pair can have as a tick."""
    order = [i for s in pairing.segments for i in sorted(range(s.start, s.stop), key=lambda i: -kl[i])]
    labels, floors = pairing.labels, pairing.floors()
    with rc_context(STYLE):
        figure, ax = axes(height=2.4)
        at = np.arange(len(order))
        ax.bar(at, [kl[i] for i in order], 0.78, color=[colour.get(labels[i], PLAIN) for i in order])
        ax.hlines([floors[i] for i in order], at - 0.45, at + 0.45, color=INK, lw=1.4)
        ax.grid(axis="x", visible=False)
        ax.set(xticks=[], xlabel="latents", ylabel="KL, nats", ylim=(0, 1.08 * top))
        return svg(figure, "kl-" + re.sub(r"\W", "-", str(pairing)), f"KL per latent of {pairing}")


def densities(pair: str, colour: str) -> str:
    """A pair as a picture: the prior as a filled shape, the posterior at half its scale as a line."""
    pairing = Pairing.homogeneous(pair, 1)
    z = torch.linspace(-4, 4, 201, dtype=torch.float64)[:, None]
    zero = torch.zeros_like(z)
    prior = prior_log_prob(pairing, z).exp().nan_to_num(0.0)
    posterior = posterior_log_prob(pairing, z, zero, zero - np.log(2)).exp().nan_to_num(0.0)
    top = float(torch.maximum(prior, posterior).max())

    def path(values: torch.Tensor) -> str:
        return " ".join(
            f"{60 + 15 * float(x):.1f},{46 - 42 * float(y) / top:.1f}" for x, y in zip(z, values, strict=True)
        )

    return (
        f'<svg viewBox="0 0 120 48" role="img" aria-label="{pair}: posterior over prior">'
        f'<polygon points="0,46 {path(prior)} 120,46" fill="{colour}" opacity="0.25"/>'
        f'<polyline points="{path(posterior)}" fill="none" stroke="{colour}" stroke-width="2"/></svg>'
    )


def svg(figure: Figure, name: str, label: str, titles: Mapping[str, str] | None = None) -> str:
    """A figure as an inline SVG element in the page's colours, with tooltips for the groups named in ``titles``."""
    text = io.StringIO()
    with rc_context({"svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    body = text.getvalue()
    body = body[body.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None
    body = re.sub(r"<svg[^>]*>", f'<svg {box[0]} role="img" aria-label="{html.escape(label)}">', body, count=1)
    for stand_in, variable in VARIABLES.items():
        body = body.replace(stand_in, f"var({variable})")
    for gid, title in (titles or {}).items():
        body = body.replace(f'<g id="{gid}">', f'<g id="{gid}"><title>{html.escape(title)}</title>')
    return body


def axes(width: float = 5.6, height: float = 3.1, *, integer: bool = True) -> tuple[Figure, Any]:
    """An empty figure in the report's style."""
    figure = Figure(figsize=(width, height), layout="constrained")
    ax = figure.add_subplot()
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=integer))
    ax.tick_params(length=0)
    return figure, ax


def _window(values: Sequence[float], sign: int = 1) -> tuple[float, float]:
    """Limits that show the better part: what came early or ended badly lies far from what is to be compared."""
    if sign < 0:
        low, high = _window([-v for v in values])
        return -high, -low
    finite = np.asarray([v for v in values if np.isfinite(v)] or [0.0])
    top = finite.max()
    reach = max(3 * (top - np.median(finite)), 1e-3 * abs(top), 1e-6)
    return float(max(finite.min(), top - reach) - 0.08 * reach), float(top + 0.08 * reach)
