"""What importing costs, and what the compiler makes of it. Each in a process of its own."""

import subprocess
import sys


def run(code: str) -> str:
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_import_loads_no_sympy_no_compiler_and_no_cell():
    code = """
import sys, divergences.ops
heavy = {"sympy", "mpmath", "scipy", "codegen", "torch._dynamo", "triton", "optuna"}
print(sorted(heavy & set(sys.modules)), [m for m in sys.modules if m.startswith("generated.torch")])
divergences.ops.divergence("kld", "La", "N", 0.0, 0.0, backend="torch")
print([m for m in sys.modules if m.startswith("generated.torch.kld.")])
"""
    assert run(code).splitlines() == ["[] []", "['generated.torch.kld.laplace_normal']"]


def test_compiles_to_one_graph_from_a_cold_start():
    code = """
import torch
from divergences.ops import *
pairing = Pairing.parse("Lo/N:2,La/La:2,E/E:1,U/N:2,C/N:1")
loc, log_scale = (torch.randn(5, 8, dtype=torch.float64, requires_grad=True) for _ in range(2))
noise = standard_noise(pairing, (3, 5), dtype=torch.float64)

def step(loc, log_scale):
    z, nats = latent(pairing, loc, log_scale, noise)
    return (z.square().sum() + log_ratio(pairing, z, loc, log_scale).clamp(-1e3, 1e3).sum()
            + nats.clamp(max=1e3).sum() + divergence("kld", "Lo", "La", loc, log_scale).sum())

compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
gradient = torch.autograd.grad(compiled(loc, log_scale), (loc, log_scale))
expected = torch.autograd.grad(step(loc, log_scale), (loc, log_scale))
torch.testing.assert_close(gradient, expected)
own_noise = torch.compile(lambda loc: latent(pairing, loc, 0.0)[0], backend="aot_eager", fullgraph=True)
print(torch.isfinite(own_noise(loc)).all().item())
"""
    assert run(code) == "True"
