"""The study in its storage: opened or refused, its lost trials put back, its next trial claimed.

Trials are in one of three hands. Finished ones (complete or pruned) count and are never run again. Running ones belong
to a process that holds its lock, or gives signs of life. All others, left by a process that died or gave up, are
*failed* and put back with the same parameters, once each. Who may run which is decided in :mod:`search.storage.claims`.
"""

from __future__ import annotations

import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import optuna
import torch
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from search.config import SearchConfig
from search.errors import StudyMismatchError
from search.storage.claims import CLAIM, FIXED, MACHINE, OWNER, RETRY, START, Ledger, Work, settled
from search.storage.databases import connect, in_one_sentence, shown, sqlite_file
from search.storage.leases import Heartbeats, Watch
from search.storage.locks import Owner, exclusive, is_dead
from search.storage.mirror import MirroredStorage
from vae.data import DataSplits

SETTINGS = "settings"
"""Attribute of a study: the settings of the search that made it, without the storage's password."""
OWN = (
    *("storage", "study", "out", "data_root", "checkpoint", "keep", "only_trials"),
    *("trials", "workers", "threads", "side_by_side"),
)
"""Settings in which those who work at a study may differ without a word."""
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
COLLISION_PAUSE = 0.2
"""Seconds, at most, before a claim that came too late is tried again."""


@dataclass
class Store:
    """An open study together with the folder in which its processes hold their locks."""

    study: optuna.Study
    config: SearchConfig
    watch: Watch = field(default_factory=lambda: Watch(lambda: 0))

    @property
    def storage(self) -> MirroredStorage:
        """Where the study is kept."""
        storage = self.study._storage
        assert isinstance(storage, MirroredStorage)
        return storage

    @property
    def workers(self) -> Path:
        """Folder of the running processes' lock files."""
        return self.config.folder / "workers"

    def trials(self, *states: TrialState) -> list[FrozenTrial]:
        """Trials in the given states, or in any, by number."""
        return self.study.get_trials(deepcopy=False, states=states or None)

    def finished(self) -> list[FrozenTrial]:
        """Trials that count: complete or pruned."""
        return self.trials(*FINISHED)

    def ledger(self) -> Ledger:
        """All trials as they are now."""
        return Ledger(self.trials())

    @contextmanager
    def working(self) -> Iterator[Owner]:
        """A process that runs trials: inside, it is known to be alive."""
        with Owner(self.workers) as owner, Heartbeats(self.storage, owner):
            yield owner

    def claim(self, owner: Owner) -> Trial | None:
        """The next trial for a process to run; ``None`` while finished and running ones are as many as asked for."""
        with self._alone():
            while True:
                ledger = self.recover(owner)
                if ledger.taken >= self.config.trials:
                    return None
                claimed = self._dequeue(ledger, owner) or self._create(self._next(ledger), owner)
                if claimed:
                    return self._begin(*claimed, owner)
                time.sleep(COLLISION_PAUSE * random.random())

    def recover(self, owner: Owner | None = None) -> Ledger:
        """Fail the trials whose process has died, so that they are put back; all trials, after that.

        Parameters
        ----------
        owner : Owner, optional
            The process that asks. A running trial that is its own, but that it does not know of, was created by a call
            of which only the answer got lost.
        """
        trials = self.trials()
        lost = [t for t in trials if t.state == TrialState.RUNNING and self._is_lost(t, owner)]
        for trial in lost:
            self._fail(trial._trial_id)
        return Ledger(self.trials() if lost else trials)

    def tell(self, trial: Trial, values: float | Sequence[float] | None = None, *, pruned: bool = False) -> bool:
        """Finish a trial; whether it counts, which it does not if it was taken to be lost meanwhile."""
        try:
            self.study.tell(trial, values, TrialState.PRUNED if pruned else TrialState.COMPLETE)
        except (UpdateFinishedTrialError, ValueError):
            # Told already, in a call of which only the answer got lost? Only its owner completes or prunes a trial.
            state = self.storage.get_trial(trial._trial_id).state
            if not state.is_finished():
                raise
            return state in FINISHED
        return True

    def fail(self, trial: Trial) -> None:
        """Give a trial up, so that it is put back."""
        self._fail(trial._trial_id)

    def _fail(self, trial_id: int) -> None:
        with suppress(UpdateFinishedTrialError):
            self.storage.set_trial_state_values(trial_id, TrialState.FAIL)

    def _next(self, ledger: Ledger) -> Work:
        """What is to be created next: a lost trial again, a starting point, or what the sampler will propose."""
        if lost := ledger.lost():
            kept = {name: value for name, value in lost.user_attrs.items() if name == START}
            return Work(settled(lost), kept | {RETRY: lost.number})
        space = self.config.search_space
        for index, point in enumerate(self.config.starting_points()):
            if not ledger.queued(index):
                return Work(space.params(point), {START: index})
        return Work()

    def _create(self, work: Work, owner: Owner) -> tuple[FrozenTrial, Ledger] | None:
        """Create a running trial; ``None`` where others were faster and it may not run."""
        claim = uuid.uuid4().hex
        attrs = work.attrs | {OWNER: str(owner), CLAIM: claim, MACHINE: machine(self.config)}
        fixed = {FIXED: work.params} if work.params else {}
        self.study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs=attrs, system_attrs=fixed))
        trials = self.trials()
        mine = next(trial for trial in trials if trial.user_attrs.get(CLAIM) == claim)
        ledger = Ledger(trials)
        if ledger.allows(mine.number, self.config.trials):
            return mine, ledger
        self._fail(mine._trial_id)
        return None

    def _dequeue(self, ledger: Ledger, owner: Owner) -> tuple[FrozenTrial, Ledger] | None:
        """Take a trial that somebody has put into the queue; ``None`` where there is none, or another took it."""
        trial = ledger.waiting(self.config.trials)
        with suppress(UpdateFinishedTrialError):
            if trial and self.storage.set_trial_state_values(trial._trial_id, TrialState.RUNNING):
                self.storage.set_trial_user_attr(trial._trial_id, OWNER, str(owner))
                self.storage.set_trial_user_attr(trial._trial_id, MACHINE, machine(self.config))
                return self.storage.get_trial(trial._trial_id), ledger
        return None

    def _begin(self, claimed: FrozenTrial, ledger: Ledger, owner: Owner) -> Trial:
        """Let the sampler propose what is not settled yet."""
        owner.held[claimed.number] = claimed._trial_id
        self.study.sampler = self.config.make_sampler(ledger.ordinal(claimed.number))
        self.study._thread_local.cached_all_trials = None  # what Study.ask lets the sampler read anew
        with self.storage.proposing(self.study._study_id, claimed, ledger.trials):
            trial = Trial(self.study, claimed._trial_id)
            for name, distribution in self.config.search_space.distributions.items():
                trial._suggest(name, distribution)
        return trial

    def _is_lost(self, trial: FrozenTrial, owner: Owner | None) -> bool:
        name = trial.user_attrs.get(OWNER)
        if name is None and self._sqlite:
            return True  # killed before it signed: under the lock of the file nobody can be just about to
        if name is not None:
            if owner and name == str(owner):
                return trial.number not in owner.held
            if (dead := is_dead(name, self.workers)) is not None:
                return dead
        return self.watch.silent(trial)

    @property
    def _sqlite(self) -> Path | None:
        return sqlite_file(self.config.storage_url)

    def _alone(self) -> AbstractContextManager[None]:
        """Where the storage is a file, a lock beside it lets processes claim one after another, without collisions."""
        file = self._sqlite
        return exclusive(file.with_name(f"{file.name}.lock")) if file else nullcontext()


