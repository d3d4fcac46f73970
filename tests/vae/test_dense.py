"""Networks in one step: the numbers of ``nn.Sequential``, whose derivatives are Torch's own."""

import pytest
import torch
from torch import nn

from vae.dense import Dense
from vae.networks import ACTIVATIONS, mlp

TOLERANCE = {torch.float64: 1e-12, torch.float32: 2e-6, torch.bfloat16: 2e-2}


def of_both(network: nn.Sequential, x: torch.Tensor, precision: torch.dtype) -> list[tuple[torch.Tensor, ...]]:
    """Outputs and gradients, by the network and by ``nn.Sequential`` of the same parts."""
    found = []
    for each in (network, nn.Sequential(*network)):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            y = each(x)
        found.append((y, *torch.autograd.grad(y.float().sin().sum(), [x, *network.parameters()])))
    return found


@pytest.mark.parametrize("precision", TOLERANCE, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("depth", [1, 2])
def test_values_and_gradients_are_those_of_sequential(activation, precision, depth):
    torch.manual_seed(0)
    network = mlp(30, 7, 16, depth, activation)
    x = torch.randn(3, 5, 30)
    if precision == torch.float64:
        network, x = network.double(), x.double()
    ours, theirs = of_both(network, x.requires_grad_(), precision)
    assert "Dense" in ours[0].grad_fn.next_functions[0][0].name()
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        scale = float(b.detach().abs().max())
        torch.testing.assert_close(a, b, rtol=0, atol=TOLERANCE[precision] * scale)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        assert torch.equal(network(x), ours[0])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_derivatives_of_both_orders(activation):
    torch.manual_seed(0)
    network = mlp(3, 2, 4, 2, activation).double()
    x = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    weights = list(network.parameters())
    assert torch.autograd.gradcheck(lambda x, *_: network(x), (x, *weights))
    assert torch.autograd.gradgradcheck(lambda x, *_: network(x), (x, *weights))


def test_gradients_of_some_of_the_weights():
    network = mlp(4, 3, 5, 2, "gelu")
    network[2].weight.requires_grad_(False)
    network[0].bias.requires_grad_(False)
    x = torch.randn(6, 4)
    network(x).square().sum().backward()
    expected = nn.Sequential(*network)
    trained = [p for p in network.parameters() if p.requires_grad]
    for p, g in zip(trained, torch.autograd.grad(expected(x).square().sum(), trained), strict=True):
        torch.testing.assert_close(p.grad, g)
    assert network[2].weight.grad is None
    assert network[0].bias.grad is None


def test_transforms_hooks_and_odd_shapes():
    network = mlp(4, 3, 5, 1, "silu")
    plain, x = nn.Sequential(*network), torch.randn(6, 4)
    torch.testing.assert_close(
        torch.func.vmap(torch.func.jacrev(network))(x), torch.func.vmap(torch.func.jacrev(plain))(x)
    )
    jacobian = torch.autograd.functional.jacobian
    torch.testing.assert_close(jacobian(network, x, vectorize=True), jacobian(plain, x))
    primal, tangent = torch.func.jvp(network, (x,), (x,))
    torch.testing.assert_close(tangent, torch.func.jvp(plain, (x,), (x,))[1])
    assert network(x[0]).shape == (3,)
    assert network(x[:0]).shape == (0, 3)
    assert network(x.unflatten(0, (2, 3))).shape == (2, 3, 3)
    seen = []
    network[0].register_forward_hook(lambda part, given, value: seen.append(value.shape))
    torch.testing.assert_close(network(x), primal)
    assert seen == [(6, 5)]


def test_parts_that_it_does_not_know_are_left_to_torch():
    for parts in (
        [nn.Linear(4, 3), nn.ELU(), nn.Linear(3, 2)],
        [nn.Linear(4, 3, bias=False), nn.GELU(), nn.Linear(3, 2)],
        [nn.Linear(4, 3), nn.GELU(approximate="tanh"), nn.Linear(3, 2)],
        [nn.Linear(4, 3), nn.GELU()],
    ):
        x = torch.randn(5, 4)
        assert torch.equal(Dense(*parts)(x), nn.Sequential(*parts)(x))
    with pytest.raises(RuntimeError, match="dtype"):
        mlp(4, 3, 5, 1, "gelu")(torch.randn(5, 4, dtype=torch.float64))
