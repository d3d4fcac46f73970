"""The finalists side by side, in numbers and in sentences that claim no more than the numbers do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import Any

from divergences.ops import Pairing
from search.finish import SAMPLES
from search.records import Record
from search.selection import Finalist, is_plain
from search.yardsticks import ELBO, NATS, Metric


@dataclass(frozen=True)
class Cell:
    """Mean and standard deviation of a figure over the seeds, as text; the latter empty where there is one seed."""

    mean: str
    deviation: str

    def __str__(self) -> str:
        return f"{self.mean} ± {self.deviation}" if self.deviation else self.mean


@dataclass(frozen=True)
class Row:
    """A line of the comparison: a figure of each model, and the difference between the best and its rival."""

    label: str
    unit: str
    cells: tuple[Cell, ...]
    leader: int | None
    difference: str
    minor: bool = False


def nats(value: float | None, digits: int = 2) -> str:
    """A figure with a true minus sign; a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def spread(values: Sequence[float], digits: int = 2) -> Cell:
    """Summarise a figure over the seeds."""
    return Cell(nats(fmean(values), digits), f"{stdev(values):.{digits}f}" if len(values) > 1 else "")


def rows(finalists: Sequence[Finalist]) -> Iterator[Row]:
    """All lines of the comparison."""
    latents = {f.point.latents for f in finalists}
    rival = rival_of(finalists)

    def row(label: str, unit: str, values: Sequence[Sequence[float]], better: int, **options: Any) -> Row:
        return _row(label, unit, values, better, None if rival is None else finalists.index(rival), **options)

    def of(split: str, figure: str) -> list[list[float]]:
        return [f.values(split, figure) for f in finalists]

    bounds = of("validation", "elbo")
    yield row("Validation ELBO", "", bounds, 1)
    for i, run in enumerate(finalists[0].runs):
        yield row(f"seed {run.seed}", "", [[values[i]] for values in bounds], 0, minor=True)
    yield row("Test ELBO", "", of("test", "elbo"), 1)
    yield row("Test log-likelihood", f"importance-weighted bound, K = {SAMPLES}", of("test", "iw_bound"), 1)
    yield row("Test reconstruction loss", "", of("test", "reconstruction"), -1)
    yield row("Test KL", "posterior to prior", of("test", "kl"), 0)
    among = f"of {latents.pop()}" if len(latents) == 1 else ""
    yield row("Active latents", among, of("test", "active_units"), 0, digits=1)
    yield row("Epoch kept", "", [[float(run.best_epoch) for run in f.runs] for f in finalists], 0, digits=1)


def rival_of(finalists: Sequence[Finalist]) -> Finalist | None:
    """What the best is held against: N/N, or the next best where it is N/N itself."""
    best, *others = finalists
    plain = [f for f in others if is_plain(f)]
    return next(iter(others if is_plain(best) else plain), None)


def _row(
    label: str,
    unit: str,
    values: Sequence[Sequence[float]],
    better: int,
    rival: int | None,
    *,
    digits: int = 2,
    minor: bool = False,
) -> Row:
    """Format a line; higher figures lead where ``better`` is 1, lower ones where it is -1."""
    means = [fmean(v) for v in values]
    ranked = [i for i, mean in enumerate(means) if math.isfinite(mean)]
    leader = max(ranked, key=lambda i: better * means[i]) if better and len(ranked) > 1 else None
    difference = "" if rival is None else f"{means[0] - means[rival]:+.{digits}f}".replace("-", "−")
    return Row(label, unit, tuple(spread(v, digits) for v in values), leader, difference, minor)


def headline(finalists: Sequence[Finalist], metric: Metric = ELBO) -> str:
    """The finding in one line."""
    best, rival = finalists[0], rival_of(finalists)
    parts = " + ".join(f"{s.count} {s.pair}" for s in Pairing.parse(best.pairing).segments)
    if rival is None:
        return f"{parts}: no other pairing was searched"
    ahead, behind = (f.values("validation", metric.name) for f in (best, rival))
    gain = metric.sign * (fmean(ahead) - fmean(behind))
    doubt = ", from one seed each"
    if len(ahead) > 1:
        doubt = ", less than seeds differ" if gain < math.hypot(stdev(ahead), stdev(behind)) else ""
    by = f"{nats(gain)} nats per image" if metric.unit == NATS else f"{gain:.3g} in {metric.label}"
    if is_plain(best):
        return f"Plain N/N beats the best other pairing by {by}{doubt}"
    return f"{parts} beats plain N/N by {by}{doubt}"


def summary(records: Sequence[Record], finalists: Sequence[Finalist]) -> str:
    """What the headline rests on."""
    compared = [finalists[0], *filter(None, [rival_of(finalists)])]

    def figures(split: str) -> str:
        return " against ".join(str(spread(f.values(split, "elbo"))) for f in compared)

    seeds = f"{len(finalists[0].runs)} new seed{'s' * (len(finalists[0].runs) > 1)}"
    return (
        f"Searched in {len(records)} trials; retrained with {seeds}. Validation ELBO: {figures('validation')} "
        f"nats per image. On the test split, looked at once and after every choice: {figures('test')}."
    )


def setting(finalists: Sequence[Finalist]) -> str:
    """What the models have in common, and what not."""
    same = f"Trained anew for {len(finalists[0].runs[0].history)} epochs with the same seeds"
    baselines = [f for f in finalists if f.baseline]
    shown = baselines[0] if baselines else finalists[0]
    network = f"{shown.hidden} units per hidden layer and learning rate {shown.learning_rate:.3g}"
    if len({replace(f.point, pairing="") for f in finalists}) == 1:
        return f"{same}, {network} (those of the best trial): only the pairing differs."
    return f"{same}. What was searched is as it was tried; what it is compared with has the best trial's {network}."
