"""A latent layer whose locations and log scales are the halves of one matrix."""

import pytest
import torch

from divergences.ops import DivergenceError, Pairing, PairingError, latent, latent_packed, standard_noise

PAIRING = Pairing.parse("Lo/N:3,E/E:2,La/La:2,N/N,U/N:2")
SHAPES = [(7,), (3, 5), (0,), (1,), (4099,)]


def matrix(*rows, dtype=torch.float64, pairing=PAIRING):
    generator = torch.Generator().manual_seed(5)
    return 0.4 * torch.randn(*rows, 2 * len(pairing), generator=generator, dtype=dtype) - 0.2


def step(function, parameters, noise=None, **options):
    """Sample, divergences, and the gradient of a weighted sum of both."""
    torch.manual_seed(0)
    parameters = parameters.detach().requires_grad_()
    z, nats = function(PAIRING, parameters, noise, **options)
    weights = torch.linspace(-1, 2, z.numel(), dtype=z.dtype).view_as(z)
    total = (z * weights).sum() + (nats * torch.linspace(1, 3, nats.numel(), dtype=nats.dtype).view_as(nats)).sum()
    return z, nats, *torch.autograd.grad(total, parameters)


def by_halves(pairing, parameters, noise=None, **options):
    return latent(pairing, *parameters.chunk(2, -1), noise, **options)


@pytest.mark.usefixtures("either_backend")
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_numbers_are_those_of_the_halves(shape, dtype):
    parameters = matrix(*shape, dtype=dtype)
    noises = None, standard_noise(PAIRING, shape), standard_noise(PAIRING, (2, *shape))
    for noise in (noises[0], *(x.to(dtype) for x in noises[1:])):
        for found, expected in zip(
            step(latent_packed, parameters, noise), step(by_halves, parameters, noise), strict=True
        ):
            assert found.dtype is dtype
            assert torch.equal(found, expected)


def test_whether_derivatives_are_kept_makes_no_difference():
    """Of more numbers than stay in cache they are computed again."""
    pairing = Pairing.parse("N/N:30,La/N:20")
    parameters = matrix(3000, dtype=torch.float32, pairing=pairing).requires_grad_()
    noise = standard_noise(pairing, (3000,))
    results = [
        torch.autograd.grad([x.sum() for x in function(pairing, parameters, noise)], parameters)[0]
        for function in (latent_packed, by_halves)
    ]
    assert torch.equal(*results)


@pytest.mark.parametrize("layout", ["columns apart", "rows apart", "transposed", "expanded"])
def test_any_strides(layout):
    wide = 2 * len(PAIRING)
    parameters = {
        "columns apart": matrix(6, 2).view(6, 2 * wide)[:, ::2],
        "rows apart": matrix(12)[::2],
        "transposed": matrix(6).T.contiguous().T,
        "expanded": matrix(1).expand(6, wide),
    }[layout]
    noise = standard_noise(PAIRING, (6,), dtype=torch.float64)
    for found, expected in zip(
        step(latent_packed, parameters, noise), step(by_halves, parameters.contiguous(), noise), strict=True
    ):
        assert torch.equal(found, expected)


def test_the_gradient_is_one_matrix_written_once():
    parameters = matrix(50).requires_grad_()
    z, nats = latent_packed(PAIRING, parameters, backend="cpp")
    assert [name for name, _ in _nodes(nats)] == ["CppFunction", "AccumulateGrad"]
    (gradient,) = torch.autograd.grad(z.sum() + nats.sum(), parameters)
    assert gradient.is_contiguous()
    assert torch.equal(gradient[:, 3:5], torch.zeros(50, 2, dtype=torch.float64))  # one-sided: no location


def _nodes(x):
    todo, found = [x.grad_fn], []
    while todo:
        node = todo.pop()
        found.append((type(node).__name__.split("__")[-1].removeprefix("torch::autograd::").split("<")[0], node))
        todo += [following for following, _ in node.next_functions if following is not None]
    return found


@pytest.mark.usefixtures("either_backend")
def test_one_gradient_alone_and_second_derivatives():
    pairing = Pairing.parse("La/N:2,N/N:1")
    parameters = matrix(3, pairing=pairing).requires_grad_()
    noise = standard_noise(pairing, (3,), dtype=torch.float64)
    z, nats = latent_packed(pairing, parameters, noise)
    (of_z,) = torch.autograd.grad(z.sum(), parameters, retain_graph=True)
    torch.testing.assert_close(of_z, torch.cat([torch.ones_like(z), parameters[:, 3:].exp() * noise], -1))
    (of_nats,) = torch.autograd.grad(nats.sum(), parameters)
    expected = torch.autograd.grad(by_halves(pairing, parameters, noise)[1].sum(), parameters)[0]
    assert torch.equal(of_nats, expected)
    assert torch.autograd.gradcheck(lambda x: latent_packed(pairing, x, noise), parameters)
    assert torch.autograd.gradgradcheck(lambda x: latent_packed(pairing, x, noise), parameters)


