"""Noise that latent layers draw in their own Triton launch: on a GPU where there is one, else in the interpreter."""

import os

import pytest
import torch
from scipy import stats

from divergences.ops import Pairing, latent, standard_noise
from divergences.ops.native import loader
from divergences.ops.table import families

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

CDF = {
    "normal": stats.norm.cdf,
    "laplace": stats.laplace.cdf,
    "cauchy": stats.cauchy.cdf,
    "logistic": stats.logistic.cdf,
    "uniform": stats.uniform(-1, 2).cdf,
    "gumbel": stats.gumbel_r.cdf,
    "exponential": stats.expon.cdf,
}
COLUMNS = 4
ALL = Pairing([(q, "C", COLUMNS) for q in families()])
IRREGULAR = Pairing.parse("Lo/N:5,La/N:3,E/E:2,N/N:1,La/G:2,G/G:1,La/N:2")


@pytest.fixture
def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def drawn(pairing: Pairing, rows: int, seed: int, device: str, dtype=torch.float32) -> torch.Tensor:
    """Samples at location zero and scale one: the noise."""
    torch.manual_seed(seed)
    zero = torch.zeros(rows, len(pairing), dtype=dtype, device=device)
    return latent(pairing, zero, zero, backend="triton")[0]


@pytest.fixture(scope="module")
def noise() -> torch.Tensor:
    """Of all families, shape (families, rows, columns), in float64."""
    z = drawn(ALL, 2000, 11, "cuda" if torch.cuda.is_available() else "cpu")
    return z.double().cpu().view(2000, -1, COLUMNS).movedim(1, 0)


def test_noise_follows_the_distribution(noise):
    for x, family in zip(noise, families(), strict=True):
        assert stats.kstest(x.flatten(), CDF[family]).pvalue > 1e-3
        for column in x.unbind(1):
            assert stats.kstest(column, CDF[family]).pvalue > 1e-4


def test_rows_columns_and_blocks_are_independent(noise):
    """Of probabilities and their distance from the middle: neighbours in columns, rows and blocks of the generator."""
    p = torch.stack([torch.from_numpy(CDF[f](x.numpy())) for f, x in zip(families(), noise, strict=True)]) - 0.5
    for u in (p, p.abs() - 0.25):
        each = u.reshape(len(families()), -1)  # row by row, as numbers follow each other
        numbers = each.shape[1]
        across = torch.corrcoef(each) - torch.eye(len(families()))
        assert across.abs().max() < 5 / numbers**0.5
        for lag in (1, 2, 4, COLUMNS, 32, 64, 128, 32 * COLUMNS, 256 * COLUMNS):
            correlation = (each[:, lag:] * each[:, :-lag]).mean(1) / each.var(1)
            assert correlation.abs().max() < 5 / numbers**0.5, lag


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_numbers_are_those_of_the_cpu_backend(dtype, device):
    """From one state of the generator: ends of blocks, columns beside others, and tails."""
    loader.require()
    if device != "cpu":
        pytest.skip("another generator")
    got = drawn(ALL, 500, 5, device, dtype)
    state = torch.get_rng_state()
    torch.manual_seed(5)
    expected = standard_noise(ALL, (500,), dtype=dtype)
    assert torch.equal(torch.get_rng_state(), state)
    tolerance = {torch.float32: 5e-5, torch.float64: 1e-12}[dtype]  # what the second layer of bits adds in float32
    torch.testing.assert_close(got, expected, rtol=tolerance, atol=tolerance / 50)


def test_single_precision_is_double_precision_rounded(device):
    single, double = (drawn(ALL, 250, 3, device, dtype) for dtype in (torch.float32, torch.float64))
    torch.testing.assert_close(single, double.float(), rtol=5e-5, atol=1e-6)


def test_seeds_repeat_and_calls_differ(device):
    first = drawn(IRREGULAR, 40, 7, device)
    zero = torch.zeros_like(first)
    second = latent(IRREGULAR, zero, zero, backend="triton")[0]
    assert torch.equal(first, drawn(IRREGULAR, 40, 7, device))
    assert not (first == second).any()
    assert not (first == drawn(IRREGULAR, 40, 8, device)).any()
    assert torch.equal(first[:3], drawn(IRREGULAR, 3, 7, device))  # whatever the number of rows


