"""Memory of many samples, measured in a process of its own."""

import os
import subprocess
import sys

import pytest

MEMORY = """
import torch
import vae.importance
from vae import VAE, TrainConfig

def peak():  # of this program: what getrusage says begins with the memory of the process that started it
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024

torch.set_num_threads(1)
vae.importance.CHUNK = {chunk}
settings = dict(pairing="N/N", latents=64, hidden=16, depth=1, objective="iwae", gradient="dreg")
x = torch.rand(50, 16)
for samples in (200, 5000):  # the first to load what chunks need
    model = VAE(TrainConfig(samples=samples, **settings), (1, 4, 4), x)
    before = peak()
    model(x, torch.Generator().manual_seed(0))[0].mean().backward()
print(peak() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_five_thousand_samples_do_not_need_their_own_memory():
    """5,000 x 50 x 64 numbers are 61 MiB in one array; training takes several of these, unless in chunks."""
    # Plain Torch, since a first use of the C++ kernels would count; and freed memory goes back at once, so that the
    # peak is of what was in use.
    environment = os.environ | {"AUTOVAE_BACKEND": "torch", "MALLOC_MMAP_THRESHOLD_": "65536"}
    grown = []
    for chunk in (2**18, 2**40):
        program = [sys.executable, "-c", MEMORY.format(chunk=chunk)]
        grown.append(float(subprocess.run(program, env=environment, capture_output=True, check=True).stdout))
    assert grown[0] < 61 / 4
    assert grown[1] > 61
