"""Trials side by side: models of one shape trained as one batched model (:mod:`vae.ensemble`).

A process claims as many trials as it has room for. When one ends or is pruned, the next takes its place; one of another
shape (width, depth, batch size, likelihood, ...) waits until the models of the shape before are done. A model becomes
what it becomes alone, up to rounding. Trials leave checkpoints, from which the process that repeats a lost one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import Trial

from search import artifacts
from search.config import SearchConfig
from search.errors import SearchError
from search.measures import epoch_measure
from search.storage.claims import SIDE_BY_SIDE
from search.storage.store import Store
from search.trials import OnEpoch, complete, goes_on, report
from vae.config import TrainConfig
from vae.data import DataSplits
from vae.ensemble import shape_of, train_side_by_side
from vae.errors import TrainingError
from vae.training import FitResult


@dataclass(eq=False)
class _Running:
    """A trial on its way."""

    trial: Trial
    settings: TrainConfig
    began: float
    folder: Path
    left: bool = False
    pruned: bool = False


def check_side_by_side(config: SearchConfig, data: DataSplits) -> None:
    """Refuse a search whose trials have to be trained one by one.

    Raises
    ------
    SearchError
        If it measures after every epoch what training does not compute, or how long a trial takes.
    """
    asked = f"{SIDE_BY_SIDE} is {config.side_by_side}"
    if epoch_measure(config, data):
        raise SearchError(
            f"{asked}; a pruner that needs the {config.objectives[0].label} after every epoch takes trials one by one: "
            f"accepted are {SIDE_BY_SIDE} 1 and pruner none"
        )
    if any(metric.name == "seconds" for metric in config.objectives):
        raise SearchError(f"{asked}; the time of a trial is measured one by one: accepted is {SIDE_BY_SIDE} 1")


class SideBySide:
    """The trials that one process runs at present.

    Parameters
    ----------
    store : Store
        The study.
    claim : callable
        The next trial to be run, or ``None``.
    data : DataSplits
        Training and validation images.
    on_epoch : callable
        ``on_epoch(trial, epoch, bound)`` after every epoch of every trial; what it raises ends them all.
    after : callable
        Called when a trial has ended.
    """

    def __init__(
        self,
        store: Store,
        claim: Callable[[], Trial | None],
        data: DataSplits,
        on_epoch: OnEpoch,
        after: Callable[[], None],
    ) -> None:
        self.store, self.claim, self.data, self.on_epoch, self.after = store, claim, data, on_epoch, after
        self.running: dict[int, _Running] = {}
        self.next: _Running | None = None

    def run(self) -> None:
        """Claim and run trials until none is left to claim; on an error those on their way are put back."""
        try:
            while (self.next is not None) or self._claim():
                self.running = {}
                config = self.store.config
                trained = train_side_by_side(
                    self._of_one_shape(), self.data, config.side_by_side, self._after, self._folder, config.checkpoint
                )
                for index, result in trained:
                    self._tell(self.running.pop(index), result)
                    self.after()
        except BaseException:
            for each in [*self.running.values(), *([self.next] if self.next else [])]:
                with suppress(Exception):  # where the database itself is the trouble, the next run finds them lost
                    self.store.fail(each.trial)
            raise

    def _claim(self) -> bool:
        """Claim the next trial, if there is one."""
        if trial := self.claim():
            config = self.store.config
            settings = config.train_config(config.search_space.point(trial.params), config.epochs, config.seed)
            self.next = _Running(trial, settings, time.monotonic(), artifacts.place(config, trial.number))
            with suppress(UpdateFinishedTrialError):  # taken to be lost: its first epoch tells
                trial.set_user_attr(SIDE_BY_SIDE, config.side_by_side)
        return self.next is not None

    def _of_one_shape(self) -> Iterator[TrainConfig]:
        """Settings of the claimed trial and of those after it, up to the first of another shape."""
        assert self.next is not None
        shape, index = shape_of(self.next.settings), 0
        while self.next is not None or self._claim():
            assert self.next is not None
            if shape_of(self.next.settings) != shape:
                return
            current, self.next = self.next, None
            self.running[index] = current
            if self._goes_on(current):
                index += 1
                yield current.settings
            else:
                self._tell(self.running.pop(index))
                self.after()

    def _folder(self, index: int) -> Path:
        return self.running[index].folder

    def _goes_on(self, each: _Running) -> bool:
        """Whether a trial is to be trained, from where the one had come that it repeats."""
        return not self._ends(each, lambda: not goes_on(self.store, each.trial))

    def _after(self, index: int, epoch: int, record: dict[str, float]) -> bool:
        each = self.running[index]
        self.on_epoch(each.trial, epoch, record["validation_bound"])
        return self._ends(each, lambda: report(each.trial, self.store.config, epoch, record))

    def _ends(self, each: _Running, pruned: Callable[[], bool]) -> bool:
        """Whether a trial ends here: as pruned, or as one that is no longer this process's."""
        try:
            each.pruned = pruned()
        except UpdateFinishedTrialError:  # taken to be lost, and left to the process that repeats it
            each.left = True
        return each.left or each.pruned

    def _tell(self, each: _Running, result: FitResult | TrainingError | None = None) -> None:
        """Finish a trial; without a result it is pruned."""
        store = self.store
        if each.left:
            return
        try:
            if result is None or each.pruned:
                store.tell(each.trial, pruned=True)
            elif isinstance(result, TrainingError):
                raise result
            else:
                complete(store, each.trial, result, self.data, time.monotonic() - each.began)
        except TrainingError as error:
            each.trial.set_user_attr("failure", str(error))
            store.tell(each.trial, pruned=True)
        except UpdateFinishedTrialError:
            return
        except BaseException:
            with suppress(Exception):
                store.fail(each.trial)
            raise
        artifacts.tidy(store)
