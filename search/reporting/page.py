"""What the report shows: numbers, sentences and pictures, ready for the template."""

from __future__ import annotations

import itertools
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from markupsafe import Markup
from optuna.trial import TrialState

from divergences.ops import Pairing
from search import artifacts
from search.config import SearchConfig
from search.finish import Final
from search.records import Record, best, pareto_front
from search.reporting import charts, comparison, figures, pictures
from search.reporting.importance import importances
from search.selection import Finalist, is_plain
from search.space.space import NETWORK
from search.storage.databases import shown
from search.storage.store import Store
from vae.checkpoint import METRICS as MODEL_METRICS
from vae.checkpoint import load
from vae.data import DataSplits
from vae.evaluation import FIDELITY, evaluate
from vae.model import VAE

SEVERAL = 4
"""Models up to which all are pictured; of more, the finalists and N/N."""


def context(store: Store, data: DataSplits | None, records: Sequence[Record], final: Final | None) -> dict[str, Any]:
    """Everything that the template shows.

    Parameters
    ----------
    store : Store
        The study.
    data : DataSplits, optional
        Whose validation images are shown; none where they are not at hand.
    records : sequence of Record
        All finished trials.
    final : Final, optional
        The models that were retrained and scored; none while the search goes on.
    """
    config = store.config
    metric, metrics = config.objectives[0], config.objectives
    front = pareto_front(records, metrics) if len(metrics) > 1 else set()
    unknown: dict[str, Any] = dict.fromkeys(("setting", "rival", "learning_curves"), "")
    unknown |= dict.fromkeys(("found", "models", "rows", "notes"), ())
    return {
        "dataset": config.dataset,
        "records": records,
        "metric": metric,
        "metrics": metrics,
        "front": front,
        "varying": [name for name in NETWORK if len({getattr(r, name) for r in records}) > 1],
        "complete": sum(r.complete for r in records),
        "colours": _colours(config),
        "convergence": Markup(figures.convergence(records, metric)),
        "search_note": _search_note(store, records),
        "importances": importances(store),
        "most_lines": charts.MOST_LINES,
        "parallel": Markup(charts.parallel(records, config.search_space.pairs, metric)),
        "fronts": [Markup(each) for each in charts.front(records, front, metrics)],
        "orders": Markup(charts.orders(records, metric)),
        "method": list(_method(config, data, final)),
        "commands": list(_commands(config, final)),
        "repeat": shlex.join(["python", "-m", "search.reproduce", str(config.folder)]),
        "settings": list(_settings(config)),
        **(unknown | (_finished(config, data, records, final) if final else _unfinished(config, data, records))),
    }


def _finished(config: SearchConfig, data: DataSplits | None, records: Sequence[Record], final: Final) -> dict[str, Any]:
    """What the retrained models say."""
    finalists = final.finalists
    pictured = [f for f in finalists if len(finalists) <= SEVERAL or not f.baseline or is_plain(f)]
    top = max(max(f.chosen.test["kl_per_latent"]) for f in pictured)
    rows = [*comparison.rows(finalists), *_fidelity(finalists)]
    curves = {_title(f): [r.history for r in f.runs] for f in finalists}
    colour = dict(zip(curves, _line_colours(finalists, _colours(config)), strict=True))
    return {
        "final": True,
        "headline": comparison.headline(finalists, config.objectives[0]),
        "summary": comparison.summary(records, finalists),
        "setting": comparison.setting(finalists),
        "found": [f.trial for f in finalists],
        "rows": rows,
        "rival": _title(rival) if (rival := comparison.rival_of(finalists)) else "",
        "finalists": [{"title": _title(f), "pairing": f.pairing} for f in finalists],
        "notes": list(dict.fromkeys(note for f in finalists for note in f.chosen.test["notes"])),
        "learning_curves": Markup(figures.learning_curves(curves, colour)),
        "models": [
            _pictured(
                config, data, load(config.folder / f.chosen.folder), _title(f), f.chosen.test["kl_per_latent"], top
            )
            for f in pictured
            if (config.folder / f.chosen.folder / MODEL_METRICS).is_file()
        ],
    }


def _unfinished(config: SearchConfig, data: DataSplits | None, records: Sequence[Record]) -> dict[str, Any]:
    """The best trial so far."""
    metric = config.objectives[0]
    leader = best(records, metric)
    if leader is None or leader.value is None:
        return {
            "final": False,
            "headline": "No trial has been trained to its end yet",
            "summary": f"{len(records)} of {config.trials} trials are finished, all of them pruned.",
        }
    models = []
    if (folder := artifacts.place(config, leader.trial)).joinpath(MODEL_METRICS).is_file():
        model = load(folder)
        kl = evaluate(model, data.validation, metrics=["kl_per_latent"])["kl_per_latent"] if data else None
        models = [_pictured(config, data, model, f"Trial {leader.trial}", kl, max(kl) if kl else 0.0)]
    return {
        "final": False,
        "headline": f"Best so far: {_in_words(leader.pairing)}",
        "summary": f"{len(records)} of {config.trials} trials are finished. The best one, trial {leader.trial}: "
        f"validation {metric.label} {metric.show(leader.value)}.",
        "found": [leader.trial],
        "models": models,
    }


