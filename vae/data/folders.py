"""A folder of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from vae.data.arrays import TEST, TRAIN, VALIDATION, WHOLE
from vae.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")
SPLITS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
"""Subfolders that are splits of their own."""
_GREY = ("1", "L", "LA", "I", "I;16", "F")


def read_folder(folder: Path) -> dict[str, np.ndarray]:
    """Read the pictures in a folder and its subfolders, such as one for each class.

    Parameters
    ----------
    folder : pathlib.Path
        Pictures of one size; where there is a subfolder ``train``, it and, if there, ``validation`` and ``test`` are
        the splits.

    Returns
    -------
    dict[str, numpy.ndarray]
        uint8 (n, h, w), or (n, h, w, 3) if any picture is in colour, in the order of their paths, under ``x`` or under
        the names of the splits.

    Raises
    ------
    DataError
        If there is no picture, one is damaged, or their sizes differ.
    """
    splits = {key: folder / name for name, key in SPLITS.items() if (folder / name).is_dir()}
    if TRAIN not in splits:
        splits = {WHOLE: folder}
    pictures = {key: _read(place) for key, place in splits.items()}
    colour = any(picture.ndim == 3 for split in pictures.values() for picture in split)
    return {key: _stack(split, colour) for key, split in pictures.items()}


def _read(folder: Path) -> list[np.ndarray]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not paths:
        raise DataError(f"{folder} holds no pictures; expected files that end in {', '.join(SUFFIXES)}")
    pictures: list[np.ndarray] = []
    for path in paths:
        try:
            with Image.open(path) as image:
                pictures.append(np.asarray(image.convert("L" if image.mode in _GREY else "RGB")))
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise DataError(f"{path} is not a whole picture: {error}") from error
        size, first = pictures[-1].shape[:2], pictures[0].shape[:2]
        if size != first:
            raise DataError(f"{path} has {size[1]} x {size[0]} pixels, {paths[0].name} has {first[1]} x {first[0]}")
    return pictures


def _stack(pictures: list[np.ndarray], colour: bool) -> np.ndarray:
    if colour:
        pictures = [np.stack([p] * 3, -1) if p.ndim == 2 else p for p in pictures]
    return np.stack(pictures)
