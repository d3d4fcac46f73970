"""What trials leave on disk, as artifacts of Optuna: for its dashboard, and for whoever opens the study with Optuna.

The store is ``DIR/artifacts``. Its files are those of ``DIR/trials`` by a second name, so that they take no place of
their own, and appear whole. Optuna lets a trial have artifacts until it ends; so those that are among the best when
they end get theirs, and lose the files where they are no longer.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from optuna.artifacts import FileSystemArtifactStore, get_all_artifact_meta, upload_artifact
from optuna.artifacts.exceptions import ArtifactNotFound
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial

from vae.files import write_bytes

NO_SECOND_NAME = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV, errno.EMLINK)
"""What file systems without hard links answer."""


class Links(FileSystemArtifactStore):
    """Optuna's store of files, which gives files a second name where it would copy them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def write(self, artifact_id: str, content_body: BinaryIO) -> None:
        """Keep a file under its identifier, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        source = getattr(content_body, "name", None)
        if source is None or not _linked(source, self.folder / artifact_id):
            write_bytes(self.folder / artifact_id, content_body.read())


def _linked(source: str, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_SECOND_NAME:
            raise
        return False
    return True


def artifact_store(folder: Path) -> Links:
    """The store of the search in a folder."""
    return Links(folder / "artifacts")


def publish(folder: Path, trial: Trial, files: Sequence[Path]) -> None:
    """Make files a running trial's artifacts, under their names."""
    store = artifact_store(folder)
    for file in files:
        upload_artifact(artifact_store=store, file_path=str(file), study_or_trial=trial)


def withdraw(folder: Path, trial: FrozenTrial, storage: BaseStorage) -> None:
    """Remove the files of a trial's artifacts; that it had them stays in the study."""
    store = artifact_store(folder)
    for artifact in get_all_artifact_meta(trial, storage=storage):
        with suppress(ArtifactNotFound):
            store.remove(artifact.artifact_id)
