"""Numerical truth: three engines that share nothing but the integrand agree, and know what is infinite."""

import mpmath
import pytest
import sympy as sp

from divergences import quadrature
from divergences.features import z

POINTS = [("0.7", "0.3"), ("-1.2", "1.5"), ("9.5", "0.01"), ("-8", "12")]
PAIRS = ["N/La", "La/C", "Lo/Lo", "U/Lo", "G/C", "G/Lo", "E/Lo", "C/C"]


@pytest.mark.parametrize("pair", PAIRS)
def test_engines_agree(pair: str) -> None:
    names = pair.split("/")
    for location, scale in POINTS:
        balls = quadrature.divergence("kld", *names, location, scale, dps=25, engine="balls")
        floats, error = quadrature.scipy_divergence("kld", *names, location, scale)
        assert abs(floats - balls) <= 10 * error + 1e-13 * (1 + abs(balls))
    panels = quadrature.divergence("kld", *names, "0.7", "0.3", dps=25, engine="mpmath")
    balls = quadrature.divergence("kld", *names, "0.7", "0.3", dps=25, engine="balls")
    assert abs(panels - balls) <= mpmath.mpf(10) ** -22 * (1 + abs(balls))


def test_the_exact_value_to_forty_digits() -> None:
    value = quadrature.divergence("kld", "normal", "normal", "0.5", "0.25", dps=40)
    with mpmath.workdps(60):
        exact = (mpmath.mpf("0.25") + mpmath.mpf("0.0625") - 1) / 2 - mpmath.log(mpmath.mpf("0.25"))
        assert abs(value - exact) < mpmath.mpf(10) ** -39


@pytest.mark.parametrize(
    ("pair", "location", "scale", "finite"),
    [
        ("La/G", 0, "0.999", True), ("La/G", 0, 1, False), ("C/G", 0, 1, False), ("C/Lo", 0, "0.1", False),
        ("U/U", "0.25", "0.75", True), ("U/U", "0.25", "0.7500001", False), ("N/G", 3, 20, True),
        ("N/E", 9, "0.1", False),
    ],
)  # fmt: skip
def test_existence(pair: str, location: object, scale: object, finite: bool) -> None:
    assert quadrature.is_finite("kld", *pair.split("/"), location, scale) == finite
    assert bool(mpmath.isfinite(quadrature.divergence("kld", *pair.split("/"), location, scale, dps=15))) == finite


@pytest.mark.parametrize(
    ("pair", "location", "scale"),
    [("N/C", "0.7", "0.3"), ("Lo/La", "-0.5", "0.9999"), ("Lo/La", "0", 1), ("Lo/Lo", "-0.0001", "0.9999"),
     ("G/G", "0.25", "0.9"), ("E/C", 3, 20), ("La/La", 1, 1), ("N/La", 0, "0.01"), ("C/C", 2, "0.5")],
)  # fmt: skip
def test_suprema_enclosed_and_searched(pair: str, location: object, scale: object) -> None:
    names = pair.split("/")
    balls = quadrature.divergence("worst_case", *names, location, scale, dps=30, engine="balls")
    searched = quadrature.divergence("worst_case", *names, location, scale, dps=25, engine="mpmath")
    assert abs(searched - balls) <= mpmath.mpf(10) ** -23 * (1 + abs(balls))


@pytest.mark.parametrize("engine", quadrature.ENGINES)
def test_a_supremum_beside_a_kink_is_found(engine: str) -> None:
    """The ratio of N(0, s) and La(0, 1) rises by s**2/2 within the distance s from the kink."""
    value = quadrature.divergence("worst_case", "N", "La", 0, "0.0025", dps=25, engine=engine)
    with mpmath.workdps(40):
        s = mpmath.mpf("0.0025")
        exact = s**2 / 2 - mpmath.log(s) + mpmath.log(2 / mpmath.pi) / 2
        assert abs(value - exact) < mpmath.mpf(10) ** -24


def test_a_constant_factor_that_vanishes() -> None:
    """E || La(0, 1/2): the factor is a multiple of t alone, whose bounded rest is an enclosure of zero."""
    value = quadrature.divergence("reverse_kld", "La", "E", 0, "0.5", dps=25, engine="balls")
    assert abs(value - 1) < 1e-24


def test_expectations_and_entropies() -> None:
    with mpmath.workdps(30):
        assert abs(quadrature.expectation("gumbel", z, dps=25) - mpmath.euler) < 1e-24
        assert abs(quadrature.entropy("cauchy", 25) - mpmath.log(4 * mpmath.pi)) < 1e-24
        assert quadrature.expectation("cauchy", sp.Abs(z)) == mpmath.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("kl", "N", "N", 0, 1), "unknown discrepancy 'kl'"),
        (("kld", "X", "N", 0, 1), "unknown family 'X'"),
        (("kld", "N", "N", 0, 0), "sigma must be positive"),
        (("kld", "N", "N", float("nan"), 1), "mu must be a finite real number"),
        (("renyi", "N", "N", 0, 1), "needs an order"),
    ],
)
def test_bad_input(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quadrature.divergence(*arguments)


def test_a_peak_between_all_samples_is_found() -> None:
    """Of two Gumbels: in y = -t it lies where exp(y) is 1e11, and is 1e-6 wide."""
    loc = -2
    with mpmath.workdps(40):
        scale = mpmath.mpf("0.9512")

        def exponent(y):
            return 2 * (y - mpmath.exp(y)) - (scale * y - loc - mpmath.exp(scale * y - loc))

        peak = mpmath.findroot(lambda y: mpmath.diff(exponent, y), 25.7)
        top = exponent(peak)
        around = mpmath.linspace(peak - mpmath.mpf("1e-4"), peak + mpmath.mpf("1e-4"), 21)
        log_integral = top + mpmath.log(mpmath.quad(lambda y: mpmath.exp(exponent(y) - top), around))
        expected = log_integral - mpmath.log(scale)
    value = quadrature.divergence("renyi", "gumbel", "gumbel", loc, "0.9512", 2, dps=15)
    assert abs(value / expected - 1) < 1e-14


def test_what_is_out_of_reach_is_an_error_and_not_infinite() -> None:
    with pytest.raises(quadrature.QuadratureError, match="out of reach"):
        quadrature.divergence("renyi", "gumbel", "gumbel", -5, "0.99", 2, dps=15)
