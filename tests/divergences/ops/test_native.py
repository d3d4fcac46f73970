"""The C++ operators: what Torch asks of an operator, layouts, second derivatives, exact repetition."""

import math

import pytest
import torch

from divergences.ops import DivergenceError, Pairing, divergence, divergence_sum, latent, log_ratio, standard_noise
from divergences.ops.native import backend, loader
from divergences.ops.table import cell, families

FINITE = [c for c in (cell("kld", q, p) for q in families() for p in families()) if c.status != "infinite"]
IRREGULAR = Pairing.parse("Lo/N:5,E/E:3,La/C:2,La/G:7,N/N:1")


@pytest.fixture(autouse=True)
def operators():
    loader.require()
    return torch.ops.autovae


def parameters(*shape, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    loc = torch.randn(*shape, dtype=dtype, generator=generator)
    log_scale = -torch.rand(*shape, dtype=dtype, generator=generator) - 0.05  # inside of every condition on the scale
    return loc.requires_grad_(), log_scale.requires_grad_()


def test_every_finite_cell_has_a_kernel(operators):
    names = [f"kld/{c.posterior}_{c.prior}" for c in FINITE]
    indices = [operators.kernel(name) for name in names]
    assert sorted(indices) == list(range(len(FINITE)))
    assert [operators.kernel_name(i) for i in indices] == names
    assert operators.kernel("kld/cauchy_normal") == -1


CHECKS = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_dynamic")


@pytest.mark.parametrize(
    "name", ["kld/laplace_normal", "kld/laplace_cauchy"]
)  # one computes derivatives again, one keeps
@pytest.mark.parametrize("test", CHECKS)
def test_what_torch_asks_of_an_operator(operators, name, test):
    index = operators.kernel(name)
    loc, log_scale = parameters(5, 3)
    counts = [2, 1]
    noise = torch.randn(4, 5, 3, dtype=torch.float64)
    fixed = loc.detach(), log_scale.detach()
    cheap = operators.kernel("kld/laplace_normal")  # the derivative of a gradient is traced node by node
    for operator, arguments in (
        (operators.divergence, (loc, log_scale, index)),
        (operators.divergence_with_gradient, (*fixed, index)),
        (operators.divergence_backward, (torch.ones(5, 3, dtype=torch.float64), loc, log_scale, None, None, cheap)),
        (operators.divergence_backward, (noise[0], *fixed, noise[1], noise[2], cheap)),
        (operators.divergence_sum, (loc, log_scale, [index, index], counts)),
        (operators.divergence_sum_with_gradient, (*fixed, [index, index], counts)),
        (operators.latent, (loc, log_scale, noise, [index, index], counts)),
        (operators.latent_with_gradient, (*fixed, noise, [index, index], counts)),
        (operators.layer_backward, (noise, torch.ones(5, dtype=torch.float64), loc, log_scale, noise, None, None, None,
                                    [cheap, cheap], counts)),
        (operators.layer_backward, (noise, noise[0, :, 0], *fixed, noise, noise[1], noise[2], noise[3],
                                    [cheap, cheap], counts)),
    ):  # fmt: skip
        torch.library.opcheck(operator.default, arguments, test_utils=test)


def layouts():
    """Operands that share values and differ in how they lie in memory."""
    wide = torch.randn(6, 5, 14, dtype=torch.float64)
    yield "halves", wide.chunk(2, -1)
    yield "transposed", torch.randn(7, 5, 6, dtype=torch.float64).permute(2, 1, 0), wide[..., :7]
    yield "steps", wide[::2, :, ::2], wide[1::2, :, 1::2]
    yield (
        "expanded",
        torch.randn(7, dtype=torch.float64).expand(6, 5, 7),
        torch.zeros((), dtype=torch.float64).expand(6, 5, 7),
    )
    yield "vector", wide[0, 0, ::2], wide[0, 0, 1::2]
    yield "scalar", wide[0, 0, 0], wide[0, 0, 1]
    yield "empty", wide[:0, :, :7], wide[:0, :, 7:]
    yield "no columns", wide[..., :0], wide[..., :0]
    yield (
        "longer than a tile",
        torch.randn(3, 5000, dtype=torch.float64)[:, :4999],
        torch.zeros(3, 4999, dtype=torch.float64),
    )


@pytest.mark.parametrize("layout", list(layouts()), ids=lambda layout: layout[0])
def test_any_layout_gives_the_numbers_of_a_contiguous_one(layout):
    operands = layout[1] if len(layout) == 2 else layout[1:]
    results = []
    for loc, log_scale in (operands, [x.contiguous() for x in operands]):
        m, s = loc.detach().requires_grad_(), log_scale.detach().requires_grad_()
        assert m.stride() == loc.stride()
        value = divergence("kld", "Lo", "N", m, s, backend="cpp")
        upstream = torch.linspace(-1, 2, value.numel(), dtype=torch.float64).view(value.shape)
        results.append((value, *torch.autograd.grad(value, (m, s), upstream)))
        results[-1] += torch.autograd.grad(divergence("kld", "Lo", "N", m, s, backend="cpp").sum(), (m, s))
    for strided, contiguous in zip(*results, strict=True):
        assert torch.equal(strided, contiguous)


@pytest.mark.parametrize("rows", [0, 1, 3, 211])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_layer_is_the_sum_of_its_latents(rows, dtype):
    matrix = torch.cat([x.detach() for x in parameters(rows, len(IRREGULAR), dtype=dtype)], -1).requires_grad_()
    loc, log_scale = matrix.chunk(2, -1)
    noise = standard_noise(IRREGULAR, (2, rows), dtype=dtype, generator=torch.Generator().manual_seed(0))
    weight = torch.linspace(-1, 2, rows, dtype=dtype)
    results = []
    for name in ("cpp", "torch"):
        nats = divergence_sum("kld", IRREGULAR, loc, log_scale, backend=name)
        z, again = latent(IRREGULAR, loc, log_scale, noise, backend=name)
        assert torch.equal(nats, again)
        finite = torch.where(torch.isfinite(nats), nats, 0)
        (alone,) = torch.autograd.grad((finite * weight).sum(), matrix, retain_graph=True)
        (both,) = torch.autograd.grad((finite * weight).sum() + z.square().sum(), matrix, retain_graph=True)
        (sampled,) = torch.autograd.grad(z.square().sum(), matrix)
        results.append((nats, z, alone, both, sampled))
    eps = torch.finfo(dtype).eps
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=200 * eps, atol=200 * eps)


