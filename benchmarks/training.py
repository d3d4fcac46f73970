"""Training beside its own matrix products: how fast the trainer is, and where the rest of the time goes.

``python benchmarks/training.py [--precisions 32-true bf16-mixed] [--batch 1000] [--rounds 8] [--threads 2]`` trains the
slides' network (784-400-400-20-400-400-784) on Fashion-MNIST in turn by each provider, in one process, and writes
``benchmarks/training.csv``: milliseconds per 1,000 training images, at the 20 %, 50 % and 80 % quantile of the epochs.

Providers:

- ``floor``: the matrix products of a step alone, forward and backward, by ``torch.mm`` into tensors that exist.
- ``pytorch``: the step as one writes it: ``nn.Sequential``, ``torch.randn_like``, ``binary_cross_entropy_with_logits``,
  the normal's divergence in one line, ``torch.optim.Adam``; with ``torch.autocast`` in bf16-mixed.
- ``autovae``: an epoch of :func:`vae.training.fit`, from the order of the images to the mean of the bound.
- ``pythae``: an epoch of its ``BaseTrainer`` with the same layers, if it can be imported. It is no dependency:
  ``pip install --no-deps --target DIR pythae imageio; pip install --target DIR pydantic``, and ``PYTHONPATH=DIR``.
  Its own mixed precision is for GPUs; in bf16-mixed it is given ``torch.autocast("cpu", torch.bfloat16)``.

Validation, checkpoints and the first epoch of each are not counted. ``autovae`` keeps freed memory
(:mod:`vae.memory`), which all that run in its process profit from.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae import TrainConfig, load_dataset
from vae.data import DataSplits
from vae.files import write_bytes
from vae.training import _Trainer

FIELDS = ("provider", "precision", "batch", "q20_ms", "q50_ms", "q80_ms", "hardware", "versions")
PRECISIONS = ("32-true", "bf16-mixed")
SIZES = ((784, 400), (400, 400), (400, 40), (20, 400), (400, 400), (400, 784))
"""Inputs and outputs of each layer, encoder and decoder."""
LATENTS, RATE = 20, 1e-4

Epoch = Callable[[], object]


def floor(precision: str, data: Tensor, batch: int) -> Epoch:
    """Matrix products alone; the first layer needs no gradient of its inputs."""
    dtype = torch.float32 if precision == "32-true" else torch.bfloat16
    layers = []
    for inputs, outputs in SIZES:
        shapes = ((batch, inputs), (outputs, inputs), (batch, outputs))
        layers.append(tuple(torch.randn(shape).to(dtype) for shape in shapes * 2))

    def epoch() -> None:
        for _ in range(len(data) // batch):
            for x, w, y, *_ in layers:
                torch.mm(x, w.t(), out=y)
            for i, (x, w, _, gx, gw, gy) in reversed(list(enumerate(layers))):
                torch.mm(gy.t(), x, out=gw)
                if i:
                    torch.mm(gy, w, out=gx)

    return epoch


def network(sizes: tuple[tuple[int, int], ...]) -> nn.Sequential:
    """Linear layers with the trainer's activation between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in sizes:
        layers += [nn.Linear(inputs, outputs), nn.GELU()]
    return nn.Sequential(*layers[:-1])


def pytorch(precision: str, data: Tensor, batch: int) -> Epoch:
    """The step as one writes it."""
    encoder, decoder = network(SIZES[:3]), network(SIZES[3:])
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=RATE)

    def step(x: Tensor) -> float:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            loc, log_scale = encoder(x).float().chunk(2, -1)
            scale = log_scale.exp()
            logits = decoder(loc + scale * torch.randn_like(loc)).float()
        nll = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
        kld = ((loc.square() + scale.square() - 1) / 2 - log_scale).sum(-1)
        loss = (nll + kld).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.item()

    return lambda: sum(step(data[rows]) for rows in torch.randperm(len(data)).split(batch))


def autovae(precision: str, data: DataSplits, batch: int, pairing: str = f"N/N:{LATENTS}") -> _Trainer:
    """Our trainer, without a folder."""
    config = TrainConfig(
        pairing=pairing, hidden=400, depth=2, batch_size=batch, learning_rate=RATE, precision=precision
    )
    return _Trainer(config, data, None)


