"""A study that exists, running or finished, opened to be looked at: by its output folder or by its storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import optuna
from sqlalchemy.engine import URL

from search.config import SearchConfig
from search.errors import SearchError
from search.storage.databases import connect, in_one_sentence, shown, sqlite_file
from search.storage.store import SETTINGS, Store


@contextmanager
def recall(folder: Path | None = None, storage: str | None = None, study: str | None = None) -> Iterator[Store]:
    """Open a study that a search has made; nothing in it is changed.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Output folder of the search; by default the one that the study names.
    storage : str, optional
        URL of its storage; by default the ``study.db`` in the folder.
    study : str, optional
        Its name; can be left out where the storage holds one only.

    Raises
    ------
    SearchError
        If there is no such folder, storage or study, it cannot be read, or was not made by ``python -m search.run``.
    """
    if folder is None and storage is None:
        raise SearchError("neither a folder nor --storage is given; accepted is either or both")
    if folder is not None and not folder.is_dir():
        raise SearchError(f"{folder} is not the output of a search: there is no such folder")
    url = storage or _own_storage(folder)
    if (file := sqlite_file(url)) and not file.is_file():
        raise SearchError(
            f"{folder or url} holds no study: there is no file {file.name}; give --storage where it is elsewhere"
        )
    with in_one_sentence(url):
        connected = connect(url)
        name = _name(connected, study, shown(url))
        loaded = optuna.load_study(study_name=name, storage=connected)
        settings = loaded.user_attrs.get(SETTINGS)
        if settings is None:
            raise SearchError(f"study {name!r} in {shown(url)} was not made by this version of python -m search.run")
        try:
            config = SearchConfig(**settings | {"storage": storage, "study": name})
        except TypeError as error:
            raise SearchError(f"study {name!r} in {shown(url)} belongs to another version: {error}") from None
        yield Store(loaded, replace(config, out=str(folder)) if folder else config)


def _own_storage(folder: Path | None) -> str:
    return URL.create("sqlite", database=str(folder and folder / "study.db")).render_as_string()


def _name(storage: optuna.storages.BaseStorage, study: str | None, where: str) -> str:
    names = optuna.get_all_study_names(storage)
    if study is None and len(names) == 1:
        return names[0]
    if study in names:
        return study
    if not names:
        raise SearchError(f"storage {where} holds no study")
    wanted = f"no study {study!r}" if study else "more than one study"
    raise SearchError(f"storage {where} holds {wanted}; choose --study among {', '.join(sorted(names))}")
