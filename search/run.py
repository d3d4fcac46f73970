"""Search posterior-prior pairs for a VAE: ``python -m search.run``.

Trials are compared on validation data; the winner and plain N/N are then retrained with the same budget and scored,
once, on the test split. The output folder gets ``report.html``, ``best/`` (a trained model) and ``trials.csv``. The
same command goes on with a search that was interrupted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import optuna
from jsonargparse import ArgumentParser

from search.artifacts import illustrate
from search.config import SearchConfig
from search.errors import SearchError
from search.finish import finish
from search.interrupts import interruptible
from search.measures import require
from search.progress import Progress, duration
from search.records import Record, record, write_csv
from search.report import write_report
from search.storage.locks import exclusive
from search.storage.store import Store, open_study
from search.trials import sealed
from search.workers import run_trials
from vae.cli import command, parse


def help_with_trials(config: SearchConfig, progress: Progress, port: int | None = None) -> None:
    """Run trials until as many are finished as were asked for; what comes after them is left to another process."""
    require(config)
    blind = sealed(config.load_data())
    try:
        config.folder.mkdir(parents=True, exist_ok=True)
        with open_study(config, blind, say=progress.say) as store, _dashboard(store, port, progress):
            run_trials(store, blind, progress)
    except OSError as error:
        raise SearchError(f"cannot write {error.filename or config.folder}: {error.strerror or error}") from error


def search(config: SearchConfig, progress: Progress, port: int | None = None) -> Path:
    """Run a search, or go on with one; return the path of its report.

    Parameters
    ----------
    config : SearchConfig
        The search.
    progress : Progress
        Told about every epoch.
    port : int, optional
        Where optuna-dashboard is served meanwhile; 0 for a free port.

    Raises
    ------
    vae.errors.VAEError
        (:class:`search.errors.SearchError` among them) if a setting, the data, the storage or the folder is at fault.
    """
    require(config)
    data = config.load_data()
    blind = sealed(data)
    busy = f"another search is running in {config.folder}; wait for it, or give this one its own --out"
    try:
        config.folder.mkdir(parents=True, exist_ok=True)
        with (
            exclusive(config.folder / "search.lock", otherwise=busy),
            open_study(config, blind, say=progress.say) as store,
            _dashboard(store, port, progress),
        ):
            try:
                run_trials(store, blind, progress)
                illustrate(store, blind)
            finally:
                records = _write_trials(store)
            final = finish(config, blind, data.test, records, progress)
            return write_report(store, blind, records, final)
    except OSError as error:
        raise SearchError(f"cannot write {error.filename or config.folder}: {error.strerror or error}") from error


@contextmanager
def _dashboard(store: Store, port: int | None, progress: Progress) -> Iterator[None]:
    if port is None:
        yield
        return
    from search.reporting.dashboard import dashboard  # an extra

    with dashboard(store.storage, port, store.config.folder) as address:
        progress.say(f"dashboard: {address}")
        yield


def _write_trials(store: Store) -> list[Record]:
    records = [record(trial, store.config) for trial in store.finished()]
    write_csv(store.config.folder / "trials.csv", records, store.config.objectives)
    return records


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m search.run", description=__doc__, exit_on_error=False)
    parser.add_argument("--config", action="config", help="YAML with any of these settings")
    parser.add_class_arguments(SearchConfig, nested_key=None)
    parser.add_argument("--dashboard", type=bool, default=False, nargs="?", const=True, help="serve optuna-dashboard")
    parser.add_argument("--port", type=int, default=8080, help="of the dashboard; 0 for a free one")
    return parser


@command(resume="finished trials are kept, and the same command goes on from here")
def main(argv: Sequence[str] | None = None) -> None:
    """Search, report, and say what to do next."""
    started = time.monotonic()
    settings = parse(_parser(), argv).as_dict()
    settings.pop("config")
    serving, port = settings.pop("dashboard"), settings.pop("port")
    port = port if serving else None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    config = SearchConfig(**settings)
    with interruptible(), Progress(config) as progress:
        if config.only_trials:
            help_with_trials(config, progress, port)
            return
        report = search(config, progress, port)
    again = replace(config, trials=2 * config.trials).command()
    print(
        f"finished in {duration(time.monotonic() - started)}\n"
        f"report:          {report}\n"
        f"best model:      {config.folder / 'best'}\n"
        f"all trials:      {config.folder / 'trials.csv'}\n"
        f"next: open the report; evaluate or retrain the best model; or search on\n"
        f"  python -m vae.evaluate {config.folder / 'best'}\n"
        f"  python -m vae.train --config {config.folder / 'best' / 'config.yaml'} --out {config.folder / 'again'}\n"
        f"  {again}"
    )


if __name__ == "__main__":
    sys.exit(main())
