"""Latent layers by the Triton backend: on a GPU where there is one, else in Triton's interpreter on the CPU."""

import os

import pytest
import torch

from divergences.ops import Pairing, divergence_sum, latent, latent_packed

# The interpreter of older versions does not go with NumPy 2.4.
triton = pytest.importorskip("triton", minversion=None if torch.cuda.is_available() else "3.9")
pytestmark = [
    pytest.mark.skipif(
        not torch.cuda.is_available() and os.environ.get("TRITON_INTERPRET") != "1",
        reason="Triton needs a GPU or TRITON_INTERPRET=1",
    ),
    # The interpreter computes in NumPy, which warns of what is selected away.
    pytest.mark.filterwarnings("ignore::RuntimeWarning:triton"),
]

IRREGULAR = Pairing.parse("Lo/N:5,La/N:3,E/E:2,N/N:1,La/G:2,G/G:1,La/N:2")
PAIRINGS = {
    "irregular": IRREGULAR,
    "regular": Pairing.parse("La/N:20"),
    "one latent": Pairing.parse("N/La"),
    "two tables": Pairing.parse("U/C:3,N/Lo:2,U/C:1"),
    "with an infinite pair": Pairing.parse("N/N:2,C/N:1"),
    "wide": Pairing.parse("N/N:131,E/N:70"),
}
BACKENDS = ("triton", "torch")


@pytest.fixture
def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def parameters(pairing: Pairing, rows: tuple[int, ...], device: str, dtype=torch.float64) -> torch.Tensor:
    """Both halves of one matrix, as an encoder emits them."""
    generator = torch.Generator().manual_seed(len(pairing))
    x = 0.8 * torch.randn(*rows, 2 * len(pairing), generator=generator, dtype=torch.float64)
    return x.to(device, dtype).requires_grad_()


def close(got, expected):
    torch.testing.assert_close(got, expected, rtol=1e-10, atol=1e-10, equal_nan=True)


SHAPES = [("irregular", rows) for rows in ((), (1,), (301,))] + [(name, (2, 3)) for name in PAIRINGS]


@pytest.mark.parametrize(("name", "rows"), SHAPES, ids=str)
def test_sum_and_its_gradient(name, rows, device):
    pairing = PAIRINGS[name]
    x = parameters(pairing, rows, device)
    sums = [divergence_sum("kld", pairing, *x.chunk(2, -1), backend=b) for b in BACKENDS]
    assert sums[0].shape == rows
    close(*sums)
    upstream = torch.randn_like(sums[1])
    close(*(torch.autograd.grad(y, x, upstream)[0] for y in sums))


@pytest.mark.parametrize("samples", [(), (1,), (9,), (2, 6)], ids=str)
def test_samples_sum_and_gradients(samples, device):
    x = parameters(IRREGULAR, (7, 3), device)
    noise = torch.randn(*samples, 7, 3, len(IRREGULAR), dtype=torch.float64).to(device)
    results = [latent(IRREGULAR, *x.chunk(2, -1), noise, backend=b) for b in BACKENDS]
    (z, nats), (expected_z, expected_nats) = results
    close(z, expected_z)
    close(nats, expected_nats)
    for of_z, of_nats in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0)):
        upstream = [of_z * torch.randn_like(z), of_nats * torch.randn_like(nats)]
        close(*(torch.autograd.grad(r, x, upstream, retain_graph=True)[0] for r in results))
    for k in range(2):
        close(*(torch.autograd.grad(r[k].sum(), x, retain_graph=True)[0] for r in results))
    close(*(second(r, x) for r in results))


def second(result, x):
    """A derivative of a gradient."""
    z, nats = result
    (gradient,) = torch.autograd.grad(
        (z.square().sum() + nats.nan_to_num(posinf=0.0).square().sum()), x, create_graph=True
    )
    return torch.autograd.grad(gradient.square().sum(), x)[0]


def test_noise_that_requires_a_gradient_or_has_more_rows(device):
    pairing = Pairing.parse("La/N:2,E/E:1")
    x = parameters(pairing, (4,), device)
    noise = torch.randn(4, 3, dtype=torch.float64, device=device, requires_grad=True)
    gradients = []
    for b in BACKENDS:
        z, nats = latent(pairing, *x.chunk(2, -1), noise, backend=b)
        gradients.append(torch.autograd.grad(z.square().sum() + nats.sum(), (x, noise)))
    close(*gradients)
    close(*(latent(pairing, x[:1, :3], x[:1, 3:], noise, backend=b) for b in BACKENDS))


def test_nan_stays_in_its_row(device):
    x = parameters(IRREGULAR, (6,), device).detach()
    x[2, 1] = torch.nan
    sums = [divergence_sum("kld", IRREGULAR, *x.chunk(2, -1), backend=b) for b in BACKENDS]
    assert torch.isnan(sums[0]).tolist() == [False, False, True, False, False, False]
    close(*sums)


