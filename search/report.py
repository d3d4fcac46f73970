"""``report.html``: one self-contained page about a finished search."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import optuna
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from divergences.ops import Pairing
from search import comparison, figures, pictures
from search.config import SearchConfig
from search.finish import Final, Finalist, is_plain
from search.records import Record
from search.storage import Store
from vae.checkpoint import load
from vae.data import DataSplits
from vae.files import write_bytes

LEAST_FOR_IMPORTANCE = 8
"""Complete trials below which a decomposition of their variance says nothing."""


def write_report(store: Store, data: DataSplits, records: Sequence[Record], final: Final) -> Path:
    """Write the report of a finished search into its folder and return its path.

    Parameters
    ----------
    store : Store
        The study.
    data : DataSplits
        Whose validation images are shown.
    records : sequence of Record
        All finished trials.
    final : Final
        The models that were retrained and scored.
    """
    loader = PackageLoader("search")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["nats"] = comparison.nats
    environment.globals["parts"] = lambda pairing: [(s.pair, s.count) for s in Pairing.parse(pairing).segments]
    page = environment.get_template("report.html.jinja").render(
        stylesheet=Markup(loader.get_source(environment, "report.css")[0]),
        script=Markup(loader.get_source(environment, "report.js")[0]),
        **context(store, data, records, final),
    )
    path = store.config.folder / "report.html"
    write_bytes(path, page.encode())
    return path


def context(store: Store, data: DataSplits, records: Sequence[Record], final: Final) -> dict[str, Any]:
    """Everything that the template shows."""
    config, finalists = store.config, final.finalists
    colours = figures.colours(list(dict.fromkeys([*config.search_space.pairs, "N/N"])))
    top = max(max(f.chosen.test["kl_per_latent"]) for f in finalists)
    shown = [_model(config, data, finalist, colours, top) for finalist in finalists]
    return {
        "dataset": config.dataset,
        "records": records,
        "complete": sum(r.complete for r in records),
        "colours": colours,
        "finalists": shown,
        "found": [f.trial for f in finalists],
        "headline": comparison.headline(finalists),
        "summary": comparison.summary(config, records, finalists),
        "setting": comparison.setting(config, finalists),
        "rows": list(comparison.rows(finalists)),
        "notes": list(dict.fromkeys(note for f in finalists for note in f.chosen.test["notes"])),
        "convergence": Markup(figures.convergence(records)),
        "learning_curves": Markup(figures.learning_curves({_title(f): [r.history for r in f.runs] for f in finalists})),
        "search_note": _search_note(records),
        "importances": _importances(store, records),
        "method": list(_method(config, data, final)),
        "commands": list(_commands(config)),
        "settings": list(_settings(config)),
    }


def _model(
    config: SearchConfig, data: DataSplits, finalist: Finalist, colours: Mapping[str, str], top: float
) -> dict[str, Any]:
    """A finalist as the page shows it: its parts, its pictures."""
    model = load(config.folder / finalist.chosen.folder)
    parts = [
        {
            "pair": segment.pair,
            "count": segment.count,
            "posterior": segment.posterior,
            "prior": segment.prior,
            "floor": cell.floor,
            "colour": colours[segment.pair],
            "picture": Markup(figures.densities(segment.pair, colours[segment.pair])),
        }
        for segment, cell in zip(model.pairing.segments, model.pairing.cells(), strict=True)
    ]
    bars = figures.kl_per_latent(model.pairing, finalist.chosen.test["kl_per_latent"], colours, top)
    return asdict(finalist) | {
        "title": _title(finalist),
        "parts": parts,
        "samples": pictures.samples(model, config.seed),
        "reconstructions": pictures.reconstructions(model, data.validation),
        "kl_per_latent": Markup(bars),
    }


def _title(finalist: Finalist) -> str:
    return "N/N" if is_plain(finalist) else "Mixed" if "," in finalist.pairing else finalist.pairing.partition(":")[0]


def _search_note(records: Sequence[Record]) -> str:
    states = Counter(r.state for r in records)
    return (
        f"{states['complete']} trials trained to their end, {states['pruned']} pruned, "
        f"{sum(r.epochs for r in records)} epochs in all; the value of a pruned trial is that of its last epoch"
    )


def _importances(store: Store, records: Sequence[Record]) -> list[tuple[str, float]]:
    """Share of the variance that each parameter explains, largest first; empty where too few trials would tell."""
    complete = [r.value for r in records if r.complete]
    if len(complete) < LEAST_FOR_IMPORTANCE or len(set(complete)) == 1:
        return []
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=store.config.seed)
    shares = optuna.importance.get_param_importances(store.study, evaluator=evaluator, target=lambda t: t.values[0])
    return [(name.replace("_", " "), share) for name, share in shares.items()]


def _method(config: SearchConfig, data: DataSplits, final: Final) -> Iterator[str]:
    count = f"{len(data.train):,} training and {len(data.validation):,} validation images"
    yardstick = " and ".join(f"validation {m.label}" + f", {m.unit}" * bool(m.unit) for m in config.objectives)
    yield f"Yardstick of all trials: {yardstick}; {count}, likelihood {config.likelihood}."
    yield (
        "Search: multivariate TPE over one weight per pair (rounded to counts that add up to "
        f"{config.latents} latents), width and learning rate. It starts with every homogeneous pairing and, where its "
        "pairs are searched, the slides' winner, all trained to their end; Hyperband stops later trials that lag."
    )
    yield (
        "Selection: the best trial of another pairing and N/N were retrained with seeds that the search had not used. "
        "Which of the two is best, the epoch of each run and the run that is shown were chosen by validation data."
    )
    yield (
        "Test split: scored once, after all choices were made, for all "
        f"{sum(len(f.runs) for f in final.finalists)} retrained models."
    )
    if final.looks > 1:
        yield (
            f"This is look number {final.looks} at the test split: the search went on after an earlier report, whose "
            "figures may have played a part in that."
        )
    yield "With so few seeds the spread is itself uncertain: a difference within it is no finding."


def _commands(config: SearchConfig) -> Iterator[tuple[str, str]]:
    best = config.folder / "best"
    yield "This search; with a larger --trials it goes on", config.command()
    yield (
        "The best model alone",
        shlex.join(
            ["python", "-m", "vae.train", "--config", str(best / "config.yaml"), "--out", str(config.folder / "again")]
        ),
    )
    yield "More about the best model", shlex.join(["python", "-m", "vae.evaluate", str(best)])


def _settings(config: SearchConfig) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in asdict(config).items() if value is not None)
    yield "versions", ", ".join(f"{name} {version(name)}" for name in ("autovae", "torch", "optuna"))
