"""The element-wise divergence: shapes, types, derivatives, refusals. Its numbers are held in test_accuracy."""

import math
from itertools import product

import pytest
import torch

from divergences.ops import DivergenceError, Pairing, UnknownNameError, check_finite_inputs, divergence, divergence_sum
from divergences.ops.table import cell, families

pytestmark = pytest.mark.usefixtures("either_backend")

PAIRS = list(product(families(), repeat=2))
CELLS = [cell("kld", q, p) for q, p in PAIRS]
FINITE = [c for c in CELLS if c.status != "infinite"]
CLOSED = [c for c in FINITE if c.status == "closed"]
INFINITE = [c for c in CELLS if c.status == "infinite"]


def by_pair(c):
    return c.pair.replace("/", "-")


def interior(c, dtype=torch.float64, shape=(3, 4)):
    """Points inside the region where the cell is finite, away from kinks."""
    generator = torch.Generator().manual_seed(7)
    loc = torch.empty(shape, dtype=dtype).uniform_(-2, 2, generator=generator)
    loc = loc + 0.3 * loc.sign()
    log_scale = torch.empty(shape, dtype=dtype).uniform_(-1.5, 1, generator=generator)
    if c.prior == "gumbel" and c.posterior in ("laplace", "logistic"):
        log_scale = log_scale - 1.2
    if c.prior == "uniform":
        loc, log_scale = loc / 10, log_scale - 1.5
    if c.prior == "exponential":
        loc = loc.abs() + log_scale.exp()
    return loc, log_scale


@pytest.mark.parametrize("c", CLOSED, ids=by_pair)
def test_gradcheck_once_and_twice(c):
    loc, log_scale = interior(c, shape=(4,))
    assert torch.isfinite(divergence("kld", c.posterior, c.prior, loc, log_scale)).all()
    inputs = (loc.requires_grad_(), log_scale.requires_grad_())

    def function(loc, log_scale):
        return divergence("kld", c.posterior, c.prior, loc, log_scale)

    assert torch.autograd.gradcheck(function, inputs)
    assert torch.autograd.gradgradcheck(function, inputs)


@pytest.mark.parametrize("c", [c for c in FINITE if c.status != "closed"], ids=by_pair)
def test_gradcheck_of_quadrature_cells(c):
    inputs = tuple(x.requires_grad_() for x in interior(c, shape=(4,)))
    assert torch.autograd.gradcheck(lambda *x: divergence("kld", c.posterior, c.prior, *x), inputs)


@pytest.mark.parametrize("c", FINITE, ids=by_pair)
def test_slope_of_the_remainder_after_the_gradient_is_two(c):
    loc, log_scale = (x.requires_grad_() for x in interior(c))
    value = divergence("kld", c.posterior, c.prior, loc, log_scale)
    d_loc, d_log_scale = torch.autograd.grad(value.sum(), (loc, log_scale))
    remainders = []
    steps = (2e-2, 1e-2)
    for h in steps:
        moved = divergence("kld", c.posterior, c.prior, loc + 0.3 * h, log_scale + 0.7 * h)
        remainders.append((moved - value - h * (0.3 * d_loc + 0.7 * d_log_scale)).abs().sum().item())
    if remainders[0] < 1e-12:  # linear in both, as U/U and U/E are
        assert remainders[1] < 1e-12
    else:
        assert math.log(remainders[0] / remainders[1]) / math.log(2) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("c", CELLS, ids=by_pair)
def test_every_cell_answers_in_float32_and_float64(c):
    for dtype in (torch.float32, torch.float64):
        loc, log_scale = (x.requires_grad_() for x in interior(c, dtype))
        value = divergence("kld", c.posterior, c.prior, loc, log_scale)
        assert value.dtype == dtype
        assert value.shape == loc.shape
        with torch.no_grad():
            assert torch.equal(value, divergence("kld", c.posterior, c.prior, loc, log_scale))
        value.sum().backward()
        assert torch.isfinite(loc.grad).all()
        assert torch.isfinite(log_scale.grad).all()
        if c.status == "infinite":
            assert (value == torch.inf).all()
            assert not loc.grad.any()
            assert not log_scale.grad.any()
        else:
            assert (value >= 0).all()