def test_the_location_of_scale_families_is_not_read(device):
    pairing = Pairing.parse("E/E:2,N/N:1")
    x = parameters(pairing, (5,), device).detach()
    x[:, :2] = torch.nan
    x.requires_grad_()
    noise = torch.rand(5, 3, dtype=torch.float64, device=device)
    z, nats = latent(pairing, *x.chunk(2, -1), noise, backend="triton")
    assert torch.isfinite(z).all()
    assert torch.isfinite(nats).all()
    (gradient,) = torch.autograd.grad(z.sum() + nats.sum(), x)
    assert not gradient[:, :2].any()
    assert gradient[:, 3:].all()


def test_broadcast_operands(device):
    pairing = Pairing.parse("N/N:3")
    loc = torch.randn(6, 3, dtype=torch.float64, device=device)
    scale = torch.tensor([0.1, 0.2, -0.3], dtype=torch.float64, device=device, requires_grad=True)
    sums = [divergence_sum("kld", pairing, loc, scale, backend=b) for b in BACKENDS]
    close(*sums)
    close(*(torch.autograd.grad(s.sum(), scale) for s in sums))


@pytest.mark.parametrize("rows", [(), (7,), (2, 3), (0,)], ids=str)
@pytest.mark.parametrize("given", [True, False])
def test_packed_is_the_same_with_one_gradient(rows, given, device):
    x = parameters(IRREGULAR, rows, device)
    noise = torch.rand(2, *rows, len(IRREGULAR), dtype=torch.float64, device=device) if given else None
    results = []
    for function in (
        latent_packed,
        lambda pairing, x, *rest, **options: latent(pairing, *x.chunk(2, -1), *rest, **options),
    ):
        torch.manual_seed(3)
        results.append(function(IRREGULAR, x, noise, backend="triton"))
    upstream = [torch.randn_like(r) for r in results[0]]
    gradients = [torch.autograd.grad(r, x, upstream, create_graph=True)[0] for r in results]
    once = [torch.autograd.grad(r, x, upstream, retain_graph=True)[0] for r in results]
    again = [torch.autograd.grad(g.square().sum(), x)[0] for g in gradients]
    for ours, theirs in (*zip(*results, strict=True), gradients, once, again):
        assert torch.equal(ours, theirs)
    if results[0][1].numel():
        names = graph(results[0][1])
        assert once[0].is_contiguous()
        assert not any(name.startswith(("Split", "Slice", "Narrow", "Cat")) for name in names), names


def graph(x: torch.Tensor) -> set[str]:
    """Names of the nodes that a gradient goes through."""
    todo, names = [x.grad_fn], set()
    while todo:
        node = todo.pop()
        names.add(type(node).__name__)
        todo += [following for following, _ in node.next_functions if following is not None]
    return names


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3)], ids=str)
def test_no_rows(shape, device):
    x = torch.zeros(shape, device=device, requires_grad=True)
    z, nats = latent(Pairing.parse("N/N:3"), x, x, backend="triton")
    assert (z.shape, nats.shape) == (shape, shape[:-1])


def test_single_precision_and_repeatability(device):
    x = parameters(IRREGULAR, (300,), device, torch.float32)
    first, again = (divergence_sum("kld", IRREGULAR, *x.chunk(2, -1), backend="triton") for _ in range(2))
    expected = divergence_sum("kld", IRREGULAR, *x.double().chunk(2, -1), backend="torch")
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    torch.testing.assert_close(first.double(), expected, rtol=1e-5, atol=1e-5)


def test_operator_passes_opcheck(device):
    from divergences.ops import triton_operators, triton_programs

    pairing = Pairing.parse("La/N:2,E/E:2")
    key = triton_programs.layer_key("kld", str(pairing))
    nodes = triton_programs.nodes(key, "float64", device)
    x = parameters(pairing, (5,), device).detach()
    loc, log_scale = (half.clone().requires_grad_() for half in x.chunk(2, -1))
    noise = torch.rand(3, 5, 4, dtype=torch.float64, device=device)
    for e in (noise, None):
        torch.library.opcheck(triton_operators.layer, (loc, log_scale, e, None, nodes, key, True))
        torch.library.opcheck(triton_operators.layer, (x.requires_grad_(), None, e, None, nodes, key, True))
    fixed = loc.detach()
    for packed in (False, True):
        arguments = fixed[:, 0], noise, noise, fixed, fixed, fixed, packed
        torch.library.opcheck(triton_operators.scaled_gradients, arguments)


def test_compiled_graphs_are_whole(device):
    pairings = Pairing.parse("La/N:2,E/E:2"), Pairing.parse("N/Lo:1,U/C:3")
    x = parameters(pairings[0], (5,), device)
    noise = torch.rand(5, 4, dtype=torch.float64, device=device)

    def loss(x, noise):
        total = 0.0
        for pairing in pairings:
            for z, nats in (
                latent(pairing, *x.chunk(2, -1), noise, backend="triton"),
                latent_packed(pairing, x, noise, backend="triton"),
            ):
                total = total + z.square().sum() + nats.sum()
        return total

    backend = "inductor" if device == "cuda" else "aot_eager"
    expected = torch.autograd.grad(loss(x, noise), x)
    got = torch.autograd.grad(torch.compile(loss, backend=backend, fullgraph=True)(x, noise), x)
    torch.testing.assert_close(got, expected)
