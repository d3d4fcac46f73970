"""The generated Triton code: special functions, measured; kernels, compiled for a GPU that need not be there."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch

from codegen.backends.triton.emit import kernel_module
from codegen.backends.triton.printer import NAMES, TritonPrinter
from codegen.functions import MEANING
from codegen.likelihoods import FORMULAS as LIKELIHOODS
from codegen.lower import lower
from divergences import catalog
from divergences.catalog import table
from divergences.ops.triton_backend import KINDS

# The interpreter of older versions does not go with NumPy 2.4.
triton = pytest.importorskip("triton", minversion=None if torch.cuda.is_available() else "3.9")
tl = triton.language
special = import_module("generated.triton.special")
needs_launches = pytest.mark.skipif(
    not torch.cuda.is_available() and os.environ.get("TRITON_INTERPRET") != "1",
    reason="Triton needs a GPU or TRITON_INTERPRET=1",
)
x = sp.Symbol("x", real=True)

# Which arguments, and the error in units of the dtype's epsilon: of the value, or absolute where it has zeros. Where a
# function decays like exp(-x^2), or grows like exp(x), the rounding of the argument alone is multiplied by it.
ARGUMENTS = {
    "exp": ((-85, 88), 8), "expm1": ((-30, 30), 8), "tanh": ((-30, 30), 8), "sinh": ((-30, 30), 8),
    "cosh": ((-30, 30), 8), "log1p": ((-0.99, 50), 8), "expm1mx": ((-30, 30), 8), "logcosh": ((-30, 30), 8),
    "log1mexp": ((-30, -1e-3), 8), "softplus": ((-30, 30), 8), "logistic_energy": ((-30, 30), 8),
    "logistic_energy_primitive": ((-30, 30), 8), "logsinhc": ((-30, 30), 8), "langevin": ((-30, 30), 8),
    "atan": ((-50, 50), 8), "log_reflection": ((-20, -1e-3), 8), "one_minus_picot": ((-20, -1e-3), 8),
    "lgamma": ((0.1, 90), 24), "digamma": ((0.1, 90), 16), "lgamma_bregman": ((-20, 4), 48),
    "lgamma_bregman_slope": ((-20, 4), 16), "lgamma1p_exp": ((-20, 4), 24), "digamma1p_exp": ((-20, 4), 32),
    "erf": ((-6, 6), 8), "erfcx": ((0, 50), 8), "exp_neg_exp": ((-20, 4), 250), "e1_exp": ((-20, 4), 250),
    "mills_tail": ((-5, 5), 250), "mills_deficit": ((-5, 5), 250), "dawson": ((-30, 30), 8),
}  # fmt: skip
ABSOLUTE = {"lgamma", "digamma", "lgamma1p_exp", "logistic_energy_primitive"}
EXACT = MEANING | {
    "exp": mpmath.exp, "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "atan": mpmath.atan,
    "erf": mpmath.erf, "lgamma": mpmath.loggamma, "digamma": mpmath.digamma,
    "erfcx": lambda t: mpmath.exp(t * t) * mpmath.erfc(t),
}  # fmt: skip


@triton.jit
def evaluate(a, b, out, FUNCTION: tl.constexpr, TWO: tl.constexpr, SIZE: tl.constexpr):
    i = tl.arange(0, SIZE)
    if TWO:
        value = FUNCTION(tl.load(a + i), tl.load(b + i))
    else:
        value = FUNCTION(tl.load(a + i))
    tl.store(out + i, value)


def evaluated(name, *arguments):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    a, *rest = (x.to(device) for x in arguments)
    out = torch.empty_like(a)
    evaluate[(1,)](a, *(rest or [a]), out, getattr(special, name), bool(rest), a.numel())
    return out.cpu()


@needs_launches
@pytest.mark.filterwarnings("ignore::RuntimeWarning:triton")
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_special_function(name, dtype):
    (low, high), units = ARGUMENTS[name]
    random = np.random.default_rng(3)
    near = random.normal(size=48) * np.repeat([1e-6, 1e-2, 1.0], 16)
    sample = np.concatenate([random.uniform(low, high, 80), np.clip(near, low, high)])
    arguments = [torch.tensor(sample, dtype=dtype)]
    if name.startswith("mills"):
        arguments.append(torch.tensor(random.uniform(0, 5, sample.size), dtype=dtype))
    computed = evaluated(name, *arguments)
    bound = units * torch.finfo(dtype).eps
    with mpmath.workdps(40):
        for *at, value in zip(*arguments, computed, strict=True):
            truth = mpmath.re(EXACT[name](*(mpmath.mpf(float(a)) for a in at)))
            if abs(truth) > mpmath.mpf(float(torch.finfo(dtype).tiny)) * 1e4:
                error = abs(mpmath.mpf(float(value)) - truth)
                assert error <= bound * (max(1, abs(truth)) if name in ABSOLUTE else abs(truth)), at


@needs_launches
@pytest.mark.filterwarnings("ignore::RuntimeWarning:triton")
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", ["exp", "expm1", "log1p", "tanh"])
def test_special_function_at_the_ends(name, dtype):
    inf, nan = float("inf"), float("nan")
    ends = torch.tensor([-inf, -1e30, -1.0, 0.0, 1e30, inf, nan, nan], dtype=dtype)
    torch.testing.assert_close(evaluated(name, ends), getattr(torch, name)(ends), equal_nan=True)


def test_polynomials_are_as_accurate_as_the_dtypes():
    errors = [line for line in Path(special.__file__).read_text().splitlines() if line.startswith("# error")]
    assert len(errors) > 15
    for line in errors:
        words = line.split()
        assert float(words[2]) < 2.0**-51
        assert float(words[5]) < 2.0**-22


def test_every_function_that_kernels_may_call_is_there():
    missing = [name for name in NAMES.values() if not name.startswith("tl.") and not hasattr(special, name)]
    assert not missing


def test_powers_and_unknown_functions():
    printer = TritonPrinter()
    assert printer(x**2 + x**-3) == "(1.0 / power(x, 3)) + square(x)"
    assert printer.used == {"square", "power"}
    with pytest.raises(NotImplementedError, match="zeta"):
        printer(sp.zeta(x))
    with pytest.raises(NotImplementedError, match="exponent"):
        printer(x ** sp.Rational(1, 3))


def test_a_conditional_cell_is_evaluated_inside_and_masked():
    text = kernel_module(lower(catalog("kld", "La", "G")), "")
    assert "finite = log_scale < 0.0" in text
    assert "value = tl.where(finite, value, outside)" in text
    assert "NODES = {" in text


WITHOUT_INTERPRETER = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
COMPILE = """
import re, subprocess, sys, tempfile
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from divergences.ops import Pairing
from divergences.ops import triton_operators as operators, triton_programs as programs
from divergences.ops.triton_functions import side