def test_more_latents_than_a_tile_holds():
    pairing = Pairing.parse("La/N:2500,N/La:2600")
    loc, log_scale = parameters(3, 5100)
    noise = torch.randn(3, 5100, dtype=torch.float64)
    results = []
    for name in ("cpp", "torch"):
        z, nats = latent(pairing, loc, log_scale, noise, backend=name)
        results.append((z, nats, *torch.autograd.grad(z.square().sum() + nats.square().sum(), (loc, log_scale))))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("c", FINITE, ids=lambda c: c.pair.replace("/", "-"))
def test_a_nan_stays_at_its_element(c):
    for dtype in (torch.float32, torch.float64):
        for place in ("loc", "log_scale"):
            for n in (5, 40):
                loc, log_scale = (torch.full((n,), x, dtype=dtype) for x in (0.3, -1.0))
                clean = divergence("kld", c.posterior, c.prior, loc, log_scale, backend="cpp")
                (loc if place == "loc" else log_scale)[2] = math.nan
                got = divergence("kld", c.posterior, c.prior, loc.requires_grad_(), log_scale, backend="cpp")
                depends = place != "loc" or torch.autograd.grad(got[0], loc)[0].any() or c.finite != "True"
                assert torch.isnan(got[2]) or not depends
                rest = [i for i in range(n) if i != 2]
                assert torch.equal(got[rest], clean[rest])


@pytest.mark.parametrize("pair", ["N/N", "La/C", "La/G", "U/U", "G/G"])
def test_second_and_third_derivatives(pair):
    q, p = pair.split("/")
    loc, log_scale = (x.detach() for x in parameters(3))
    loc, log_scale = (loc / 8).requires_grad_(), (log_scale - 0.7).requires_grad_()  # inside of every condition
    results = []
    for name in ("cpp", "torch"):
        value = divergence("kld", q, p, loc, log_scale, backend=name).pow(2).sum()
        first = torch.autograd.grad(value, (loc, log_scale), create_graph=True)
        second = torch.autograd.grad(sum(g.pow(2).sum() for g in first), (loc, log_scale), create_graph=True)
        third = torch.autograd.grad(sum(g.pow(2).sum() for g in second), (loc, log_scale))
        results.append((*first, *second, *third))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-9, atol=1e-9)


