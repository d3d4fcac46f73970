"""Render the report of a search: ``python -m search.report DIR``.

``report.html`` is one self-contained page. It can be made at any time, of a study that runs as well as of one that is
finished, on any machine that reaches its storage.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import optuna
from jinja2 import Environment, PackageLoader, StrictUndefined
from jsonargparse import ArgumentParser
from markupsafe import Markup

from divergences.ops import Pairing
from search.errors import SearchError
from search.finish import Final, read_final
from search.recall import recall
from search.records import Record, record
from search.reporting import comparison
from search.reporting.page import context
from search.storage.store import Store
from search.trials import sealed
from search.yardsticks import NATS, Metric
from vae.cli import command, parse
from vae.data import DataSplits
from vae.errors import DataError
from vae.files import write_bytes

REPORT = "report.html"


def write_report(
    store: Store, data: DataSplits | None, records: Sequence[Record], final: Final | None, path: Path | None = None
) -> Path:
    """Write the report of a search into its folder, or elsewhere, and return its path.

    Parameters
    ----------
    store : Store
        The study.
    data : DataSplits, optional
        Whose validation images are shown.
    records : sequence of Record
        All finished trials.
    final : Final, optional
        The models that were retrained and scored; none while the search goes on.
    path : pathlib.Path, optional
        By default ``report.html`` in the folder of the search.
    """
    loader = PackageLoader("search.reporting")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"nats": comparison.nats, "figure": _figure}
    environment.globals["parts"] = lambda pairing: [(s.pair, s.count) for s in Pairing.parse(pairing).segments]
    page = environment.get_template("report.html.jinja").render(
        stylesheet=Markup(loader.get_source(environment, "report.css")[0]),
        script=Markup(loader.get_source(environment, "report.js")[0]),
        **context(store, data, records, final),
    )
    path = path or store.config.folder / REPORT
    write_bytes(path, page.encode())
    return path


def _figure(value: float | None, metric: Metric) -> str:
    """A figure in the table of trials."""
    if value is None or metric.unit == NATS:
        return comparison.nats(value)
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def render(store: Store, out: Path | None = None) -> tuple[Path, str]:
    """Write the report of a study that was recalled; its path, and what it lacks, in words.

    Raises
    ------
    SearchError
        If no trial is finished.
    """
    records = [record(trial, store.config) for trial in store.finished()]
    if not records:
        raise SearchError(f"study {store.config.study!r} has {len(store.trials())} trials, none of them finished")
    lacks = []
    try:
        data = sealed(store.config.load_data())
    except DataError as error:
        data = None
        lacks.append(f"no reconstructions, since the data cannot be read ({error})")
    final = read_final(store.config.folder)
    if final is None:
        lacks.append("no figures of the finalists, since these are not retrained yet")
    return write_report(store, data, records, final, out), "; ".join(lacks)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m search.report", description=__doc__, exit_on_error=False)
    parser.add_argument("folder", nargs="?", type=Path, help="output folder of the search")
    parser.add_argument("--storage", type=str | None, help="URL of its storage; default: study.db in the folder")
    parser.add_argument("--study", type=str | None, help="its name, where the storage holds several")
    parser.add_argument("--out", type=Path | None, help=f"the page; default: {REPORT} in the folder")
    parser.add_argument("--dashboard", type=bool, default=False, nargs="?", const=True, help="serve optuna-dashboard")
    parser.add_argument("--port", type=int, default=8080, help="of the dashboard; 0 for a free one")
    return parser


@command()
def main(argv: Sequence[str] | None = None) -> None:
    """Render a report, or serve the dashboard of the same study."""
    args = parse(_parser(), argv)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with recall(args.folder, args.storage, args.study) as store:
        if args.dashboard:
            from search.reporting.dashboard import serve  # an extra

            serve(store.storage, args.port, store.config.folder)
            return
        path, lacks = render(store, args.out)
    print(f"report: {path}" + (f"\nit has {lacks}" if lacks else ""))


if __name__ == "__main__":
    sys.exit(main())