def pythae(precision: str, data: Tensor, batch: int, folder: str) -> Epoch:
    """Its trainer, with the layers of ``pytorch``."""
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = network(SIZES[:3])

        def forward(self, x: Tensor) -> Any:
            loc, log_variance = self.layers(x).chunk(2, -1)
            return ModelOutput(embedding=loc, log_covariance=log_variance)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = network(SIZES[3:])

        def forward(self, z: Tensor) -> Any:
            return ModelOutput(reconstruction=torch.sigmoid(self.layers(z)))

    model = VAE(VAEConfig(input_dim=(784,), latent_dim=LATENTS, reconstruction_loss="bce"), Encoder(), Decoder())
    config = BaseTrainerConfig(
        output_dir=folder, per_device_train_batch_size=batch, num_epochs=10**6, learning_rate=RATE, no_cuda=True
    )
    trainer = BaseTrainer(model, BaseDataset(data, torch.zeros(len(data))), training_config=config)
    trainer.prepare_training()
    if precision == "bf16-mixed":
        trainer.amp_context = torch.autocast("cpu", torch.bfloat16)
    numbers = itertools.count(1)
    return lambda: trainer.train_step(next(numbers))


def providers(precision: str, data: DataSplits, batch: int, folder: str) -> dict[str, Epoch]:
    """An epoch of each provider."""
    trainer, numbers = autovae(precision, data, batch), itertools.count()
    found: dict[str, Epoch] = {
        "floor": floor(precision, data.train, batch),
        "pytorch": pytorch(precision, data.train, batch),
        "autovae": lambda: trainer._train_epoch(next(numbers)),
    }
    try:
        found["pythae"] = pythae(precision, data.train, batch, folder)
    except ImportError as error:
        print(f"without pythae: {error}")
    return found


def milliseconds(calls: dict[tuple[str, str], Epoch], images: int, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds per 1,000 images of each epoch, taken in turn, sorted."""
    times: dict[tuple[str, str], list[float]] = {key: [] for key in calls}
    for done in range(rounds + 1):
        for key, call in calls.items():
            start = time.perf_counter()
            call()
            if done:
                times[key].append(1e6 * (time.perf_counter() - start) / images)
    return {key: sorted(found) for key, found in times.items()}


def hardware(threads: int) -> str:
    """Processor, vector instructions and threads."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    flags = {flag for line in lines if line.startswith("flags") for flag in line.split()}
    has = [flag for flag in ("avx512_bf16", "amx_bf16") if flag in flags]
    return ", ".join([model, torch.backends.cpu.get_cpu_capability(), *has, f"{threads} threads"])


def versions() -> str:
    """Torch, and pythae where it is there."""
    try:
        return f"torch {torch.__version__}; pythae {metadata.version('pythae')}"
    except metadata.PackageNotFoundError:
        return f"torch {torch.__version__}"


def write(path: Path, found: dict[tuple[str, str], list[float]], batch: int, machine: str) -> None:
    """Replace the rows of this batch size in the file."""
    rows = [row for row in read(path) if row["batch"] != str(batch)]
    for (precision, provider), times in found.items():
        quantiles = (f"{times[round(share * (len(times) - 1))]:.2f}" for share in (0.2, 0.5, 0.8))
        rows.append(dict(zip(FIELDS, (provider, precision, str(batch), *quantiles, machine, versions()), strict=True)))
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, text.getvalue().encode())


def read(path: Path) -> list[dict[str, str]]:
    """Rows of an earlier run."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def table(found: dict[tuple[str, str], list[float]]) -> str:
    """Medians, and what they are of the floor."""
    lines = ["| precision | provider | ms per 1,000 images | of the floor's throughput |", "|---|---|---|---|"]
    for (precision, provider), times in found.items():
        median, least = statistics.median(times), statistics.median(found[precision, "floor"])
        share = 100 * least / median
        lines.append(f"| {precision} | {provider} | {median:.1f} | {share:.0f} % |")
    return "\n".join(lines)


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--precisions", nargs="+", default=PRECISIONS, choices=PRECISIONS)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    data = load_dataset("fashion-mnist")
    with tempfile.TemporaryDirectory() as folder:
        calls = {
            (precision, provider): call
            for precision in options.precisions
            for provider, call in providers(precision, data, options.batch, folder).items()
        }
        found = milliseconds(calls, len(data.train), options.rounds)
    write(options.out, found, options.batch, hardware(options.threads))
    print(table(found))


if __name__ == "__main__":
    main()
