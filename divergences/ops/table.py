"""What the generated table says: the families' names and supports, and the status of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from divergences.ops.errors import InfinitePairError, UnknownNameError
from generated import table

FAMILIES: Mapping[str, Mapping[str, Any]] = table.FAMILIES
_NAMES = {alias.lower(): full for full, record in FAMILIES.items() for alias in (full, record["symbol"])}

NEAR_ONE: float = table.NEAR_ONE
"""Distance from order one up to which quadrature serves although there is a formula."""
ORDERED_KINDS = frozenset({"renyi", "beta", "gamma"})
"""The divergences that have an order ``alpha``."""


@dataclass(frozen=True)
class Cell:
    """One cell of a divergence's table: the posterior's row, the prior's column.

    Attributes
    ----------
    kind, posterior, prior : str
        Names of the divergence and of the two families.
    status : {"closed", "quadrature", "infinite"}
        How its values are computed; ``"infinite"`` means infinite for every location and scale.
    finite : str
        Condition on ``mu``, ``sigma`` (and ``alpha``) under which the divergence is finite.
    reason : str
        Why it is infinite elsewhere.
    floor : float
        Smallest value over all locations and scales, in nats; 0 where that depends on the order.
    orders : tuple of float
        Open interval of the orders for which it is finite somewhere.
    kernel : bool
        Whether the compiler has written code for its values; without, the catalog alone has them.
    """

    kind: str
    posterior: str
    prior: str
    status: str
    finite: str
    reason: str
    floor: float
    orders: tuple[float, float]
    kernel: bool

    @property
    def pair(self) -> str:
        """The pair in short form, such as ``"La/N"``."""
        return f"{symbol(self.posterior)}/{symbol(self.prior)}"

    def is_finite(self, alpha: float | None = None) -> bool:
        """Whether there is a location and a scale at which the divergence (of order ``alpha``) is finite."""
        return self.status != "infinite" and (alpha is None or self.orders[0] < alpha < self.orders[1])


def families() -> tuple[str, ...]:
    """Names of all families, in the table's order."""
    return tuple(FAMILIES)


def family(name: str) -> str:
    """Full name of the family with this name or symbol, in any case.

    Raises
    ------
    UnknownNameError
        If there is no such family.
    """
    full = _NAMES.get(name.lower()) if isinstance(name, str) else None
    if full is None:
        known = ", ".join(f"{full} ({record['symbol']})" for full, record in FAMILIES.items())
        raise UnknownNameError(f"unknown family {name!r}; known are {known}")
    return full


def symbol(name: str) -> str:
    """Symbol of a family, such as ``"La"``."""
    return FAMILIES[family(name)]["symbol"]


def support(name: str) -> tuple[float, float]:
    """Both ends of the standard member's support."""
    return FAMILIES[family(name)]["support"]


def is_scale_family(name: str) -> bool:
    """Whether the family's support has one end only, as the exponential's: in a latent layer its location is 0."""
    lower, upper = support(name)
    return (lower == -inf) != (upper == inf)


def kinds() -> tuple[str, ...]:
    """Names of the divergences in the table."""
    return tuple(dict.fromkeys(kind for kind, _, _ in table.CELLS))


def require_kind(kind: str) -> None:
    """Raise :class:`UnknownNameError` unless the table has this divergence."""
    if kind not in kinds():
        raise UnknownNameError(f"unknown divergence {kind!r}; known are {', '.join(kinds())}")


def cell(kind: str, posterior: str, prior: str) -> Cell:
    """The cell of a divergence and two families (names or symbols, in any case).

    Raises
    ------
    UnknownNameError
        If the divergence or one of the families is unknown.
    """
    require_kind(kind)
    q, p = family(posterior), family(prior)
    record: Mapping[str, Any] = table.CELLS[kind, q, p]
    return Cell(
        kind=kind,
        posterior=q,
        prior=p,
        status=record["status"],
        finite=record["finite"],
        reason=record["reason"],
        floor=record["floor"],
        orders=record.get("orders", (0.0, inf)),
        kernel=record.get("kernel", True),
    )


def nearest_finite(cell_: Cell, alpha: float | None = None, limit: int = 3) -> tuple[str, ...]:
    """Finite pairs with the same posterior, then with the same prior, at most ``limit`` of each, lowest floor first."""

    def best(cells: list[Cell]) -> list[str]:
        # Pairs that are finite everywhere come before those with a condition on location or scale.
        usable = [c for c in cells if c.is_finite(alpha)]
        return [c.pair for c in sorted(usable, key=lambda c: (c.finite != "True", c.floor))[:limit]]

    same_posterior = best([cell(cell_.kind, cell_.posterior, p) for p in families()])
    same_prior = best([cell(cell_.kind, q, cell_.prior) for q in families()])
    return tuple(dict.fromkeys(same_posterior + same_prior))


def require_finite(cell_: Cell, alpha: float | None = None) -> None:
    """Refuse a pair that is infinite for every location and scale.

    Raises
    ------
    InfinitePairError
        Naming the pair, the reason and the nearest finite pairs.
    """
    if cell_.is_finite(alpha):
        return
    order = "" if alpha is None else f" of order {alpha:g}"
    alternatives = nearest_finite(cell_, alpha)
    raise InfinitePairError(
        f"the {cell_.kind} divergence{order} of the pair {cell_.pair} is infinite for every location and scale: "
        f"{cell_.reason}; the nearest finite pairs are {', '.join(alternatives)}",
        pair=cell_.pair,
        reason=cell_.reason,
        alternatives=alternatives,
    )