def test_second_derivatives_of_a_layer():
    pairing = Pairing.parse("N/La:1,E/E:2,La/C:1")
    noise = standard_noise(pairing, (2, 2), dtype=torch.float64, generator=torch.Generator().manual_seed(1))

    def layer(loc, log_scale):
        return latent(pairing, loc, log_scale, noise, backend="cpp")

    def total(loc, log_scale):
        return divergence_sum("kld", pairing, loc, log_scale, backend="cpp")

    loc, log_scale = parameters(2, 4)
    for function in (layer, total):
        torch.autograd.gradcheck(function, (loc, log_scale))
        torch.autograd.gradgradcheck(function, (loc, log_scale))


def test_threads_do_not_change_a_bit():
    loc, log_scale = (x.detach() for x in parameters(700, 18, dtype=torch.float32))
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 2):
            torch.set_num_threads(threads)
            m, s = loc.clone().requires_grad_(), log_scale.clone().requires_grad_()
            nats = divergence_sum("kld", IRREGULAR, m, s, backend="cpp")
            results.append((nats, *torch.autograd.grad(nats.square().sum(), (m, s))))
    finally:
        torch.set_num_threads(before)
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_kept_for_a_backward_pass_does_not_change_a_bit(dtype):
    """Of many numbers the derivatives are computed again, of few they are kept."""
    pairing, rows, few = Pairing.parse("Lo/N:9,E/E:2,La/La:9"), 7001, 50
    loc, log_scale = (x.detach() for x in parameters(rows, 20, dtype=dtype))
    noise = standard_noise(pairing, (2, rows), dtype=dtype, generator=torch.Generator().manual_seed(1))

    def gradients(n):
        m, s = (x[:n].clone().requires_grad_() for x in (loc, log_scale))
        z, nats = latent(pairing, m, s, noise[:, :n], backend="cpp")
        layer = torch.autograd.grad((z.square().sum(0).sum(-1) + nats.square()).sum(), (m, s))
        total = torch.autograd.grad(divergence_sum("kld", pairing, m, s, backend="cpp").square().sum(), (m, s))
        each = torch.autograd.grad(divergence("kld", "N", "N", m, s, backend="cpp").square().sum(), (m, s))
        return (*layer, *total, *each)

    for many, kept in zip(gradients(rows), gradients(few), strict=True):
        assert torch.equal(many[:few], kept)


def test_variates_as_an_operator(operators):
    samplers = [operators.sampler(name) for name in ("normal", "laplace", "unknown")]
    assert samplers[-1] == -1
    arguments = (torch.zeros((), dtype=torch.float64), [5, 3], samplers[:2], [2, 1], None)
    torch.library.opcheck(operators.variates.default, arguments, test_utils=("test_schema", "test_faketensor"))
    for size, indices, counts, message in (
        ([5, 4], samplers[:2], [2, 1], "3 columns"),
        ([5, 3], samplers[:1], [2, 1], "1 samplers"),
        ([3], [-1], [3], "no sampler -1"),
    ):
        with pytest.raises(ValueError, match=message):
            operators.variates(torch.zeros(()), size, indices, counts, None)


@pytest.mark.parametrize("rows", [1, 70, 7001])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_noise_drawn_with_the_layer_is_the_noise_drawn_before_it(rows, dtype):
    """Bit by bit, value and gradient, whatever the number of threads; the generator is left in the same state."""
    pairing = Pairing.parse("Lo/N:9,E/E:2,N/La:1,La/La:8")
    loc, log_scale = (x.detach() for x in parameters(rows, 20, dtype=dtype))

    def run(threads, given):
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            torch.manual_seed(rows)
            noise = standard_noise(pairing, (rows,), dtype=dtype) if given else None
            m, s = loc.clone().requires_grad_(), log_scale.clone().requires_grad_()
            z, nats = latent(pairing, m, s, noise, backend="cpp")
            gradients = torch.autograd.grad(z.square().sum() + nats.square().sum(), (m, s))
            return z, nats, *gradients, torch.rand(3)
        finally:
            torch.set_num_threads(before)

    expected = run(1, True)
    for threads in (1, 2, 3):
        assert all(torch.equal(a, b) for a, b in zip(expected, run(threads, False), strict=True))