POINTERS = {"loc", "log_scale", "noise", "nodes", "z", "nats", "value", "d_loc", "d_log_scale", "nats_grad", "z_grad",
            "loc_grad", "log_scale_grad", "target", "outputs", "grad", "gradient"}

def compile(kernel, dtype, other={}, **constants):
    types = dict.fromkeys(POINTERS, "*" + dtype) | other | dict.fromkeys(constants, "constexpr")
    signature = {name: types.get(name, "i32") for name in kernel.arg_names}
    target = GPUTarget("cuda", 90, 32)
    return triton.compile(ASTSource(kernel, signature=signature, constexprs=constants), target=target).asm

def stack(asm):
    "Bytes of a thread's stack: what does not fit into registers."
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(asm["cubin"])
        file.flush()
        command = [triton.knobs.nvidia.cuobjdump.path, "-res-usage", file.name]
        usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return re.search("STACK:([0-9]+)", usage)[1]

def compile_likelihood(name, dtype, half):
    from generated.triton import likelihoods
    for kernel in (name + "_nats", name + "_gradient"):
        asm = compile(getattr(likelihoods, kernel), dtype, half, ROWS=1, COLUMNS=1024)
        assert f".entry {kernel}" in asm["ptx"] and "ex2.approx" not in asm["ptx"] and "lg2.approx" not in asm["ptx"]

def compile_cell(kind, pair, dtype):
    keys = {programs.cell_key(kind, *pair.split("/"), side(kind, alpha)) for alpha in (0.5, 1.0, 2.0)}
    for program in {p.source: p for p in map(programs.program, keys)}.values():
        block = dict(ELEMENTS=operators._ELEMENTS) if program.by_quadrature else dict(ROWS=1, COLUMNS=512)
        asm = compile(program.module.elementwise, dtype, {"order": "i64"}, GRAD=True, **block)
        assert ".entry elementwise" in asm["ptx"] and len(asm["cubin"]) > 1000
        assert "ex2.approx" not in asm["ptx"] and "lg2.approx" not in asm["ptx"]
        print(kind, pair, dtype, "stack", stack(asm))

precisions, likelihoods, *cells = sys.argv[1:]
for name in likelihoods.split():
    for dtype in precisions.split():
        compile_likelihood(name, dtype, {})
    halves = "target", "outputs", "gradient"
    compile_likelihood(name, "fp32", dict.fromkeys(halves, "*bf16"))
    compile_likelihood(name, "fp64", dict.fromkeys(halves, "*fp16"))
