"""Images as tensors in memory, split into training, validation and test."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from vae.data.arrays import TEST, TRAIN, VALIDATION, WHOLE, Shape, as_images, bring_together, read_arrays
from vae.data.folders import read_folder
from vae.data.idx import find_idx, is_idx, read_idx
from vae.data.sources import NAMED_SETS, read_mnist_5k, read_named_set
from vae.errors import DataError
from vae.randomness import generator

DATASETS = ("mnist-5k", *NAMED_SETS)
BINARISATIONS = ("none", "threshold", "static", "dynamic", "dequantised")
ANEW = ("dynamic", "dequantised")
"""Those that are drawn anew at every step of training."""

HELD_OUT = 0.1
"""Share of the images that becomes the validation split, and the test split, where a data set has none of its own."""
MINIMUM = 10
"""The fewest images from which three splits are made."""


@dataclass(frozen=True)
class DataSplits:
    """Three disjoint sets of images.

    Attributes
    ----------
    train, validation, test : torch.Tensor
        float32 (n, pixels) in [0, 1], channels first.
    shape : tuple[int, int, int]
        (c, h, w), with c·h·w = pixels.
    name : str
        The data set's name or path.
    """

    train: torch.Tensor
    validation: torch.Tensor
    test: torch.Tensor
    shape: Shape
    name: str

    def fingerprint(self) -> int:
        """A checksum of what training sees, to notice that the data changed under a run."""
        return zlib.crc32(self.validation.numpy().data, zlib.crc32(self.train.numpy().data))


def load_dataset(name_or_path: str | Path, data_root: str | Path | None = None, seed: int = 0) -> DataSplits:
    """Load a data set.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        One of :data:`DATASETS`, or the path of an ``.npy`` or ``.npz`` file (:func:`vae.data.arrays.read_arrays`), of
        an IDX file, packed (``.gz``) or not, or of a folder: MNIST's four files, or pictures
        (:func:`vae.data.folders.read_folder`).
    data_root : str or pathlib.Path, optional
        Folder with the files of the named data sets; default: the system's, then torchvision's download.
    seed : int
        Chooses the images that are held out. ``mnist-5k`` keeps its classes in balance: 4,000 / 500 / 500.

    Raises
    ------
    DataError
        If the name is unknown, or the files are missing, damaged, too few or outside [0, 1].
    """
    name = str(name_or_path)
    if name in DATASETS:
        return _load_named(name, Path(data_root).expanduser() if data_root else None, seed)
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        read = find_idx(path)
        arrays = dict(zip((TRAIN, TEST), read(), strict=True)) if read else read_folder(path)
        return _split(*bring_together(arrays, path), name, seed)
    if is_idx(path):
        return _split(*bring_together({WHOLE: read_idx(path)}, path), name, seed)
    if path.suffix in (".npy", ".npz"):
        return _split(*read_arrays(path), name, seed)
    raise DataError(
        f"unknown data set {name!r}; known are {', '.join(DATASETS)}, or the path of an .npy, .npz or IDX file or of a "
        f"folder of pictures"
    )


LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in a grey level (ITU-R BT.601)."""


def greyscale(data: DataSplits) -> DataSplits:
    """Colour images as grey levels; grey ones as they are."""
    if data.shape[0] == 1:
        return data

    def grey(x: torch.Tensor) -> torch.Tensor:
        return (x.unflatten(-1, data.shape) * torch.tensor(LUMA)[:, None, None]).sum(1).flatten(1).clamp_(0, 1)

    shape = (1, *data.shape[1:])
    return replace(data, train=grey(data.train), validation=grey(data.validation), test=grey(data.test), shape=shape)


@lru_cache(maxsize=2)
def _load_named(name: str, data_root: Path | None, seed: int) -> DataSplits:
    if name == "mnist-5k":
        array, labels = read_mnist_5k()
        x, shape = as_images(array, name)
        order = _stratified(labels, seed)
        held = round(HELD_OUT * len(x))
        return DataSplits(x[order[2 * held :]], x[order[:held]], x[order[held : 2 * held]], shape, name)
    arrays = dict(zip((TRAIN, TEST), read_named_set(name, data_root), strict=True))
    return _split(*bring_together(arrays, name), name, seed)


def _stratified(labels: np.ndarray, seed: int) -> torch.Tensor:
    """An order in which any stretch of images holds the classes in nearly the same proportions."""
    shuffled = torch.randperm(len(labels), generator=generator(seed, "split"))
    y = torch.as_tensor(labels.astype(np.int64))[shuffled]
    rank = torch.empty_like(y)  # how many of its class stand before it
    for label in y.unique():
        rank[y == label] = torch.arange(int((y == label).sum()))
    return shuffled[torch.argsort(rank, stable=True)]


def _split(images: dict[str, torch.Tensor], shape: Shape, name: str, seed: int) -> DataSplits:
    """Hold out the splits that a data set lacks."""
    rest = images.get(WHOLE, images.get(TRAIN))
    assert rest is not None
    if len(rest) < MINIMUM:
        raise DataError(f"{name} has {len(rest)} images to train on; expected at least {MINIMUM}")
    rest = rest[torch.randperm(len(rest), generator=generator(seed, "split"))]
    held = max(1, round(HELD_OUT * len(rest)))
    parts = {}
    for key in (VALIDATION, TEST):
        if key in images:
            parts[key] = images[key]
        else:
            parts[key], rest = rest[:held], rest[held:]
    return DataSplits(rest.contiguous(), parts[VALIDATION].contiguous(), parts[TEST].contiguous(), shape, name)


def binarise(x: torch.Tensor, how: str, source: torch.Generator) -> torch.Tensor:
    """Turn grey levels into ink or no ink, where binary images stay as they are, or into continuous values.

    Parameters
    ----------
    x : torch.Tensor
        (n, pixels) in [0, 1].
    how : str
        ``none``: as they are; ``threshold``: ink above one half; ``static`` and ``dynamic``: ink with the grey level
        as its probability, drawn once and for all or, by a caller who asks each time, anew; ``dequantised``: grey
        level g of 0..255 becomes (g + u)/256 with u uniform on [0, 1), a density's kind of data.
    source : torch.Generator
        Of the draws.
    """
    if how == "none":
        return x
    if how == "threshold":
        return (x > 0.5).to(x.dtype)
    if how == "dequantised":
        return (255 * x + torch.rand(x.shape, generator=source, dtype=x.dtype, device=x.device)) / 256
    return torch.bernoulli(x, generator=source)


def binarised(data: DataSplits, how: str, seed: int) -> DataSplits:
    """Apply :func:`binarise` to every split; what is drawn :data:`ANEW` leaves training to the training loop."""
    train, validation, test = (binarise_fixed(x, how, seed) for x in (data.train, data.validation, data.test))
    return replace(data, train=data.train if how in ANEW else train, validation=validation, test=test)


def binarise_fixed(x: torch.Tensor, how: str, seed: int) -> torch.Tensor:
    """The one binarisation that belongs to ``seed``, the same at every call."""
    return binarise(x, how, generator(seed, "binarise", device=x.device))