def _pictured(
    config: SearchConfig, data: DataSplits | None, model: VAE, title: str, kl: list[float] | None, top: float
) -> dict[str, Any]:
    """A model as the page shows it: its parts, its pictures."""
    colours = _colours(config)
    parts = [
        {
            "pair": segment.pair,
            "count": segment.count,
            "posterior": segment.posterior,
            "prior": segment.prior,
            "floor": cell.floor,
            "picture": Markup(figures.densities(segment.pair, colours[segment.pair])),
        }
        for segment, cell in zip(model.pairing.segments, model.pairing.cells(), strict=True)
    ]
    return {
        "title": title,
        "pairing": str(model.pairing),
        "parts": parts,
        "samples": pictures.samples(model, config.seed),
        "reconstructions": pictures.reconstructions(model, data.validation) if data else None,
        "kl_per_latent": Markup(figures.kl_per_latent(model.pairing, kl, colours, top)) if kl else None,
    }


def _colours(config: SearchConfig) -> Mapping[str, str]:
    return figures.colours(list(dict.fromkeys([*config.search_space.pairs, "N/N"])))


def _line_colours(finalists: Sequence[Finalist], colours: Mapping[str, str]) -> Iterator[str]:
    """Homogeneous pairings in their pair's colour, mixed ones in the page's accent and ink."""
    mixed = itertools.cycle((figures.ACCENT, figures.INK, figures.MUTED))
    for finalist in finalists:
        segments = Pairing.parse(finalist.pairing).segments
        yield colours[segments[0].pair] if len(segments) == 1 else next(mixed)


def _in_words(pairing: str) -> str:
    return " + ".join(f"{s.count} {s.pair}" for s in Pairing.parse(pairing).segments)


def _title(finalist: Finalist) -> str:
    if "," not in finalist.pairing:
        return finalist.pairing.partition(":")[0]
    return "Mixed" if finalist.trial is None else f"Mixed, trial {finalist.trial}"


def _fidelity(finalists: Sequence[Finalist]) -> Iterator[comparison.Row]:
    """How much samples look like images, where that was measured for all."""
    for name in FIDELITY:
        if all(name in run.test for f in finalists for run in f.runs):
            cells = tuple(comparison.spread(f.values("test", name), 3) for f in finalists)
            means = [f.mean("test", name) for f in finalists]
            better = max if name == "isc" else min
            yield comparison.Row(name, "test", cells, means.index(better(means)), "")


def _search_note(store: Store, records: Sequence[Record]) -> str:
    states = Counter(r.state for r in records)
    running = len(store.trials(TrialState.RUNNING))
    return (
        f"{states['complete']} trials trained to their end, {states['pruned']} pruned"
        + (f", {running} running" if running else "")
        + f"; {sum(r.epochs for r in records)} epochs in all; the value of a pruned trial is that of its last epoch"
    )


def _method(config: SearchConfig, data: DataSplits | None, final: Final | None) -> Iterator[str]:
    metric = config.objectives[0]
    count = f"; {len(data.train):,} training and {len(data.validation):,} validation images" if data else ""
    several = f"Objectives of all trials: {', '.join(each.label for each in config.objectives)}"
    alone = f"Yardstick of all trials: validation {metric.label}" + (f", {metric.unit}" if metric.unit else "")
    yield (several if len(config.objectives) > 1 else alone) + count + "."
    yield (
        f"Search: sampler {config.sampler}, pruner {config.pruner}. It starts with N/N, every homogeneous pairing and, "
        "where its pairs are searched, the slides' winner, all trained to their end."
    )
    if final is None:
        yield "The best pairings are retrained with new seeds, and the test split is scored, when all trials are done."
        return
    yield (
        "Selection: the best pairings and what they are compared with were retrained with seeds that the search had "
        "not used. Which of them is best, the epoch of each run and the run shown were chosen by validation data."
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
    yield from (f"Left out: {reason}." for reason in final.left_out)
    yield "With so few seeds the spread is itself uncertain: a difference within it is no finding."


def _commands(config: SearchConfig, final: Final | None) -> Iterator[tuple[str, str]]:
    model = config.folder / "best"
    again = str(config.folder / "again")
    yield "This search; with a larger --trials it goes on", config.command()
    if final:
        words = ["python", "-m", "vae.train", "--config", str(model / "config.yaml"), "--out", again]
        yield "The best model alone", shlex.join(words)
        yield "More about the best model", shlex.join(["python", "-m", "vae.evaluate", str(model)])


def _settings(config: SearchConfig) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(config).items():
        if value is not None and value != "":
            yield name, shown(value) if name == "storage" else value
    yield "versions", ", ".join(f"{name} {version(name)}" for name in ("autovae", "torch", "optuna"))
