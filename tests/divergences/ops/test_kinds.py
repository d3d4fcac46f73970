"""What is served follows from the generated table: its divergences, their cells, their modules."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch.distributions import Normal

from divergences.ops import DivergenceError, UnknownNameError, divergence, kernels, renyi_divergence
from divergences.ops.table import cell, families


def test_a_missing_generated_module_names_the_command(monkeypatch):
    monkeypatch.setattr(kernels, "BACKENDS", ("nosuch",))
    with pytest.raises(DivergenceError, match=r"generated\.nosuch\.kld\.normal_normal.*python -m codegen\.build"):
        divergence("kld", "N", "N", 0.0, 0.0, backend="nosuch")


def test_a_cell_without_kernel_says_so(monkeypatch):
    monkeypatch.setattr(kernels, "cell", lambda *names: replace(cell(*names), kernel=False))
    monkeypatch.setattr(kernels, "_KERNELS", SimpleNamespace())
    with pytest.raises(DivergenceError, match="the fisher divergence of N/La has a catalog entry but no kernel"):
        divergence("fisher", "N", "La", 0.0, 0.0, backend="torch")


@pytest.mark.parametrize("alpha", [None, 0.5])
def test_an_unknown_divergence(alpha):
    with pytest.raises(UnknownNameError, match="unknown divergence 'chi3'; known are kld"):
        divergence("chi3", "N", "N", 0.0, 0.0, alpha=alpha)


def test_a_divergence_without_an_order_takes_none():
    with pytest.raises(DivergenceError, match=r"'kld' takes no alpha, got 0\.5; those with one are .*renyi"):
        divergence("kld", "N", "N", 0.0, 0.0, alpha=0.5)


@pytest.mark.parametrize("alpha", [None, 0.0, -0.5, float("inf"), float("nan"), "2"])
def test_orders_outside_the_domain(alpha):
    for call in (
        lambda: divergence("renyi", "N", "N", 0.0, 0.0, alpha=alpha),
        lambda: renyi_divergence(Normal(0.0, 1.0), Normal(0.0, 1.0), alpha),
    ):
        with pytest.raises(DivergenceError, match=r"alpha is .*\(0, oo\)"):
            call()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("posterior", families())
def test_kld_is_never_nan_for_finite_inputs(posterior, dtype):
    big = torch.finfo(dtype).max / 10
    far = torch.tensor([0.0, 1e-30, -1.0, 1e4, -1e10, 1e18, big, -big], dtype=dtype)
    log_scales = torch.tensor([0.0, -1.0, 5.0, -30.0, 30.0, -61.0, 61.0, -90.0, 90.0, -800.0, 800.0], dtype=dtype)
    for prior in families():
        m, s = (x.flatten().clone().requires_grad_() for x in torch.meshgrid(far, log_scales, indexing="ij"))
        value = divergence("kld", posterior, prior, m, s, backend="torch")
        gradients = torch.autograd.grad(value.sum(), (m, s))
        assert (value >= 0).all(), prior
        assert all((g[torch.isinf(value)] == 0).all() and not torch.isnan(g).any() for g in gradients), prior
        assert (divergence("kld", posterior, prior, m.detach(), s.detach(), backend="torch") >= 0).all(), prior
