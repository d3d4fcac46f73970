"""A fitted estimator as a folder: a model of ``vae``, and beside it what belongs to the estimator.

    config.yaml, model.safetensors, metrics.json    the model, which ``vae.load`` reads, too
    estimator.json                                  parameters, scaling, trials

Nothing is unpickled.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.errors import SearchError
from search.estimator.units import Units
from search.records import Record
from vae.checkpoint import Progress, RunFolder, load
from vae.errors import OutputError
from vae.files import write_json
from vae.training import FitResult

if TYPE_CHECKING:
    from search.estimator import AutoVAE

FORMAT = 1
ESTIMATOR = "estimator.json"


def save_estimator(path: Path, estimator: AutoVAE) -> None:
    """Write a folder beside its place and rename it; an estimator that is there is replaced, nothing else is.

    Raises
    ------
    SearchError
        If the place is taken.
    OutputError
        If it cannot be written.
    """
    if path.exists() and not (path / ESTIMATOR).is_file():
        raise SearchError(f"{path} exists and is no saved estimator; choose another folder")
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    result = estimator.result_
    progress = Progress(
        estimator.data_crc32_, len(result.history), result.best_epoch, result.best_validation, result.history
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(beside)
        folder.start(result.model.config)
        folder.finish(copy.deepcopy(result.model).float(), progress)  # as trained: every weight is a float32
        write_json(beside / ESTIMATOR, _content(estimator))
        shutil.rmtree(path, ignore_errors=True)
        beside.rename(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _content(estimator: AutoVAE) -> dict[str, Any]:
    params = estimator.get_params(deep=False)
    if not isinstance(params["random_state"], int | None):
        params["random_state"] = None  # a generator's state is no parameter that a file could repeat
    if not isinstance(params["pairs"], str):
        params["pairs"] = ",".join(params["pairs"])
    names = getattr(estimator, "feature_names_in_", None)
    return {
        "format": FORMAT,
        "params": params,
        "likelihood": estimator.likelihood_,
        "centre": estimator.units_.centre.tolist(),
        "reach": estimator.units_.reach.tolist(),
        "feature_names": None if names is None else names.tolist(),
        "data_crc32": estimator.data_crc32_,
        "trials": [asdict(record) for record in estimator.trials_],
    }


def load_estimator(path: Path) -> tuple[FitResult, dict[str, Any], dict[str, Any]]:
    """Read what :func:`save_estimator` wrote: the trained model, the parameters, the other fitted attributes.

    Raises
    ------
    SearchError
        If the folder is no estimator, or of another version.
    vae.CheckpointError
        If its model is missing or damaged.
    """
    try:
        content = json.loads((path / ESTIMATOR).read_bytes())
        if (found := content["format"]) != FORMAT:
            raise SearchError(f"{path / ESTIMATOR} has format {found}; this version reads format {FORMAT}")
        params = content["params"]
        if isinstance(params["budget"], list):
            params["budget"] = tuple(params["budget"])
        centre, reach = np.array(content["centre"], float), np.array(content["reach"], float)
        fitted = {
            "likelihood_": content["likelihood"],
            "units_": Units(centre, reach),
            "n_features_in_": len(centre),
            "data_crc32_": content["data_crc32"],
            "trials_": [Record(**trial) for trial in content["trials"]],
        }
        if content["feature_names"] is not None:
            fitted["feature_names_in_"] = np.array(content["feature_names"], dtype=object)
    except SearchError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchError(f"{path} is not a saved estimator: its {ESTIMATOR} is missing or damaged") from error
    metrics = RunFolder(path).metrics()
    result = FitResult(load(path), metrics["history"], metrics["best_epoch"], metrics["best_validation"])
    return result, params, fitted
