"""One process or several: devices, precision and each process's share of a batch, through Lightning Fabric."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from vae.config import TrainConfig
from vae.errors import ConfigError

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def make_fabric(config: TrainConfig) -> Fabric:
    """The Fabric of a run, not launched.

    Raises
    ------
    ConfigError
        If the machine has no such accelerator, or fewer devices.
    """
    # Loaded here, because it takes as long as Torch itself and only training needs it.
    from lightning_fabric import Fabric

    wanted = config.accelerator
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ConfigError("accelerator 'cuda' is not available on this machine")
    if wanted == "auto":  # Fabric's own choice may be one without float64, in which noise is drawn
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted == "cuda" and config.devices > torch.cuda.device_count():
        raise ConfigError(f"devices is {config.devices}; this machine has {torch.cuda.device_count()} GPUs")
    strategy = "ddp" if config.devices > 1 else "auto"
    return Fabric(accelerator=wanted, devices=config.devices, strategy=strategy, precision=config.precision)  # type: ignore[arg-type]


def inner(wrapped: nn.Module) -> nn.Module:
    """The module inside Fabric's wrapper, to be called under ``fabric.autocast()``.

    The wrapper itself would round a batch to the type of the matrix products, the targets of the likelihood with it,
    and takes as long as a layer of a small network.
    """
    module = wrapped._forward_module
    assert isinstance(module, nn.Module)
    return module


def is_leader() -> bool:
    """Whether this process is the first of those that train together: the one that writes and prints."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank() == 0
    return int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0


def share(rows: Tensor, fabric: Fabric) -> tuple[Tensor, float]:
    """The part of a batch that is this process's, and the weight of a mean over it.

    With that weight the mean of all processes' gradients is that of the whole batch. A process for which a small batch
    leaves nothing takes one image with the weight 0, because all have to take part.
    """
    if fabric.world_size == 1:
        return rows, 1.0
    mine = rows[fabric.global_rank :: fabric.world_size]
    return (mine, len(mine) * fabric.world_size / len(rows)) if len(mine) else (rows[:1], 0.0)


@contextmanager
def threads(config: TrainConfig) -> Iterator[None]:
    """Compute with the configured number of threads for a while; by default several processes divide the cores."""
    before = torch.get_num_threads()
    number = config.threads or (max(1, (os.cpu_count() or 1) // config.devices) if config.devices > 1 else None)
    if number:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
