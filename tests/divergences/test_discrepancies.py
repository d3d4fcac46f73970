"""Every discrepancy of the catalog: closed forms, conditions, and what relates them to one another."""

from itertools import product

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import KINDS, derive, table
from divergences.families import alpha, mu, sigma
from divergences.numeric import holds

ORDERED = ("renyi", "beta", "gamma")
PAIRS = [(q, prior) for q in FAMILIES for prior in FAMILIES]
COUNTS = {  # closed, quadrature, infinite
    "kld": (30, 4, 15),
    "reverse_kld": (30, 4, 15),
    "jeffreys": (14, 5, 30),
    "hellinger": (31, 18, 0),
    "chi2": (18, 9, 22),
    "fisher": (21, 4, 24),
    "support_overlap": (49, 0, 0),
    "worst_case": (16, 11, 22),
    "renyi": (31, 18, 0),
    "beta": (30, 19, 0),
    "gamma": (30, 19, 0),
}
SMALL = mpmath.mpf(10) ** -12

locations = st.integers(-24, 24).map(lambda n: sp.Rational(n, 8))
scales = st.sampled_from([sp.Rational(n, 8) for n in (1, 3, 5, 7, 8, 10, 13, 20)])
orders = st.sampled_from([sp.Rational(n, 8) for n in (1, 3, 4, 6, 7, 9, 10, 12, 16, 24, 40)])
pairs = st.sampled_from(PAIRS)
cheap = settings(max_examples=40, deadline=None, derandomize=True)


def value(kind, pair, m, s, order=None):
    return catalog(kind, *pair).evaluate(m, s, order, dps=15)


def exchanged(pair, m, s):
    """The pair the other way round, with the location and scale that the affine map gives it."""
    return pair[::-1], -m / s, 1 / s


@pytest.mark.parametrize("kind", COUNTS)
def test_every_cell_is_explicit(kind):
    cells = table(kind).values()
    statuses = [cell.status for cell in cells]
    assert tuple(map(statuses.count, ("closed", "quadrature", "infinite"))) == COUNTS[kind]
    for cell in cells:
        assert cell.has_order == (kind in ORDERED)
        assert (cell.expr is None) == (cell.status == "quadrature")
        assert (cell.status == "infinite") == (cell.finite is sp.false)
        assert bool(cell.reason) == (cell.finite is not sp.true)
        allowed = {mu, sigma} | ({alpha} if cell.has_order else set())
        assert cell.finite.free_symbols <= allowed
        if cell.status == "closed":
            assert cell.expr.free_symbols <= allowed
            assert cell.derivation[-1].right == cell.expr


def test_all_kinds_are_counted():
    assert tuple(COUNTS) == KINDS


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("kld", "renyi")])
@pytest.mark.parametrize("q", FAMILIES)
def test_finite_where_the_integrals_converge(kind, q):
    for prior in FAMILIES:
        condition = catalog(kind, q, prior).finite
        for m, s in (("-1.5", "2.5"), ("0", "1"), ("0.25", "0.5"), ("1.25", "0.375")):
            for order in ("0.375", "1", "1.5") if kind in ORDERED else (None,):
                here = {mu: m, sigma: s} | ({alpha: order} if order else {})
                truth = quadrature.is_finite(kind, q, prior, m, s, order)
                assert holds(condition, here) == truth, (prior, here)
                assert truth or (q, m, s) != (prior, "0", "1")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("kld", "renyi")])
def test_closed_forms_agree_with_the_integrals(kind):
    # at points other than those at which they were confirmed
    for (q, prior), (m, s) in product(PAIRS, (("-2.25", "0.125"), ("0.375", "0.625"))):
        cell, order = catalog(kind, q, prior), "1.75" if kind in ORDERED else None
        if cell.status == "closed":
            truth = quadrature.divergence(kind, q, prior, m, s, order, dps=15)
            found = cell.evaluate(m, s, order, dps=15)
            assert found == truth or abs(found - truth) < SMALL * (1 + abs(truth)), cell.pair


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("worst_case", "support_overlap")])
def test_closed_forms_far_out(kind):
    """Where terms inside a logarithm cancel hundreds of digits."""
    for (q, prior), (m, s) in product(PAIRS, (("1e-6", "24"), ("-20", "0.01"))):
        cell, order = catalog(kind, q, prior), "1.9" if kind in ORDERED else None
        if cell.status == "closed":
            truth = quadrature.divergence(kind, q, prior, m, s, order, dps=15)
            found = cell.evaluate(m, s, order, dps=15)
            assert found == truth or abs(found - truth) < SMALL * abs(truth), cell.pair


def test_a_tiny_overlap_has_all_its_digits():
    outside = mpmath.erfc(24 / mpmath.sqrt(2))  # 2.8e-127
    found = catalog("support_overlap", "U", "N").evaluate(0, 24, dps=15)
    assert abs(found + mpmath.log1p(-outside)) < SMALL * outside


@pytest.mark.parametrize("kind", ORDERED)
def test_order_one_is_the_kld(kind):
    for pair in PAIRS:
        kld = value("kld", pair, "0.75", "0.25")
        assert value(kind, pair, "0.75", "0.25", 1) == pytest.approx(kld, rel=1e-12)