for dtype in precisions.split():
    for cell in cells:
        compile_cell(*cell.split(), dtype)
    kernel = programs.program(programs.layer_key("kld", "La/N:4,E/E:3,N/La:2,G/G:2,Lo/N:4,C/C:1,U/N:2")).module.layer
    scalars = {"order": "i64", "seed": "*i64"}
    for sample, draw in ((True, True), (True, False), (False, False)):
        asm = compile(kernel, dtype, scalars, GRAD=True, SAMPLE=sample, DRAW=draw, ROWS=32)
        assert asm["cubin"] and "ex2.approx" not in asm["ptx"] and "lg2.approx" not in asm["ptx"]
        assert stack(asm) == "0"
        constants = dict(BY_ROW=sample, SAMPLE=sample, ROWS=64, COLUMNS=8)
        assert compile(operators._scale_gradients, dtype, **constants)["cubin"]
    families = "normal:2,laplace:3,cauchy:1,logistic:4,uniform:2,gumbel:1,exponential:2"
    kernel = programs.program(programs.variates_key(families)).module.variates
    assert stack(compile(kernel, dtype, {"seed": "*i64", "out": "*" + dtype}, ROWS=32)) == "0"
print("compiled")
"""


def run_without_interpreter(code: str, *arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=WITHOUT_INTERPRETER, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def cells_of(kind: str) -> list[str]:
    """Each finite pair of a kind, as the code above takes it."""
    return [f"{kind} {e.posterior.name}/{e.prior.name}" for e in table(kind).values() if e.status != "infinite"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS - {"negative_log_likelihood", "variates"}))
def test_kernels_compile_for_a_gpu(kind):
    cells = cells_of(kind)
    assert len(cells) >= 19  # the fewest: Jeffreys divergences, finite where both directions are
    if kind == "kld":
        precisions, likelihoods = "fp32 fp64", " ".join(LIKELIHOODS)
    else:  # these are by quadrature in float64, or made of the others
        precisions, likelihoods = "fp32", ""
    assert run_without_interpreter(COMPILE, precisions, likelihoods, *cells).endswith("compiled\n")


def test_elementary_kernels_keep_everything_in_registers():
    """Those of closed pairs without special functions but erf, which wait for memory if nothing else does."""
    simple = {sp.exp, sp.log, sp.erf, sp.sinh, sp.Abs, sp.Piecewise}
    entries = [e for e in table("kld").values() if e.status == "closed"]
    entries = [e for e in entries if {type(f) for f in e.expr.atoms(sp.Function)} <= simple]
    cells = [f"kld {e.posterior.name}/{e.prior.name}" for e in entries]
    assert len(cells) > 15
    *lines, last = run_without_interpreter(COMPILE, "fp32", "", *cells).splitlines()
    assert last == "compiled"
    assert lines == [f"{cell} fp32 stack 0" for cell in cells]


def test_a_kernel_of_each_form_compiles_for_a_gpu():
    """A closed one, one of two closed ones, one by quadrature, and one made of that."""
    cells = "kld laplace/normal", "jeffreys normal/normal", "renyi laplace/normal", "chi2 laplace/normal"
    assert run_without_interpreter(COMPILE, "fp32", "normal", *cells).endswith("compiled\n")


TRACE = """
from types import SimpleNamespace

import torch
import triton
from functorch.compile import make_boxed_func
from torch._dynamo.backends.common import aot_autograd
from torch._higher_order_ops.triton_kernel_wrap import triton_kernel_wrapper_functional as launch
from triton.backends.compiler import GPUTarget
from divergences.ops import Pairing, triton_backend

target = GPUTarget("cuda", 90, 32)
triton.runtime.driver.set_active(SimpleNamespace(get_current_target=lambda: target, get_current_device=lambda: 0))
launches = []

def look(graph, inputs):
    launches.append(sum(n.target is launch for n in graph.graph.nodes))
    results = next(n for n in graph.graph.nodes if n.op == "output").args[0]
    return make_boxed_func(lambda *a: [None if n is None else torch.zeros(n.meta["val"].shape) for n in results])

def loss(x, noise):
    loc, log_scale = x.chunk(2, -1)
    z, nats = triton_backend.latent("kld", Pairing.parse("La/N:2,E/E:2"), loc, log_scale, noise)
    drawn, _ = triton_backend.latent("kld", Pairing.parse("N/N:4"), loc, log_scale, None)
    elements = triton_backend.divergence("kld", "gumbel", "gumbel", loc, log_scale)
    return drawn.sum() + z.sum() + nats.sum() + elements.sum()

compiled = torch.compile(loss, backend=aot_autograd(fw_compiler=look), fullgraph=True)
compiled(torch.randn(5, 8, requires_grad=True), torch.rand(5, 4)).backward()
print(launches)
"""


def test_torch_compile_sees_the_kernels():
    """Each operator is one launch in the traced graphs, forward and backward; nothing is run."""
    assert run_without_interpreter(TRACE) == "[3, 3]\n"
