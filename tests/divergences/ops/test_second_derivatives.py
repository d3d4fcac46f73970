import pytest
import torch

from divergences.ops import divergence
from divergences.ops.table import cell, families, kinds

ORDERS = {"renyi": 0.5, "beta": 1.5, "gamma": 1.5}
LOC = torch.tensor([-1e30, -1e10, -100.0, -3.0, 0.0, 3.0, 100.0, 1e10, 1e30], dtype=torch.float64)
LOG_SCALE = torch.tensor([-300.0, -80.0, -8.0, 0.0, 2.0, 8.0, 80.0, 300.0], dtype=torch.float64)


@pytest.mark.parametrize("kind", kinds())
def test_second_derivatives_are_numbers_however_far_out(kind):
    """Where a value is infinite, or an intermediate result overflows, they are zero as the first ones are."""
    looked_at = 0
    for posterior in families():
        for prior in families():
            if not cell(kind, posterior, prior).is_finite(ORDERS.get(kind)):
                continue
            loc, log_scale = (t.flatten().requires_grad_() for t in torch.meshgrid(LOC, LOG_SCALE, indexing="ij"))
            value = divergence(kind, posterior, prior, loc, log_scale, ORDERS.get(kind))
            assert not value.isnan().any()
            first = torch.autograd.grad(value.sum(), (loc, log_scale), create_graph=True)
            total = sum(gradient.sum() for gradient in first if gradient.requires_grad)
            if isinstance(total, torch.Tensor):
                second = torch.autograd.grad(total, (loc, log_scale), allow_unused=True)
                assert not any(g.isnan().any() for g in (*first, *second) if g is not None), (posterior, prior)
                looked_at += 1
    assert looked_at >= 15


def test_where_all_is_finite_they_are_what_they_were():
    loc = torch.tensor([0.3, -1.0], dtype=torch.float64, requires_grad=True)
    log_scale = torch.tensor([-0.2, 0.5], dtype=torch.float64, requires_grad=True)
    (d_loc,) = torch.autograd.grad(
        divergence("kld", "normal", "gumbel", loc, log_scale).sum(), loc, create_graph=True
    )  # fmt: skip
    (second,) = torch.autograd.grad(d_loc.sum(), loc)
    # KLD = ... + mu + exp(-mu + sigma^2/2), so that the second derivative is the last term.
    expected = torch.exp(-loc + torch.exp(2 * log_scale) / 2)
    torch.testing.assert_close(second, expected.detach())
