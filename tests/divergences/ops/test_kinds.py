"""A divergence that appears in the generated table is served without a change here: one with an order, for instance."""

import sys
from math import inf
from types import ModuleType

import pytest
import torch
from torch.distributions import Cauchy, Independent, Laplace, Normal, StudentT

from divergences.ops import (
    DivergenceError,
    InfinitePairError,
    Pairing,
    UnknownNameError,
    divergence,
    divergence_sum,
    kernels,
    renyi_divergence,
    table,
)
from generated import table as generated_table


def _renyi_of_normals(loc, log_scale, alpha):
    """van Erven & Harremoës (2014), table 2; infinite where the mixed variance is not positive."""
    variance = alpha + (1 - alpha) * torch.exp(2 * log_scale)
    value = alpha * loc**2 / (2 * variance) + torch.log(variance) / (2 * (1 - alpha)) - log_scale
    return torch.where(variance > 0, value, inf)


def _renyi_of_normals_and_grad(loc, log_scale, alpha):
    with torch.enable_grad():
        m, ls = loc.detach().requires_grad_(), log_scale.detach().requires_grad_()
        value = _renyi_of_normals(m, ls, alpha)
        d_m, d_ls = torch.autograd.grad(value.sum(), (m, ls))
    return value.detach(), d_m, d_ls


@pytest.fixture
def renyi(monkeypatch):
    """A table with two Rényi cells: N/N at all orders, La/N below 1 only."""
    module = ModuleType("generated.torch.renyi.normal_normal")
    module.value, module.value_and_grad = _renyi_of_normals, _renyi_of_normals_and_grad
    record = {"status": "closed", "finite": "True", "reason": "", "floor": 0.0}
    one_sided = record | {"orders": (0.0, 1.0), "reason": "the normal's tail is lighter", "floor": 0.05}
    cells = {
        key: record if key[1:] == ("normal", "normal") else one_sided
        for key in (("renyi", q, p) for _, q, p in generated_table.CELLS)
    }
    monkeypatch.setattr(generated_table, "CELLS", generated_table.CELLS | cells)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    before = set(vars(kernels._KERNELS))
    yield
    for name in set(vars(kernels._KERNELS)) - before:
        delattr(kernels._KERNELS, name)


@pytest.mark.usefixtures("renyi")
def test_element_wise_with_an_order():
    loc, log_scale = torch.tensor([0.5, 1.0], requires_grad=True), torch.tensor([-0.5, 0.2], requires_grad=True)
    value = divergence("renyi", "N", "N", loc, log_scale, alpha=0.5)
    torch.testing.assert_close(value, _renyi_of_normals(loc, log_scale, 0.5))
    value.sum().backward()
    torch.testing.assert_close(loc.grad, 0.5 * loc.detach() / (0.5 + 0.5 * torch.exp(2 * log_scale.detach())))
    total = divergence_sum("renyi", Pairing.parse("N/N:2"), loc, log_scale, alpha=0.5)
    torch.testing.assert_close(total, value.sum())


@pytest.mark.usefixtures("renyi")
def test_between_distributions():
    p, q = Normal(torch.tensor([1.0, 2.0]), 0.5), Normal(0.5, 2.0)
    expected = _renyi_of_normals((p.loc - 0.5) / 2, torch.log(p.scale / 2), 2.5)
    torch.testing.assert_close(renyi_divergence(p, q, 2.5), expected)
    both = renyi_divergence(Independent(p, 1), Independent(q.expand([2]), 1), 2.5)
    torch.testing.assert_close(both, expected.sum())
    with pytest.raises(DivergenceError, match="1 and 0 independent"):
        renyi_divergence(Independent(p, 1), Independent(q, 0), 2.5)
    with pytest.raises(DivergenceError, match="known for a StudentT; accepted are Normal"):
        renyi_divergence(StudentT(3.0), q, 2.5)


@pytest.mark.usefixtures("renyi")
@pytest.mark.parametrize("alpha", [None, 0.0, 1.0, -0.5, inf, float("nan"), "2"])
def test_orders_outside_the_domain(alpha):
    for call in (
        lambda: divergence("renyi", "N", "N", 0.0, 0.0, alpha=alpha),
        lambda: renyi_divergence(Normal(0.0, 1.0), Normal(0.0, 1.0), alpha),
        lambda: Pairing.parse("N/N").check_finite("renyi", alpha),
    ):
        with pytest.raises(DivergenceError, match=r"alpha is .*\(0, 1\) or \(1, oo\)"):
            call()


@pytest.mark.usefixtures("renyi")
def test_refusal_depends_on_the_order():
    pairing = Pairing.parse("N/N:2,La/N:3")
    pairing.check_finite("renyi", 0.5)
    with pytest.raises(InfinitePairError, match=r"order 2 of the pair La/N .* lighter; .* N/N"):
        pairing.check_finite("renyi", 2.0)


def test_until_the_table_has_it():
    if "renyi" in table.kinds():
        pytest.skip("the table has Rényi divergences")
    with pytest.raises(UnknownNameError, match="unknown divergence 'renyi'; known are kld"):
        renyi_divergence(Laplace(0.0, 1.0), Cauchy(0.0, 1.0), 0.5)
    with pytest.raises(UnknownNameError, match="unknown divergence 'renyi'; known are kld"):
        divergence("renyi", "La", "C", 0.0, 0.0, alpha=0.5)


def test_a_missing_generated_module_names_the_command(monkeypatch):
    monkeypatch.setattr(kernels, "BACKENDS", ("nosuch",))
    with pytest.raises(DivergenceError, match=r"generated\.nosuch\.kld\.normal_normal.*python -m codegen\.build"):
        divergence("kld", "N", "N", 0.0, 0.0, backend="nosuch")
