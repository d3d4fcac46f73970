"""The C++ backend: its polynomials, its special functions, what it prints."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp

from codegen.backends.cpp import emit
from codegen.backends.cpp.measures import linkable
from codegen.backends.cpp.pieces import DegreeError, Piece, all_pieces, polynomial
from codegen.backends.cpp.printer import CppPrinter
from codegen.functions import MEANING, expm1
from codegen.lower import lower
from divergences.catalog import catalog

ROOT = Path(__file__).resolve().parents[2]
ULP = {"float": 2.0**-23, "double": 2.0**-52}
LOST = {"lgamma": 5, "lgamma1p_exp": 5, "lgamma_bregman": 5, "digamma1p_exp": 2}
"""Terms that cancel in these, above the smallest scale: they are accurate where divergences are small."""
DTYPES = {"float": np.float32, "double": np.float64}


@pytest.mark.parametrize("precision", ["float", "double"])
def test_polynomials_follow_their_functions_to_rounding(precision):
    for piece in all_pieces():
        fit = polynomial(piece, precision)
        assert fit.error <= 2 * ULP[precision], piece.name
        low, high = piece.interval(precision)
        for share in ("0.013", "0.37", "0.49", "0.71", "0.992"):  # not the points at which the error was measured
            with mpmath.workdps(60):
                x = low + (high - low) * mpmath.mpf(share)
                y = (2 * x - low - high) / (high - low) if piece.centred else x
                exact = piece.function(x)
                error = piece.weight * abs(mpmath.polyval(list(reversed(fit.coefficients)), y) / exact - 1)
            assert error <= max(2 * fit.error, ULP[precision] / 4), (piece.name, share)


def test_no_polynomial_is_better_than_a_wrong_one():
    with pytest.raises(DegreeError, match="KINK needs more than"):
        polynomial(Piece("KINK", "|x| + 1", lambda x: abs(x) + 1, -1, 1), "double")


def elementary():
    one = mpmath.mpf(1)
    return {
        "exp_neg": (lambda x: mpmath.exp(-x), -88, 86), "exp": (mpmath.exp, -80, 80),
        "log": (mpmath.log, 1e-30, 1e30), "atan": (mpmath.atan, -50, 50),
        "erf": (mpmath.erf, -5, 5), "tanh": (mpmath.tanh, -30, 30), "sinh": (mpmath.sinh, -20, 20),
        "cosh": (mpmath.cosh, -20, 20), "lgamma": (mpmath.loggamma, 2.5, 60), "digamma": (mpmath.digamma, 2, 60),
        "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), 0, 40), "sqrt": (mpmath.sqrt, 0.01, 100),
    } | {
        name: (MEANING[name], low, high)
        for name, low, high in (
            ("expm1", -5, 30), ("log1p", -0.9, 50), ("expm1mx", -5, 30), ("logcosh", -20, 20), ("log1mexp", -20, -1e-3),
            ("logsinhc", -20, 20), ("langevin", -20, 20), ("log_reflection", -8, -0.01), ("one_minus_picot", -8, -0.01),
            ("lgamma1p_exp", -5, 3), ("digamma1p_exp", -5, 3), ("lgamma_bregman", -5, 3),
            ("lgamma_bregman_slope", -5, 3), ("exp_neg_exp", -5, 2), ("e1_exp", -6, 2), ("logistic_energy", -30, 30),
            ("logistic_energy_primitive", -30, 30), ("softplus", -30, 30), ("dawson", -30, 30),
        )
    } | {"reciprocal": (lambda x: one / x, 0.1, 9)}  # fmt: skip


@pytest.fixture(scope="module")
def special(tmp_path_factory):
    """The functions of ``special.h`` as a library of their own."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no C++ compiler")
    folder = tmp_path_factory.mktemp("special")
    lines = ['#include "special.h"', "using namespace autovae;"]
    lines += [
        f'extern "C" void {name}_{precision}(const {precision}* x, {precision}* y, long n) {{ '
        f"using V = Vec<{precision}>; for (long i = 0; i < n; i += kLanes<V>) "
        f"store_some(y + i, autovae::{name}(load_some<V>(x + i, std::min<long>(n - i, kLanes<V>))), "
        "std::min<long>(n - i, kLanes<V>)); }"
        for name in elementary()
        for precision in DTYPES
    ]
    (folder / "special.cpp").write_text("#include <algorithm>\n" + "\n".join(lines) + "\n")
    flags = ["-std=c++20", "-O1", "-march=native", "-ffp-contract=off", "-Wno-psabi", "-fPIC", "-shared"]
    subprocess.run(
        [compiler, *flags, f"-I{ROOT / 'generated' / 'cpp'}", "special.cpp", "-o", "special.so"], cwd=folder, check=True
    )
    return ctypes.CDLL(str(folder / "special.so"))


