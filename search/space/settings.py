"""What a setting of the space may be: one value that is fixed, a range, or a choice.

Ranges and choices are Optuna's distributions; a value that is fixed is no parameter of a trial.
"""

from __future__ import annotations

import math
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

Value = int | float | str | None
Setting = Value | BaseDistribution


def is_fixed(setting: Setting) -> bool:
    """Whether a setting has one value in all trials."""
    return not isinstance(setting, BaseDistribution)


def values(setting: Setting) -> tuple[Any, ...]:
    """The value of a fixed setting, the ends of a range, all values of a choice."""
    if isinstance(setting, CategoricalDistribution):
        return setting.choices
    if isinstance(setting, IntDistribution | FloatDistribution):
        return (setting.low, setting.high)
    return (setting,)


def contains(setting: Setting, value: Any) -> bool:
    """Whether a setting can take a value."""
    if isinstance(setting, IntDistribution | FloatDistribution):
        if isinstance(value, bool) or not isinstance(value, int | float) or not setting.low <= value <= setting.high:
            return False
        steps = (value - setting.low) / setting.step if setting.step and not setting.log else 0.0
        return math.isclose(steps, round(steps), abs_tol=1e-9)
    return value in values(setting)


def nearest(setting: Setting, value: Any) -> Any:
    """``value`` where the setting can take it, else what comes closest: an end, a step; of a choice, the first."""
    if contains(setting, value):
        return value
    if not isinstance(setting, IntDistribution | FloatDistribution):
        return values(setting)[0]
    inside = min(max(value, setting.low), setting.high)
    if setting.step and not setting.log:
        steps = min(round((inside - setting.low) / setting.step), round((setting.high - setting.low) / setting.step))
        inside = setting.low + steps * setting.step
    return type(setting.low)(inside)


def describe(setting: Setting) -> Any:
    """A fixed setting's value, or in words what it may be; JSON can hold it, and equal texts are equal settings."""
    if isinstance(setting, CategoricalDistribution):
        return " or ".join(str(choice) for choice in setting.choices)
    if isinstance(setting, IntDistribution | FloatDistribution):
        step = f" step {setting.step}" if setting.step not in (None, 1) and not setting.log else ""
        return f"{setting.low} to {setting.high}{step}{' log' * setting.log}"
    return setting
