"""The figures of a trial by which its search compares it: after every epoch for the pruner, and at its end."""

from __future__ import annotations

import math

from search.config import SearchConfig
from search.yardsticks import SAMPLES, Metric
from vae.data import DataSplits
from vae.errors import TrainingError
from vae.evaluation import FIDELITY, evaluate
from vae.model import VAE
from vae.training import FitResult, Measure

EPOCH_SAMPLES = 5
"""Posterior samples per image behind the importance-weighted bound after an epoch, which is for pruning alone."""
EPOCH = "yardstick"
"""The name of that figure in an epoch's record, where training does not have it anyway."""


def epoch_measure(config: SearchConfig, data: DataSplits) -> Measure | None:
    """What :func:`vae.training.fit` is to measure after every epoch; ``None`` where there is nothing to add."""
    metric = config.objectives[0]
    if config.pruner == "none" or _is_trained(config, metric):
        return None
    return lambda model: {EPOCH: _evaluated(config, metric, model, data, EPOCH_SAMPLES)}


def epoch_value(record: dict[str, float]) -> float:
    """What an epoch's record has for the pruner."""
    return record.get(EPOCH, record["validation_bound"])


def measure(config: SearchConfig, fitted: FitResult, data: DataSplits, seconds: float) -> dict[str, float]:
    """Every objective of a search for a model that was trained to its end, on validation data.

    Parameters
    ----------
    config : SearchConfig
        The search.
    fitted : FitResult
        With the weights of its best epoch, by the validation bound of what was trained.
    data : DataSplits
        Whose validation images it is measured on.
    seconds : float
        How long the epochs took that were trained here; those before a checkpoint are taken to have been as long.

    Raises
    ------
    vae.errors.TrainingError
        If a figure is not finite.
    vae.errors.ConfigError
        If the weights for FID or KID are missing.
    """
    return {metric.name: _value(config, metric, fitted, data, seconds) for metric in config.objectives}


def parameters(model: VAE) -> int:
    """How many numbers a model has learned."""
    return sum(parameter.numel() for parameter in model.parameters())


def require(config: SearchConfig) -> None:
    """Find out before anything is trained whether the weights behind FID and KID are there.

    Raises
    ------
    vae.errors.ConfigError
        If they are not.
    """
    if wanted := [metric.name for metric in config.objectives if metric.name in FIDELITY]:
        from vae.fidelity import require as require_weights

        require_weights(wanted)


def _value(config: SearchConfig, metric: Metric, fitted: FitResult, data: DataSplits, seconds: float) -> float:
    if metric.name == "parameters":
        return float(parameters(fitted.model))
    if metric.name == "seconds":
        epochs = len(fitted.history)
        return seconds * epochs / max(1, epochs - fitted.resumed)
    if _is_trained(config, metric):
        return fitted.best_validation
    return _evaluated(config, metric, fitted.model, data, SAMPLES)


def _is_trained(config: SearchConfig, metric: Metric) -> bool:
    """Whether a metric is the validation bound that training computes anyway."""
    return metric.name == "objective" or (metric.name == "elbo" and config.objective == "elbo")


def _evaluated(config: SearchConfig, metric: Metric, model: VAE, data: DataSplits, samples: int) -> float:
    samples = samples if metric.name not in FIDELITY else 1
    value = evaluate(model, data.validation, metrics=[metric.name], samples=samples, seed=config.seed)[metric.name]
    if value is None or not math.isfinite(value):
        raise TrainingError(f"the {metric.label} of {model.config.pairing} on validation images is not finite")
    return value