def test_a_drawing_layer_as_an_operator(operators):
    kernels = [operators.kernel(name) for name in ("kld/laplace_normal", "kld/normal_normal")]
    samplers = [operators.sampler(name) for name in ("laplace", "normal")]
    m, s = parameters(5, 3)
    for operator in (operators.draw_latent, operators.draw_latent_with_gradient):
        arguments = (m.detach(), s.detach(), kernels, [2, 1], samplers, None)
        torch.library.opcheck(operator.default, arguments, test_utils=("test_schema", "test_faketensor"))
    z, nats, noise = operators.draw_latent(m, s, kernels, [2, 1], samplers, None)
    assert [x.requires_grad for x in (z, nats, noise)] == [True, True, False]
    assert torch.allclose(z, m + s.exp() * noise, rtol=1e-14, atol=1e-15)
    for wrong, counts, message in (
        (samplers[:1], [2, 1], "1 samplers"),
        ([*samplers[:1], -1], [2, 1], "no sampler -1"),
        (samplers, [2, 2], "4 latents"),
    ):
        with pytest.raises(ValueError, match=message):
            operators.draw_latent(m, s, kernels, counts, wrong, None)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    loc, log_scale = (x.detach().to(dtype) for x in parameters(50))
    got = divergence("kld", "N", "La", loc, log_scale, backend="cpp")
    assert torch.equal(got, divergence("kld", "N", "La", loc.float(), log_scale.float(), backend="cpp").to(dtype))


def test_what_the_operators_lack_is_left_to_the_torch_backend():
    loc, log_scale = parameters(4, 2)
    arguments = ("kld", Pairing.parse("C/N:1,N/N:1"), loc, log_scale)
    assert torch.isinf(divergence_sum(*arguments, backend="cpp")).all()
    worst = [divergence("worst_case", "N", "C", loc, log_scale, backend=b) for b in ("cpp", "torch")]
    assert torch.equal(*worst)
    noise = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    z, nats = latent(Pairing.parse("N/N:2"), loc, log_scale, noise, backend="cpp")
    (through_noise,) = torch.autograd.grad(z.sum() + nats.sum(), noise)
    torch.testing.assert_close(through_noise, log_scale.exp().detach())


def test_forward_derivatives():
    loc, log_scale = (x.detach() for x in parameters(4))
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(loc, torch.ones_like(loc))
        tangent = torch.autograd.forward_ad.unpack_dual(divergence("kld", "La", "N", dual, log_scale)).tangent
    torch.testing.assert_close(tangent, loc)


