"""Where cells are certified: over the whole domain, and at both sides of every edge and of every switch of a cell.

The domain is mu in [-10, 10] and log sigma in [-6, 3]. Points are exact decimals: location, scale and, where the
discrepancy has one, the order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any

import mpmath
import sympy as sp

from divergences.entry import Entry
from divergences.families import alpha, mu, sigma

Point = tuple[str, str, str | None]

QUICK = (("0", "1"), ("0.7", "0.3"), ("-1.2", "1.5"), ("1", "1"))
"""The match, both signs of mu, both sides of sigma = 1, the edges of U/U and of U/E."""
SPREAD = (
    *QUICK, ("1e-6", "1.000001"), ("-1e-4", "0.9999"), ("0.5", "0.5"), ("0.25", "0.76"), ("2", "2"), ("3", "1"),
    ("-3", "0.1"), ("0", "0.0025"), ("10", "0.0025"), ("-10", "0.5"), ("10", "20"), ("-10", "20"), ("0", "20"),
)  # fmt: skip
"""The same, near the match, and the extremes of the domain."""
ORDERS = ("0.1", "0.5", "0.9", "0.999", "1", "1.001", "1.5", "2", "5")
"""Orders of discrepancies that have one, on both sides of one; every point is taken at two of them."""
ANCHORS = (("0.25", "0.5", "0.75"), ("-0.5", "1.5", "3"))
"""From here edges and switches are looked for, along each of mu, sigma and alpha."""
NEARBY = sp.Rational(1, 10**4)
"""The distance, relative to max(1, |edge|), at which both sides of an edge are taken."""

_GRIDS = {
    mu: [sp.Rational(2 * k + 1, 2) for k in range(-21, 21)],
    sigma: [sp.Rational(5, 2000) * sp.Rational(13, 10) ** k for k in range(36)],
    alpha: [sp.Rational(2 * k + 1, 20) for k in range(61)],
}
_DECIMALS = 10**6
_PLACES = 12


def points(entry: Entry, *, quick: bool = False) -> list[Point]:
    """The points at which a cell is certified, each once.

    Parameters
    ----------
    entry : Entry
        The cell; its condition and its closed form say where its edges and switches are.
    quick : bool
        Only a few, without edges.
    """
    places = QUICK if quick else SPREAD
    if not entry.has_order:
        found: list[Point] = [(m, s, None) for m, s in places]
    else:
        n = len(ORDERS)
        found = [(m, s, ORDERS[(i + j) % n]) for i, (m, s) in enumerate(places) for j in (0, n // 2)]
    if not quick:
        found += edges(entry)
    return list(dict.fromkeys(found))


def edges(entry: Entry) -> list[Point]:
    """On, and close to both sides of, each edge of the condition and each switch of the closed form."""
    found = []
    for place in ANCHORS:
        anchor = dict(zip((mu, sigma, alpha), map(sp.Rational, place), strict=True))
        for f in _boundaries(entry):
            for symbol in sorted(f.free_symbols, key=str):
                for root in _roots(f, symbol, anchor):
                    found += [_point(entry, anchor | {symbol: at}) for at in _around(root)]
    return [p for p in found if sp.Rational(p[1]) > 0 and (p[2] is None or sp.Rational(p[2]) > 0)]


def _boundaries(entry: Entry) -> list[sp.Expr]:
    """Functions whose zeros are edges of the condition, or where the closed form switches formulas."""
    found = [relation.lhs - relation.rhs for relation in entry.finite.atoms(sp.Rel)]
    if entry.status == "closed" and entry.expr is not None:
        found += [relation.lhs - relation.rhs for relation in entry.expr.atoms(sp.Rel)]
        found += [a.args[0] for a in entry.expr.atoms(sp.Abs)]
        found += [a - b for m in entry.expr.atoms(sp.Max, sp.Min) for a, b in combinations(m.args, 2)]
    return sorted(
        {f for f in found if f.free_symbols and f.free_symbols <= {mu, sigma, alpha}}, key=sp.default_sort_key
    )


@lru_cache(maxsize=1024)
def _function(f: sp.Expr, symbol: sp.Symbol) -> Any:
    return sp.lambdify(symbol, f, "mpmath")


def _roots(f: sp.Expr, symbol: sp.Symbol, anchor: dict[sp.Symbol, sp.Rational]) -> Iterator[sp.Rational]:
    """Zeros along one symbol, the others held: by changes of sign on a grid, halved, to six decimals."""
    line = f.subs({s: v for s, v in anchor.items() if s != symbol})
    value = _function(line, symbol)
    with mpmath.workdps(30):
        grid = [mpmath.mpf(int(x.p)) / int(x.q) for x in _GRIDS[symbol]]
        heights = [mpmath.re(value(x)) for x in grid]
        for a, b, at_a, at_b in zip(grid, grid[1:], heights, heights[1:], strict=False):
            if not at_a * at_b < 0:
                continue
            while b - a > mpmath.mpf(10) ** -20:
                middle = (a + b) / 2
                at_middle = mpmath.re(value(middle))
                a, b, at_a = (middle, b, at_middle) if at_middle * at_a > 0 else (a, middle, at_a)
            yield sp.Rational(int(mpmath.nint(a * _DECIMALS)), _DECIMALS)


def _around(root: sp.Rational) -> tuple[sp.Rational, ...]:
    step = NEARBY * max(1, abs(root))
    return root - step, root, root + step


def _point(entry: Entry, at: dict[sp.Symbol, sp.Rational]) -> Point:
    return _decimal(at[mu]), _decimal(at[sigma]), _decimal(at[alpha]) if entry.has_order else None


def _decimal(number: sp.Rational) -> str:
    """An exact decimal of a number that has at most twelve places."""
    scaled = int(number * 10**_PLACES)
    digits = f"{abs(scaled):0{_PLACES + 1}d}"
    return f"{'-' * (scaled < 0)}{digits[:-_PLACES]}.{digits[-_PLACES:]}".rstrip("0").rstrip(".")