def test_as_operators(operators):
    kernels = [operators.kernel(f"kld/{name}") for name in ("laplace_normal", "normal_normal")]
    samplers = [operators.sampler(name) for name in ("laplace", "normal")]
    parameters, noise = torch.randn(2, 5, 6, dtype=torch.float64)[0], torch.randn(2, 5, 3, dtype=torch.float64)
    test = "test_schema", "test_faketensor"
    segments = kernels, [2, 1]
    for keep in (True, False):
        torch.library.opcheck(
            operators.latent_with_gradient.default, (parameters, None, noise, *segments, keep), test_utils=test
        )
        arguments = parameters, None, *segments, samplers, None, keep
        torch.library.opcheck(operators.draw_latent_with_gradient.default, arguments, test_utils=test)
    torch.library.opcheck(operators.draw_latent.default, (parameters, None, *segments, samplers, None), test_utils=test)
    torch.library.opcheck(operators.latent.default, (parameters.requires_grad_(), None, noise, *segments))
    kept, grad_nats = torch.randn(2, 5, 3, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
    for given in ((noise, grad_nats), (noise, None), (None, grad_nats)):
        for slopes in (kept, None):
            arguments = *given, parameters.detach(), noise, slopes, *segments
            torch.library.opcheck(operators.layer_backward_packed.default, arguments, test_utils=test)
    with pytest.raises(ValueError, match="even number of columns"):
        operators.latent(parameters[:, :5].detach(), None, noise, *segments)
    with pytest.raises(ValueError, match="3 latents, the operands the shape"):
        operators.latent(parameters[:, :4].detach(), None, noise, *segments)


def test_in_a_whole_graph():
    parameters = matrix(6).requires_grad_()
    noise = standard_noise(PAIRING, (6,), dtype=torch.float64)
    function = torch.compile(lambda x: latent_packed(PAIRING, x, noise), fullgraph=True, backend="aot_eager")
    for found, expected in zip(function(parameters), latent_packed(PAIRING, parameters, noise), strict=True):
        assert torch.equal(found, expected)
    (gradient,) = torch.autograd.grad([x.sum() for x in function(parameters)], parameters)
    (expected,) = torch.autograd.grad([x.sum() for x in latent_packed(PAIRING, parameters, noise)], parameters)
    torch.testing.assert_close(gradient, expected, rtol=1e-15, atol=1e-15)


def test_transforms():
    parameters, noise = matrix(4), standard_noise(PAIRING, (4,), dtype=torch.float64)

    def total(x, e):
        z, nats = latent_packed(PAIRING, x, e)
        return z.sum() + nats.sum()

    rows = torch.func.vmap(torch.func.grad(total))(parameters, noise)
    leaf = parameters.requires_grad_()
    torch.testing.assert_close(rows, torch.autograd.grad(total(leaf, noise), leaf)[0])


@pytest.mark.parametrize(("kind", "alpha"), [("reverse_kld", None), ("renyi", 0.5)])
def test_other_divergences(kind, alpha):
    pairing = Pairing.parse("La/La:2,N/N:1")
    parameters, noise = matrix(4, pairing=pairing), standard_noise(pairing, (4,), dtype=torch.float64)
    for found, expected in zip(
        latent_packed(pairing, parameters, noise, kind, alpha),
        by_halves(pairing, parameters, noise, kind=kind, alpha=alpha),
        strict=True,
    ):
        assert torch.equal(found, expected)


@pytest.mark.usefixtures("either_backend")
def test_what_does_not_fit():
    for shape in ((4, 10), (4, 19), (), (20, 0)):
        with pytest.raises(PairingError, match=r"needs a location and a log scale for each latent: \(\.\.\., 20\)"):
            latent_packed(PAIRING, torch.zeros(shape))
    for columns in (20, 2 * len(str(PAIRING))):
        with pytest.raises(PairingError, match="expected a Pairing"):
            latent_packed(str(PAIRING), torch.zeros(4, columns))
    with pytest.raises(DivergenceError, match="int64"):
        latent_packed(PAIRING, torch.zeros(4, 20, dtype=torch.int64))
    with pytest.raises(DivergenceError, match="cannot be broadcast"):
        latent_packed(PAIRING, torch.zeros(4, 20), torch.zeros(3, 10))
    with pytest.raises(DivergenceError, match="cannot be broadcast"):
        latent_packed(PAIRING, torch.zeros(4, 20), torch.zeros(4, 9))
    assert latent_packed(PAIRING, torch.full((2, 20), torch.nan))[1].isnan().all()
