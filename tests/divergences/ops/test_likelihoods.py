"""The likelihoods' kernels against their densities in high precision, and against each other."""

import math
from functools import cache
from types import SimpleNamespace

import mpmath
import pytest
import sympy as sp
import torch

from codegen.backends.cpp.likelihoods import likelihood_sources
from codegen.likelihoods import EXACT, FORMULAS, a, b, likelihood_kernels, lower_likelihood, x
from codegen.stabilise import RewriteError
from divergences.ops import DivergenceError, Pairing, UnknownNameError, log_ratio, negative_log_likelihood
from divergences.ops.likelihoods import LIKELIHOODS, TERMS

BACKENDS = ("cpp", "torch")
PIXELS = 37  # two vectors of float32 and a rest


def operands(name, *lead, pixels=PIXELS, spread=2.0, dtype=torch.float64, seed=0):
    """Targets with blacks and whites among them, and parameters, as float32 numbers."""
    source = torch.Generator().manual_seed(seed)
    target = torch.rand(*lead, pixels, generator=source)
    target[..., ::5], target[..., 1::5] = 0.0, 1.0
    parameters = spread * torch.randn(*lead, TERMS[name].outputs * pixels, generator=source)
    return target.to(dtype), parameters.to(dtype)


def value_and_gradient(name, target, parameters, backend, factor=1.0):
    parameters = parameters.detach().requires_grad_()
    nats = negative_log_likelihood(name, target, parameters, backend)
    (gradient,) = torch.autograd.grad(factor * nats.sum(), parameters)
    return nats.detach(), gradient


@cache
def truth(name: str) -> list[tuple[tuple[float, ...], list[mpmath.mpf]]]:
    """Points and there the definition and its derivatives."""
    definition, _, slopes, _ = FORMULAS[name]()
    symbols = (a, b)[: len(slopes)]
    exact = [definition, *(sp.diff(definition, s) for s in symbols)]
    functions = [sp.lambdify((x, a, b), f, modules=[EXACT, "mpmath"]) for f in exact]
    found = []
    with mpmath.workdps(60):
        for spread in (0.02, 2.0, 12.0):
            target, parameters = operands(name, 1, pixels=12, spread=spread, seed=3)
            columns = [target[0], *parameters[0].chunk(len(symbols))]
            for point in zip(*(c.tolist() for c in columns), strict=True):
                at = [mpmath.mpf(p) for p in (*point, 0.0)[:3]]
                found.append((point, [mpmath.re(f(*at)) for f in functions]))
    return found


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", LIKELIHOODS)
def test_one_pixel_against_the_density(name, backend, dtype):
    points, exact = zip(*truth(name), strict=True)
    rows = torch.tensor(points, dtype=dtype)
    nats, gradient = value_and_gradient(name, rows[:, :1], rows[:, 1:], backend)
    eps = torch.finfo(dtype).eps
    for i, (value, *slopes) in enumerate(exact):
        # A narrow scale multiplies the rounding of the error, and terms of the beta's normaliser cancel.
        scale = abs(value) + (30 if name == "beta" else 1)
        assert abs(nats[i].item() - value) <= 16 * eps * scale, (points[i], nats[i].item(), value)
        for j, slope in enumerate(slopes):
            steep = 1 + abs(slope) + (abs(value) if name in ("normal", "laplace", "beta") else 0)
            limit = 64 * eps * steep * (400 if name in ("normal", "beta") else 1)
            assert abs(gradient[i, j].item() - slope) <= limit, (points[i], j, gradient[i, j].item(), slope)


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("pixels", [1, 5, 16, 784, 2500])
def test_the_backends_agree(name, pixels):
    for dtype, tolerance in ((torch.float64, 1e-11), (torch.float32, 1e-4)):
        target, parameters = operands(name, 3, pixels=pixels, dtype=dtype)
        results = [value_and_gradient(name, target, parameters, backend, factor=-0.5) for backend in BACKENDS]
        for ours, theirs in zip(*results, strict=True):
            assert ours.dtype == theirs.dtype == dtype
            torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", LIKELIHOODS)
def test_half_precision_is_computed_in_float32(name, backend, half):
    target, parameters = operands(name, 4, pixels=1100, dtype=torch.float32)
    parameters = parameters.to(half)
    nats, gradient = value_and_gradient(name, target.to(half), parameters, backend)
    wide = value_and_gradient(name, target.to(half).float(), parameters.float(), backend)
    assert nats.dtype == torch.float32
    assert torch.equal(nats, wide[0])
    assert gradient.dtype == half
    assert torch.equal(gradient, wide[1].to(half))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_float64_operand_decides(backend):
    target, parameters = operands("normal", 2, dtype=torch.float32)
    wide = value_and_gradient("normal", target.double(), parameters.double(), backend)
    for pair in ((target.double(), parameters), (target, parameters.double())):
        nats, gradient = value_and_gradient("normal", *pair, backend)
        assert nats.dtype == torch.float64
        assert torch.equal(nats, wide[0])
        assert torch.equal(gradient, wide[1].to(pair[1].dtype))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["bernoulli", "laplace"])
