"""The likelihoods by the Triton backend: what ``test_likelihoods`` asks of the other backends, and its operators."""

import math
import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch

from divergences.ops import negative_log_likelihood
from divergences.ops.likelihoods import LIKELIHOODS

# The interpreter of older versions does not go with NumPy 2.4.
triton = pytest.importorskip("triton", minversion=None if torch.cuda.is_available() else "3.9")
pytestmark = [
    pytest.mark.skipif(os.environ.get("TRITON_INTERPRET") != "1", reason="compares tensors on the CPU"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:triton"),
]

_spec = spec_from_file_location("likelihoods_of_triton", Path(__file__).with_name("test_likelihoods.py"))
shared = module_from_spec(_spec)
_spec.loader.exec_module(shared)
shared.BACKENDS = ("triton", "torch")
every_likelihood = pytest.mark.parametrize("name", LIKELIHOODS)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@every_likelihood
def test_one_pixel_against_the_density(name, dtype):
    shared.test_one_pixel_against_the_density(name, "triton", dtype)


@pytest.mark.parametrize("pixels", [1, 5, 2500])
@every_likelihood
def test_it_agrees_with_the_torch_backend(name, pixels):
    shared.test_the_backends_agree(name, pixels)


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16], ids=str)
@every_likelihood
def test_half_precision_is_computed_in_float32(name, half):
    shared.test_half_precision_is_computed_in_float32(name, "triton", half)


@pytest.mark.parametrize("name", [n if n == "normal" else pytest.param(n, marks=pytest.mark.slow) for n in LIKELIHOODS])
def test_first_and_second_derivatives(name):
    shared.test_first_and_second_derivatives(name, "triton")


@every_likelihood
def test_at_the_middle_and_far_out(name):
    shared.test_at_the_middle_and_far_out(name, "triton")


def test_dtypes_leading_dimensions_and_nothing():
    shared.test_a_float64_operand_decides("triton")
    shared.test_nothing_in_nothing_out("triton")
    for name in ("bernoulli", "laplace"):
        shared.test_leading_dimensions_broadcast(name, "triton")


@pytest.mark.parametrize("name", ["bernoulli", "beta"])
def test_strided_operands(name):
    target, parameters = shared.operands(name, 6)
    gap = torch.full_like(parameters, math.nan)
    expected = shared.value_and_gradient(name, target, parameters, "triton")
    for strided in (
        torch.cat([parameters, gap], -1)[:, : parameters.shape[-1]],
        torch.stack([parameters, gap], -1)[..., 0],
        parameters.t().contiguous().t(),
        parameters.repeat_interleave(2, 0)[::2],
    ):
        assert not strided.is_contiguous()
        results = shared.value_and_gradient(name, target, strided, "triton")
        assert all(torch.equal(*pair) for pair in zip(results, expected, strict=True))
    results = shared.value_and_gradient(name, target.t().contiguous().t(), parameters, "triton")
    assert all(torch.equal(*pair) for pair in zip(results, expected, strict=True))


@pytest.mark.parametrize("name", ["bernoulli", "beta"])
def test_many_rows_fill_several_blocks(name):
    target, parameters = shared.operands(name, 700, pixels=30)
    got, expected = (shared.value_and_gradient(name, target, parameters, b) for b in ("triton", "torch"))
    for ours, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["beta"])
def test_the_operators_pass_the_checks_of_torch(name):
    from divergences.ops import triton_likelihoods as operators

    target, parameters = shared.operands(name, 3, pixels=4)
    torch.library.opcheck(operators.negative_log_likelihood, (target, parameters.requires_grad_(), name))
    halves = target.bfloat16(), parameters.detach().bfloat16()
    torch.library.opcheck(operators.negative_log_likelihood, (*halves, name))
    grad = torch.ones(3)
    torch.library.opcheck(operators.negative_log_likelihood_gradient, (grad, *halves, name))


def test_compiled_without_a_break():
    target, parameters = shared.operands("continuous_bernoulli", 2, 3, dtype=torch.float32)

    def loss(p):
        return negative_log_likelihood("continuous_bernoulli", target[0], p, "triton").square().sum()

    leaves = [parameters.clone().requires_grad_() for _ in range(2)]
    loss(leaves[0]).backward()
    torch.compile(loss, backend="aot_eager", fullgraph=True)(leaves[1]).backward()
    torch.testing.assert_close(leaves[0].grad, leaves[1].grad)