@pytest.mark.parametrize("c", CELLS, ids=by_pair)
def test_nan_goes_in_and_comes_out_at_its_element_alone(c):
    loc, log_scale = interior(c)
    clean = divergence("kld", c.posterior, c.prior, loc, log_scale)
    loc[0, 1], log_scale[2, 3] = math.nan, math.nan
    value = divergence("kld", c.posterior, c.prior, loc, log_scale)
    undefined = torch.isnan(loc) | torch.isnan(log_scale)
    assert torch.isnan(value[undefined]).all()
    assert torch.equal(value[~undefined], clean[~undefined])


@pytest.mark.parametrize(
    ("posterior", "prior"), [("La", "N"), ("LAPLACE", "n"), ("laplace", "Normal"), ("lA", "NORMAL")]
)
def test_names_and_symbols_in_any_case(posterior, prior):
    assert torch.equal(
        divergence("kld", posterior, prior, 0.3, -0.2), divergence("kld", "laplace", "normal", 0.3, -0.2)
    )


def test_broadcasting_and_numbers():
    loc = torch.linspace(-1, 1, 6, dtype=torch.float64).reshape(2, 3, 1).requires_grad_()
    log_scale = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(3, 4).requires_grad_()
    value = divergence("kld", "La", "N", loc, log_scale)
    assert value.shape == (2, 3, 4)
    value.sum().backward()
    assert loc.grad.shape == loc.shape
    assert log_scale.grad.shape == log_scale.shape
    torch.testing.assert_close(loc.grad, 4 * loc.detach())
    number = divergence("kld", "La", "N", 0.5, torch.tensor([0.0, 1.0], dtype=torch.float64))
    assert torch.equal(number, divergence("kld", "La", "N", torch.full((2,), 0.5, dtype=torch.float64),
                                          torch.tensor([0.0, 1.0], dtype=torch.float64)))  # fmt: skip
    assert divergence("kld", "La", "N", 1, 0).dtype == torch.get_default_dtype()
    assert divergence("kld", "La", "N", 1, 0).shape == ()
    mixed = divergence("kld", "La", "N", torch.zeros(2), torch.zeros(2, dtype=torch.float64))
    assert mixed.dtype == torch.float64


@pytest.mark.parametrize("shape", [(0,), (3, 0), (1,), (), (2, 1, 5), (7, 3)])
def test_odd_shapes(shape):
    loc = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    value = divergence("kld", "Lo", "N", loc, torch.zeros(shape, dtype=torch.float64))
    assert value.shape == shape
    (gradient,) = torch.autograd.grad(value.sum(), loc)
    assert gradient.shape == shape


def test_strided_inputs_and_upstream_gradients():
    both = torch.randn(5, 8, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 5, dtype=torch.float64)
    value = divergence("kld", "La", "La", both[:, ::2].t(), both[:, 1::2].t())
    (gradient,) = torch.autograd.grad(value, both, weight)
    loc, log_scale = (x.detach().clone().t().contiguous().requires_grad_() for x in (both[:, ::2], both[:, 1::2]))
    expected = torch.autograd.grad(divergence("kld", "La", "La", loc, log_scale), (loc, log_scale), weight)
    assert torch.equal(gradient[:, ::2].t(), expected[0])
    assert torch.equal(gradient[:, 1::2].t(), expected[1])


