"""One training run that proposes a pairing: ``python -m search.oneshot --dataset mnist-5k --out DIR``.

The folder gets ``proposal.json``, with the course of the weights, and is itself the folder of a trained model, as
``python -m vae.train`` leaves one; before that, a checkpoint from which the same command goes on.
:mod:`search.mixture` says what is trained.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from jsonargparse import ArgumentParser
from rich.console import Console
from rich.table import Table

from search.config import SearchConfig, command_line
from search.errors import SearchError
from search.interrupts import check, interruptible
from search.mixture_training import Proposal, propose
from search.trials import sealed
from vae.checkpoint import CHECKPOINT, CONFIG, Progress, RunFolder
from vae.cli import command, parse
from vae.config import TrainConfig
from vae.data import DataSplits, load_dataset
from vae.files import write_json

PROPOSAL = "proposal.json"
ROWS = 12
"""Rows of the printed course."""


@dataclass(frozen=True)
class OneShot:
    """Settings of a one-shot search.

    Parameters
    ----------
    dataset
        Data set: mnist-5k, fashion-mnist and the others that vae.train takes, or the path of your own.
    data_root
        Folder that holds downloaded data sets.
    pairs
        Posterior/prior pairs that a latent may get, as N/N,La/N.
    latents
        Number of latents.
    likelihood
        Likelihood of a pixel.
    hidden
        Units of each hidden layer.
    depth
        Hidden layers of the encoder, and of the decoder.
    activation
        gelu, relu, silu or tanh.
    learning_rate
        Of Adam.
    batch_size
        Images per step.
    epochs
        Passes over the training images.
    seed
        Of the data split, the network and the noise.
    threads
        Threads of the process.
    checkpoint
        Seconds between two checkpoints; a search that was stopped goes on from its last.
    out
        Output folder; runs/<dataset>-oneshot by default.
    """

    dataset: str = "mnist-5k"
    data_root: str | None = None
    pairs: str = SearchConfig.pairs
    latents: int = SearchConfig.latents
    likelihood: str = "bernoulli"
    hidden: int = 400
    depth: int = 2
    activation: str = "gelu"
    learning_rate: float = 1e-3
    batch_size: int = 100
    epochs: int = 40
    seed: int = 0
    threads: int = 1
    checkpoint: float = SearchConfig.checkpoint
    out: str | None = None

    def __post_init__(self) -> None:
        if not self.checkpoint >= 0:
            raise SearchError(f"checkpoint is {self.checkpoint}; accepted is a number of seconds from 0")

    @property
    def folder(self) -> Path:
        """Where the proposal and the model go."""
        return Path(self.out).expanduser() if self.out else Path("runs") / f"{Path(self.dataset).stem}-oneshot"

    def train_config(self) -> TrainConfig:
        """Settings of the training; the pairing is a placeholder."""
        settings = asdict(self)
        for name in ("pairs", "checkpoint", "out"):
            settings.pop(name)
        return TrainConfig(**settings, patience=self.epochs, split_seed=self.seed)

    def command(self) -> str:
        """The command line that repeats this search."""
        return command_line("search.oneshot", self)


def save(proposal: Proposal, settings: OneShot, data: DataSplits) -> Path:
    """Leave ``proposal.json`` and a trained model in the output folder; return the path of the first.

    Raises
    ------
    vae.errors.OutputError
        If the folder cannot be written.
    """
    folder = settings.folder
    header = f"A VAE of AutoVAE {version('autovae')}, Torch {torch.__version__}\nRepeat it: {settings.command()}"
    proposal.model.config.save(folder / CONFIG, header)
    progress = Progress(
        data.fingerprint(), len(proposal.history), proposal.best_epoch, proposal.best_validation, proposal.history
    )
    content: dict[str, Any] = {"pairing": proposal.pairing, "validation_bound": proposal.best_validation}
    content |= {"command": settings.command(), "settings": asdict(settings), "course": proposal.course}
    write_json(folder / PROPOSAL, content)
    RunFolder(folder).finish(proposal.model, progress)  # last, since it removes the checkpoint
    return folder / PROPOSAL


def show(proposal: Proposal, console: Console) -> None:
    """Print the course of the weights."""
    table = Table(title="expected number of latents of each pair")
    pairs = list(proposal.course[0]["latents"])
    for name in ("epoch", "temperature", "entropy", *pairs):
        table.add_column(name, justify="right")
    last = len(proposal.course) - 1
    for epoch in sorted({round(i * last / (ROWS - 1)) for i in range(ROWS)}):
        now = proposal.course[epoch]
        temperature = "equal" if now["temperature"] is None else f"{now['temperature']:.3g}"
        table.add_row(
            str(epoch + 1), temperature, f"{now['entropy']:.2f}", *(f"{now['latents'][pair]:.1f}" for pair in pairs)
        )
    console.print(table)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m search.oneshot", description=__doc__, exit_on_error=False)
    parser.add_argument("--config", action="config", help="YAML with any of these settings")
    parser.add_class_arguments(OneShot, nested_key=None)
    return parser


@command(resume="the same command goes on from the last checkpoint")
def main(argv: Sequence[str] | None = None) -> None:
    """Train, propose, and say what to do next."""
    given = parse(_parser(), argv).as_dict()
    given.pop("config")
    settings = OneShot(**given)
    checkpoint = settings.folder / CHECKPOINT
    if (settings.folder / CONFIG).exists() and not checkpoint.exists():
        raise SearchError(f"{settings.folder} holds a run already; choose another --out or remove it")
    config = settings.train_config()
    data = sealed(load_dataset(settings.dataset, settings.data_root, settings.seed))
    console = Console(highlight=False, emoji=False, soft_wrap=True)

    done: list[int] = []

    def on_epoch(epoch: int, record: dict[str, float]) -> None:
        check()
        if epoch % 5 == 0 or epoch == settings.epochs or not done:
            console.print(f"epoch {epoch:>3}/{settings.epochs}: validation bound {record['validation_bound']:.2f} nats")
        done.append(epoch)

    with interruptible():
        proposal = propose(
            config, settings.pairs, data,
            on_epoch=on_epoch, checkpoint=checkpoint, checkpoint_every=settings.checkpoint,
        )  # fmt: skip
        path = save(proposal, settings, data)
    show(proposal, console)
    print(
        f"proposed: {proposal.pairing}, validation bound {proposal.best_validation:.2f} nats per image in epoch "
        f"{proposal.best_epoch}\nproposal and model: {path.parent}\n"
        f"next: python -m vae.train --dataset {shlex.quote(settings.dataset)} --pairing {proposal.pairing}"
    )


if __name__ == "__main__":
    sys.exit(main())
