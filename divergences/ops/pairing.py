"""Which posterior meets which prior in every latent dimension."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

from divergences.ops.errors import PairingError, UnknownNameError
from divergences.ops.operands import resolve_order
from divergences.ops.table import Cell, cell, family, require_finite, symbol

_PART = re.compile(r"\s*([A-Za-z]\w*)\s*/\s*([A-Za-z]\w*)\s*(?::\s*([0-9]{1,9})\s*)?")
_ACCEPTED = "expected pairs with optional counts, such as 'Lo/N:10,La/N:6,La/La:4'"


@dataclass(frozen=True)
class Segment:
    """Neighbouring latents ``start <= i < stop`` of one pair; the families go by their full names."""

    posterior: str
    prior: str
    count: int
    start: int
    stop: int

    @property
    def pair(self) -> str:
        """The pair in short form, such as ``"La/N"``."""
        return f"{symbol(self.posterior)}/{symbol(self.prior)}"


@dataclass(frozen=True, init=False)
class Pairing:
    """The posterior-prior pair of every latent, as ordered segments. Immutable and hashable.

    Parameters
    ----------
    parts : iterable of (str, str, int)
        Posterior, prior (names or symbols, in any case) and number of latents. Equal neighbours are merged.

    Attributes
    ----------
    segments : tuple of Segment
        Neighbouring latents of one pair; together they cover ``range(len(pairing))``.

    Raises
    ------
    PairingError
        If there is no part, or a count is not a positive integer.
    UnknownNameError
        If a family is unknown.

    Examples
    --------
    >>> pairing = Pairing.parse("logistic/normal:10, la/n:4, La/N:2, La/La:4")
    >>> str(pairing), len(pairing)
    ('Lo/N:10,La/N:6,La/La:4', 20)
    """

    segments: tuple[Segment, ...]
    latents: ClassVar[int]  # of the instance, and no fields, as what backends found out about it, by kind
    known: ClassVar[dict[str, Any]]

    def __init__(self, parts: Iterable[tuple[str, str, int]]) -> None:
        segments: list[Segment] = []
        start = 0
        if isinstance(parts, str):
            raise PairingError(f"the parts of a pairing are {parts!r}; Pairing.parse reads text")
        for posterior, prior, count in parts:
            q, p = family(posterior), family(prior)
            if not isinstance(count, Integral) or isinstance(count, bool) or count < 1:
                raise PairingError(f"the pair {posterior}/{prior} has the count {count!r}; expected an integer >= 1")
            count = int(count)
            if segments and (segments[-1].posterior, segments[-1].prior) == (q, p):
                last = segments.pop()
                start, count = last.start, last.count + count
            segments.append(Segment(q, p, count, start, start + count))
            start += count
        if not segments:
            raise PairingError(f"a pairing needs at least one pair; {_ACCEPTED}")
        object.__setattr__(self, "segments", tuple(segments))
        object.__setattr__(self, "latents", start)
        object.__setattr__(self, "known", {})

    def __reduce__(self) -> tuple[type[Pairing], tuple[list[tuple[str, str, int]]]]:
        # What is known may be otherwise in another process.
        return Pairing, ([(s.posterior, s.prior, s.count) for s in self.segments],)

    @classmethod
    def parse(cls, text: str) -> Pairing:
        """Read a pairing such as ``"Lo/N:10,La/N:6,La/La:4"``.

        Parameters
        ----------
        text : str
            Pairs separated by commas: ``posterior/prior:count``, families by name or symbol in any case, count 1
            where it is left out.

        Raises
        ------
        PairingError
            If the text is not of that form or names an unknown family.
        """
        if not isinstance(text, str):
            raise PairingError(f"cannot read the pairing {text!r}; {_ACCEPTED}")
        parts = []
        for piece in text.split(","):
            match = _PART.fullmatch(piece)
            if match is None:
                raise PairingError(f"cannot read {piece!r} in the pairing {text!r}; {_ACCEPTED}")
            posterior, prior, count = match.groups(default="1")
            parts.append((posterior, prior, int(count)))
        try:
            return cls(parts)
        except UnknownNameError as error:
            raise PairingError(f"cannot read the pairing {text!r}: {error}") from None

    @classmethod
    def homogeneous(cls, pair: str, latents: int) -> Pairing:
        """One pair, such as ``"La/N"``, for all ``latents``."""
        return cls.from_counts({pair: latents})

    @classmethod
    def from_counts(cls, counts: Mapping[str, int]) -> Pairing:
        """From numbers of latents by pair, such as ``{"Lo/N": 10, "La/N": 6}``, in that order; zeros are left out."""
        parts = []
        for pair, count in counts.items():
            match = _PART.fullmatch(pair) if isinstance(pair, str) else None
            if match is None or match[3] is not None:
                raise PairingError(f"cannot read the pair {pair!r}; expected posterior/prior, such as 'La/N'")
            if count != 0:
                parts.append((match[1], match[2], count))
        return cls(parts)

    def __len__(self) -> int:
        """Number of latents."""
        return self.latents

    def __str__(self) -> str:
        """The canonical short form; :meth:`parse` reads it back."""
        return ",".join(f"{s.pair}:{s.count}" for s in self.segments)

    def __repr__(self) -> str:
        return f"Pairing.parse({str(self)!r})"

    @property
    def labels(self) -> tuple[str, ...]:
        """The pair of every latent, in short form."""
        return tuple(s.pair for s in self.segments for _ in range(s.count))

    def cells(self, kind: str = "kld") -> tuple[Cell, ...]:
        """What the table says about each segment's pair: status, condition, reason, floor."""
        return tuple(cell(kind, s.posterior, s.prior) for s in self.segments)

    def floors(self, kind: str = "kld") -> tuple[float, ...]:
        """Smallest possible divergence of every latent, in nats: what even an unused latent pays."""
        return tuple(c.floor for c, s in zip(self.cells(kind), self.segments, strict=True) for _ in range(s.count))

    def check_latents(self, latents: int) -> None:
        """Raise :class:`PairingError` unless the pairing has exactly this many latents."""
        if len(self) != latents:
            raise PairingError(f"the pairing '{self}' has {len(self)} latents, not {latents}")

    def check_finite(self, kind: str = "kld", alpha: float | None = None) -> None:
        """Refuse a pairing with a pair that is infinite for every location and scale.

        Raises
        ------
        InfinitePairError
            Naming the first such pair, the reason and the nearest finite pairs.
        """
        kind, alpha = resolve_order(kind, alpha)
        for c in self.cells(kind):
            require_finite(c, alpha)
