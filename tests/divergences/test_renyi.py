"""The Rényi divergence: where it is finite, its closed forms, its limits."""

from itertools import product

import mpmath
import pytest
import sympy as sp

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import table
from divergences.families import alpha, mu, sigma
from divergences.numeric import exact, holds

ORDER = ("N", "La", "C", "Lo", "U", "G", "E")
ALWAYS, NEVER = "always", "never"
FINITE_ABOVE_ONE = {
    "N": ("s^2 < k", ALWAYS, ALWAYS, ALWAYS, NEVER, NEVER, NEVER),
    "La": (NEVER, "s < k", ALWAYS, "s < k", NEVER, NEVER, NEVER),
    "C": (NEVER, NEVER, ALWAYS, NEVER, NEVER, NEVER, NEVER),
    "Lo": (NEVER, "s < k", ALWAYS, "s < k", NEVER, NEVER, NEVER),
    "U": (ALWAYS, ALWAYS, ALWAYS, ALWAYS, "contained", ALWAYS, "mu >= s"),
    "G": (NEVER, "s < k", ALWAYS, "s < k", NEVER, "gumbels", NEVER),
    "E": (NEVER, "s < k", ALWAYS, "s < k", NEVER, "s < k", "mu >= 0, s < k"),
}
"""For orders above one, with k = alpha / (alpha - 1)."""
CONDITIONS = {
    ALWAYS: lambda m, s, a: True,
    NEVER: lambda m, s, a: False,
    "s^2 < k": lambda m, s, a: s**2 < a / (a - 1),
    "s < k": lambda m, s, a: s < a / (a - 1),
    "contained": lambda m, s, a: abs(m) + s <= 1,
    "mu >= s": lambda m, s, a: m >= s,
    "gumbels": lambda m, s, a: s < 1 or (s == 1 and a * mpmath.exp(m) > a - 1),
    "mu >= 0, s < k": lambda m, s, a: m >= 0 and s < a / (a - 1),
}
PAIRS = [f"{q}/{prior}" for q, prior in product(ORDER, ORDER)]
LOCATIONS, SCALES = ("-1.5", "-0.25", "0", "0.75", "3"), ("0.5", "0.75", "1", "1.5", "2", "3")
ORDERS = ("0.25", "0.9", "1.125", "1.5", "2", "5")


def cell_of(pair, kind="renyi"):
    return catalog(kind, *pair.split("/"))


def points(pair, step=1):
    for m, s, a in list(product(LOCATIONS, SCALES, ORDERS))[::step]:
        yield m, s, a, holds(cell_of(pair).finite, {mu: m, sigma: s, alpha: a})


@pytest.mark.parametrize("pair", PAIRS)
def test_finite_where_the_table_says(pair):
    q, prior = pair.split("/")
    above = CONDITIONS[FINITE_ABOVE_ONE[q][ORDER.index(prior)]]
    below = {
        "U/U": lambda m, s: abs(m) < 1 + s,
        "U/E": lambda m, s: m + s > 0,
        "E/U": lambda m, s: m < 1,
    }.get(pair, lambda m, s: True)
    for m, s, a, finite in points(pair):
        m, s, a = (exact(x) for x in (m, s, a))
        assert finite == (below(m, s) if a < 1 else above(m, s, a)), (m, s, a)


@pytest.mark.parametrize("pair", PAIRS)
def test_finite_where_the_leading_terms_of_the_integrand_say(pair):
    for m, s, a, finite in points(pair, step=7):
        assert finite == quadrature.is_finite("renyi", *pair.split("/"), m, s, a), (m, s, a)


@pytest.mark.parametrize("pair", PAIRS)
def test_finite_at_order_one_where_the_kld_is(pair):
    for m, s in product(LOCATIONS, SCALES):
        here = {mu: m, sigma: s}
        assert holds(cell_of(pair).finite, here | {alpha: 1}) == holds(cell_of(pair, "kld").finite, here)


def test_every_cell_says_why_it_is_infinite():
    cells = table("renyi")
    assert len(cells) == 49
    for cell in cells.values():
        assert cell.status in ("closed", "quadrature")  # below order one every pair is finite somewhere
        assert (cell.expr is None) == (cell.status == "quadrature")
        assert bool(cell.reason) == (cell.finite is not sp.true)


@pytest.mark.parametrize(
    ("pair", "m", "s", "a"),
    [("La/N", 0, 1, 2), ("N/U", 0, 1, 1), ("U/U", 5, 1, "0.5"), ("G/G", "-0.7", 1, 2), ("N/N", 0, 2, "1.5")],
)
def test_infinity_is_a_value(pair, m, s, a):
    assert cell_of(pair).evaluate(m, s, a) == mpmath.inf


@pytest.mark.parametrize("pair", ["N/N", "La/N", "E/U", "C/C"])
def test_order_one_is_the_kld(pair):
    assert cell_of(pair).evaluate("0.7", "0.3", alpha=1) == pytest.approx(cell_of(pair, "kld").evaluate("0.7", "0.3"))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (None, "renyi needs an order, alpha > 0"),
        (0, "alpha must be positive, got 0"),
        (-1, "alpha must be positive, got -1"),
        (float("nan"), "alpha must be a finite real number, got nan"),
        ("two", "alpha must be a finite real number, got 'two'"),
    ],
)
def test_bad_orders(order, message):
    with pytest.raises(ValueError, match=message):
        cell_of("N/N").evaluate(0, 1, alpha=order)
    with pytest.raises(ValueError, match="kld has no order; got alpha = 2"):
        cell_of("N/N", "kld").evaluate(0, 1, alpha=2)


def test_a_family_of_ones_own_has_its_conditions():
    from divergences.families import Family, p, t

    student = Family("student", "T", 3 / (4 * sp.sqrt(2) * (1 + t**2 / 2) ** sp.Rational(5, 2)), sp.S.Reals, p, "T")
    FAMILIES.add(student)  # nu = 4, of which only the density matters here
    try:
        assert cell_of("T/N").finite == (alpha <= 1)  # it has a second moment
        # q**alpha pi**(1 - alpha) falls like |t|**(-5 alpha - 2 (1 - alpha)) or, the other way, as below
        assert cell_of("T/C").finite is sp.true
        for a, finite in (("1.3", True), ("1.4", False)):
            assert holds(cell_of("C/T").finite, {mu: 0, sigma: 1, alpha: a}) == finite
            assert quadrature.is_finite("renyi", "cauchy", student, 0, 1, a) == finite
    finally:
        FAMILIES.discard("student")


assert set(ORDER) == {family.symbol for family in FAMILIES.values()}
