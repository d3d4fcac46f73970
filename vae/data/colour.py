"""CIFAR-10, CIFAR-100 and SVHN in the files that their authors publish."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from vae.errors import DataError

PIXELS = 3 * 32 * 32
_BATCHES = {
    10: ([f"data_batch_{i}" for i in range(1, 6)], ["test_batch"], "cifar-10-batches"),
    100: (["train"], ["test"], "cifar-100"),
}
_FOLDERS = {10: ("-py", "-bin"), 100: ("-python", "-binary")}

Both = tuple[np.ndarray, np.ndarray]


def find_cifar(classes: int, folder: Path) -> Callable[[], Both] | None:
    """How to read both splits of CIFAR, "python" or "binary" version, below a folder or in it."""
    train, test, name = _BATCHES[classes]
    python, binary = (name + suffix for suffix in _FOLDERS[classes])
    for below, suffix, read in ((python, "", _read_pickled), (binary, ".bin", partial(_read_binary, classes))):
        for place in (folder / below, folder):
            paths = [[place / (batch + suffix) for batch in split] for split in (train, test)]
            if all(path.is_file() for split in paths for path in split):
                return partial(_read_both, read, *paths)
    return None


def _read_both(read: Callable[[Path], np.ndarray], train: list[Path], test: list[Path]) -> Both:
    return np.concatenate([read(path) for path in train]), np.concatenate([read(path) for path in test])


class _Arrays(pickle.Unpickler):
    """Reads dictionaries of NumPy arrays; whatever else a pickle asks for is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}:
            return super().find_class(module, name)
        if (module, name) in {(f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")}:
            return super().find_class("numpy._core.multiarray", name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _read_pickled(path: Path) -> np.ndarray:
    """One batch of the "python" version."""
    try:
        with path.open("rb") as file:
            batch = _Arrays(file, encoding="bytes").load()
        data = batch.get(b"data", batch.get("data"))
    except (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        pickle.UnpicklingError,
    ) as error:
        raise DataError(f"{path} is not a whole batch of CIFAR: {error or type(error).__name__}") from error
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != PIXELS:
        found = f"{data.dtype} {data.shape}" if isinstance(data, np.ndarray) else type(data).__name__
        raise DataError(f"{path} holds {found} under 'data'; expected uint8 (n, {PIXELS})")
    return _channels_last(data)


def _read_binary(classes: int, path: Path) -> np.ndarray:
    """One batch of the "binary" version: the label bytes, one or two, and the image, again and again."""
    labels = 1 if classes == 10 else 2
    raw = np.fromfile(path, np.uint8)
    if not len(raw) or len(raw) % (labels + PIXELS):
        raise DataError(f"{path} has {len(raw)} bytes; expected a multiple of {labels + PIXELS}")
    return _channels_last(raw.reshape(-1, labels + PIXELS)[:, labels:])


def _channels_last(rows: np.ndarray) -> np.ndarray:
    return rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


def find_svhn(folder: Path) -> Callable[[], Both] | None:
    """How to read both splits of SVHN, cropped digits."""
    train, test = (folder / f"{part}_32x32.mat" for part in ("train", "test"))
    return (lambda: (_read_svhn(train), _read_svhn(test))) if train.is_file() and test.is_file() else None


def _read_svhn(path: Path) -> np.ndarray:
    try:
        data = loadmat(path, variable_names=["X"])["X"]
    except (OSError, EOFError, ValueError, TypeError, KeyError, IndexError, zlib.error, MatReadError) as error:
        raise DataError(f"{path} is not a whole .mat file of SVHN: {error or type(error).__name__}") from error
    if data.dtype != np.uint8 or data.ndim != 4 or data.shape[:3] != (32, 32, 3):
        raise DataError(f"{path} holds {data.dtype} {data.shape} under 'X'; expected uint8 (32, 32, 3, n)")
    return data.transpose(3, 0, 1, 2)
