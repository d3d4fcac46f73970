"""The report's figures about the space: all settings side by side, the Pareto front, the order of the objective."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from matplotlib import rc_context

from divergences.ops import Pairing
from search.records import Record
from search.reporting.figures import ACCENT, INK, MUTED, STYLE, axes, labelled, svg
from search.space.space import NETWORK
from search.yardsticks import Metric

WIDTH, HEIGHT, TOP, SIDE = 1000, 330, 44, 56
MOST_LINES = 400
"""Trials that parallel coordinates show: the best ones."""


@dataclass(frozen=True)
class Axis:
    """One coordinate: its name, where a trial stands on it (0 at the bottom, 1 at the top), and its ends as text."""

    name: str
    place: Callable[[Record], float]
    low: str
    high: str


def parallel(records: Sequence[Record], pairs: Sequence[str], metric: Metric) -> str:
    """Every complete trial as a line through its settings; empty where no setting varies."""
    complete = sorted((r for r in records if r.complete and r.value is not None), key=lambda r: metric.sign * _value(r))
    complete = complete[-MOST_LINES:]
    coordinates = _settings(complete, pairs)
    if len(complete) < 2 or not coordinates:
        return ""
    coordinates.append(_numeric(metric.label, _value, complete))
    step = (WIDTH - 2 * SIDE) / (len(coordinates) - 1)
    lines = []
    for rank, r in enumerate(complete):
        points = " ".join(f"{SIDE + i * step:.0f},{_height(axis.place(r)):.1f}" for i, axis in enumerate(coordinates))
        share = round(100 * rank / (len(complete) - 1))
        title = html.escape(f"trial {r.trial}: {metric.show(r.value)}, {r.pairing}")
        lines.append(f'<polyline points="{points}" style="--share: {share}%"><title>{title}</title></polyline>')
    scales = []
    for i, axis in enumerate(coordinates):
        x = SIDE + i * step
        scales.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{HEIGHT - 28}"/>'
            f'<text x="{x:.0f}" y="{16 + 14 * (i % 2)}" class="name">{html.escape(axis.name)}</text>'
            f'<text x="{x:.0f}" y="{TOP - 3}">{html.escape(axis.high)}</text>'
            f'<text x="{x:.0f}" y="{HEIGHT - 12}">{html.escape(axis.low)}</text>'
        )
    label = "Settings and value of every complete trial"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" class="parallel">'
        f"<g>{''.join(scales)}</g><g>{''.join(lines)}</g></svg>"
    )


def _value(r: Record) -> float:
    assert r.value is not None
    return r.value


def _height(place: float) -> float:
    return HEIGHT - 28 - place * (HEIGHT - 28 - TOP)


def _settings(records: Sequence[Record], pairs: Sequence[str]) -> list[Axis]:
    """An axis for each setting that varies: how many latents each pair has, then the network and its training."""
    getters: dict[str, Callable[[Record], Any]] = {pair: partial(_count, pair=pair) for pair in pairs}
    getters |= {name.replace("_", " "): attrgetter(name) for name in NETWORK}
    axes = []
    for name, of in getters.items():
        found = {of(r) for r in records}
        if len(found) > 1 and all(isinstance(value, int | float) for value in found):
            log = min(found) > 0 and max(found) / min(found) > 8
            axes.append(_numeric(name, of, records, log=log))
        elif len(found) > 1:
            axes.append(_category(name, of, sorted(found, key=str)))
    return axes


def _count(r: Record, pair: str) -> int:
    return sum(s.count for s in Pairing.parse(r.pairing).segments if s.pair == pair)


def _category(name: str, of: Callable[[Record], Any], order: Sequence[Any]) -> Axis:
    def place(r: Record) -> float:
        return order.index(of(r)) / (len(order) - 1)

    return Axis(name, place, str(order[0]), str(order[-1]))


def _numeric(name: str, of: Callable[[Record], float], records: Sequence[Record], *, log: bool = False) -> Axis:
    def scaled(value: float) -> float:
        return math.log(value) if log else value

    values = [of(r) for r in records]
    low, high = min(values), max(values)
    width = scaled(high) - scaled(low) or 1.0
    return Axis(name, lambda r: (scaled(of(r)) - scaled(low)) / width, f"{low:.4g}", f"{high:.4g}")


def front(records: Sequence[Record], best: Collection[int], metrics: Sequence[Metric]) -> list[str]:
    """The first objective against each of the others, the Pareto front of all of them marked."""
    complete = [r for r in records if r.complete and r.values]
    figures = []
    for other in metrics[1:] if complete else ():
        with rc_context(STYLE):
            figure, ax = axes(integer=False)
            titles = {}
            for r in complete:
                gid = f"{other.name}-{r.trial}"
                x, y = r.values[other.name], r.values[metrics[0].name]
                both = f"{metrics[0].label} {metrics[0].show(y)}, {other.label} {other.show(x)}"
                titles[gid] = f"trial {r.trial}: {both}, {r.pairing}"
                face, edge = (ACCENT, ACCENT) if r.trial in best else ("none", MUTED)
                ax.plot(x, y, "o", ms=6 if r.trial in best else 4, mfc=face, mec=edge, gid=gid)
            on = sorted((r.values[other.name], r.values[metrics[0].name]) for r in complete if r.trial in best)
            if len(metrics) == 2 and on:
                ax.plot(*zip(*on, strict=True), color=ACCENT, lw=1, alpha=0.5)
            ax.plot([], [], "o", ms=6, mfc=ACCENT, mec=ACCENT, label="Pareto front")
            ax.legend(loc="best")
            ax.set(xlabel=labelled(other), ylabel=labelled(metrics[0]))
            figures.append(svg(figure, f"front-{other.name}", f"{metrics[0].label} against {other.label}", titles))
    return figures


def orders(records: Sequence[Record], metric: Metric) -> str:
    """The value of every complete trial against its Rényi order; empty where the order does not vary."""
    complete = [(r.alpha, _value(r), r) for r in records if r.complete and r.value is not None and r.alpha is not None]
    if len({alpha for alpha, _, _ in complete}) < 2:
        return ""
    with rc_context(STYLE):
        figure, ax = axes(integer=False)
        titles = {}
        for alpha, value, r in complete:
            gid = f"order-{r.trial}"
            titles[gid] = f"trial {r.trial}: α = {alpha:.3g}, {metric.show(value)}, {r.pairing}"
            ax.plot(alpha, value, "o", ms=5, mfc=ACCENT, mec=ACCENT, gid=gid)
        best = max(complete, key=lambda each: metric.sign * each[1])
        ax.plot(best[0], best[1], "o", ms=9, mfc="none", mec=INK, mew=1.4)
        ax.set(xlabel="Rényi order α of the objective", ylabel=labelled(metric))
        return svg(figure, "orders", f"{metric.label} against the Rényi order", titles)
