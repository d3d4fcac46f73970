"""The Rényi divergence: where it is finite, its closed forms, its limits."""

from itertools import product

import mpmath
import pytest
import sympy as sp

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import table
from divergences.families import alpha, mu, sigma, t
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


WITHOUT_CLOSED_FORM = [
    "N/C", "N/Lo", "N/G", "La/C", "C/N", "C/La", "C/Lo", "C/G", "C/E", "Lo/N", "Lo/C", "Lo/Lo", "Lo/G", "G/N", "G/C",
    "G/Lo", "G/G", "E/C",
]  # fmt: skip
CLOSED = [pair for pair in PAIRS if pair not in WITHOUT_CLOSED_FORM]


@pytest.mark.parametrize("pair", PAIRS)
def test_which_cells_are_closed(pair):
    cell = cell_of(pair)
    assert (cell.status == "closed") == (pair in CLOSED)
    if cell.status == "closed":
        assert cell.expr.free_symbols <= {mu, sigma, alpha}
        assert cell.derivation[-1].right == cell.expr
        rules = [step.rule for step in cell.derivation]
        assert rules == ["legendre_integral" if pair == "C/C" else "power_integral", "exponents", "logarithm"]


@pytest.mark.parametrize("pair", CLOSED)
def test_closed_forms_agree_with_the_integral(pair):
    # far from the points at which they were confirmed: both kinks in either order, edges outside, integer orders
    for m, s, a in (
        ("-9", "0.02", "0.9"),
        ("0", "1", "0.5"),
        ("0.3", "0.625", "3"),
        ("2.75", "0.0625", "7"),
        ("-2", "5", "0.125"),
        ("6", "1.0625", "1.75"),
        ("0.5", "1.5", "0.6"),  # sigma = alpha / (1 - alpha), where the rate of La/La between the kinks vanishes
    ):
        value = cell_of(pair).evaluate(m, s, a, dps=20)
        truth = quadrature.divergence("renyi", *pair.split("/"), m, s, a, 20)
        assert value == truth or abs(value - truth) < mpmath.mpf(10) ** -17 * (1 + abs(truth)), (m, s, a)


GIL_ALAJAJI_LINDER = {
    "N/N": lambda m, s, a: -mpmath.log(s) + mpmath.log(1 / (a + (1 - a) * s**2)) / (2 * (a - 1))
    + a * m**2 / (2 * (a + (1 - a) * s**2)),
    "La/La": lambda m, s, a: -mpmath.log(s) + mpmath.log(
        s * (a * mpmath.exp(-(1 - a) * abs(m)) - (1 - a) * s * mpmath.exp(-a * abs(m) / s))
        / (a**2 - (1 - a) ** 2 * s**2) / s) / (a - 1),
    "E/E": lambda m, s, a: m - mpmath.log(s) - mpmath.log(a + (1 - a) * s) / (a - 1),
    "U/U": lambda m, s, a: -mpmath.log(s),
    "C/C": lambda m, s, a: mpmath.log(mpmath.legendre(a - 1, (1 + m**2 + s**2) / (2 * s))) / (a - 1),
}  # fmt: skip
"""Gil, Alajaji and Linder, Rényi divergence measures for commonly used univariate continuous distributions (2013)."""


@pytest.mark.parametrize("pair", GIL_ALAJAJI_LINDER)
def test_matched_pairs_agree_with_the_literature(pair):
    for m, s, a in (("0.25", "0.5", "0.375"), ("0.125", "0.75", "2"), ("0.5", "0.3", "1.5")):
        m, s, a = (mpmath.mpf(x) for x in (m, s, a))
        with mpmath.workdps(30):
            published = GIL_ALAJAJI_LINDER[pair](m, s, a)
        assert abs(cell_of(pair).evaluate(m, s, a) - published) < mpmath.mpf(10) ** -27


def test_the_order_at_which_a_formula_of_legendre_is_algebraic():
    # alpha = 2: P_1(x) = x
    assert cell_of("C/C").evaluate(2, 3, 2) == pytest.approx(mpmath.log(mpmath.mpf(14) / 6))


@pytest.mark.parametrize("pair", ["La/N", "U/U", "U/E", "E/U", "U/N", "N/U", "G/La", "C/C"])
def test_the_limit_at_order_zero_is_the_prior_mass_of_the_support(pair):
    q, prior = (FAMILIES[name] for name in pair.split("/"))
    m, s = sp.Rational(3, 10), sp.Rational(5, 4)
    mass = quadrature.expectation(prior, sp.Piecewise(
        (1, sp.And(t >= m + s * q.support.inf, t <= m + s * q.support.sup)), (0, True)))  # fmt: skip
    assert abs(cell_of(pair).evaluate(m, s, mpmath.mpf(10) ** -15) + mpmath.log(mass)) < 1e-13


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
    from divergences.families import Family, p

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
