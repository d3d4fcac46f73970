"""Repeat a trial with its exact settings: ``python -m search.reproduce DIR NUMBER``.

Says whether every figure of the trial comes out the same to the last digit, which it does on the machine, with the
number of threads and with the version of Torch of then. A trial that was trained side by side with others is repeated
by the same batched arithmetic, as the only one: the last digits may depend on the others, and agreement up to rounding
is enough. The exit code is 0 if so, and 1 if not.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import optuna
from jsonargparse import ArgumentParser
from optuna.pruners import BasePruner
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from search.artifacts import place
from search.batched import SideBySide
from search.config import SearchConfig
from search.errors import SearchError
from search.interrupts import check, interruptible
from search.recall import recall
from search.storage.claims import FIXED, MACHINE, SIDE_BY_SIDE
from search.storage.mirror import MirroredStorage
from search.storage.store import Store, machine
from search.trials import run_trial, sealed
from vae.cli import command, parse

TIMES = ("seconds",)
"""Figures that are measured anew."""
ROUNDING = 1e-3
"""Relative difference that rounding may grow to in the course of a training."""


@dataclass(frozen=True)
class Repetition:
    """A finished trial, and what came out when it was repeated."""

    recorded: FrozenTrial
    repeated: FrozenTrial
    config: SearchConfig

    def pairs(self) -> Iterator[tuple[str, float | None, float | None]]:
        """Figure by figure in the order of training: its name, as it was recorded, as it is now."""
        for step, value in sorted(self.recorded.intermediate_values.items()):
            yield f"epoch {step}", value, self.repeated.intermediate_values.get(step)
        again = self.repeated.values or []
        for metric, value, now in zip(self.config.objectives, self.recorded.values or [], again, strict=False):
            if metric.name not in TIMES:
                yield metric.label, value, now

    @property
    def difference(self) -> str:
        """The first figure that is another one, in words; empty if all are the same to the last digit."""
        for name, value, now in self.pairs():
            if value != now:
                return f"{name}: {value!r} is now {now!r}"
        if self.recorded.state != self.repeated.state:
            return f"{self.recorded.state.name.lower()} is now {self.repeated.state.name.lower()}"
        if self.recorded.user_attrs.get("failure") != self.repeated.user_attrs.get("failure"):
            return f"{self.recorded.user_attrs.get('failure')} is now {self.repeated.user_attrs.get('failure')}"
        return ""

    @property
    def close(self) -> bool:
        """Whether the trial ended in the same way, and every figure agrees up to rounding."""
        return self.recorded.state == self.repeated.state and all(
            value == now or (value is not None and now is not None and math.isclose(value, now, rel_tol=ROUNDING))
            for _, value, now in self.pairs()
        )


class _StopAt(BasePruner):
    """Ends a trial where the one that it repeats was ended."""

    def __init__(self, step: int | None) -> None:
        self._step = step

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        return trial.last_step == self._step


def reproduce(
    store: Store, number: int, out: Path | None = None, on_epoch: Callable[[int, float], None] | None = None
) -> Repetition:
    """Repeat a trial.

    Parameters
    ----------
    store : Store
        The study, which is not changed.
    number : int
        Of a finished trial.
    out : pathlib.Path, optional
        Where the model of a trial that comes to its end is left; must not exist.
    on_epoch : callable, optional
        Told the epoch and its validation bound.

    Raises
    ------
    SearchError
        If there is no such trial, it is not finished, or ``out`` exists.
    """
    finished = {trial.number: trial for trial in store.finished()}
    if number not in finished:
        known = f"0 to {max(finished)}" if finished else "none yet"
        raise SearchError(f"trial {number} of study {store.config.study!r} is not a finished one; these are {known}")
    if out and out.exists():
        raise SearchError(f"{out} exists; choose a new folder")
    recorded = finished[number]
    data = sealed(store.config.load_data())
    if data.fingerprint() != store.study.user_attrs["signature"]["images"]:
        raise SearchError(f"the images of {store.config.dataset} are not those that the study was made with")
    threads = recorded.user_attrs.get(MACHINE, {}).get("threads", store.config.threads)
    failed = "failure" in recorded.user_attrs  # where the next epoch left the finite numbers
    stop = recorded.last_step if recorded.state == TrialState.PRUNED and not failed else None
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out and out.parent) as folder:
        config = replace(store.config, out=folder, threads=threads, keep=1)
        study = optuna.create_study(
            storage=MirroredStorage(InMemoryStorage()),  # type: ignore[abstract]
            directions=[metric.direction for metric in config.objectives],
            pruner=_StopAt(stop),
        )
        study.add_trial(create_trial(state=TrialState.RUNNING, system_attrs={FIXED: recorded.params}))
        trial = Trial(study, study.trials[0]._trial_id)
        for name, distribution in recorded.distributions.items():
            trial._suggest(name, distribution)
        report = on_epoch or (lambda epoch, bound: None)
        again, told = Store(study, config), lambda _, epoch, bound: report(epoch, bound)
        if SIDE_BY_SIDE in recorded.user_attrs:
            trials = iter([trial])
            SideBySide(again, lambda: next(trials, None), data, told, lambda: None).run()
        else:
            run_trial(again, trial, data, told)
        model = place(config, 0)
        if out and model.is_dir():
            model.rename(out)
    return Repetition(recorded, study.trials[0], config)


@command()
def main(argv: Sequence[str] | None = None) -> None:
    """Repeat, compare, and say what came out."""
    parser = ArgumentParser(prog="python -m search.reproduce", description=__doc__, exit_on_error=False)
    parser.add_argument("folder", type=Path, help="output folder of the search")
    parser.add_argument("number", type=int, help="of the trial, as in trials.csv and the report")
    parser.add_argument("--storage", type=str | None, help="URL of its storage; default: study.db in the folder")
    parser.add_argument("--study", type=str | None, help="its name, where the storage holds several")
    parser.add_argument("--out", type=Path | None, help="folder for the model")
    args = parse(parser, argv)
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def progress(epoch: int, bound: float) -> None:
        check()
        print(f"epoch {epoch:>3}  {bound:.4f} nats", flush=True)

    with interruptible(), recall(args.folder, args.storage, args.study) as store:
        found = reproduce(store, args.number, args.out, progress)
    for name, value, now in list(found.pairs())[-1:]:
        print(f"{name}, recorded: {value!r}\n{name}, repeated: {now!r}")
    if not found.difference:
        print(f"trial {args.number}: the same to the last digit")
        return
    members = found.recorded.user_attrs.get(SIDE_BY_SIDE)
    if members and found.close:
        print(f"trial {args.number}: the same up to rounding; one of {members} side by side then, the only one here")
        return
    before, here = found.recorded.user_attrs.get(MACHINE, {}), machine(found.config)
    other = [key for key in here if before.get(key) != here[key]]
    changed = ", ".join(f"{key} {before.get(key)} then, {here[key]} here" for key in other)
    print(f"trial {args.number}: not the same; {found.difference}" + (f" ({changed})" if changed else ""))
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())