def test_only_one_input_needs_a_gradient():
    loc, log_scale = torch.tensor([0.4, -1.0]), torch.tensor([0.1, 0.2])
    (d_loc,) = torch.autograd.grad(divergence("kld", "N", "N", loc.requires_grad_(), log_scale).sum(), loc)
    torch.testing.assert_close(d_loc, loc.detach())
    loc = loc.detach()
    log_scale.requires_grad_()
    (d_log_scale,) = torch.autograd.grad(divergence("kld", "N", "N", loc, log_scale).sum(), log_scale)
    torch.testing.assert_close(d_log_scale, torch.expm1(2 * log_scale.detach()))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_float32(dtype):
    loc = torch.linspace(-3, 3, 13).to(dtype).requires_grad_()
    log_scale = torch.linspace(-2, 1, 13).to(dtype)
    value = divergence("kld", "La", "N", loc, log_scale)
    assert value.dtype == dtype
    assert torch.equal(value, divergence("kld", "La", "N", loc.float(), log_scale.float()).to(dtype))
    value.sum().backward()
    assert loc.grad.dtype == dtype


def test_autocast_keeps_float32_as_torchs_own_losses_do():
    loc, log_scale = torch.randn(3, 4, dtype=torch.bfloat16), torch.zeros(3, 4, dtype=torch.bfloat16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert divergence("kld", "La", "N", loc, log_scale).dtype == torch.float32


def test_function_transforms():
    loc = torch.randn(6, dtype=torch.float64)
    log_scale = torch.randn(6, dtype=torch.float64)

    def total(loc, log_scale):
        return divergence("kld", "La", "N", loc, log_scale).sum()

    slope = 2 * 2 * torch.exp(2 * log_scale) / 2 - 1  # of s² − l
    for gradient in (torch.func.grad(total, (0, 1)), torch.func.vmap(torch.func.grad(total, (0, 1)))):
        d_loc, d_log_scale = gradient(loc, log_scale)
        torch.testing.assert_close(d_loc, loc)
        torch.testing.assert_close(d_log_scale, slope)
    mapped = torch.func.vmap(lambda x: divergence("kld", "La", "N", x, 0.25))(loc)
    torch.testing.assert_close(mapped, divergence("kld", "La", "N", loc, 0.25))
    _, tangent = torch.func.jvp(lambda x: divergence("kld", "La", "N", x, log_scale), (loc,), (torch.ones_like(loc),))
    torch.testing.assert_close(tangent, loc)
    hessian = torch.func.jacrev(torch.func.jacrev(lambda x: total(loc, x)))(log_scale)
    torch.testing.assert_close(hessian, torch.diag(4 * torch.exp(2 * log_scale)))


@pytest.mark.parametrize("backend", ["torch", None])
@pytest.mark.parametrize(
    ("kind", "posterior", "prior", "alpha"),
    [("kld", "La", "N", None), ("kld", "N", "La", None), ("kld", "Lo", "C", None), ("kld", "C", "N", None),
     ("renyi", "N", "La", 0.7), ("fisher", "Lo", "N", None), ("jeffreys", "N", "Lo", None)],
)  # fmt: skip
def test_forward_over_reverse_is_reverse_over_reverse(kind, posterior, prior, alpha, backend):
    def value(x):
        return divergence(kind, posterior, prior, x[0], x[1], alpha, backend)

    x = torch.tensor([0.3, -0.2], dtype=torch.float64)
    reverse = torch.func.jacrev(torch.func.jacrev(value))(x)
    torch.testing.assert_close(torch.func.hessian(value)(x), reverse)
    direction = torch.tensor([1.0, 2.0], dtype=torch.float64)
    _, product = torch.func.jvp(torch.func.grad(value), (x,), (direction,))
    torch.testing.assert_close(product, reverse @ direction)
    batch = torch.stack([x, x + 1])
    torch.testing.assert_close(torch.func.vmap(torch.func.hessian(value))(batch)[0], reverse)


def test_compiled_function_transforms():
    """Inside of a compiled function, too, transforms meet code that they can look into."""
    pairing = Pairing.parse("Lo/N:2,La/N:2")
    loc, log_scale = torch.randn(5, 4), 0.3 * torch.randn(5, 4)

    def total(loc, log_scale):
        return divergence_sum("kld", pairing, loc, log_scale).sum()

    for transform in (torch.func.grad(total), torch.func.vmap(total), torch.func.jacrev(total, 1)):
        compiled = torch.compile(transform, fullgraph=True, backend="aot_eager")
        torch.testing.assert_close(compiled(loc, log_scale), transform(loc, log_scale))


def test_gradient_penalty_trains():
    """A second backward pass through a first one that was kept, as gradient penalties do."""
    loc = torch.tensor([0.5, -2.0], dtype=torch.float64, requires_grad=True)
    value = divergence("kld", "N", "La", loc, torch.zeros_like(loc)).sum()
    (first,) = torch.autograd.grad(value, loc, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), loc)
    density = torch.exp(-loc.detach().square() / 2) * math.sqrt(2 / math.pi)
    torch.testing.assert_close(second, 2 * first.detach() * density)


