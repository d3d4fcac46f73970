"""The Triton backend element by element: on a GPU where there is one, else in Triton's interpreter on the CPU."""

import os
import subprocess
import sys

import pytest
import torch

from divergences.ops import divergence
from divergences.ops.errors import DivergenceError
from divergences.ops.table import cell, families

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

FINITE = [c for c in (cell("kld", q, p) for q in families() for p in families()) if c.status != "infinite"]
CONDITIONAL = [c for c in FINITE if c.finite != "True"]
# Loops over many nodes, which the interpreter walks one by one.
LONG = {"E/Lo", "La/Lo", "Lo/Lo", "G/Lo"}
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
GRADIENT_TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-4}


@pytest.fixture
def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def cases() -> list:
    return [
        pytest.param(c, dtype, id=f"{c.pair.replace('/', '-')}-{dtype}".replace("torch.", ""),
                     marks=[pytest.mark.slow] if c.pair in LONG and dtype == torch.float64 else [])
        for c in FINITE for dtype in TOLERANCE
    ]  # fmt: skip


def points(n: int, dtype: torch.dtype, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """The whole domain, the neighbourhood of the prior, and chosen ties."""
    u = torch.rand(2, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    loc, log_scale = 20 * u[0] - 10, 9 * u[1] - 6
    near = slice(n // 2, None)
    size = 10 ** (-6 * torch.linspace(0, 1, n - n // 2, dtype=torch.float64))
    loc[near], log_scale[near] = (u[0, near] - 0.5) * size, (u[1, near] - 0.5) * size
    ties = torch.tensor([(0.0, 0.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0), (0.5, -0.6931471805599453), (10.0, 3.0)])
    loc[: len(ties)], log_scale[: len(ties)] = ties.T.double()
    return loc.to(dtype), log_scale.to(dtype)


def value_and_grad(c, loc, log_scale, backend):
    m, s = (x.detach().clone().requires_grad_() for x in (loc, log_scale))
    value = divergence("kld", c.posterior, c.prior, m, s, backend=backend)
    return value.detach(), *torch.autograd.grad(value, (m, s), torch.ones_like(value))


@pytest.mark.parametrize(("c", "dtype"), cases())
def test_agrees_with_the_torch_backend_in_double_precision(c, dtype, device):
    loc, log_scale = (x.to(device) for x in points(401, dtype))
    got = value_and_grad(c, loc, log_scale, "triton")
    truth = value_and_grad(c, loc.double(), log_scale.double(), "torch")
    # On the edge of a condition rounding decides; what is too large for the dtype is infinite.
    step = 32 * torch.finfo(dtype).eps
    around = [(loc.double() + a, log_scale.double() + b) for a in (-step, 0.0, step) for b in (-step, step)]
    infinite = torch.isinf(truth[0])
    same_side = torch.ones_like(infinite)
    for at in around if c in CONDITIONAL else ():
        same_side &= infinite == torch.isinf(divergence("kld", c.posterior, c.prior, *at, backend="torch"))
    assert same_side.double().mean() > 0.8
    # What rounding log_scale, or the exponent of what grows exponentially, moves by itself.
    rounding = 4 * torch.finfo(dtype).eps * (1 + loc.abs().double())
    for x, t, tolerance in zip(got, truth, (TOLERANCE, GRADIENT_TOLERANCE, GRADIENT_TOLERANCE), strict=True):
        assert x.dtype == dtype
        kept = same_side & (t.abs() < 0.1 * torch.finfo(dtype).max)
        error, bound = (x.double() - t).abs(), tolerance[dtype] * (1 + t.abs()) + rounding * t.abs()
        assert (error <= bound)[kept].all(), error[kept].max()
    infinite &= same_side
    assert torch.isinf(got[0][infinite]).all()
    assert not any(x[infinite].any() for x in got[1:])
    assert not torch.isnan(torch.stack(got)).any()
    assert (got[0] >= 0).all()


@pytest.mark.parametrize("c", [c for c in FINITE if c.posterior == c.prior], ids=lambda c: c.pair.replace("/", "-"))
def test_small_divergences_of_matched_pairs_keep_their_digits(c, device):
    loc, log_scale = (x[200:] for x in points(401, torch.float32))
    if c.posterior == "uniform":
        log_scale = -log_scale.abs() - loc.abs()
    if c.posterior == "exponential":
        loc = loc.abs()
    truth = divergence("kld", c.posterior, c.prior, loc.double(), log_scale.double(), backend="torch")
    got = divergence("kld", c.posterior, c.prior, loc.to(device), log_scale.to(device), backend="triton").cpu()
    kept = (truth > 1e-8) & torch.isfinite(truth)
    assert kept.sum() > 50
    assert ((got.double() - truth).abs()[kept] <= 1e-4 * truth[kept]).all()


@pytest.mark.parametrize("c", CONDITIONAL, ids=lambda c: c.pair.replace("/", "-"))
def test_nan_stays_at_its_element_and_outside_is_infinite(c, device):
    loc = torch.tensor([float("nan"), 0.25, 0.1, -30.0, float("inf")], device=device)
    log_scale = torch.tensor([-1.0, float("nan"), -2.0, 5.0, -1.0], device=device)
    got = value_and_grad(c, loc, log_scale, "triton")
    expected = value_and_grad(c, loc, log_scale, "torch")
    assert torch.isnan(got[0]).tolist() == [True, True, False, False, False]
    assert torch.isinf(got[0][3])
    assert [g[3].item() for g in got[1:]] == [0.0, 0.0]
    torch.testing.assert_close(got[0], expected[0], equal_nan=True)


def test_a_pair_that_is_infinite_everywhere(device):
    loc = torch.tensor([0.0, float("nan"), 1.0], device=device, requires_grad=True)
    value = divergence("kld", "cauchy", "normal", loc, torch.zeros(3, device=device), backend="triton")
    assert value[[0, 2]].tolist() == [float("inf")] * 2
    assert torch.isnan(value[1])
    value[[0, 2]].sum().backward()
    assert loc.grad.tolist() == [0.0] * 3


SHAPES = {
    "scalar": lambda x: (x[0, 0, 0], x[1, 0, 0]),
    "halves of a matrix": lambda x: x[..., :14].chunk(2, -1),
    "halves of a batch of matrices": lambda x: x.reshape(3, -1, 74).chunk(2, -1),
    "transposed": lambda x: (x.mT[..., :3, :], x.mT[..., 5:8, :]),
    "broadcast": lambda x: (x[:1], x[:, :1]),
    "every other": lambda x: (x[:, ::2, 1::2], x[:, ::2, ::2][..., :18]),
    "one column": lambda x: (x[..., :1], x[..., 2:3]),
    "empty": lambda x: (x[:0], x[:0]),
    "many blocks": lambda x: (x.repeat(1, 2, 1)[..., :36], x.flip(-1).repeat(1, 2, 1)[..., 1:]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_and_strides(name, device):
    matrix = torch.randn(2, 111, 37, generator=torch.Generator().manual_seed(1), dtype=torch.float64).to(device)
    matrix.requires_grad_()
    loc, log_scale = SHAPES[name](matrix)
    results = {b: divergence("kld", "laplace", "normal", loc, log_scale, backend=b) for b in ("triton", "torch")}
    got, expected = results.values()
    assert got.shape == expected.shape
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)
    upstream = torch.randn_like(expected)
    gradients = [torch.autograd.grad(r, matrix, upstream)[0] for r in (got, expected)]
    torch.testing.assert_close(*gradients, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_is_computed_in_single(dtype, device):
    loc, log_scale = (x.to(device) for x in points(100, dtype))
    got = divergence("kld", "normal", "normal", loc, log_scale, backend="triton")
    expected = divergence("kld", "normal", "normal", loc.float(), log_scale.float(), backend="triton")
    assert got.dtype == dtype
    assert torch.equal(got, expected.to(dtype))


def test_first_and_second_derivatives(device):
    loc, log_scale = (0.5 * x[6:10].to(device) for x in points(30, torch.float64, seed=3))  # no ties
    loc.requires_grad_()
    log_scale.requires_grad_()

    def f(m, s):
        return divergence("kld", "laplace", "laplace", m, s, backend="triton")

    assert torch.autograd.gradcheck(f, (loc, log_scale))
    assert torch.autograd.gradgradcheck(f, (loc, log_scale))


@pytest.mark.parametrize("needed", ["loc", "log_scale", "neither"])
def test_only_what_requires_a_gradient_gets_one(needed, device):
    loc, log_scale = (x.to(device) for x in points(10, torch.float64))
    loc.requires_grad_(needed == "loc")
    log_scale.requires_grad_(needed == "log_scale")
    value = divergence("kld", "normal", "laplace", loc, log_scale, backend="triton")
    assert value.requires_grad == (needed != "neither")
    if value.requires_grad:
        value.sum().backward()
    assert (loc.grad is None) == (needed != "loc")
    assert (log_scale.grad is None) == (needed != "log_scale")


def test_transforms_of_functions(device):
    loc, log_scale = (x.to(device) for x in points(12, torch.float64))

    def f(m, s, backend="triton"):
        return divergence("kld", "normal", "laplace", m, s, backend=backend)

    torch.testing.assert_close(torch.vmap(f)(loc, log_scale), f(loc, log_scale, "torch"))
    slope = torch.func.grad(lambda m: f(m, log_scale).sum())(loc)
    torch.testing.assert_close(slope, torch.func.grad(lambda m: f(m, log_scale, "torch").sum())(loc))
    _, tangent = torch.func.jvp(lambda m: f(m, log_scale), (loc,), (torch.ones_like(loc),))
    torch.testing.assert_close(tangent, slope)


def test_runs_are_repeatable(device):
    loc, log_scale = (x.to(device) for x in points(300, torch.float32))
    first, again = (divergence("kld", "gumbel", "gumbel", loc, log_scale, backend="triton") for _ in range(2))
    assert torch.equal(first, again)


def test_operator_passes_opcheck(device):
    from divergences.ops import triton_operators, triton_programs

    key = triton_programs.cell_key("kld", "uniform", "normal")
    nodes = triton_programs.nodes(key, "float32", device)
    loc, log_scale = (x.to(device).requires_grad_() for x in points(15, torch.float32))
    torch.library.opcheck(triton_operators.elementwise, (loc, log_scale, nodes, key, True))


def test_compiled_graphs_are_whole(device):
    loc, log_scale = (x.to(device).requires_grad_() for x in points(30, torch.float64))

    def loss(m, s):
        both = [divergence("kld", "normal", p, m, s, backend="triton") for p in ("laplace", "normal")]
        return (both[0] * torch.exp(-both[1])).sum()

    expected = torch.autograd.grad(loss(loc, log_scale), (loc, log_scale))
    backend = "inductor" if device == "cuda" else "aot_eager"
    got = torch.autograd.grad(torch.compile(loss, backend=backend, fullgraph=True)(loc, log_scale), (loc, log_scale))
    torch.testing.assert_close(got, expected)


def test_the_cpu_without_the_interpreter_is_refused(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(DivergenceError, match="on the CPU; with the environment variable TRITON_INTERPRET=1"):
        divergence("kld", "normal", "normal", torch.zeros(3), 0.0, backend="triton")


def test_the_default_on_the_cpu_is_another_backend():
    code = (
        "import sys, torch\n"
        "from divergences.ops import divergence\n"
        "divergence('kld', 'normal', 'normal', torch.zeros(3), 0.0)\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'triton'])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
