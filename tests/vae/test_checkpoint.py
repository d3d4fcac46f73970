import json

import pytest
import torch
from safetensors.torch import load as parse
from safetensors.torch import save as dump

import vae
from vae import CheckpointError, fit
from vae.checkpoint import CHECKPOINT, HEADER, METRICS, MODEL, RunFolder


@pytest.fixture(scope="module")
def trained(few, small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    fit(small, few, out=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(trained, tmp_path):
    for name, content in trained.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def with_header(raw: bytes, **changes: object) -> bytes:
    length = int.from_bytes(raw[:8], "little")
    meta = json.loads(json.loads(raw[8 : 8 + length])["__metadata__"][HEADER])
    return dump(parse(raw), {HEADER: json.dumps({**meta, **changes})})


def test_a_model_is_its_three_files(folder):
    assert sorted(p.name for p in folder.iterdir()) == ["config.yaml", METRICS, MODEL]
    model = vae.load(str(folder))
    assert not model.training
    assert model.shape == (1, 28, 28)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (MODEL, lambda raw: raw[:1000], "is damaged"),
        (MODEL, lambda raw: b"", "is damaged"),
        (MODEL, lambda raw: b"\x80\x04not a tensor", "is damaged"),
        (MODEL, lambda raw: dump(parse(raw)), "is damaged, or not a file of this project"),
        (MODEL, lambda raw: with_header(raw, format=99), "has format 99; this version reads format 1"),
        (MODEL, lambda raw: with_header(raw, shape=None), "lacks the weights or the shape"),
        (MODEL, lambda raw: None, "it has no model.safetensors"),
        ("config.yaml", lambda raw: None, "it has no config.yaml"),
        ("config.yaml", lambda raw: raw.replace(b"hidden: 64", b"hidden: 65"), "does not hold the weights"),
        ("config.yaml", lambda raw: raw + b"later: 1\n", "another version: later do not match"),
        ("config.yaml", lambda raw: raw.replace(b"Lo/N:10", b"C/N:10"), "C/N is infinite"),
    ],
)
def test_damaged_models(folder, name, change, message):
    content = change((folder / name).read_bytes())
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        vae.load(folder)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CheckpointError, match="there is no such folder"):
        vae.load(tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "it has no metrics.json"), ("{", "cannot be read"), ("[]", "not the metrics"), ("{}", "not the metrics")],
)
def test_damaged_metrics(folder, content, message):
    (folder / METRICS).unlink() if content is None else (folder / METRICS).write_text(content)
    with pytest.raises(CheckpointError, match=message):
        RunFolder(folder).metrics()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"half a file", "is damaged"),
        (dump({"model/x": torch.zeros(1)}, {HEADER: '{"format": 1}'}), "is not a checkpoint"),
    ],
)
def test_damaged_checkpoints(folder, few, small, content, message):
    (folder / METRICS).unlink()
    (folder / CHECKPOINT).write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        fit(small, few, out=folder)


def test_a_model_without_its_settings_is_not_overwritten(folder, few, small):
    (folder / "config.yaml").unlink()
    with pytest.raises(CheckpointError, match=r"holds a model without its config\.yaml"):
        fit(small, few, out=folder)


@pytest.mark.parametrize("path", [3, None])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(CheckpointError, match=f"^{path!r} is not a trained model: expected the path of a folder$"):
        vae.load(path)