@pytest.mark.parametrize("shape", [(9,), (2, 3)], ids=str)
def test_values_and_gradients_are_those_of_the_same_noise_given(shape, device):
    generator = torch.Generator().manual_seed(1)
    x = 0.8 * torch.randn(*shape, 2 * len(IRREGULAR), generator=generator, dtype=torch.float64)
    x = x.to(device).requires_grad_()
    count = x.shape[:-1].numel()
    noise = drawn(IRREGULAR, count, 2, device, torch.float64).view(*shape, -1)
    torch.manual_seed(2)
    results = [latent(IRREGULAR, *x.chunk(2, -1), e, backend="triton") for e in (None, noise)]
    upstream = [torch.randn_like(r) for r in results[0]]
    gradients = [torch.autograd.grad(r, x, upstream, create_graph=True)[0] for r in results]
    again = [torch.autograd.grad(g.square().sum(), x)[0] for g in gradients]
    for ours, theirs in (*zip(*results, strict=True), gradients, again):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    torch.manual_seed(2)
    with torch.no_grad():  # keeps no noise
        assert torch.equal(latent(IRREGULAR, *x.chunk(2, -1), backend="triton")[0], results[0][0])


def test_operator_passes_opcheck(device):
    from divergences.ops import triton_operators, triton_programs

    key = triton_programs.layer_key("kld", "La/N:2,E/E:2")
    nodes = triton_programs.nodes(key, "float64", device)
    loc, log_scale = (torch.randn(5, 4, dtype=torch.float64, device=device).requires_grad_() for _ in range(2))
    seed = torch.tensor(2**63 - 2, device=device)
    torch.library.opcheck(triton_operators.layer, (loc, log_scale, None, seed, nodes, key, True))


def test_compiled_layers_bake_no_seed_in(device):
    pairing = Pairing.parse("N/N:2,E/E:2")
    loc, log_scale = torch.randn(2, 5, 4, dtype=torch.float64, device=device).requires_grad_()

    def layer(m, s):
        return latent(pairing, m, s, backend="triton")

    backend = "inductor" if device == "cuda" else "aot_eager"
    compiled = torch.compile(layer, backend=backend, fullgraph=True)
    torch.manual_seed(3)
    calls = [compiled(loc, log_scale)[0] for _ in range(2)]
    assert not (calls[0] == calls[1]).any()
    torch.manual_seed(3)
    assert torch.equal(compiled(loc, log_scale)[0], calls[0])
    if backend == "aot_eager":  # inductor has a generator of its own
        torch.manual_seed(3)
        assert torch.equal(layer(loc, log_scale)[0], calls[0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_variates_alone_are_those_of_a_layer(dtype, device):
    from divergences.ops import triton_backend

    expected = drawn(IRREGULAR, 300, 4, device, dtype)
    columns = [(s.posterior, s.count) for s in IRREGULAR.segments]
    like = torch.empty((), dtype=dtype, device=device)
    for shape in ((300,), (3, 100), (2, 1, 150)):
        torch.manual_seed(4)
        found = triton_backend.variates(like, columns, shape, None)
        assert found.shape == (*shape, len(IRREGULAR))
        assert torch.equal(found.view(300, -1), expected)
    if device == "cuda":  # there it is what the public functions use
        torch.manual_seed(4)
        assert torch.equal(standard_noise(IRREGULAR, (300,), dtype=dtype, device=device), expected)
    generator = torch.Generator(device).manual_seed(4)
    assert torch.equal(triton_backend.variates(like, columns, (300,), generator), expected)
    assert triton_backend.variates(like, columns, (0,), None) is None
    assert triton_backend.variates(like, [("normal", 2), ("nobody", 1)], (5,), None) is None


def test_variates_pass_opcheck(device):
    from divergences.ops import triton_operators, triton_programs

    arguments = torch.empty((), device=device), torch.tensor(3, device=device), [6, 5]
    key = triton_programs.variates_key("normal:2,cauchy:3")
    torch.library.opcheck(triton_operators.variates, (*arguments, key))


def test_a_family_without_sampler_takes_noise_of_others(device, monkeypatch):
    """As one of a user's own: its divergences are kernels, its variates come from Torch."""
    from generated.triton import variates

    pairing = Pairing.parse("E/E:1,N/N:2")
    x = torch.randn(2, 7, 3, device=device)
    noise = torch.rand(7, 3, device=device)
    expected = latent(pairing, *x, noise, backend="torch")
    monkeypatch.delattr(variates, "of_exponential")
    clear_programs()
    try:
        torch.testing.assert_close(latent(pairing, *x, noise, backend="triton"), expected)
        z, nats = latent(pairing, *x, backend="triton")
        assert (z[:, 0] > 0).all()
        torch.testing.assert_close(nats, expected[1])
    finally:
        clear_programs()


def clear_programs() -> None:
    from divergences.ops import triton_programs

    for name in ("layer_program", "_layer_key", "variates_program"):
        getattr(triton_programs, name).cache_clear()