@cheap
@given(pairs, locations, scales, st.sampled_from(KINDS), orders)
def test_never_negative_and_zero_only_where_the_two_are_equal(pair, m, s, kind, order):
    found = value(kind, pair, m, s, order if kind in ORDERED else None)
    if kind == "support_overlap":  # looks at supports alone
        assert found >= 0
    elif pair[0] == pair[1] and (m, s) == (0, 1):
        assert abs(found) < SMALL
    else:
        assert found > 1e-6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_zero_where_the_two_are_equal(kind, family):
    assert abs(value(kind, (family, family), 0, 1, "1.5" if kind in ORDERED else None)) < SMALL


@cheap
@given(pairs, locations, scales, orders, orders)
def test_renyi_does_not_decrease_with_the_order(pair, m, s, one, other):
    low, high = (value("renyi", pair, m, s, order) for order in sorted((one, other)))
    assert low <= high * (1 + SMALL) + SMALL


@cheap
@given(pairs, locations, scales, orders.filter(lambda order: order < 1))
def test_renyi_is_skew_symmetric(pair, m, s, order):
    here = value("renyi", pair, m, s, order)
    back = value("renyi", *exchanged(pair, m, s), 1 - order)
    left, right = (1 - order) * here, order * back
    assert left == right or abs(left - right) < SMALL * (1 + abs(left))


@cheap
@given(pairs, locations, scales)
def test_renyi_tends_to_the_kld_from_below(pair, m, s):
    kld = value("kld", pair, m, s)
    far, near = (value("renyi", pair, m, s, 1 - sp.Rational(1, 10**n)) for n in (5, 10))
    if mpmath.isinf(kld):
        assert near > far or mpmath.isinf(far)
    else:  # as slowly as the seventh root of 1 - alpha for La/G and Lo/G at sigma = 7/8
        assert -SMALL * (1 + kld) <= kld - near <= 0.3 * (kld - far) + SMALL * (1 + kld)


ABOVE_ONE = ("La/N", "Lo/N", "G/N", "E/N", "N/G", "La/G", "Lo/G")
"""The KLD is finite, and no Rényi divergence of an order above one."""


@cheap
@given(pairs, locations, scales)
def test_renyi_tends_to_the_kld_from_above_where_it_is_finite_there(pair, m, s):
    cell, kld = catalog("renyi", *pair), value("kld", pair, m, s)
    near = value("renyi", pair, m, s, 1 + sp.Rational(1, 10**9))
    without = cell.pair in ABOVE_ONE or (cell.pair == "G/G" and s > 1)
    assert mpmath.isinf(near) == (without or mpmath.isinf(kld))
    if not mpmath.isinf(near):
        assert -SMALL < near - kld < 1e-6 * (1 + kld)


@cheap
@given(pairs, locations, scales)
def test_renyi_tends_to_the_worst_case(pair, m, s):
    worst, order = value("worst_case", pair, m, s), 2**12
    high = value("renyi", pair, m, s, order)
    if mpmath.isinf(worst):
        assert mpmath.isinf(high)
    else:  # what is missing is 1/alpha times the logarithm of the mass about the supremum, which falls like a power
        assert high - SMALL <= worst <= high + mpmath.mpf(20 + worst) / order


@cheap
@given(pairs, locations, scales)
def test_jeffreys_is_symmetric_and_the_sum_of_both_directions(pair, m, s):
    here, back = value("jeffreys", pair, m, s), value("jeffreys", *exchanged(pair, m, s))
    both = value("kld", pair, m, s) + value("reverse_kld", pair, m, s)
    assert here == back or abs(here - back) < SMALL * (1 + here)
    assert here == both or abs(here - both) < SMALL * (1 + here)


@cheap
@given(pairs, locations, scales)
def test_hellinger_is_at_most_one_and_bounds_the_kld(pair, m, s):
    hellinger, kld = value("hellinger", pair, m, s), value("kld", pair, m, s)
    assert hellinger <= 1
    half = value("renyi", pair, m, s, sp.S.Half)
    assert abs(hellinger - (1 - mpmath.exp(-half / 2))) < SMALL
    assert -2 * mpmath.log1p(-hellinger) <= kld + SMALL if hellinger < 1 else mpmath.isinf(kld)


@cheap
@given(pairs, locations, scales)
def test_chi2_is_renyi_of_order_two(pair, m, s):
    chi2, second = value("chi2", pair, m, s), value("renyi", pair, m, s, 2)
    assert mpmath.isinf(chi2) == mpmath.isinf(second)
    if not mpmath.isinf(chi2):
        assert abs(mpmath.log1p(chi2) - second) < SMALL * (1 + second)


@cheap
@given(pairs, locations, scales)
def test_gamma_is_invariant_under_affine_maps_and_beta_is_not(pair, m, s):
    # at order two both are symmetric: half the squared distance in L2, and minus the logarithm of a cosine
    for kind, factor in (("gamma", 1), ("beta", 1 / s)):
        here, back = value(kind, pair, m, s, 2), value(kind, *exchanged(pair, m, s), 2) * factor
        assert here == back or abs(here - back) < SMALL * (1 + abs(here))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_table_derives_again(kind):
    for (q, prior), stored in table(kind).items():
        assert derive(kind, FAMILIES[q], FAMILIES[prior]) == stored