def test_leading_dimensions_broadcast(name, backend):
    target, parameters = operands(name, 3, 2, 4)
    for t, p in (
        (target[0], parameters),  # samples of each image
        (target[0, 0], parameters),
        (target, parameters[0, 0, 0]),  # one image for all
        (target[:, :1], parameters),
        (target[0, :1], parameters),
        (target, parameters[:, :, :1]),
    ):
        lead = torch.broadcast_shapes(t.shape[:-1], p.shape[:-1])
        nats, gradient = value_and_gradient(name, t, p, backend)
        full = value_and_gradient(name, t.expand(*lead, -1).clone(), p.expand(*lead, -1).clone(), backend)
        assert torch.equal(nats, full[0])
        torch.testing.assert_close(gradient, full[1].sum_to_size(p.shape), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", ["bernoulli", "beta"])
def test_strided_operands(name):
    target, parameters = operands(name, 6)
    wide = torch.cat([parameters, torch.full_like(parameters, math.nan)], -1)[:, : parameters.shape[-1]]
    every_other = torch.stack([parameters, torch.full_like(parameters, math.nan)], -1)[..., 0]
    transposed = parameters.t().contiguous().t()
    expected = value_and_gradient(name, target, parameters, "cpp")
    for strided in (wide, every_other, transposed, parameters.repeat_interleave(2, 0)[::2]):
        assert not strided.is_contiguous()
        results = value_and_gradient(name, target, strided, "cpp")
        assert all(torch.equal(*pair) for pair in zip(results, expected, strict=True))
    results = value_and_gradient(name, target.t().contiguous().t(), parameters, "cpp")
    assert all(torch.equal(*pair) for pair in zip(results, expected, strict=True))


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_in_nothing_out(backend):
    for lead, pixels in (((0,), 5), ((2, 0), 5), ((3,), 0)):
        target, parameters = operands("normal", *lead, pixels=pixels)
        nats, gradient = value_and_gradient("normal", target, parameters, backend)
        assert torch.equal(nats, torch.zeros(lead, dtype=torch.float64))
        assert gradient.shape == parameters.shape


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", LIKELIHOODS)
def test_first_and_second_derivatives(name, backend):
    target, parameters = operands(name, 2, pixels=3)
    parameters.requires_grad_()

    def function(p):
        return negative_log_likelihood(name, target, p, backend)

    assert torch.autograd.gradcheck(function, parameters)
    assert torch.autograd.gradgradcheck(function, parameters)


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_at_the_middle_and_far_out(name, backend):
    target, parameters = operands(name, 2, pixels=10)
    middle = value_and_gradient(name, target, torch.zeros_like(parameters), backend)
    beside = value_and_gradient(name, target, torch.full_like(parameters, 1e-9), backend)
    for exact, near in zip(middle, beside, strict=True):
        torch.testing.assert_close(exact, near, rtol=1e-7, atol=1e-7)
    for dtype in (torch.float32, torch.float64):
        for size in (1e3, 1e30):
            found = value_and_gradient(name, target.to(dtype), (size * parameters.sign()).to(dtype), backend)
            assert all(part.isfinite().all() for part in found)
    parameters[0, 3] = math.nan
    nats, gradient = value_and_gradient(name, target, parameters, backend)
    assert nats.isnan().tolist() == [True, False]
    assert gradient[0, 3].isnan()
    assert gradient[1].isfinite().all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_transforms(name):
    target, parameters = operands(name, 4, pixels=3)

    def nats(p, t):
        return negative_log_likelihood(name, t, p)

    _, gradient = value_and_gradient(name, target, parameters, "torch")
    torch.testing.assert_close(torch.func.vmap(torch.func.grad(nats))(parameters, target), gradient)
    torch.testing.assert_close(torch.func.vmap(nats)(parameters, target), nats(parameters, target))
    direction = torch.ones_like(parameters)
    _, slope = torch.func.jvp(lambda p: nats(p, target), (parameters,), (direction,))
    torch.testing.assert_close(slope, gradient.sum(-1))
    hessian = torch.func.hessian(nats)(parameters[0], target[0])
    reverse = torch.autograd.functional.hessian(lambda p: nats(p, target[0]), parameters[0])
    torch.testing.assert_close(hessian, reverse)


@pytest.mark.parametrize("name", ["bernoulli", "beta"])
def test_the_operators_pass_the_checks_of_torch(name):
    target, parameters = operands(name, 3, pixels=4)
    operator = torch.ops.autovae.negative_log_likelihood
    index = torch.ops.autovae.likelihood(name)
    torch.library.opcheck(operator.default, (target, parameters.requires_grad_(), index))
    torch.library.opcheck(operator.default, (target.bfloat16(), parameters.detach().bfloat16(), index))
    backward = torch.ops.autovae.negative_log_likelihood_backward.default
    grad = torch.ones(3, dtype=torch.float64, requires_grad=True)
    torch.library.opcheck(backward, (grad, target, parameters, index))


def test_compiled_without_a_break():
    target, parameters = operands("continuous_bernoulli", 2, 3, dtype=torch.float32)
    compiled = torch.compile(negative_log_likelihood, backend="aot_eager", fullgraph=True)
    ours, theirs = (
        value_and_gradient("continuous_bernoulli", target[0], parameters, backend) for backend in (None, "cpp")
    )
    leaf = parameters.detach().requires_grad_()
    nats = compiled("continuous_bernoulli", target[0], leaf)
    nats.sum().backward()
    assert torch.equal(nats, ours[0])
    assert torch.equal(leaf.grad, theirs[1])


def test_threads_change_nothing():
    target, parameters = operands("normal", 64, pixels=784, dtype=torch.float32)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            results.append(value_and_gradient("normal", target, parameters, "cpp"))
    finally:
        torch.set_num_threads(before)
    for later in results[1:]:
        assert all(torch.equal(*pair) for pair in zip(results[0], later, strict=True))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("poisson", torch.zeros(2), torch.zeros(2)), UnknownNameError, "unknown likelihood 'poisson'; known are bern"),
        (("mse", torch.zeros(2), torch.zeros(2), "cuda"), UnknownNameError, "unknown backend 'cuda'"),
        (
            ("normal", torch.zeros(2), torch.zeros(3)),
            DivergenceError,
            r"targets \(..., d\) and param",
        ),
        (("mse", torch.zeros(2), torch.zeros(2).long()), DivergenceError, "parameters has dtype int64"),
        (("mse", 0.5, torch.zeros(2)), DivergenceError, "target is 0.5"),
        (("mse", torch.zeros(2, requires_grad=True), torch.zeros(2)), DivergenceError, "target requires a gradient"),
        (("mse", torch.zeros(2), torch.zeros(2, device="meta")), DivergenceError, "expected one device"),
        (("mse", torch.zeros(3, 2), torch.zeros(4, 2)), DivergenceError, r"and parameters \(4, 2\) cannot be"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        negative_log_likelihood(*arguments)


def test_a_wrong_formula_is_found(monkeypatch):
    definition, value, slopes, constant = FORMULAS["mse"]()
    monkeypatch.setitem(FORMULAS, "mse", lambda: (definition, value, (slopes[0] + sp.Float(1e-12),), constant))
    with pytest.raises(RewriteError, match="mse at"):
        lower_likelihood("mse")


def test_what_is_generated():
    sources = likelihood_sources(likelihood_kernels(), "// by a test")
    assert set(sources) == {"likelihoods/kernels.h", "likelihoods/kernels.cpp", "likelihoods/library.cpp"}
    text = sources["likelihoods/kernels.cpp"]
    assert "// Value: 11 operations per pixel, 2 of them transcendental functions.\n" in text
    assert all(len(line) <= 120 for source in sources.values() for line in source.splitlines())


@pytest.mark.parametrize("likelihood_first", [True, False])
def test_a_likelihood_and_a_family_of_one_name_keep_apart(likelihood_first, monkeypatch):
    monkeypatch.setattr("divergences.ops.native.backend._INDICES", SimpleNamespace())
    pairing = Pairing.parse("N/N:2,La/La:1")
    source = torch.Generator().manual_seed(0)
    z, loc, log_scale = (torch.randn(4, 3, generator=source) for _ in range(3))

    def likelihoods(backend):
        return [negative_log_likelihood(name, *operands(name, 4), backend) for name in ("normal", "laplace")]

    def ratio(backend):
        return [log_ratio(pairing, z, loc, log_scale, backend)]

    calls = (likelihoods, ratio) if likelihood_first else (ratio, likelihoods)
    found = [nats for call in calls for nats in call("cpp")]
    torch.testing.assert_close(found, [nats for call in calls for nats in call("torch")], rtol=1e-5, atol=1e-5)