def evaluate(library, name, precision, points):
    out = np.empty_like(points)
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (points, out)]
    getattr(library, f"{name}_{precision}")(*pointers, ctypes.c_long(len(points)))
    return out


@pytest.mark.parametrize("precision", ["float", "double"])
@pytest.mark.parametrize("name", list(elementary()))
def test_special_functions(special, name, precision):
    meaning, low, high = elementary()[name]
    random = np.random.default_rng(0)
    points = random.uniform(low, high, 60).astype(DTYPES[precision])
    got = evaluate(special, name, precision, points)
    with mpmath.workdps(40):
        for x, y in zip(points.tolist(), got.tolist(), strict=True):
            exact = mpmath.re(meaning(mpmath.mpf(x)))
            # What rounding the argument by an ulp does is no fault of the function.
            moved = abs(mpmath.re(meaning(mpmath.mpf(x) * (1 + ULP[precision]))) - exact)
            scale = abs(exact) + LOST.get(name, ULP[precision])
            assert abs(y - exact) <= 6 * ULP[precision] * scale + 2 * moved, (x, y, exact)


@pytest.mark.parametrize("precision", ["float", "double"])
def test_special_values(special, precision):
    infinity = float("inf")
    points = np.array([0.0, -0.0, 1.0, -1.0, infinity, -infinity, float("nan"), 1e30, -1e30], DTYPES[precision])
    expected = {
        "exp": [1, 1, np.e, 1 / np.e, infinity, 0, np.nan, infinity, 0],
        "exp_neg": [1, 1, 1 / np.e, np.e, 0, infinity, np.nan, 0, infinity],
        "expm1": [0, 0, np.e - 1, 1 / np.e - 1, infinity, -1, np.nan, infinity, -1],
        "expm1mx": [0, 0, np.e - 2, 1 / np.e, infinity, infinity, np.nan, infinity, 1e30],
        "log": [-infinity, -infinity, 0, np.nan, infinity, np.nan, np.nan, np.log(1e30), np.nan],
        "log1p": [0, 0, np.log(2), -infinity, infinity, np.nan, np.nan, np.log(1e30), np.nan],
        "tanh": [0, 0, np.tanh(1), -np.tanh(1), 1, -1, np.nan, 1, -1],
        "atan": [0, 0, np.pi / 4, -np.pi / 4, np.pi / 2, -np.pi / 2, np.nan, np.pi / 2, -np.pi / 2],
        "dawson": [0, 0, 0.5380795069127684, -0.5380795069127684, 0, 0, np.nan, 5e-31, -5e-31],
        "softplus": [np.log(2), np.log(2), np.log1p(np.e), np.log1p(1 / np.e), infinity, 0, np.nan, 1e30, 0],
    }
    for name, values in expected.items():
        got = evaluate(special, name, precision, points)
        np.testing.assert_allclose(got, np.array(values), rtol=8 * ULP[precision], err_msg=name)


