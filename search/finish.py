"""After the search: the best pairing and plain N/N retrained side by side, and then, once, the test split.

Both get the width and learning rate of the best trial, the same budget and the same seeds, so that only the pairing
differs; and the seeds are new, since on the search's own seed the best trial was chosen for its luck as well. Which of
the two is *best*, and which seed's model is kept, is decided on validation data. The test split enters last, in one
call of :func:`score`; what comes out is on disk before anything is shown, and going on with a finished search reads it
from there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from torch import Tensor

from search.config import SearchConfig
from search.errors import SearchError
from search.progress import Progress
from search.records import Record, best
from search.space import NETWORK, Point
from vae.checkpoint import METRICS, RunFolder, load
from vae.data import DataSplits
from vae.evaluation import evaluate
from vae.files import write_json
from vae.model import VAE
from vae.plots import save_model_pictures
from vae.training import fit

BASELINE = "N/N"
SAMPLES = 50
"""Posterior samples per image: the ELBO is their mean, the importance-weighted bound is of so many."""
FINAL = "final.json"


@dataclass
class Run:
    """One retraining: a seed's model and its figures."""

    seed: int
    folder: str
    best_epoch: int
    history: list[float]
    validation: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)


@dataclass
class Finalist:
    """A pairing that is retrained.

    Attributes
    ----------
    pairing, hidden, learning_rate, likelihood, alpha, depth, activation, batch_size
        The model (:class:`search.space.Point`).
    trial : int or None
        The trial that found the pairing; ``None`` where it is there for comparison alone.
    runs : list of Run
        One retraining per seed.
    baseline : bool
        Whether it is there for comparison: N/N or a homogeneous pairing in the network of the best trial.
    """

    pairing: str
    hidden: int
    learning_rate: float
    trial: int | None
    runs: list[Run] = field(default_factory=list)
    likelihood: str = "bernoulli"
    alpha: float | None = None
    depth: int = 2
    activation: str = "gelu"
    batch_size: int = 100
    baseline: bool = False

    @property
    def point(self) -> Point:
        """The model."""
        return Point(self.pairing, **{name: getattr(self, name) for name in NETWORK})

    @property
    def chosen(self) -> Run:
        """The run whose model has the best bound on validation data."""
        return max(self.runs, key=lambda run: run.validation["elbo"])

    def mean(self, split: str, figure: str) -> float:
        """Mean of a figure over the runs."""
        return fmean(self.values(split, figure))

    def values(self, split: str, figure: str) -> list[float]:
        """A figure of every run; ``split`` is ``"validation"`` or ``"test"``."""
        return [float(getattr(run, split)[figure]) for run in self.runs]


@dataclass
class Final:
    """The end of a search.

    Attributes
    ----------
    key : dict
        The models and the budget that it is about.
    finalists : list of Finalist
        Retrained and scored, best first.
    looks : int
        How many times the test split has been scored in this folder: more than once where the search went on and found
        another pairing.
    """

    key: dict[str, Any]
    finalists: list[Finalist]
    looks: int


def finalists(records: Sequence[Record], latents: int) -> list[Finalist]:
    """The best pairing that is not N/N, and N/N, both as wide and learning as fast as the best trial of all.

    Raises
    ------
    SearchError
        If no trial was trained to its end.
    """
    leader = best(records)
    if leader is None:
        raise SearchError(f"none of {len(records)} trials was trained to its end, so none is best; raise --trials")
    plain = f"{BASELINE}:{latents}"
    rivals = [best(r for r in records if r.pairing != plain), best(r for r in records if r.pairing == plain)]
    network = {name: getattr(leader, name) for name in NETWORK}
    chosen = [Finalist(r.pairing, trial=r.trial, baseline=r.pairing == plain, **network) for r in rivals if r]
    if rivals[1] is None:
        chosen.append(Finalist(plain, trial=None, baseline=True, **network))
    return chosen


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
    chosen = finalists(records, config.latents)
    key = {
        "points": [asdict(finalist.point) for finalist in chosen],
        "epochs": config.final_epochs,
        "seeds": config.final_seeds,
    }
    final = read_final(config.folder)
    if final is None or final.key != key:
        models = [_retrain(config, data, f, index, progress) for f in chosen for index in range(config.final_seeds)]
        progress.say(f"scoring {len(models)} models on the {len(test):,} test images, once")
        score([run for finalist in chosen for run in finalist.runs], models, test, config.seed)
        chosen.sort(key=lambda finalist: -finalist.mean("validation", "elbo"))
        final = Final(key, chosen, 1 + (final.looks if final else 0))
        write_json(config.folder / FINAL, asdict(final))
    _keep(config.folder, final.finalists[0].chosen, data)
    return final


def read_final(folder: Path) -> Final | None:
    """What an earlier call of :func:`finish` left; ``None`` where there is nothing, or no longer its models."""
    try:
        content = json.loads((folder / FINAL).read_bytes())
        found = [Finalist(**(f | {"runs": [Run(**run) for run in f["runs"]]})) for f in content["finalists"]]
        final = Final(content["key"], found, content["looks"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return final if all((folder / run.folder / METRICS).exists() for f in found for run in f.runs) else None


def _retrain(config: SearchConfig, data: DataSplits, finalist: Finalist, index: int, progress: Progress) -> VAE:
    seed = config.seed + 1 + index
    folder = Path("models") / f"{_slug(finalist.point)}-{config.final_epochs}-epochs-seed-{seed}"
    label = f"{finalist.pairing}, seed {index + 1} of {config.final_seeds}"

    def on_epoch(epoch: int, record: dict[str, float]) -> None:
        progress.epoch(label, epoch, config.final_epochs, record["validation_bound"])

    settings = config.train_config(finalist.point, config.final_epochs, seed)
    fitted = fit(settings, data, out=config.folder / folder, on_epoch=on_epoch)
    history = [record["validation_bound"] for record in fitted.history]
    run = Run(seed, str(folder), fitted.best_epoch, history, _figures(fitted.model, data.validation, config.seed))
    finalist.runs.append(run)
    progress.say(f"retrained {label}: {run.validation['elbo']:.2f} nats on validation, epoch {run.best_epoch}")
    return fitted.model


def is_plain(finalist: Finalist) -> bool:
    """Whether the pairing is N/N in all latents."""
    return finalist.pairing.rpartition(":")[0] == BASELINE


def _slug(point: Point) -> str:
    """A folder's name that tells models apart, such as ``La-N12_G-G8-400-units-lr-0.00134``."""
    pairing = point.pairing.replace("/", "-").replace(":", "").replace(",", "_")
    rest = "" if (rest := _beside(point)) == _beside(Point(point.pairing)) else f"-{rest}"
    return f"{pairing}-{point.hidden}-units-lr-{point.learning_rate:.10g}{rest}"


def _beside(point: Point) -> str:
    order = "" if point.alpha is None else f"-order-{point.alpha:.10g}"
    return f"{point.likelihood}{order}-depth-{point.depth}-{point.activation}-batch-{point.batch_size}"


def score(runs: Sequence[Run], models: Sequence[VAE], test: Tensor, seed: int) -> None:
    """The one look at the test split: every retrained model's figures."""
    for run, model in zip(runs, models, strict=True):
        run.test = _figures(model, test, seed)


def _figures(model: VAE, images: Tensor, seed: int) -> dict[str, Any]:
    return evaluate(model, images, samples=SAMPLES, seed=seed)


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
