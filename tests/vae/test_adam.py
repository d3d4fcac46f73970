"""Adam in one pass: the numbers and the state of ``torch.optim.Adam``."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from divergences.ops.native import loader
from vae.adam import Adam

SHAPES = [(), (7,), (3, 5), (130, 257)]


@pytest.fixture(autouse=True)
def with_kernels():
    loader.require()


def weights_of(dtype=torch.float32):
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(shape, dtype=dtype)) for shape in SHAPES]


def steps(optimiser, weights, count, seed=1):
    """Take steps with gradients of sizes from 1e-12 to 1."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        for i, w in enumerate(weights):
            size = 10.0 ** -(4 * i)
            w.grad = size * torch.randn(w.shape, generator=generator, dtype=torch.float64).to(w.dtype)
        optimiser.step()
        optimiser.zero_grad()
        assert all(w.grad is None for w in weights)


@pytest.mark.parametrize(("dtype", "limit"), [(torch.float32, 1e-6), (torch.float64, 1e-14)], ids=str)
@pytest.mark.parametrize("settings", [{"lr": 1e-3}, {"lr": 0.1, "eps": 1e-4}], ids=str)
def test_steps_are_those_of_torch(settings, dtype, limit):
    ours, theirs = weights_of(dtype), weights_of(dtype)
    steps(Adam(ours, **settings), ours, 30)
    steps(torch.optim.Adam(theirs, **settings), theirs, 30)
    for a, b, start in zip(ours, theirs, weights_of(dtype), strict=True):
        assert not torch.equal(a, start)
        torch.testing.assert_close(a, b, rtol=limit, atol=30 * settings["lr"] * limit)


def test_state_is_that_of_torch_both_ways():
    weights = weights_of()
    optimiser = Adam(weights, lr=1e-3)
    steps(optimiser, weights, 5)
    for other in (Adam, torch.optim.Adam):
        copies = [nn.Parameter(w.detach().clone()) for w in weights]
        copy = other(copies, lr=1e-3)
        copy.load_state_dict(deepcopy(optimiser.state_dict()))
        assert float(copy.state[copies[0]]["step"]) == 5
        steps(copy, copies, 3, seed=2)
        ours = [nn.Parameter(w.detach().clone()) for w in weights]
        again = Adam(ours, lr=1e-3)
        again.load_state_dict(deepcopy(optimiser.state_dict()))
        steps(again, ours, 3, seed=2)
        for a, b in zip(copies, ours, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-8)


def test_the_same_numbers_for_any_number_of_threads():
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            weights = weights_of()
            steps(Adam(weights, lr=1e-2), weights, 4)
            found.append(weights)
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


def test_a_graph_notices_that_weights_have_moved():
    weight = nn.Parameter(torch.ones(3))
    optimiser = Adam([weight], lr=0.1)
    weight.grad = torch.ones(3)
    optimiser.step()
    loss = (weight * weight).sum()
    optimiser.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_weights_without_gradient_stay():
    weights = weights_of()
    optimiser = Adam(weights, lr=0.1)
    steps(optimiser, weights, 2)
    before = weights[1].detach().clone()
    for i in (0, 2, 3):
        weights[i].grad = torch.ones_like(weights[i])
    optimiser.step()
    assert torch.equal(weights[1], before)
    assert [int(optimiser.state[w]["step"]) for w in weights] == [3, 2, 3, 3]


def test_what_the_operator_does_not_take_is_left_to_torch():
    transposed = nn.Parameter(torch.randn(5, 4).t())
    plain = nn.Parameter(transposed.detach().clone())
    for w, kind in ((transposed, Adam), (plain, torch.optim.Adam)):
        optimiser = kind([w], lr=0.1)
        for _ in range(3):
            w.grad = w.detach().sin()
            optimiser.step()
    torch.testing.assert_close(transposed, plain)
