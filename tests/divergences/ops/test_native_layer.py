"""A latent layer by the C++ operators: the numbers of the torch backend, and the same whatever the way."""

import pytest
import torch
from native_operands import parameters

from divergences.ops import Pairing, divergence, divergence_sum, latent, standard_noise

pytestmark = pytest.mark.usefixtures("operators")
IRREGULAR = Pairing.parse("Lo/N:5,E/E:3,La/C:2,La/G:7,N/N:1")


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
