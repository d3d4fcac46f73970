"""The finalists side by side, in numbers and in sentences that claim no more than the numbers do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from divergences.ops import Pairing
from search.config import SearchConfig
from search.finish import SAMPLES, Finalist, is_plain
from search.records import Record


@dataclass(frozen=True)
class Cell:
    """Mean and standard deviation of a figure over the seeds, as text; the latter empty where there is one seed."""

    mean: str
    deviation: str

    def __str__(self) -> str:
        return f"{self.mean} ± {self.deviation}" if self.deviation else self.mean


@dataclass(frozen=True)
class Row:
    """A line of the comparison: a figure of each finalist, and the difference between the first two."""

    label: str
    unit: str
    cells: tuple[Cell, ...]
    leader: int | None
    difference: str
    minor: bool = False


def nats(value: float | None, digits: int = 2) -> str:
    """A figure with a true minus sign; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def spread(values: Sequence[float], digits: int = 2) -> Cell:
    """Summarise a figure over the seeds."""
    return Cell(nats(fmean(values), digits), f"{stdev(values):.{digits}f}" if len(values) > 1 else "")


def rows(finalists: Sequence[Finalist]) -> Iterator[Row]:
    """All lines of the comparison."""
    latents = len(Pairing.parse(finalists[0].pairing))

    def of(split: str, figure: str) -> list[list[float]]:
        return [f.values(split, figure) for f in finalists]

    bounds = of("validation", "elbo")
    yield _row("Validation ELBO", "", bounds, 1)
    for i, run in enumerate(finalists[0].runs):
        yield _row(f"seed {run.seed}", "", [[values[i]] for values in bounds], 0, minor=True)
    yield _row("Test ELBO", "", of("test", "elbo"), 1)
    yield _row("Test log-likelihood", f"importance-weighted bound, K = {SAMPLES}", of("test", "iw_bound"), 1)
    yield _row("Test reconstruction loss", "", of("test", "reconstruction"), -1)
    yield _row("Test KL", "posterior to prior", of("test", "kl"), 0)
    yield _row("Active latents", f"of {latents}", of("test", "active_units"), 0, digits=1)
    yield _row("Epoch kept", "", [[float(run.best_epoch) for run in f.runs] for f in finalists], 0, digits=1)


def _row(
    label: str, unit: str, values: Sequence[Sequence[float]], better: int, *, digits: int = 2, minor: bool = False
) -> Row:
    """Format a line; higher figures lead where ``better`` is 1, lower ones where it is -1."""
    means = [fmean(v) for v in values]
    leader = max(range(len(means)), key=lambda i: better * means[i]) if better and len(means) > 1 else None
    difference = f"{means[0] - means[1]:+.{digits}f}".replace("-", "−") if len(means) > 1 else ""
    return Row(label, unit, tuple(spread(v, digits) for v in values), leader, difference, minor)


def headline(finalists: Sequence[Finalist]) -> str:
    """The finding in one line."""
    best, *others = finalists
    parts = " + ".join(f"{s.count} {s.pair}" for s in Pairing.parse(best.pairing).segments)
    if not others:
        return f"{parts}: no other pairing was searched"
    ahead, behind = (f.values("validation", "elbo") for f in finalists)
    gain = fmean(ahead) - fmean(behind)
    doubt = ", from one seed each"
    if len(ahead) > 1:
        doubt = ", less than seeds differ" if gain < math.hypot(stdev(ahead), stdev(behind)) else ""
    if is_plain(best):
        return f"Plain N/N beats the best other pairing by {nats(gain)} nats per image{doubt}"
    return f"{parts} beats plain N/N by {nats(gain)} nats per image{doubt}"


def summary(config: SearchConfig, records: Sequence[Record], finalists: Sequence[Finalist]) -> str:
    """What the headline rests on."""

    def figures(split: str) -> str:
        return " against ".join(str(spread(f.values(split, "elbo"))) for f in finalists)

    seeds = f"{config.final_seeds} new seed{'s' * (config.final_seeds > 1)}"
    return (
        f"Searched in {len(records)} trials; retrained with {seeds}. Validation ELBO: {figures('validation')} "
        f"nats per image. On the test split, looked at once and after every choice: {figures('test')}."
    )


def setting(config: SearchConfig, finalists: Sequence[Finalist]) -> str:
    """What the finalists have in common."""
    best = finalists[0]
    return (
        f"Trained anew for {config.final_epochs} epochs with {best.hidden} units per hidden layer, learning rate "
        f"{best.learning_rate:.3g} (those of the best trial) and the same seeds: only the pairing differs."
    )
