"""IDX files, the format of MNIST."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from vae.errors import DataError

_NAME = re.compile(r"(ubyte|\.idx\d?)(\.gz)?$")


def is_idx(path: Path) -> bool:
    """Whether a file's name is one that IDX files have, such as ``images-idx3-ubyte.gz`` or ``images.idx``."""
    return bool(_NAME.search(path.name))


def find_idx(folder: Path) -> Callable[[], tuple[np.ndarray, np.ndarray]] | None:
    """How to read the training and test images in a folder with MNIST's file names, packed or not."""
    for suffix in ("", ".gz"):
        train, test = (folder / f"{part}-images-idx3-ubyte{suffix}" for part in ("train", "t10k"))
        if train.is_file() and test.is_file():
            return partial(_read_both, train, test)
    return None


def _read_both(train: Path, test: Path) -> tuple[np.ndarray, np.ndarray]:
    return read_idx(train), read_idx(test)


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of unsigned bytes, gzipped where its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the file is missing, truncated, damaged or of another type.
    """
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is not a whole gzip file: {error}") from error
    # Four bytes: 0, 0, the type (8: unsigned byte), the number of axes; then each axis as a big-endian int32.
    axes = raw[3] if len(raw) > 4 and raw[:3] == b"\0\0\x08" else 0
    header = 4 + 4 * axes
    if not axes or len(raw) < header:
        raise DataError(f"{path} is not an IDX file of unsigned bytes")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">i4", axes, 4))
    if len(raw) - header != np.prod(shape, dtype=np.int64):
        raise DataError(f"{path} holds {len(raw) - header} bytes of images; its header promises {shape}")
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape)
