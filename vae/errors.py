"""Everything that can be wrong with a request, as one sentence each."""


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
