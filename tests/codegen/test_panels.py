"""What quadrature is told about each pair: condition, orders, kinks, tails, scores, nodes."""

import math

import mpmath
import pytest
import sympy as sp
import torch

from codegen.backends.torch import emit
from codegen.densities import lower_density
from codegen.nodes import gauss_legendre
from codegen.panels import lower_panels, orders, panel_rules
from codegen.stabilise import l
from divergences import catalog
from divergences.families import FAMILIES, alpha, mu, t

INF = math.inf


@pytest.mark.parametrize(
    ("kind", "pair", "expected"),
    [("renyi", "N/N", (0.0, INF)), ("renyi", "La/N", (0.0, 1.0)), ("renyi", "N/U", (0.0, 1.0)),
     ("renyi", "U/U", (0.0, INF)), ("renyi", "G/G", (0.0, INF)), ("beta", "N/U", (1.0, INF)),
     ("beta", "La/N", (1.0, INF)), ("beta", "N/C", (0.5, INF)), ("gamma", "C/C", (0.5, INF)),
     ("gamma", "N/La", (0.0, INF))],
)  # fmt: skip
def test_orders_at_which_a_pair_is_finite_somewhere(kind: str, pair: str, expected: tuple[float, float]) -> None:
    assert orders(catalog(kind, *pair.split("/"))) == expected


def test_the_edge_at_equal_scales_is_exact_in_the_log_scale() -> None:
    domain = lower_panels(catalog("renyi", "G", "G")).domain
    assert {sp.Lt(l, 0), sp.Eq(l, 0)} <= domain.atoms(sp.core.relational.Relational)
    assert domain.subs({alpha: 2, mu: -20, l: -sp.Float(1e-300)}) == sp.true


def test_heavy_tails_get_more_panels() -> None:
    shares = {q: lower_panels(catalog("renyi", q, "N")).share for q in FAMILIES}
    assert [q for q, share in shares.items() if share > 1] == ["cauchy"]
    assert lower_panels(catalog("beta", "N", "C")).share > lower_panels(catalog("renyi", "N", "C")).share


def test_closed_conditions_forgive_rounding_and_open_ones_do_not() -> None:
    source = emit.cell_module(lower_panels(catalog("renyi", "U", "U")), "# header\n")
    namespace: dict = {}
    exec(compile(source, "cell", "exec"), namespace)
    finite, eps = namespace["finite"], torch.finfo(torch.float64).eps
    scale = torch.tensor(0.3, dtype=torch.float64)
    inside, edge = (torch.tensor(x, dtype=torch.float64) for x in (0.7, 0.7 + 2 * eps))
    assert finite(inside, scale.log(), 2.0, eps)
    assert finite(edge, scale.log(), 2.0, eps)
    assert not finite(torch.tensor(0.7 + 1e-14, dtype=torch.float64), scale.log(), 2.0, eps)
    assert finite(torch.tensor(1.29, dtype=torch.float64), scale.log(), 0.5, eps)
    assert not finite(torch.tensor(1.31, dtype=torch.float64), scale.log(), 0.5, eps)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda f: f.name)
def test_scores_are_the_derivatives_of_the_log_densities(family) -> None:
    source = emit.family_module(lower_density(family), "# header\n")
    namespace: dict = {"special": __import__("generated.torch.special", fromlist=["special"])}
    exec(compile(source.replace("from generated.torch import special\n", ""), "family", "exec"), namespace)
    points = [
        x for x in (-30.0, -2.5, -0.6, 0.2, 0.7, 3.5, 40.0) if namespace["SUPPORT"][0] < x < namespace["SUPPORT"][1]
    ]
    log_density = sp.lambdify(t, family.log_density, "mpmath")
    for x, score, value in zip(
        points,
        namespace["score"](torch.tensor(points, dtype=torch.float64)).tolist(),
        namespace["log_formula"](torch.tensor(points, dtype=torch.float64)).tolist(),
        strict=True,
    ):
        with mpmath.workdps(40):
            assert abs(value - log_density(mpmath.mpf(x))) <= 4e-16 * max(1, abs(value))
            slope = mpmath.diff(log_density, mpmath.mpf(x))
        assert abs(score - slope) <= 1e-15 * max(1, abs(slope))


def test_kinks_are_where_the_score_jumps() -> None:
    kinks = {name: lower_density(family).kinks for name, family in FAMILIES.items()}
    assert {name: k for name, k in kinks.items() if k} == {"laplace": (0,)}


@pytest.mark.parametrize(("precision", "rule"), panel_rules().items())
def test_the_rule_of_a_panel_is_exact_for_polynomials(precision: str, rule) -> None:
    nodes = [(mpmath.mpf(x), mpmath.mpf(w)) for x, w in rule.nodes]
    highest = 2 * len(nodes) - 1
    for power in (0, 1, 5, highest):
        assert abs(sum(w * x**power for x, w in nodes) - mpmath.mpf(1) / (power + 1)) < 1e-15


def test_tails_are_the_powers_as_which_the_densities_fall() -> None:
    tails = {name: lower_density(family).tails for name, family in FAMILIES.items()}
    assert {name: found for name, found in tails.items() if set(found) != {sp.oo}} == {"cauchy": (2, 2)}


def test_more_nodes_for_more_digits() -> None:
    assert len(gauss_legendre(5)) == 5
    rules = panel_rules()
    assert rules["float64"].reach > -math.log(torch.finfo(torch.float64).eps) > rules["float32"].reach