def test_the_operators_refuse_what_they_cannot_read(operators):
    loc, log_scale = (x.detach() for x in parameters(4, 2))
    with pytest.raises(ValueError, match="there is no kernel 99"):
        operators.divergence(loc, log_scale, 99)
    with pytest.raises(ValueError, match="one shape and one dtype"):
        operators.divergence(loc, log_scale[:3], 0)
    with pytest.raises(ValueError, match="the segments have 3 latents"):
        operators.divergence_sum(loc, log_scale, [0], [3])
    with pytest.raises(ValueError, match="a segment has -1 latents"):
        operators.divergence_sum(loc, log_scale, [0, 0], [3, -1])
    with pytest.raises(ValueError, match="noise of shape"):
        operators.latent(loc, log_scale, loc[:3], [0], [2])
    with pytest.raises(DivergenceError, match="the backend 'cpp' computes on the CPU"):
        backend.require_usable(torch.device("cuda"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_log_ratios_and_their_derivatives(operators, dtype):
    """Every family as posterior and as prior, samples outside of supports among them."""
    names = families()
    pairing = Pairing((q, p, 1) for q in names for p in names)
    n = len(pairing)
    loc, log_scale = (x.detach() for x in parameters(5, n, dtype=dtype))
    inside = loc + log_scale.exp() * standard_noise(pairing, (3, 5), dtype=dtype)
    for samples in (inside, 0.9 * torch.rand(3, 5, n, dtype=dtype) + 0.05, inside[0]):
        results = []
        for name in ("cpp", "torch"):
            z, m, s = (x.clone().requires_grad_() for x in (samples, loc, log_scale))
            ratio = log_ratio(pairing, z, m, s, backend=name)
            single = [
                log_ratio(
                    Pairing.homogeneous(label, 1), z[..., i : i + 1], m[:, i : i + 1], s[:, i : i + 1], backend=name
                )
                for i, label in enumerate(pairing.labels)
            ]
            each = torch.stack(single, -1)
            finite = torch.where(torch.isfinite(each), each, 0).sum()
            results.append((ratio, each, *torch.autograd.grad(finite, (z, m, s))))
        tolerance = 500 * torch.finfo(dtype).eps
        for cpp, reference in zip(*results, strict=True):
            torch.testing.assert_close(cpp, reference, rtol=tolerance, atol=tolerance, equal_nan=True)


def test_log_ratio_of_an_irregular_layer(operators):
    """Halves of one matrix, several samples, weights; what Torch asks; second derivatives."""
    pairing = Pairing.parse("Lo/N:2,E/E:2,La/C:1")
    matrix = torch.cat([x.detach() for x in parameters(4, 5)], -1).requires_grad_()
    noise = standard_noise(pairing, (3, 4), dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def weighted(matrix, name):
        loc, log_scale = matrix.chunk(2, -1)
        z, _ = latent(pairing, loc, log_scale, noise, backend=name)
        return torch.logsumexp(log_ratio(pairing, z, loc, log_scale, backend=name), 0).square().sum()

    results = []
    for name in ("cpp", "torch"):
        value = weighted(matrix, name)
        (first,) = torch.autograd.grad(value, matrix, create_graph=True)
        results.append((value, first, *torch.autograd.grad(first.square().sum(), matrix)))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-11, atol=1e-11)
    loc, log_scale = parameters(4, 5)
    indices = [[operators.family(name) for name in row] for row in (("logistic", "laplace"), ("normal", "gumbel"))]
    z = torch.randn(2, 4, 5, dtype=torch.float64, requires_grad=True)
    for operator, arguments in (
        (operators.log_ratio, (z, loc, log_scale, *indices, [2, 3])),
        (operators.log_ratio_backward, (torch.ones(2, 4, dtype=torch.float64), z, loc, log_scale, *indices, [2, 3])),
    ):
        torch.library.opcheck(operator.default, arguments, test_utils=CHECKS)


@pytest.mark.parametrize("rows", [0, 2])
def test_log_ratio_of_many_or_no_latents(rows):
    pairing = Pairing.homogeneous("La/N", 5000)
    loc, log_scale = parameters(rows, 5000)
    z = torch.randn(2, rows, 5000, dtype=torch.float64)
    results = []
    for name in ("cpp", "torch"):
        ratio = log_ratio(pairing, z, loc, log_scale, backend=name)
        results.append((ratio, *torch.autograd.grad(ratio.sum(), (loc, log_scale))))
    for cpp, reference in zip(*results, strict=True):
        torch.testing.assert_close(cpp, reference, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("c", FINITE, ids=lambda c: c.pair.replace("/", "-"))
def test_far_out_both_backends_are_infinite_or_finite_together(c):
    """Where nothing in float32 can be held any more: never NaN, infinite with a gradient of zero."""
    loc = torch.tensor([-3e38, -1e20, -1e5, 0.0, 1e-38, 1e12, 3e38])
    log_scale = torch.tensor([-3e38, -200.0, -60.0, 0.0, 44.0, 89.0, 1e10])
    grid = torch.meshgrid(loc, log_scale, indexing="ij")
    m, s = (x.flatten().clone().requires_grad_() for x in grid)
    value = divergence("kld", c.posterior, c.prior, m, s, backend="cpp")
    gradients = torch.autograd.grad(value.sum(), (m, s))
    assert (value >= 0).all()
    for gradient in gradients:
        assert torch.isfinite(gradient).all()
        assert not gradient[torch.isinf(value)].any()
