"""Fisher divergence and support overlap: definition at kinks, jumps and ends, known values, limits."""

import mpmath
import pytest
import sympy as sp

from divergences import FAMILIES, catalog, quadrature
from divergences.catalog import table
from divergences.families import mu, sigma
from divergences.numeric import exact
from divergences.scores import fisher_information

m, s = mu, sigma
KNOWN = {
    "N/N": m**2 + (s - 1 / s) ** 2,
    "La/La": 1 + 1 / s**2 - 2 * sp.exp(-sp.Abs(m) / s) / s,
    "N/La": 1 + 1 / s**2 - 4 * sp.exp(-(m**2) / (2 * s**2)) / (s * sp.sqrt(2 * sp.pi)),
    "G/G": 1 / s**2 + 1 - 4 * sp.exp(-m) * sp.gamma(1 + s) + sp.exp(-2 * m) * sp.gamma(1 + 2 * s),
    "La/G": 1 / s**2 + 1 - 4 * sp.exp(-m) / (1 - s**2) + sp.exp(-2 * m) / (1 - 4 * s**2),
}
"""By hand: ``I/sigma**2 + E[score**2 + 2 score']``, I the Fisher information of the location."""


@pytest.mark.parametrize("pair", KNOWN)
def test_fisher_agrees_with_what_is_known(pair):
    for location, scale in (("0.7", "0.3"), ("-1.25", "0.4")):
        found = catalog("fisher", *pair.split("/")).evaluate(location, scale)
        assert abs(found - sp.N(KNOWN[pair].subs({m: exact(location), s: exact(scale)}), 40)) < 1e-26


def test_fisher_information_of_locations():
    information = {"N": 1, "La": 1, "C": sp.S.Half, "Lo": sp.Rational(1, 3), "U": 0, "G": 1, "E": 1}
    assert {f.symbol: fisher_information(f).expr for f in FAMILIES.values()} == information


def test_which_fisher_divergences_are_finite():
    cells = table("fisher").values()
    assert {cell.pair for cell in cells if cell.status == "quadrature"} == {"N/Lo", "Lo/Lo", "G/C", "G/Lo"}
    smooth = {f"{q}/{prior}" for q in ("N", "La", "C", "Lo", "G") for prior in ("N", "La", "C", "Lo", "G")}
    assert {c.pair for c in cells if c.status != "infinite"} == smooth - {"C/N", "C/G"} | {"U/U", "E/E"}
    conditions = {cell.pair: cell.finite for cell in cells if cell.finite not in (sp.true, sp.false)}
    assert conditions == {
        "La/G": 2 * sigma < 1, "Lo/G": 2 * sigma < 1, "E/E": sp.Eq(mu, 0),
        "U/U": sp.And(sp.Eq(mu, 0), sp.Eq(sigma, 1)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "location", "scale", "value"),
    [
        ("E/E", "0", "0.5", 1),
        ("E/E", "0.1", "0.5", mpmath.inf),  # q/pi jumps at 0.1
        ("E/E", "-0.1", "0.5", mpmath.inf),  # mass below 0
        ("U/U", "0", "0.5", mpmath.inf),
        ("U/N", "0", "1", mpmath.inf),  # although E[score**2] = 1/3
        ("La/G", "0", "0.5", mpmath.inf),
        ("C/N", "0", "1", mpmath.inf),
    ],
)
def test_fisher_at_ends_and_edges(pair, location, scale, value):
    assert catalog("fisher", *pair.split("/")).evaluate(location, scale, dps=20) == value
    assert quadrature.is_finite("fisher", *pair.split("/"), location, scale) == mpmath.isfinite(value)


def test_fisher_bounds_the_kld_from_above_for_a_normal_prior():
    # Gross's logarithmic Sobolev inequality, 2 KLD <= Fisher, with equality for shifts
    for q in ("N", "La", "Lo", "G"):
        for location, scale in (("0", "0.3"), ("2", "1"), ("-0.5", "4")):
            fisher = catalog("fisher", q, "N").evaluate(location, scale)
            kld = catalog("kld", q, "N").evaluate(location, scale)
            assert 2 * kld <= fisher * (1 + mpmath.mpf(10) ** -25)
    assert 2 * catalog("kld", "N", "N").evaluate(3, 1) == catalog("fisher", "N", "N").evaluate(3, 1) == 9


@pytest.mark.parametrize("prior", FAMILIES)
def test_support_overlap_is_the_limit_of_renyi_at_order_zero(prior):
    for q in FAMILIES:
        for location, scale in (("0.3", "1.25"), ("-0.75", "0.5"), ("2.5", "1")):
            limit = catalog("support_overlap", q, prior).evaluate(location, scale, dps=20)
            if q not in ("uniform", "exponential"):
                assert limit == 0
            near = quadrature.scipy_divergence("renyi", q, prior, location, scale, "1e-9")[0]
            # from above; what is missing is the prior's mass where q < exp(-1e9), beyond 20 scales of a Gumbel
            assert limit == near or -1e-12 < near - limit < (0.05 if prior == "cauchy" else 1e-4)


def test_support_overlap_is_the_mass_of_the_prior():
    def value(pair, location, scale):
        return catalog("support_overlap", *pair.split("/")).evaluate(location, scale)

    assert value("E/E", 2, 7) == 2
    assert value("E/E", -2, 7) == 0
    assert value("U/U", "0.5", "0.25") == pytest.approx(mpmath.log(4))
    assert value("U/U", "0.5", "1.5") == 0
    assert value("U/U", 2, 1) == mpmath.inf
    assert value("U/N", 0, 1) == pytest.approx(-mpmath.log(mpmath.erf(1 / mpmath.sqrt(2))))
    assert value("E/La", -1, 1) == pytest.approx(-mpmath.log(1 - mpmath.exp(-1) / 2))
    assert value("E/C", 0, 9) == pytest.approx(mpmath.log(2))