def machine(config: SearchConfig) -> dict[str, Any]:
    """What decides the last digits of a trial's figures, beside its settings."""
    kind = torch.cuda.get_device_name() if torch.cuda.is_available() else torch.backends.cpu.get_cpu_capability()
    return {"host": socket.gethostname(), "processor": kind, "threads": config.threads, "torch": str(torch.__version__)}


@contextmanager
def open_study(
    config: SearchConfig, data: DataSplits, *, say: Callable[[str], None] | None = None, wait: bool = False
) -> Iterator[Store]:
    """Open or make the study that a configuration names; inside, the storage's errors become sentences.

    Parameters
    ----------
    config : SearchConfig
        The search.
    data : DataSplits
        Its data, without the test split.
    say : callable, optional
        Told, in a line each, that a database server is away and that it is back, since a study waits for it; and
        where the study was made with other settings that may differ.
    wait : bool
        Wait also where it is away from the start.

    Raises
    ------
    SearchError
        If the storage's URL is wrong, or the storage cannot be opened, read or written.
    StudyMismatchError
        If the study was made with another space, data set, likelihood, budget or seed.
    """
    with in_one_sentence(config.storage_url):
        storage = connect(config.storage_url, say=say, wait=wait)
        study = optuna.create_study(
            storage=storage,
            study_name=config.study,
            directions=[metric.direction for metric in config.objectives],
            pruner=config.make_pruner(),
            load_if_exists=True,
        )
        store = Store(study, config, Watch(lambda: storage.outages))
        with store._alone():
            _check_signature(study, config.signature(data), shown(config.storage_url))
            differences = _settle(study, config)
        if say and differences:
            say(
                f"study {study.study_name} was made with {differences}; "
                "this search goes by its own, search.report by the study's"
            )
        yield store


def _settle(study: optuna.Study, config: SearchConfig) -> str:
    """Leave the settings with the study where it is new; in which the search differs that made it, in words.

    Of the trials asked for the study has the largest number.
    """
    mine = asdict(config) | {"storage": config.storage and shown(config.storage)}
    found = study.user_attrs.get(SETTINGS)
    settings = mine if found is None else found | {"trials": max(found["trials"], config.trials)}
    if settings != found:
        study.set_user_attr(SETTINGS, settings)
    names = [name for name, value in mine.items() if name not in OWN and settings.get(name, value) != value]
    return ", ".join(f"{name}={_show(settings[name])} (here {_show(mine[name])})" for name in names)


def _check_signature(study: optuna.Study, signature: dict[str, Any], storage: str) -> None:
    """Stamp a new study with its settings; refuse one that has others."""
    found = study.user_attrs.get("signature")
    if found is None and not study.get_trials(deepcopy=False):
        study.set_user_attr("signature", signature)
        return
    where = f"study {study.study_name!r} in {storage}"
    if found is None:
        raise StudyMismatchError(f"{where} was not made by this search; choose another --study or --storage")
    for name in sorted(found.keys() | signature.keys()):
        if found.get(name) != signature.get(name):
            raise StudyMismatchError(
                f"{where} was made with {name}={_show(found.get(name))}, not {_show(signature.get(name))}; "
                "repeat its settings, or choose another --study or --out"
            )


def _show(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
