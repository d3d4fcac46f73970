"""Closed forms in ball arithmetic, and the points at which cells are certified."""

import mpmath
import pytest
import sympy as sp
from flint import arb

from divergences import catalog
from divergences.enclosure import enclose_expr
from divergences.families import alpha, mu, sigma
from divergences.numeric import PrecisionError, evaluate_expr
from divergences.points import SPREAD, edges, points
from divergences.quadrature.arithmetic import to_mpf

SMALL = arb(2) ** -120


@pytest.mark.parametrize(
    ("kind", "pair"),
    [("kld", "La/C"), ("kld", "Lo/C"), ("kld", "E/C"), ("kld", "N/C"), ("kld", "U/Lo"), ("kld", "G/La"),
     ("kld", "La/Lo"), ("renyi", "La/Lo"), ("renyi", "U/G"), ("renyi", "La/G"), ("renyi", "C/C"), ("hellinger", "U/La"),
     ("beta", "La/La"), ("worst_case", "U/C"), ("worst_case", "C/C")],
)  # fmt: skip
def test_the_ball_holds_the_value(kind: str, pair: str) -> None:
    entry = catalog(kind, *pair.split("/"))
    point = {mu: "0.7", sigma: "0.4"} | ({alpha: "0.6"} if entry.has_order else {})
    ball = enclose_expr(entry.expr, point, SMALL)
    assert ball.rad() <= SMALL
    value = evaluate_expr(entry.expr, point, 30)
    with mpmath.workdps(40):
        assert abs(to_mpf(ball) - value) < mpmath.mpf(10) ** -29


def test_rational_arithmetic_is_exact() -> None:
    """An exact cancellation inside a logarithm, at numbers that are no binary fractions."""
    x = enclose_expr(sp.log(sp.Abs(mu - sigma) + 1) + sp.Max(mu, sigma) - mu, {mu: "0.1", sigma: "0.1"}, SMALL)
    assert x.is_zero()


def test_where_there_is_no_enclosure() -> None:
    with pytest.raises(PrecisionError, match="has no enclosure"):
        enclose_expr(sp.sin(mu) / mu, {mu: 0}, SMALL)
    with pytest.raises(PrecisionError, match="no ball arithmetic for besselj"):
        enclose_expr(sp.besselj(0, mu), {mu: 1}, SMALL)


@pytest.mark.parametrize(
    ("kind", "pair", "symbol", "edge"),
    [("kld", "La/G", sigma, 1), ("kld", "U/E", sigma, sp.Rational(1, 4)), ("kld", "E/La", mu, 0),
     ("renyi", "N/N", alpha, sp.Rational(9, 5)), ("hellinger", "La/La", sigma, 1), ("chi2", "N/N", sigma, sp.sqrt(2))],
)  # fmt: skip
def test_both_sides_of_edges_and_switches(kind: str, pair: str, symbol: sp.Symbol, edge: sp.Expr) -> None:
    index = (mu, sigma, alpha).index(symbol)
    at = [sp.Rational(point[index]) for point in edges(catalog(kind, *pair.split("/")))]
    near = [x for x in at if abs(x - edge) < sp.Rational(1, 1000)]
    assert min(near) < edge < max(near)
    assert edge in near or not edge.is_rational


@pytest.mark.parametrize("kind", ["kld", "gamma"])
def test_points_lie_in_the_domain_and_spread_over_it(kind: str) -> None:
    entry = catalog(kind, "U", "U")
    found = points(entry)
    assert len(set(found)) == len(found) > len(SPREAD)
    for location, scale, order in found:
        assert abs(sp.Rational(location)) <= 10
        assert -6 <= sp.log(sp.Rational(scale)) <= 3
        assert (order is not None) == entry.has_order
    assert len(points(entry, quick=True)) < len(found) / 3
