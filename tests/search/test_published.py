import errno
import io
import os
from urllib.request import urlopen

import pytest
from optuna.artifacts import FileSystemArtifactStore, download_artifact, get_all_artifact_meta
from optuna.artifacts.exceptions import ArtifactNotFound
from optuna.trial import TrialState

from search import artifacts
from search.published import Links
from search.reporting.dashboard import dashboard
from search.storage.store import open_study
from search.workers import run_trials

NAMES = {"config.yaml", "metrics.json", "model.safetensors", "samples.png", "reconstructions.png"}


@pytest.fixture
def found(make_config, data, quiet):
    """A study of five trials of which two are kept."""
    with open_study(make_config(trials=5, keep=2, pruner="none"), data) as store:
        run_trials(store, data, quiet)
        yield store


def test_files_of_the_best_are_artifacts_and_take_no_place_of_their_own(found, tmp_path):
    store = FileSystemArtifactStore(found.config.folder / "artifacts")
    kept = artifacts.best(found)
    assert len(kept) == 2
    for number in kept:
        metas = get_all_artifact_meta(found.trials()[number], storage=found.storage)
        assert {meta.filename for meta in metas} == NAMES
        for meta in metas:
            copy = tmp_path / f"{number}-{meta.filename}"
            download_artifact(artifact_store=store, artifact_id=meta.artifact_id, file_path=str(copy))
            original = artifacts.place(found.config, number) / meta.filename
            assert copy.read_bytes() == original.read_bytes()
            assert original.samefile(found.config.folder / "artifacts" / meta.artifact_id)
    assert len(list((found.config.folder / "artifacts").iterdir())) == 2 * len(NAMES)


def test_a_trial_that_is_no_longer_among_the_best_loses_them(found):
    store = FileSystemArtifactStore(found.config.folder / "artifacts")
    others = [t for t in found.trials(TrialState.COMPLETE) if t.number not in artifacts.best(found)]
    assert len(others) == 3
    gone = [meta for trial in others for meta in get_all_artifact_meta(trial, storage=found.storage)]
    assert gone  # the first ones were the best when they ended
    for meta in gone:
        with pytest.raises(ArtifactNotFound):
            store.open_reader(meta.artifact_id)


def test_the_dashboard_shows_them(found):
    pytest.importorskip("optuna_dashboard")
    trial = found.trials()[artifacts.best(found)[0]]
    metas = {meta.filename: meta for meta in get_all_artifact_meta(trial, storage=found.storage)}
    picture = metas["samples.png"]
    assert picture.mimetype == "image/png"
    with dashboard(found.storage, 0, found.config.folder) as address:
        place = f"{address}artifacts/{found.study._study_id}/{trial._trial_id}/{picture.artifact_id}"
        with urlopen(place, timeout=20) as answer:  # noqa: S310
            content = answer.read()
    assert content == (artifacts.place(found.config, trial.number) / "samples.png").read_bytes()


def test_a_repeated_trial_takes_them_over(make_config, data, quiet, monkeypatch):
    with open_study(make_config(trials=1, keep=1, pruner="none"), data) as store:
        monkeypatch.setattr(type(store), "tell", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_trials(store, data, quiet)
        monkeypatch.undo()
        assert len(list((store.config.folder / "artifacts").iterdir())) == len(NAMES)
        run_trials(store, data, quiet)
        lost, again = store.trials()
        assert (lost.state, again.state) == (TrialState.FAIL, TrialState.COMPLETE)
        there = {path.name for path in (store.config.folder / "artifacts").iterdir()}
        assert there == {meta.artifact_id for meta in get_all_artifact_meta(again, storage=store.storage)}


def interrupted(*_, **__):
    raise KeyboardInterrupt


def refuse(number):
    def link(*_):
        raise OSError(number, os.strerror(number))

    return link


def test_without_hard_links_they_are_copies(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    file = tmp_path / "model"
    file.write_bytes(b"weights")
    store = Links(tmp_path / "artifacts")
    with file.open("rb") as content:
        store.write("a", content)
    store.write("b", io.BytesIO(b"uploaded"))
    file.unlink()
    assert store.open_reader("a").read() == b"weights"
    assert store.open_reader("b").read() == b"uploaded"
    assert {path.name for path in store.folder.iterdir()} == {"a", "b"}


def test_a_full_disk_is_not_hidden(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", refuse(errno.ENOSPC))
    (tmp_path / "model").write_bytes(b"weights")
    store = Links(tmp_path / "artifacts")
    with (tmp_path / "model").open("rb") as content, pytest.raises(OSError, match="No space left"):
        store.write("a", content)
    assert list(store.folder.iterdir()) == []
