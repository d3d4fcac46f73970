"""What a search says while it runs: a live display in a terminal, one line per finished trial elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from search.config import SearchConfig
from search.records import Record, best, record
from search.space.space import NETWORK, Point
from search.storage.store import Store


class Progress:
    """Speaks to a console of either kind; use as a context manager."""

    def __init__(self, config: SearchConfig, console: Console | None = None) -> None:
        self._config = config
        self._console = console or Console(highlight=False, emoji=False, soft_wrap=True)
        self._seen: set[int] | None = None
        self._best: Record | None = None
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=4, transient=True)
        self._overall = self._bars.add_task("trials", total=config.trials, note="")
        self._epochs = self._bars.add_task("starting", total=None, note="", visible=False)

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._live.stop()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, markup=False)

    def trials(self, store: Store) -> None:
        """Show what has finished since the last call."""
        finished = store.finished()
        self._bars.update(self._overall, completed=len(finished))
        if self._seen is None:
            self._seen = {trial.number for trial in finished}
            self._best = best((record(trial, self._config) for trial in finished), self._config.objectives[0])
            if finished:
                self.say(f"going on with study {self._config.study}, finished trials: {len(finished)}")
        for trial in finished:
            if trial.number not in self._seen:
                self._seen.add(trial.number)
                self._finished(record(trial, self._config))

    def epoch(self, label: str, epoch: int, epochs: int, bound: float) -> None:
        """Show how far a training has come."""
        self._bars.update(
            self._epochs, description=label[:40], completed=epoch, total=epochs, note=f"{bound:.2f} nats", visible=True
        )

    def _finished(self, trial: Record) -> None:
        rivals = [self._best, trial] if self._best else [trial]
        leads = trial.complete and trial is best(rivals, self._config.objectives[0])
        if leads:
            self._best = trial
        value = "failed" if trial.value is None else self._show(trial)
        ending = "best so far" if leads else trial.failure or ("" if trial.complete else "pruned")
        self.say(
            f"trial {len(self._seen or ()):>3}/{self._config.trials} {value:>16}  {trial.epochs:>3} epochs  "
            f"{describe(trial)}  {ending}".rstrip()
        )

    def _render(self) -> Group:
        line = f"best so far {self._show(self._best)}  {describe(self._best)}" if self._best else "no trial complete"
        return Group(self._bars, Text(line, style="bold"))

    def _show(self, trial: Record) -> str:
        objectives = self._config.objectives
        values = {objectives[0].name: trial.value} | trial.values
        return ", ".join(metric.show(values[metric.name]) for metric in objectives if metric.name in values)


def describe(trial: Record) -> str:
    """The model of a trial in one line: what is out of the ordinary too."""
    plain = Point(trial.pairing)
    odd = {name: getattr(trial, name) for name in NETWORK if name not in ("hidden", "learning_rate")}
    rest = [f"{name.replace('_', ' ')} {value}" for name, value in odd.items() if value != getattr(plain, name)]
    return "  ".join([trial.pairing, f"{trial.hidden} units", f"lr {trial.learning_rate:.2g}", *rest])


def duration(seconds: float) -> str:
    """``"3 min 20 s"``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
