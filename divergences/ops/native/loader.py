"""The compiled library, loaded once in a process; absent, with one warning, where that fails."""

from __future__ import annotations

import os
import threading
import warnings

import torch

from divergences.ops.errors import DivergenceError
from divergences.ops.native.compiler import NativeBuildError

VARIABLE = "AUTOVAE_BACKEND"
CHOICES = ("cpp", "torch")


class NativeBackendWarning(UserWarning):
    """The C++ kernels cannot be had; everything works, slower."""


_lock = threading.Lock()
_loaded: bool | None = None  # None before the first attempt
_reason = ""


def is_loaded() -> bool:
    """Whether the library serves by default, loading it on the first call; warns once where it cannot.

    Raises
    ------
    DivergenceError
        If the environment variable that keeps from using it has another value than those accepted.
    """
    return _loaded if _loaded is not None else _first_attempt(by_default=True)


def require() -> None:
    """Load the library, whatever the environment says.

    Raises
    ------
    DivergenceError
        If it cannot be had.
    """
    if not _loaded and not _first_attempt(by_default=False):
        raise DivergenceError(f"the backend 'cpp' is not available: {_reason}")


def _first_attempt(*, by_default: bool) -> bool:
    global _loaded, _reason  # noqa: PLW0603 (a library is loaded once in a process)
    choice = os.environ.get(VARIABLE) or CHOICES[0]
    if choice not in CHOICES:
        raise DivergenceError(f"the environment variable {VARIABLE} is {choice!r}; accepted are {', '.join(CHOICES)}")
    if by_default and choice == "torch":
        return False
    with _lock:
        if _loaded is None:
            try:
                _load()
                _loaded = True
            except NativeBuildError as error:
                _loaded, _reason = False, str(error)
                if by_default:
                    _warn()
    return _loaded


def _warn() -> None:
    warnings.warn(
        f"no C++ kernels: {_reason}; the torch backend serves, several times slower on the CPU. "
        f"{VARIABLE}=torch keeps to it without this warning.",
        NativeBackendWarning,
        stacklevel=2,
    )


def _load() -> None:
    from divergences.ops.native.builder import library

    path = library()
    try:
        torch.ops.load_library(path)
    except OSError as error:
        raise NativeBuildError(f"cannot load {path} ({error}); once it is deleted it is compiled again") from None
    from divergences.ops.native import derivatives, measures  # of the operators just loaded

    derivatives.register()
    measures.register()
