"""Each rewriting rule at the point where the plain formula fails, in float64."""

import math

import mpmath
import pytest
import sympy as sp
import torch

from codegen import stabilise as st
from codegen.backends.torch.printer import TorchPrinter
from codegen.functions import MEANING
from codegen.schedule import fold
from codegen.stabilise import l, stabilise
from divergences import catalog
from divergences.families import mu, sigma
from generated.torch import special


def in_float64(expr: sp.Expr, m: float, log_scale: float) -> float:
    """The expression as the torch backend would compute it."""
    source = TorchPrinter()(fold(expr))
    at = {"mu": torch.tensor(m, dtype=torch.float64), "l": torch.tensor(log_scale, dtype=torch.float64)}
    return float(eval(source, {"torch": torch, "special": special} | at))  # noqa: S307


def naive(expr: sp.Expr, m: float, log_scale: float) -> float:
    """The closed form in float64, as one would type it."""
    try:
        return float(sp.lambdify((mu, sigma), expr, "math")(m, math.exp(log_scale)))
    except OverflowError:
        return math.inf


HAZARDS = [
    # rule, pair, mu, log sigma: where the plain formula has lost at least half of its digits
    ("log_variable", "N/N", 0.0, 1e-9),
    ("log_of_ratio", "C/C", 1e-9, 1e-9),
    ("softplus_to_logcosh", "Lo/La", 1.0, -7.0),
    ("split_exponential", "La/La", 1e-8, 1e-8),
    ("exponential_minus_linear", "La/La", 1e-8, -1e-8),
    ("complete_exponential", "G/G", 1e-9, 1e-9),
    ("shift_lgamma", "G/G", 0.0, 1e-8),
    ("bregman", "E/E", 0.0, 1e-8),
    ("mean_absolute_of_uniform", "U/La", 9.7, -14.0),
]


@pytest.mark.parametrize(("rule", "pair", "m", "log_scale"), HAZARDS)
def test_rule_mends_its_hazard(rule: str, pair: str, m: float, log_scale: float) -> None:
    cell = catalog("kld", *pair.split("/"))
    stable, applied = stabilise(cell.expr)
    assert rule in applied
    with mpmath.workdps(60):
        truth = cell.evaluate(m, mpmath.exp(mpmath.mpf(log_scale)), dps=50)
    worst = abs(naive(cell.expr, m, log_scale) - truth) / abs(truth)
    mended = abs(in_float64(stable, m, log_scale) - truth) / abs(truth)
    assert mended < 1e-14
    assert worst > 1e4 * mended


def test_exponential_integral_reaches_where_exp_overflows() -> None:
    stable, applied = stabilise(catalog("kld", "G", "La").expr)
    assert "exponential_integral" in applied
    assert math.isfinite(in_float64(stable, 10.0, -6.0))
    assert not math.isfinite(float(torch.exp(torch.tensor(10.0 / math.exp(-6.0), dtype=torch.float64))))


def test_every_rule_is_used() -> None:
    used: set[str] = set()
    for q in ("N", "La", "Lo", "U", "G", "E", "C"):
        for prior in ("N", "La", "G", "C", "E"):
            cell = catalog("kld", q, prior)
            if cell.status == "closed" and not cell.expr.has(sp.re):
                used |= set(stabilise(cell.expr)[1])
    assert used == {rule.__name__ for rule in st.RULES}


@pytest.mark.parametrize("rule", st.RULES, ids=lambda r: r.__name__)
def test_rules_leave_alone_what_they_do_not_know(rule: st.Rule) -> None:
    expr = mu**2 * sp.exp(l) + sp.cos(mu)
    assert rule(expr) == expr


def test_a_wrong_rule_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    def off_by_little(expr: sp.Expr) -> sp.Expr:
        return expr + sp.Rational(1, 10**20)

    monkeypatch.setattr(st, "RULES", (*st.RULES, off_by_little))
    with pytest.raises(st.RewriteError, match="off_by_little changed the value"):
        stabilise(catalog("kld", "N", "N").expr)


def test_stable_forms_equal_the_closed_forms_to_forty_digits() -> None:
    for pair in ("N/La", "Lo/G", "E/G", "G/N", "U/G"):
        cell = catalog("kld", *pair.split("/"))
        stable, _ = stabilise(cell.expr)
        with mpmath.workdps(50):
            log_scale = mpmath.mpf("-0.71")
            value = sp.lambdify((mu, l), stable, modules=[MEANING, "mpmath"])(mpmath.mpf("0.4"), log_scale)
            truth = cell.evaluate("0.4", mpmath.exp(log_scale), dps=45)
            assert abs(value - truth) < mpmath.mpf(10) ** -40
