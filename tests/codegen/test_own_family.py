"""An eighth family gets kernels for its pairs without a rule of its own: by quadrature, from its record alone."""

import math
import sys
from collections.abc import Iterator
from types import ModuleType

import mpmath
import pytest
import sympy as sp
import torch

from codegen.backends.torch import emit
from codegen.build import _compile
from codegen.densities import lower_density
from codegen.floors import GeneratedCode
from codegen.panels import lower_panels
from divergences import catalog, quadrature
from divergences.families import FAMILIES, Family, p, t


@pytest.fixture(scope="module")
def half_normal() -> Iterator[Family]:
    family = Family("half_normal", "HN", sp.sqrt(2 / sp.pi) * sp.exp(-(t**2) / 2), sp.Interval(0, sp.oo),
                    sp.sqrt(2) * sp.erfinv(p), "HN")  # fmt: skip
    FAMILIES.add(family)
    name = "generated.torch.families.half_normal"
    module = ModuleType(name)
    exec(compile(emit.family_module(lower_density(family), "# header\n"), name, "exec"), module.__dict__)
    package = __import__("generated.torch.families", fromlist=["families"])
    sys.modules[name], package.half_normal = module, module
    yield family
    FAMILIES.discard("half_normal")
    del sys.modules[name], package.half_normal


@pytest.mark.parametrize("kind", ["kld", "renyi", "worst_case"])
@pytest.mark.parametrize("other", ["N", "La", "C", "Lo", "G", "E", "HN"])
def test_values_and_gradients(half_normal: Family, kind: str, other: str) -> None:
    entry = catalog(kind, "HN", other)
    assert entry.status != "infinite" or kind == "worst_case"
    if entry.status == "infinite":
        return
    namespace: dict = {}
    exec(compile(emit.cell_module(lower_panels(entry), "# header\n"), "cell", "exec"), namespace)
    orders = (0.6,) if kind == "renyi" else ()
    at, h = (0.4, -0.7), 1e-6
    moved = [at, (at[0] + h, at[1]), (at[0] - h, at[1]), (at[0], at[1] + h), (at[0], at[1] - h)]
    loc, log_scale = (torch.tensor(x, dtype=torch.float64) for x in zip(*moved, strict=True))
    value, d_loc, d_log_scale = namespace["value_and_grad"](loc, log_scale, *orders)
    truth = quadrature.divergence(kind, "HN", other, at[0], mpmath.exp(mpmath.mpf(at[1])), *orders, dps=18)
    assert abs(value[0].item() - truth) <= 1e-12 * (1 + truth)
    assert abs((value[1] - value[2]) / (2 * h) - d_loc[0]) < 1e-7
    assert abs((value[3] - value[4]) / (2 * h) - d_log_scale[0]) < 1e-7


@pytest.mark.parametrize("kind", ["kld", "renyi", "support_overlap"])
def test_every_pair_is_written(half_normal: Family, kind: str) -> None:
    """Also where the closed form has functions that no target has."""
    code = GeneratedCode(emit.special_module("# header\n"))
    pairs = {pair for other in FAMILIES for pair in ((other, "half_normal"), ("half_normal", other))}
    for pair in sorted(pairs):
        entry = catalog(kind, *pair)
        if entry.status != "infinite":
            source, _ = _compile(entry, code, [], [])
            assert source is not None, pair
            compile(source, entry.pair, "exec")


def test_a_divergence_without_formula_stays_in_the_catalog(half_normal: Family) -> None:
    entry = catalog("fisher", "HN", "HN")
    assert entry.status != "infinite"
    source, found = _compile(entry, GeneratedCode(""), [], [])
    assert source is None
    assert found["kernel"] is False


def test_a_hyperbolic_cosine_does_not_overflow() -> None:
    quantile = 2 * sp.log(sp.tan(sp.pi * p / 2)) / sp.pi
    secant = Family("secant", "S", 1 / (2 * sp.cosh(sp.pi * t / 2)), sp.S.Reals, quantile, "S")
    density = lower_density(secant)
    namespace: dict = {}
    exec(emit.family_module(density, "# header\n"), namespace)
    found = namespace["log_density"](torch.tensor([0.0, -3.0, 1e6], dtype=torch.float64))
    expected = [-math.log(2), -1.5 * math.pi - math.log1p(math.exp(-3 * math.pi)), -0.5e6 * math.pi]
    assert found.tolist() == pytest.approx(expected, rel=1e-14)
