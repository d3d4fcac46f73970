"""Fixed-node sums: the tables, differentiation under the sum, and agreement with the catalog in every regime."""

import mpmath
import pytest
import sympy as sp
import torch

from codegen.lower import lower
from codegen.nodes import (
    NodeSum,
    contour_table,
    gumbel_table,
    kolmogorov_density,
    kolmogorov_table,
    legendre_table,
    logistic_table,
    wide_logistic_table,
)
from codegen.schedule import Loop, schedule
from divergences import catalog
from divergences.families import mu

TABLES = [
    kolmogorov_table(), contour_table("normal"), contour_table("gumbel"), contour_table("exponential"),
    logistic_table(), wide_logistic_table(), gumbel_table(), legendre_table(),
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize(("precision", "bound"), [("float64", 1e-15), ("float32", 3e-8)])
def test_weights_add_up_to_one(table, precision: str, bound: float) -> None:
    column = table.columns.index("w" if "w" in table.columns else "wx")
    rows = getattr(table, precision)
    assert abs(sum(mpmath.mpf(row[column]) for row in rows) - 1) < bound
    if "wy" in table.columns:
        assert abs(sum(mpmath.mpf(row[table.columns.index("wy")]) for row in rows)) < bound


def test_kolmogorov_density_is_the_same_by_both_series() -> None:
    with mpmath.workdps(30):
        below, above = kolmogorov_density(1 - mpmath.mpf(10) ** -25), kolmogorov_density(1 + mpmath.mpf(10) ** -25)
        assert abs(below - above) < mpmath.mpf(10) ** -22
        # the median of the Kolmogorov distribution is 0.82757...
        assert abs(mpmath.quad(kolmogorov_density, [0.05, 0.8275735551899076]) - mpmath.mpf("0.5")) < 1e-12


def test_mixture_reproduces_the_logistic_variance() -> None:
    table = kolmogorov_table()
    variance = sum(row[table.columns.index("var")] * row[table.columns.index("w")] for row in table.float64)
    assert abs(variance - float(mpmath.pi**2 / 3)) < 1e-13


def test_sums_differentiate_under_the_sum() -> None:
    table = legendre_table()
    t, w = table.symbols
    total = NodeSum(w * sp.sin(mu * t), table)
    assert total.free_symbols == {mu}
    assert sp.diff(total, mu) == NodeSum(w * t * sp.cos(mu * t), table)
    assert sp.diff(total, sp.Symbol("other")) == 0


def test_one_loop_serves_value_and_gradient() -> None:
    kernel = lower(catalog("kld", "N", "C"))
    plan = schedule([kernel.value, kernel.d_loc, kernel.d_log_scale])
    loops = [step for step in plan.steps if isinstance(step, Loop)]
    assert len(loops) == 1
    assert len(loops[0].accumulators) == 3
    value_alone = plan.restricted(slice(1))
    assert value_alone.operations < plan.operations
    assert [len(step.accumulators) for step in value_alone.steps if isinstance(step, Loop)] == [1]


# One point on each side of every switch between rules, and far out.
SWITCHES = {
    "U/C": [(0.4, -0.694), (0.4, -0.692), (9.0, -6.0), (-7.0, 3.0)],
    "U/Lo": [(0.4, -1e-9), (0.4, 1e-9), (9.0, -6.0), (-7.0, 3.0)],
    "Lo/Lo": [(0.999, 0.349), (1.001, 0.349), (0.5, 0.351), (0.5, -0.351), (2.0, 1e-9), (2.0, -1e-9), (8.0, 3.0)],
    "G/Lo": [(1.0, 0.3715), (1.0, 0.3716), (-10.0, 3.0), (10.0, -6.0)],
    "La/Lo": [(1.0, -6.0), (-1.0, 3.0), (0.0, 0.0)],
    "E/Lo": [(1.0, -6.0), (-9.0, 3.0), (-9.0, -6.0)],
    "Lo/C": [(0.0, -6.0), (10.0, 3.0), (-0.3, 0.0)],
    "G/C": [(-10.0, 3.0), (0.2, -6.0)],
    "N/Lo": [(10.0, 3.0), (0.0, -6.0), (-3.0, 0.0)],
}


@pytest.mark.parametrize("pair", SWITCHES)
def test_both_sides_of_every_switch(pair: str) -> None:
    from divergences.ops import divergence

    cell = catalog("kld", *pair.split("/"))
    for m, log_scale in SWITCHES[pair]:
        with mpmath.workdps(40):
            truth = cell.evaluate(m, mpmath.exp(mpmath.mpf(log_scale)), dps=25)
        value = divergence("kld", cell.posterior.name, cell.prior.name, torch.tensor(m, dtype=torch.float64), log_scale)
        assert abs(float(value) - truth) <= 2e-14 * (1 + truth), (m, log_scale)