def test_repeats_to_the_bit():
    loc, log_scale = torch.randn(100, 20), torch.randn(100, 20)
    assert torch.equal(divergence("kld", "Lo", "La", loc, log_scale), divergence("kld", "Lo", "La", loc, log_scale))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("kld", "foo", "N", 0.0, 0.0), UnknownNameError, r"unknown family 'foo'; known are normal \(N\)"),
        (("kld", "N", None, 0.0, 0.0), UnknownNameError, "unknown family None"),
        (("kld", ["N"], "N", 0.0, 0.0), UnknownNameError, r"unknown family \['N'\]"),
        (([], "N", "N", 0.0, 0.0), UnknownNameError, r"unknown divergence \[\]"),
        (("nosuch", "N", "N", 0.0, 0.0), UnknownNameError, "unknown divergence 'nosuch'; known are kld"),
        (("kld", "N", "N", torch.zeros(3, dtype=torch.int64), 0.0), DivergenceError, "loc has dtype int64; .*float64"),
        (("kld", "N", "N", 0.0, torch.zeros(3, dtype=torch.complex64)), DivergenceError, "log_scale has dtype complex"),
        (("kld", "N", "N", torch.zeros(3), torch.zeros(4)), DivergenceError, r"loc \(3,\) and log_scale \(4,\)"),
        (("kld", "N", "N", math.nan, torch.zeros(4)), DivergenceError, "loc is nan; expected"),
        (("kld", "N", "N", torch.zeros(4), math.inf), DivergenceError, "log_scale is inf; expected"),
        (("kld", "N", "N", [0.0], 0.0), DivergenceError, r"loc is \[0.0\]"),
        (("kld", "N", "N", "0", 0.0), DivergenceError, "loc is '0'"),
        (("kld", "N", "N", 0.0, 0.0, 0.5), DivergenceError, "'kld' takes no alpha, got 0.5"),
        (("kld", "N", "N", 0.0, 0.0, None, "cuda"), UnknownNameError, "unknown backend 'cuda'; available are torch"),
        (("kld", "C", "N", 0.0, 0.0, None, "nosuch"), UnknownNameError, "unknown backend 'nosuch'"),
        (("kld", "N", "N", torch.zeros(2), torch.zeros(2, device="meta")), DivergenceError, "cpu.*meta"),
    ],
)
def test_bad_arguments_give_one_sentence(arguments, error, message):
    with pytest.raises(error, match=message) as raised:
        divergence(*arguments)
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, ValueError)


def test_the_torch_backend_has_a_name():
    value = divergence("kld", "N", "N", 1.0, 0.0, backend="torch")
    torch.testing.assert_close(value, divergence("kld", "N", "N", 1.0, 0.0))


def test_value_checks_name_the_first_bad_place():
    check_finite_inputs(loc=torch.zeros(2, 3), log_scale=torch.zeros(()))
    with pytest.raises(DivergenceError, match=r"log_scale is nan at index \(1, 2\), one of 1 "):
        check_finite_inputs(loc=torch.zeros(2, 3), log_scale=torch.tensor([[0.0, 0, 0], [0, 0, math.nan]]))
    with pytest.raises(DivergenceError, match=r"loc is -inf at index \(\)"):
        check_finite_inputs(loc=torch.tensor(-math.inf))