@pytest.mark.parametrize(("precision", "end"), [("float", 88.5), ("double", 709.5)])
def test_reciprocal_exponentials_at_the_ends_of_the_range(special, precision, end):
    """Each lane by itself: those beside one at the end round as they do alone."""
    points = np.array([0.3, -end, end, -0.7, -end + 2, end - 4], DTYPES[precision])
    got = evaluate(special, "exp_neg", precision, points)
    smallest = np.finfo(DTYPES[precision]).tiny
    for x, y in zip(points, got, strict=True):
        assert y == evaluate(special, "exp_neg", precision, np.array([x]))[0]
        exact = mpmath.exp(-mpmath.mpf(float(x)))
        assert abs(float(y) - exact) <= 4 * ULP[precision] * exact * abs(float(x)) or exact < smallest
    assert got[2] < smallest


def test_what_is_printed():
    x, y = sp.symbols("x y", real=True)
    printer = CppPrinter()
    assert printer(sp.Rational(1, 2) * expm1(x) - y**2) == "-square(y) + T(0.5) * expm1(x)"
    assert printer(1 / sp.sqrt(x)) == "reciprocal(sqrt(x))"
    assert printer(x**-3) == "power<-3>(x)"
    assert printer(sp.Piecewise((x, x > 0), (0, True))) == "select<V>(x > T(0.0), x, T(0.0))"
    for unknown in (sp.zeta(x), x ** sp.Rational(1, 3)):
        with pytest.raises(NotImplementedError):
            printer(unknown)


def test_a_kernel_says_what_it_costs():
    kernel = lower(catalog("kld", "laplace", "normal"))
    text = emit.kernel_source(kernel, "// by a test")
    assert text.startswith("// by a test\n// kld of the laplace from the standard normal, in nats.\n")
    assert "// Value: 8 operations per element, 1 of them transcendental functions (different arguments: 1).\n" in text
    assert all(len(line) <= emit.WIDTH for line in text.splitlines())
    assert emit.cost(kernel.plan) == emit.Cost(operations=9, calls=2, arguments=1, total=46)


def test_loops_of_a_branch_that_nothing_takes_are_guarded():
    text = emit.kernel_source(lower(catalog("kld", "gumbel", "logistic")), "// by a test")
    guards = [line.strip() for line in text.splitlines() if "if (any(" in line]
    assert guards == ["if (any(x5))", "if (any(~x5))"] * 3  # value, gradient, both
    assert "if (any(" not in emit.kernel_source(lower(catalog("kld", "normal", "cauchy")), "// by a test")


def test_philox_gives_the_published_numbers(tmp_path):
    """Random123's known answers for philox4x32-10."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        pytest.skip("there is no C++ compiler")
    (tmp_path / "philox.cpp").write_text(
        '#include <cstdio>\n#include "variates.h"\nint main() { uint32_t w[autovae::kBlock]; '
        "autovae::Philox::words(0, 0, 0, 0, w); "
        'std::printf("%08x %08x %08x %08x", w[0], w[1], w[autovae::kBlock / 2], w[autovae::kBlock / 2 + 1]); }\n'
    )
    include = f"-I{ROOT / 'generated' / 'cpp'}"
    for machine in ("-march=native", "-mtune=generic"):  # vectors of this machine, and the least
        flags = ["-std=c++20", "-Wno-psabi", machine, include]
        subprocess.run([compiler, *flags, "philox.cpp", "-o", "philox"], cwd=tmp_path, check=True)
        done = subprocess.run([tmp_path / "philox"], capture_output=True, text=True, check=True)
        assert done.stdout == "6627e8d5 e169c58d bc57ac4c 9b00dbd8"


def test_cells_whose_kernels_are_not_there_are_left_to_the_torch_backend():
    """As those of a family of one's own may be: with a reference to them the library would not load."""
    there = [lower(catalog("kld", *pair)) for pair in (("N", "N"), ("N", "La"))]
    pairs = {"N/N", "N/La", "La/N"}
    entries = [
        catalog(kind, *pair.split("/")) for kind in ("reverse_kld", "jeffreys", "chi2") for pair in sorted(pairs)
    ]
    left = {f"{entry.kind} {entry.pair}" for entry in linkable(entries, there)}
    assert left == {"reverse_kld N/N", "reverse_kld La/N", "jeffreys N/N", *(f"chi2 {pair}" for pair in pairs)}
