"""A user's own ``.npy`` or ``.npz`` file."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from vae.errors import DataError

Shape = tuple[int, int, int]

WHOLE, TRAIN, VALIDATION, TEST = "x", "x_train", "x_validation", "x_test"


def read_arrays(path: Path) -> tuple[dict[str, torch.Tensor], Shape]:
    """Read the images of a NumPy file.

    Parameters
    ----------
    path : pathlib.Path
        ``.npy``: one array. ``.npz``: one array under ``x`` (or the only array there is), or ``x_train`` with, where
        the file has its own splits, ``x_validation`` and ``x_test``; other arrays, such as labels, are left alone.
        Images are (n, h, w), (n, h, w, c) or flat (n, d), as uint8 grey levels or as floats or bools in [0, 1].

    Returns
    -------
    arrays : dict[str, torch.Tensor]
        float32 (n, c·h·w) in [0, 1], under ``x`` or under the names of the splits.
    shape : tuple[int, int, int]
        (c, h, w). A flat row counts as a square image where d is a square, else as one line of d pixels.

    Raises
    ------
    DataError
        If the file is damaged, holds Python objects, or its images have another layout, type or range.
    """
    return bring_together(_read(path), path)


def bring_together(arrays: dict[str, np.ndarray], what: Path | str) -> tuple[dict[str, torch.Tensor], Shape]:
    """Bring the splits of a data set to :func:`as_images`, and see that their shapes agree."""
    images = {}
    shapes = set()
    for key, array in arrays.items():
        images[key], shape = as_images(array, f"{what}, array {key!r}")
        shapes.add(shape)
    if len(shapes) > 1:
        raise DataError(f"{what}: its splits have images of different shapes, {sorted(shapes)}")
    return images, shapes.pop()


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        # An .npy file with Python objects would run code on loading; NumPy refuses it.
        content = np.load(path, allow_pickle=False)
        if isinstance(content, np.ndarray):
            return {WHOLE: content}
        with content:
            keys = _select(content.files, path)
            return {name: content[key] for name, key in keys.items()}
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise DataError(f"{path} is not a whole .npy or .npz file: {error}") from error


def _select(files: list[str], path: Path) -> dict[str, str]:
    """Which arrays of an archive to read, as name -> key."""
    if TRAIN in files:
        return {key: key for key in (TRAIN, VALIDATION, TEST) if key in files}
    if WHOLE in files:
        return {WHOLE: WHOLE}
    if len(files) == 1:
        return {WHOLE: files[0]}
    raise DataError(
        f"{path} holds the arrays {', '.join(files) or '(none)'}; expected {WHOLE!r}, or {TRAIN!r} with, optionally, "
        f"{VALIDATION!r} and {TEST!r}, or one array only"
    )


def as_images(array: np.ndarray, what: str) -> tuple[torch.Tensor, Shape]:
    """Bring an array to float32 (n, c·h·w) in [0, 1], channels first; see :func:`read_arrays`."""
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        raise DataError(f"{what} has shape {array.shape}; expected (n, h, w), (n, h, w, c) or (n, d), not empty")
    shape: Shape
    if array.ndim == 2:
        side = math.isqrt(array.shape[1])
        shape = (1, side, side) if side * side == array.shape[1] else (1, 1, array.shape[1])
    elif array.ndim == 3:
        shape = (1, *array.shape[1:])
    else:
        array = array.transpose(0, 3, 1, 2)
        shape = array.shape[1:]
    if shape[0] not in (1, 3):
        raise DataError(f"{what} has {shape[0]} channels (the last axis); expected 1 or 3")

    if array.dtype == np.uint8:
        if array.max() <= 1:
            raise DataError(f"{what} is uint8 and never above 1; store grey levels 0..255, or binary images as bool")
        scale = 255.0
    elif array.dtype == np.bool_ or np.issubdtype(array.dtype, np.floating):
        scale = 1.0
    else:
        raise DataError(f"{what} has type {array.dtype}; expected uint8, or float or bool in [0, 1]")
    x = torch.from_numpy(array.reshape(len(array), -1).astype(np.float32)).div_(scale)
    check_range(x, what, hint="; search.AutoVAE fits tables in any units" if array.ndim == 2 else "")
    return x, shape


def check_range(x: torch.Tensor, what: str, hint: str = "") -> None:
    """Refuse NaN and values outside [0, 1], naming the first of them."""
    bad = ~((x >= 0) & (x <= 1))
    if bad.any():
        row, column = (int(i) for i in bad.nonzero()[0])
        raise DataError(
            f"{what}: image {row}, value {column} is {float(x[row, column])}; expected values in [0, 1]{hint}"
        )
