"""What a user sees while a model trains."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vae.config import TrainConfig

if TYPE_CHECKING:
    from vae.checkpoint import Progress as RunProgress

EVERY = 10
"""Epochs between two lines where there is no terminal."""


class ProgressBar:
    """A bar on a terminal, a line now and then elsewhere, nothing if it is not to be shown; all on standard error."""

    def __init__(self, config: TrainConfig, show: bool) -> None:
        self.config = config
        self.console = Console(file=sys.stderr, quiet=not show)
        columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
        self.bar = Progress(
            *columns,
            TextColumn("{task.description}"),
            console=self.console,
            disable=not (show and self.console.is_terminal),
        )
        self.task = self.bar.add_task("", total=config.epochs)

    def __enter__(self) -> ProgressBar:
        self.bar.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.bar.stop()

    def update(self, progress: RunProgress) -> None:
        """Show the latest epoch."""
        if not progress.history:
            return
        last = progress.history[-1]
        text = (
            f"validation bound {last['validation_bound']:.2f}, "
            f"best {progress.best_validation:.2f} in epoch {progress.best_epoch}"
        )
        self.bar.update(self.task, completed=progress.epoch, description=text)
        spoken = progress.epoch % EVERY == 0 or progress.epoch in (1, self.config.epochs)
        if spoken and not self.console.is_terminal:
            line = f"epoch {progress.epoch}: train bound {last['train_bound']:.2f}, {text}"
            self.console.print(line, highlight=False, soft_wrap=True)
