"""Data that several processes read and only one has loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from vae.data import DataSplits


@dataclass(frozen=True)
class SharedData:
    """Training and validation images in an anonymous file of memory, which other processes of this user can map.

    Attributes
    ----------
    file : str
        Path under which they find it, for as long as the process that made it lives.
    rows : tuple of int
        Images in the training and in the validation split.
    splits : DataSplits
        The rest, without images.
    """

    file: str
    rows: tuple[int, int]
    splits: DataSplits

    @classmethod
    def of(cls, data: DataSplits) -> SharedData | None:
        """Copy data to where others find them; ``None`` where the system has no such files."""
        if not hasattr(os, "memfd_create"):
            return None
        descriptor = os.memfd_create("images")
        with open(descriptor, "wb", closefd=False) as file:
            file.writelines(part.contiguous().numpy().data for part in (data.train, data.validation))
        nothing = data.train.new_empty(0, data.train.shape[1])
        splits = replace(data, train=nothing, validation=nothing, test=nothing)
        return cls(f"/proc/{os.getpid()}/fd/{descriptor}", (len(data.train), len(data.validation)), splits)

    def data(self) -> DataSplits:
        """Map the images: pages are shared until they are written to.

        Raises
        ------
        OSError
            If the process that made the file is gone, or may not be looked into.
        """
        Path(self.file).stat()
        pixels = self.splits.train.shape[1]
        images = _mapped(self.file, sum(self.rows) * pixels).view(-1, pixels)
        train, validation = images.split(list(self.rows))
        return replace(self.splits, train=train, validation=validation)

    def close(self) -> None:
        """Let go of the memory; to be called by the process that made it."""
        os.close(int(self.file.rpartition("/")[2]))


def _mapped(path: str, size: int) -> Tensor:
    try:
        return torch.from_file(path, shared=False, size=size, dtype=torch.float32)
    except RuntimeError as error:
        raise OSError(str(error)) from error
