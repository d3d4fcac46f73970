"""Methods by name, from ``presets.yaml`` beside this file."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from divergences.ops import Pairing, PairingError
from vae.config import TrainConfig
from vae.errors import ConfigError
from vae.gradients import check_gradient
from vae.objectives import OBJECTIVES

OF_OBJECTIVES = ("alpha", "beta", "warmup", "discrepancy", "inverse_temperature", "gradient", "samples", "likelihood")
"""Settings that a preset makes for its objective, and that another objective may not take."""


@cache
def presets() -> dict[str, dict[str, Any]]:
    """The settings of each preset by its name."""
    return yaml.safe_load(files("vae").joinpath("presets.yaml").read_text(encoding="utf-8"))


def preset_settings(name: str, **explicit: Any) -> dict[str, Any]:
    """Settings of a preset, with those that are given explicitly in their place.

    What the explicit ones leave without a meaning is dropped too: with another objective what the preset sets for its
    own, with another discrepancy its order, with a posterior whose ends move its gradient estimator.

    Parameters
    ----------
    name : str
        One of :func:`presets`.
    **explicit
        Settings of :class:`vae.config.TrainConfig`.

    Raises
    ------
    ConfigError
        If there is no such preset.
    """
    if name not in presets():
        raise ConfigError(f"unknown preset {name!r}; known are {', '.join(presets())}")
    settings = presets()[name]
    defaults = {field.name: field.default for field in fields(TrainConfig)}
    own = settings.get("objective", defaults["objective"])
    if explicit.get("objective", own) != own and explicit["objective"] in OBJECTIVES:
        settings = _without(settings, *OF_OBJECTIVES)
    if explicit.get("discrepancy", settings.get("discrepancy")) != settings.get("discrepancy"):
        settings = _without(settings, "alpha")
    if not _serves(settings, explicit):
        settings = _without(settings, "gradient")
    return {**settings, **explicit}


def _without(settings: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in names}


def _serves(settings: dict[str, Any], explicit: dict[str, Any]) -> bool:
    """Whether a preset's gradient estimator suits the posteriors; one that cannot be read is for others to refuse."""
    gradient = settings.get("gradient", "reparam")
    try:
        pairing = Pairing.parse(explicit.get("pairing") or settings.get("pairing", "N/N"))
        check_gradient(gradient, pairing, moving=bool(explicit.get("flow", settings.get("flow", 0))))
    except ConfigError:
        return False
    except PairingError:
        return True
    return True


def preset(name: str, **explicit: Any) -> TrainConfig:
    """The configuration of a preset, with explicit settings in the place of its own.

    >>> preset("iwae", pairing="La/N", epochs=20).objective_label
    'iwae(K=50)'
    """
    return TrainConfig(**preset_settings(name, **explicit))
