"""The search that gives the project its name: which posterior-prior pairs suit the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.estimator import AutoVAE

__all__ = ["AutoVAE"]


def __getattr__(name: str) -> object:
    """The estimator, loaded on first use: scikit-learn takes a while, and the command lines do not need it."""
    if name == "AutoVAE":
        from search.estimator import AutoVAE

        return AutoVAE
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
