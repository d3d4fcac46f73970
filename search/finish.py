"""After the search: its finalists and what they are compared with, retrained; and then, once, the test split.

All get the same budget and the same seeds; and the seeds are new, since on the search's own seed the best trial was
chosen for its luck as well. Which of them is *best*, and which seed's model is kept, is decided on validation data, by
the yardstick of the search. The test split enters last, in one call of :func:`score`; what comes out is on disk before
anything is shown, and going on with a finished search reads it from there.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from search.config import SearchConfig
from search.measures import parameters
from search.progress import Progress
from search.records import Record, pareto_front
from search.retraining import train_ahead
from search.selection import Finalist, Run, finalists, ordered
from search.space.space import Point
from vae.checkpoint import METRICS, RunFolder, load
from vae.config import TrainConfig
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.evaluation import FIDELITY, evaluate
from vae.evaluation import METRICS as FIGURES
from vae.files import write_json
from vae.model import VAE
from vae.plots import save_model_pictures
from vae.training import fit

SAMPLES = 50
"""Posterior samples per image: the ELBO is their mean, the importance-weighted bound is of so many."""
FINAL = "final.json"
WORTH_PROCESSES = 20.0
"""Seconds of training below which further processes take longer to start than they save."""


@dataclass
class Final:
    """The end of a search.

    Attributes
    ----------
    key : dict
        The models, the budget and the figures that it is about.
    finalists : list of Finalist
        Retrained and scored, best first; among them what the others are compared with.
    looks : int
        How many times the test split has been scored in this folder: more than once where the search went on and found
        another pairing.
    left_out : list of str
        Why models that were to be retrained are not among them: training left the finite numbers.
    front : list of dict
        With several objectives, every trial on the Pareto front: its number, settings and figures.
    """

    key: dict[str, Any]
    finalists: list[Finalist]
    looks: int
    left_out: list[str] = field(default_factory=list)
    front: list[dict[str, Any]] = field(default_factory=list)


def finish(
    config: SearchConfig, data: DataSplits, test: Tensor, records: Sequence[Record], progress: Progress
) -> Final:
    """Retrain, choose, score; leave ``final.json``, ``models/`` and ``best/``.

    Parameters
    ----------
    config : SearchConfig
        The search.
    data : DataSplits
        Training and validation images; its test split is empty.
    test : torch.Tensor
        (n, pixels), seen by nothing before.
    records : sequence of Record
        All finished trials.
    progress : Progress
        Told about every epoch.
    """
    chosen, yardstick = finalists(records, config), config.objectives[0]
    figures = [*FIGURES, *(metric.name for metric in config.objectives if metric.name in FIDELITY)]
    key = {
        "points": [asdict(finalist.point) for finalist in chosen],
        "epochs": config.retraining_epochs,
        "seeds": config.final_seeds,
        "figures": figures,
        "yardstick": yardstick.name,
    }
    front = _front(config, records)
    final = read_final(config.folder)
    if final is None or final.key != key:
        models, left_out = _retrain_all(config, data, chosen, figures, progress)
        for finalist in chosen:
            finalist.choose(yardstick)
        progress.say(f"scoring {len(models)} models on the {len(test):,} test images, once")
        score([run for finalist in chosen for run in finalist.runs], models, test, figures, config.seed)
        chosen = ordered(chosen, yardstick)
        final = Final(key, chosen, 1 + (final.looks if final else 0), left_out, front)
        write_json(config.folder / FINAL, asdict(final))
    elif final.front != front:  # the search went on, and its finalists are the same
        final.front = front
        write_json(config.folder / FINAL, asdict(final))
    _keep(config.folder, final.finalists[0].chosen, data)
    return final


def read_final(folder: Path) -> Final | None:
    """What an earlier call of :func:`finish` left; ``None`` where there is nothing, or no longer its models."""
    try:
        content = json.loads((folder / FINAL).read_bytes())
        found = [Finalist(**(f | {"runs": [Run(**run) for run in f["runs"]]})) for f in content["finalists"]]
        final = Final(content["key"], found, content["looks"], content["left_out"], content.get("front", []))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return final if all((folder / run.folder / METRICS).exists() for f in found for run in f.runs) else None


def _front(config: SearchConfig, records: Sequence[Record]) -> list[dict[str, Any]]:
    if len(config.objectives) == 1:
        return []
    front = pareto_front(records, config.objectives)
    return [asdict(record) for record in records if record.trial in front]


def _retrain_all(
    config: SearchConfig, data: DataSplits, chosen: list[Finalist], figures: Sequence[str], progress: Progress
) -> tuple[list[VAE], list[str]]:
    """Every model with every seed; after a first one, if it is worth the while, several at a time.

    What leaves the finite numbers with one of the seeds is taken out of ``chosen``; the second result says why. That
    a homogeneous pairing does so at the best trial's learning rate is no reason to lose all others.
    """
    jobs = [_job(config, finalist.point, index) for finalist in chosen for index in range(config.final_seeds)]
    models: list[VAE] = []
    left_out: list[str] = []
    started = time.monotonic()
    for finalist in list(chosen):
        own: list[VAE] = []
        try:
            for index in range(config.final_seeds):
                own.append(_retrain(config, data, finalist, index, figures, progress))
                if len(models + own) == 1 and (time.monotonic() - started) * len(jobs[1:]) > WORTH_PROCESSES:
                    ahead = [(settings, config.folder / folder) for settings, folder in jobs[1:]]
                    train_ahead(config, data, ahead, progress)
        except TrainingError as error:
            chosen.remove(finalist)
            left_out.append(str(error))
            progress.say(f"left out: {error}")
            if not chosen:
                raise
        else:
            models += own
    return models, left_out


def _retrain(
    config: SearchConfig, data: DataSplits, finalist: Finalist, index: int, figures: Sequence[str], progress: Progress
) -> VAE:
    settings, folder = _job(config, finalist.point, index)
    label = f"{finalist.pairing}, seed {index + 1} of {config.final_seeds}"

    def on_epoch(epoch: int, record: dict[str, float]) -> None:
        progress.epoch(label, epoch, config.retraining_epochs, record["validation_bound"])

    fitted = fit(settings, data, out=config.folder / folder, on_epoch=on_epoch)
    history = [record["validation_bound"] for record in fitted.history]
    found = _figures(fitted.model, data.validation, figures, config.seed)
    finalist.runs.append(Run(settings.seed, str(folder), fitted.best_epoch, history, found))
    metric = config.objectives[0]
    progress.say(f"retrained {label}: {metric.show(found[metric.name])} on validation, epoch {fitted.best_epoch}")
    return fitted.model


def _job(config: SearchConfig, point: Point, index: int) -> tuple[TrainConfig, Path]:
    """How a model is retrained with one of the new seeds, and the folder that it gets in that of the search."""
    settings = config.train_config(point, config.retraining_epochs, config.seed + 1 + index)
    return settings, Path("models") / f"{_slug(point)}-{config.retraining_epochs}-epochs-seed-{settings.seed}"


def _slug(point: Point) -> str:
    """A folder's name that tells models apart, such as ``La-N12_G-G8-400-units-lr-0.00134``."""
    pairing = point.pairing.replace("/", "-").replace(":", "").replace(",", "_")
    rest = "" if (rest := _beside(point)) == _beside(Point(point.pairing)) else f"-{rest}"
    return f"{pairing}-{point.hidden}-units-lr-{point.learning_rate:.10g}{rest}"


def _beside(point: Point) -> str:
    order = "" if point.alpha is None else f"-order-{point.alpha:.10g}"
    return f"{point.likelihood}{order}-depth-{point.depth}-{point.activation}-batch-{point.batch_size}"


def score(runs: Sequence[Run], models: Sequence[VAE], test: Tensor, figures: Sequence[str], seed: int) -> None:
    """The one look at the test split: every retrained model's figures."""
    for run, model in zip(runs, models, strict=True):
        run.test = _figures(model, test, figures, seed)


def _figures(model: VAE, images: Tensor, figures: Sequence[str], seed: int) -> dict[str, Any]:
    found = evaluate(model, images, metrics=figures, samples=SAMPLES, seed=seed)
    return found | {"parameters": parameters(model)}


def _keep(folder: Path, run: Run, data: DataSplits) -> None:
    """Copy a run's model, its figures and pictures to ``best/``: beside it first, then renamed."""
    place, beside = folder / "best", folder / ".best"
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(folder / run.folder, beside)
    save_model_pictures(load(beside), data.validation, beside)
    figures = {"evaluation": {"validation": run.validation, "test": run.test}}
    write_json(beside / METRICS, RunFolder(beside).metrics() | figures)
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)
