"""Everything that can be wrong with a request, as one sentence each."""

from __future__ import annotations

from operator import index


class VAEError(ValueError):
    """A request that cannot be served; ``str(error)`` is one sentence for the user."""


class ConfigError(VAEError):
    """A setting outside its domain, or settings that contradict each other."""


class DataError(VAEError):
    """A data set that is missing, unreadable or holds impossible values."""


class CheckpointError(VAEError):
    """A folder that is not a model, or one that this version or configuration cannot continue."""


class TrainingError(VAEError):
    """Training that left the finite numbers."""


class OutputError(VAEError):
    """A file that could not be written."""


def whole(name: str, value: object, least: int = 0) -> int:
    """The whole number that an argument is, also one of NumPy's or Torch's; else ``ConfigError``, which names it."""
    try:
        number = index(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):  # a tensor of several numbers
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise ConfigError(f"{name} is {value!r}; expected a whole number of at least {least}")
    return int(number)
