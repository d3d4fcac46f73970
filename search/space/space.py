"""The search space: which pairs the latents get, how many latents there are, the network, its training.

Latents under a fully connected network are exchangeable, so a pairing is a vector of *counts* that add up to the number
of latents. The sampler sees one continuous weight in [0, 1] per pair. Their cubes, normalised, are a point of the
simplex, which largest-remainder rounding turns into counts. The cube makes small weights vanish in the rounding, so
that pairings of one or two pairs, which a uniform point of the simplex almost never gives, are proposed as readily as
mixtures of all; every pairing has weights that lead to it (:meth:`Space.params`).

The AutoVAE slides give each latent a categorical of its own instead: ``per-latent``, 16^20 assignments that stand for
far fewer pairings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from divergences.ops import Pairing
from search.errors import SearchError
from search.space.settings import Setting, contains, describe, is_fixed, nearest, values

SLIDES_WINNER = "Lo/N:10,La/N:6,La/La:4"
"""The pairing that the AutoVAE slides end with: a starting point wherever the space contains it."""
ENCODINGS = ("counts", "per-latent")

START = "start"
"""Attribute of a trial that is a starting point: which one."""

POWER = 3


@dataclass(frozen=True)
class Point:
    """One model of the space.

    Attributes
    ----------
    pairing : str
        Canonical text of the pairing: segments by falling count, then in the space's order of pairs.
    likelihood : str
        Likelihood of a pixel.
    alpha : float or None
        Rényi order of the objective; ``None`` for the KLD and the ELBO.
    hidden : int
        Units per hidden layer.
    depth : int
        Hidden layers of the encoder, and of the decoder.
    activation : str
        Between them.
    learning_rate : float
        Adam's step size.
    batch_size : int
        Images per optimiser step.
    """

    pairing: str
    _: KW_ONLY
    likelihood: str = "bernoulli"
    alpha: float | None = None
    hidden: int = 400
    depth: int = 2
    activation: str = "gelu"
    learning_rate: float = 1e-3
    batch_size: int = 100

    @property
    def latents(self) -> int:
        """Number of latents."""
        return len(Pairing.parse(self.pairing))


HIDDEN = IntDistribution(200, 500, step=100)
LEARNING_RATE = FloatDistribution(5e-4, 5e-3, log=True)
NETWORK = tuple(field.name for field in fields(Point))[1:]
"""What a point has beside its pairing."""


@dataclass(frozen=True)
class Space:
    """Pairings over ``pairs``, and what is tuned beside them.

    Attributes
    ----------
    pairs : tuple of str
        The pairs to choose from, in canonical form (``"La/N"``), each once.
    latents : int or IntDistribution
        Number of latents.
    likelihood, alpha, hidden, depth, activation, learning_rate, batch_size
        As of a :class:`Point`: a value that all trials share, or a distribution.
    encoding : str
        How the sampler sees a pairing: ``"counts"`` or ``"per-latent"``.
    """

    pairs: tuple[str, ...]
    latents: Setting = 20
    likelihood: Setting = "bernoulli"
    alpha: Setting = None
    hidden: Setting = HIDDEN
    depth: Setting = 2
    activation: Setting = "gelu"
    learning_rate: Setting = LEARNING_RATE
    batch_size: Setting = 100
    encoding: str = "counts"

    def __post_init__(self) -> None:
        for latents in values(self.latents):
            if isinstance(latents, bool) or not isinstance(latents, int) or latents < 1:
                raise SearchError(f"latents is {describe(self.latents)}; accepted is a positive integer")
        if self.encoding not in ENCODINGS:
            raise SearchError(f"encoding {self.encoding!r} is unknown; known are {', '.join(ENCODINGS)}")
        if self.encoding == "per-latent" and not is_fixed(self.latents):
            raise SearchError(
                f"latents is {describe(self.latents)}; with a categorical for each latent their number must be fixed"
            )

    @classmethod
    def parse(cls, pairs: str, latents: int) -> Space:
        """The default space over pairs as in ``"N/N,La/N"``; see :func:`parse_pairs` for what is refused."""
        return cls(parse_pairs(pairs), latents)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """The parameters as the sampler sees them; what is fixed, and the weight of a single pair, is none."""
        pairs: dict[str, BaseDistribution] = {}
        if len(self.pairs) > 1 and self.encoding == "counts":
            pairs = {weight_name(pair): FloatDistribution(0.0, 1.0) for pair in self.pairs}
        elif len(self.pairs) > 1:
            pairs = {latent_name(i): CategoricalDistribution(self.pairs) for i in range(self.most_latents)}
        free = {name: getattr(self, name) for name in ("latents", *NETWORK)}
        return pairs | {name: setting for name, setting in free.items() if isinstance(setting, BaseDistribution)}

    def point(self, params: Mapping[str, Any]) -> Point:
        """The model that parameters stand for."""
        latents = int(params.get("latents", self.latents))
        if self.encoding == "counts":
            weights = [float(params.get(weight_name(pair), 1.0)) for pair in self.pairs]
            counts = largest_remainder(simplex(weights), latents)
        else:
            chosen = Counter(params.get(latent_name(i), self.pairs[0]) for i in range(latents))
            counts = [chosen[pair] for pair in self.pairs]
        return Point(self.pairing(counts), **{name: params.get(name, getattr(self, name)) for name in NETWORK})

    def params(self, point: Point) -> dict[str, Any]:
        """Parameters that stand for a model: ``point(params(x)) == x`` for every canonical ``x`` in the space.

        Raises
        ------
        SearchError
            If the pairing has a pair that is not in the space, or another setting is outside it.
        """
        counts = self.counts(point.pairing)
        given = {"latents": sum(counts)} | {name: getattr(point, name) for name in NETWORK}
        for name, value in given.items():
            if not contains(setting := getattr(self, name), value):
                raise SearchError(f"{name} is {value} in {point.pairing}; accepted is {describe(setting)}")
        pairs: dict[str, Any] = {}
        if len(self.pairs) > 1 and self.encoding == "counts":
            most = max(counts)
            pairs = {weight_name(p): (c / most) ** (1 / POWER) for p, c in zip(self.pairs, counts, strict=True)}
        elif len(self.pairs) > 1:
            labels = [pair for pair, count in zip(self.pairs, counts, strict=True) for _ in range(count)]
            pairs = {latent_name(i): pair for i, pair in enumerate(labels)}
        return pairs | {name: value for name, value in given.items() if not is_fixed(getattr(self, name))}

    def counts(self, pairing: str) -> list[int]:
        """How many latents each of :attr:`pairs` has in a pairing."""
        counts = dict.fromkeys(self.pairs, 0)
        for segment in Pairing.parse(pairing).segments:
            if segment.pair not in counts:
                known = ", ".join(self.pairs)
                raise SearchError(f"pair {segment.pair} of {pairing} is not among the pairs to search: {known}")
            counts[segment.pair] += segment.count
        if not contains(self.latents, sum(counts.values())):
            raise SearchError(f"{pairing} has {sum(counts.values())} latents; accepted are {describe(self.latents)}")
        return list(counts.values())

    def pairing(self, counts: Sequence[int]) -> str:
        """The canonical text of counts, so that equal pairings are equal texts."""
        ordered = sorted(zip(self.pairs, counts, strict=True), key=lambda item: -item[1])
        return str(Pairing.from_counts(dict(ordered)))

    def starting_points(self) -> Iterator[Point]:
        """What the search looks at before the sampler proposes: N/N, every homogeneous pairing, the slides' winner.

        The rest is as :class:`Point` has it, or as near to that as the space allows.
        """
        latents = nearest(self.latents, 20)
        rest = {
            name: nearest(getattr(self, name), getattr(Point("N/N:1"), name)) for name in NETWORK if name != "alpha"
        }
        # The ELBO where it is in the space: without an order, or of order 1.
        rest["alpha"] = None if contains(self.alpha, None) else nearest(self.alpha, 1.0)
        for pair in sorted(self.pairs, key=lambda pair: pair != "N/N"):
            yield Point(f"{pair}:{latents}", **rest)
        winner = {segment.pair: segment.count for segment in Pairing.parse(SLIDES_WINNER).segments}
        if winner.keys() <= set(self.pairs):
            shares = [winner.get(pair, 0) / sum(winner.values()) for pair in self.pairs]
            yield Point(self.pairing(largest_remainder(shares, latents)), **rest)

    def signature(self) -> dict[str, Any]:
        """What two searches must have in common for their trials to belong in one study."""
        settings = {name: describe(getattr(self, name)) for name in ("latents", *NETWORK)}
        return {"pairs": list(self.pairs), "encoding": self.encoding} | settings

    @property
    def most_latents(self) -> int:
        """The number of latents, or the largest where it is searched."""
        return max(values(self.latents))


def parse_pairs(text: str, kind: str = "kld", alpha: float | None = None) -> tuple[str, ...]:
    """Read ``"N/N,La/N"`` (symbols or names, any case) and hold it against what can be trained; each pair once.

    Parameters
    ----------
    text : str
        Pairs between commas.
    kind, alpha
        The divergence of posterior from prior that must be finite for some location and scale.

    Raises
    ------
    SearchError
        If there is no pair, or one carries a count.
    divergences.ops.DivergenceError
        If a family is unknown, or a pair is infinite for all parameters.
    """
    names = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        if ":" in name:
            raise SearchError(f"{name!r} in the pairs to search has a count; accepted are bare pairs such as La/N")
        pair = Pairing.parse(name)
        pair.check_finite(kind, alpha)
        names.append(pair.segments[0].pair)
    if not names:
        raise SearchError(f"{text!r} names no pair; accepted is a list such as N/N,La/N")
    return tuple(dict.fromkeys(names))


def weight_name(pair: str) -> str:
    """Name of a pair's weight among the parameters of a trial."""
    return f"weight {pair}"


def latent_name(index: int) -> str:
    """Name of a latent's categorical among the parameters of a trial."""
    return f"latent {index}"


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
