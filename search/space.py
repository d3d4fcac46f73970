"""The search space: how often each pair occurs among the latents, the networks' width, the learning rate.

Latents under a fully connected network are exchangeable, so a pairing is a vector of *counts* that add up to the number
of latents. The sampler sees one continuous weight in [0, 1] per pair. Their cubes, normalised, are a point of the
simplex, which largest-remainder rounding turns into counts. The cube makes small weights vanish in the rounding, so
that pairings of one or two pairs, which a uniform point of the simplex almost never gives, are proposed as readily as
mixtures of all; every pairing has weights that lead to it (:meth:`Space.params`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from divergences.ops import Pairing
from search.errors import SearchError

SLIDES_WINNER = "Lo/N:10,La/N:6,La/La:4"
"""The pairing that the AutoVAE slides end with: a starting point wherever the space contains it."""

POWER = 3


@dataclass(frozen=True)
class Point:
    """One model of the space.

    Attributes
    ----------
    pairing : str
        Canonical text of the pairing: segments by falling count, then in the space's order of pairs.
    hidden : int
        Units per hidden layer.
    learning_rate : float
        Adam's step size.
    """

    pairing: str
    hidden: int = 400
    learning_rate: float = 1e-3


@dataclass(frozen=True)
class Space:
    """Pairings of ``latents`` latents over ``pairs``, and the ranges of what is tuned beside them.

    Attributes
    ----------
    pairs : tuple of str
        The pairs to choose from, in canonical form (``"La/N"``), each once.
    latents : int
        Number of latents.
    hidden : tuple of int
        Smallest and largest number of hidden units, and the step between.
    learning_rate : tuple of float
        Smallest and largest learning rate; searched on a logarithmic scale.
    """

    pairs: tuple[str, ...]
    latents: int
    hidden: tuple[int, int, int] = (200, 500, 100)
    learning_rate: tuple[float, float] = (5e-4, 5e-3)

    @classmethod
    def parse(cls, pairs: str, latents: int) -> Space:
        """Read ``"N/N,La/N"`` (symbols or names, any case) and hold it against what can be trained.

        Raises
        ------
        SearchError
            If there is no pair, or one carries a count.
        divergences.ops.DivergenceError
            If a family is unknown, or a pair is infinite for all parameters.
        """
        if latents < 1:
            raise SearchError(f"latents is {latents}; accepted is a positive integer")
        names = []
        for text in filter(None, (part.strip() for part in pairs.split(","))):
            if ":" in text:
                raise SearchError(f"{text!r} in the pairs to search has a count; accepted are bare pairs such as La/N")
            pair = Pairing.parse(text)
            pair.check_finite()
            names.append(pair.segments[0].pair)
        if not names:
            raise SearchError(f"{pairs!r} names no pair; accepted is a list such as N/N,La/N")
        return cls(tuple(dict.fromkeys(names)), latents)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """The parameters as the sampler sees them; a single pair needs no weight."""
        weights: dict[str, BaseDistribution] = {}
        if len(self.pairs) > 1:
            weights = {weight_name(pair): FloatDistribution(0.0, 1.0) for pair in self.pairs}
        low, high, step = self.hidden
        return weights | {
            "hidden": IntDistribution(low, high, step=step),
            "learning_rate": FloatDistribution(*self.learning_rate, log=True),
        }

    def point(self, params: Mapping[str, Any]) -> Point:
        """The model that parameters stand for."""
        weights = [float(params.get(weight_name(pair), 1.0)) for pair in self.pairs]
        counts = largest_remainder(simplex(weights), self.latents)
        return Point(self.pairing(counts), int(params["hidden"]), float(params["learning_rate"]))

    def params(self, point: Point) -> dict[str, Any]:
        """Parameters that stand for a model: ``point(params(x)) == x`` for every canonical ``x`` in the space.

        Raises
        ------
        SearchError
            If the pairing has a pair that is not in the space, or another number of latents.
        """
        counts = self.counts(point.pairing)
        most = max(counts)
        weights = {}
        if len(self.pairs) > 1:
            weights = {weight_name(p): (c / most) ** (1 / POWER) for p, c in zip(self.pairs, counts, strict=True)}
        return weights | {"hidden": point.hidden, "learning_rate": point.learning_rate}

    def counts(self, pairing: str) -> list[int]:
        """How many latents each of :attr:`pairs` has in a pairing."""
        counts = dict.fromkeys(self.pairs, 0)
        for segment in Pairing.parse(pairing).segments:
            if segment.pair not in counts:
                known = ", ".join(self.pairs)
                raise SearchError(f"pair {segment.pair} of {pairing} is not among the pairs to search: {known}")
            counts[segment.pair] += segment.count
        if sum(counts.values()) != self.latents:
            raise SearchError(f"{pairing} has {sum(counts.values())} latents; accepted are {self.latents}")
        return list(counts.values())

    def pairing(self, counts: Sequence[int]) -> str:
        """The canonical text of counts, so that equal pairings are equal texts."""
        ordered = sorted(zip(self.pairs, counts, strict=True), key=lambda item: -item[1])
        return str(Pairing.from_counts(dict(ordered)))

    def starting_points(self) -> Iterator[Point]:
        """What the search looks at before the sampler proposes: N/N, every homogeneous pairing, the slides' winner."""
        for pair in sorted(self.pairs, key=lambda pair: pair != "N/N"):
            yield Point(f"{pair}:{self.latents}")
        winner = {segment.pair: segment.count for segment in Pairing.parse(SLIDES_WINNER).segments}
        if winner.keys() <= set(self.pairs):
            shares = [winner.get(pair, 0) / sum(winner.values()) for pair in self.pairs]
            yield Point(self.pairing(largest_remainder(shares, self.latents)))

    def signature(self) -> dict[str, Any]:
        """What two searches must have in common for their trials to belong in one study."""
        return {
            "pairs": list(self.pairs),
            "latents": self.latents,
            "hidden": list(self.hidden),
            "learning_rate": list(self.learning_rate),
        }


def weight_name(pair: str) -> str:
    """Name of a pair's weight among the parameters of a trial."""
    return f"weight {pair}"


def simplex(weights: Sequence[float]) -> list[float]:
    """Shares that add up to one, proportional to the cubes of weights in [0, 1]; equal shares where all are zero."""
    most = max(weights)
    if most <= 0:
        return [1 / len(weights)] * len(weights)
    powers = [(weight / most) ** POWER for weight in weights]
    total = math.fsum(powers)
    return [power / total for power in powers]


def largest_remainder(shares: Sequence[float], total: int) -> list[int]:
    """Integers that add up to ``total``, nearest to ``total * shares``; ties go to the earlier share."""
    quotas = [share * total for share in shares]
    counts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda i: counts[i] - quotas[i])
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts
