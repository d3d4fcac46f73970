"""Errors of the tensor side. Each message is one sentence that names the value and what would be accepted."""

from __future__ import annotations


class DivergenceError(ValueError):
    """An argument that no divergence can be computed from."""


class UnknownNameError(DivergenceError):
    """A family, divergence or backend that the generated table does not have."""


class PairingError(DivergenceError):
    """A pairing that cannot be read, or that does not fit the number of latents."""


class InfinitePairError(DivergenceError):
    """A posterior-prior pair whose divergence is infinite for every location and scale.

    Attributes
    ----------
    pair : str
        The pair in short form, such as ``"C/N"``.
    reason : str
        Why it is infinite.
    alternatives : tuple of str
        The nearest finite pairs, in short form: those that share the posterior, then those that share the prior.
    """

    def __init__(self, message: str, *, pair: str, reason: str, alternatives: tuple[str, ...]) -> None:
        super().__init__(message)
        self.pair = pair
        self.reason = reason
        self.alternatives = alternatives

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only state would be lost on the way back from a worker process.
        return _rebuild, (str(self), self.pair, self.reason, self.alternatives)


def _rebuild(message: str, pair: str, reason: str, alternatives: tuple[str, ...]) -> InfinitePairError:
    return InfinitePairError(message, pair=pair, reason=reason, alternatives=alternatives)
