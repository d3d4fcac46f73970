"""Where the milliseconds of training go.

``python benchmarks/training_where.py [--precisions …] [--batch 1000] [--pairing N/N:20] [--threads 2]``
trains the network of ``training.py`` on Fashion-MNIST for an epoch under Torch's profiler and prints, for each part
of a step, the milliseconds per 1,000 images that it takes, forward and backward together but for the matrix products.

Operations count for the part of the step that called them, those of the backward pass for the part whose derivative
they compute. What no operation accounts for is the interpreter and the graph of derivatives; the profiler itself adds
to it, so that the time of the same epoch without it stands below.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch.autograd.profiler_util import FunctionEvent
from torch.profiler import ProfilerActivity, profile, record_function
from training import PRECISIONS, autovae

from vae import load_dataset
from vae.training import _Trainer

FORWARD, BACKWARD, ACTIVATIONS = "matrix products, forward", "matrix products, backward", "activations, casts"
NETWORKS, LIKELIHOOD, LATENT, NOISE = "networks", "likelihood", "latent layer", "noise"
DATA, OPTIMISER, REST = "data", "optimiser", "Python, graph, bound"
PARTS = (FORWARD, BACKWARD, ACTIVATIONS, LIKELIHOOD, LATENT, NOISE, DATA, OPTIMISER, REST)

PRODUCTS = {"aten::mm", "aten::addmm", "aten::bmm", "aten::baddbmm", "mkldnn::_linear_pointwise"}
NODE = "autograd::engine::evaluate_function"
MARK = "where: "


def mark(owner: Any, name: str, part: str) -> None:
    """Name the part of a step that a method is."""
    method: Callable[..., Any] = getattr(owner, name)

    def marked(*args: Any, **kwargs: Any) -> Any:
        with record_function(MARK + part):
            return method(*args, **kwargs)

    object.__setattr__(owner, name, marked)


def marked_trainer(precision: str, batch: int, pairing: str) -> tuple[_Trainer, int]:
    """The trainer, and the number of its images."""
    data = load_dataset("fashion-mnist")
    trainer = autovae(precision, data, batch, pairing)
    batches = trainer._batches

    def marked_batches(epoch: int) -> Iterator[Any]:
        source = batches(epoch)
        while True:
            with record_function(MARK + DATA):
                try:
                    batch = next(source)
                except StopIteration:
                    return
            yield batch

    trainer._batches = marked_batches  # type: ignore[method-assign]
    model = trainer.model
    for owner, name, part in (
        (model.encoder, "forward", NETWORKS),
        (model.decoder, "forward", NETWORKS),
        (model.latents, "posterior", LATENT),
        (model.latents, "forward", LATENT),
        (model.likelihood, "nll", LIKELIHOOD),
        (trainer.optimiser, "step", OPTIMISER),
        (trainer.optimiser, "zero_grad", OPTIMISER),
    ):
        mark(owner, name, part)
    return trainer, len(data.train)


def lineage(event: FunctionEvent) -> Iterator[FunctionEvent]:
    """An event and those around it, from the inside."""
    found: FunctionEvent | None = event
    while found is not None:
        yield found
        found = found.cpu_parent


def part_of(event: FunctionEvent, derivatives: dict[int, str]) -> str:
    """The part of a step that an event belongs to; ``derivatives`` has that of each node of the graph."""
    around = list(lineage(event))
    names = [each.name for each in around]
    node = next((each for each in around if each.name.startswith(NODE)), None)
    backward = node is not None
    if event.name.startswith((MARK, NODE)):
        return REST
    if PRODUCTS.intersection(names):
        return BACKWARD if backward else FORWARD
    part = next((name.removeprefix(MARK) for name in names if name.startswith(MARK)), REST)
    if node is not None:
        part = derivatives.get(node.sequence_nr, REST) if "AccumulateGrad" not in node.name else REST
    if part == NETWORKS:
        return ACTIVATIONS
    if part == LATENT and {"aten::normal_", "aten::randn", "aten::rand", "aten::uniform_"}.intersection(names):
        return NOISE
    return part


def parts(events: Iterable[FunctionEvent]) -> dict[str, float]:
    """Milliseconds of each part, all steps together."""
    events = sorted(events, key=lambda event: event.time_range.start)
    derivatives: dict[int, str] = {}
    for event in events:
        names = [each.name for each in lineage(event)]
        mine = next((name.removeprefix(MARK) for name in names if name.startswith(MARK)), None)
        if mine is not None and event.sequence_nr >= 0:
            derivatives[event.sequence_nr] = mine  # the last operation of a number is the one that made the node
    found: dict[str, float] = defaultdict(float)
    for event in events:
        found[part_of(event, derivatives)] += event.self_cpu_time_total / 1e3
    return found


def measure(precision: str, batch: int, pairing: str) -> tuple[dict[str, float], float]:
    """Milliseconds per 1,000 images of each part, and of the whole without the profiler."""
    trainer, images = marked_trainer(precision, batch, pairing)
    trainer._train_epoch(0)
    start = time.perf_counter()
    trainer._train_epoch(1)
    plain = 1e6 * (time.perf_counter() - start) / images
    with profile(activities=[ProfilerActivity.CPU]) as recorded:
        start = time.perf_counter()
        trainer._train_epoch(2)
        whole = 1e6 * (time.perf_counter() - start) / images
    found = {name: 1e3 * spent / images for name, spent in parts(recorded.events()).items()}
    found[REST] += whole - sum(found.values())
    return found, plain


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--precisions", nargs="+", default=PRECISIONS, choices=PRECISIONS)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--pairing", default="N/N:20")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    found = [measure(precision, options.batch, options.pairing) for precision in options.precisions]
    print(f"| ms per 1,000 images | {' | '.join(options.precisions)} |\n|---|{'---|' * len(found)}")
    for part in PARTS:
        print(f"| {part} | {' | '.join(f'{spent.get(part, 0.0):.2f}' for spent, _ in found)} |")
    print(f"| together | {' | '.join(f'{sum(spent.values()):.1f}' for spent, _ in found)} |")
    print(f"| without the profiler | {' | '.join(f'{plain:.1f}' for _, plain in found)} |")


if __name__ == "__main__":
    main()
