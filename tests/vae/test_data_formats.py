"""Data sets that cannot be downloaded here, in files of their real formats."""

import gzip
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat

from vae.data import greyscale, load_dataset
from vae.errors import DataError

RNG = np.random.default_rng(0)
TRAIN, TEST = (RNG.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8) for n in (50, 20))
LABELS = {"train": RNG.integers(1, 10, 50), "test": RNG.integers(1, 10, 20)}


def write_idx(path: Path, images: np.ndarray) -> None:
    raw = b"\0\0\x08" + bytes([images.ndim]) + np.array(images.shape, ">i4").tobytes() + images.tobytes()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


def rows(images: np.ndarray) -> np.ndarray:
    """CIFAR's rows: red, then green, then blue."""
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def write_pickled(path: Path, images: np.ndarray, protocol: int = 2) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = pickle.dumps({"data": rows(images), "labels": [1] * len(images)}, protocol)
    for key in (b"data", b"labels"):  # the strings of Python 2, which wrote the real files
        raw = raw.replace(b"X" + len(key).to_bytes(4, "little") + key, b"U" + bytes([len(key)]) + key)
    path.write_bytes(raw)


def write_cifar_10(root: Path, protocol: int = 2) -> None:
    for i, part in enumerate(np.split(TRAIN, 5), 1):
        write_pickled(root / "cifar-10-batches-py" / f"data_batch_{i}", part, protocol)
    write_pickled(root / "cifar-10-batches-py" / "test_batch", TEST, protocol)


def write_cifar_100(root: Path) -> None:
    write_pickled(root / "cifar-100-python" / "train", TRAIN)
    write_pickled(root / "cifar-100-python" / "test", TEST)


def write_binary(path: Path, images: np.ndarray, labels: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(np.concatenate([np.ones((len(images), labels), np.uint8), rows(images)], 1).tobytes())


def write_cifar_10_binary(root: Path) -> None:
    for i, part in enumerate(np.split(TRAIN, 5), 1):
        write_binary(root / "cifar-10-batches-bin" / f"data_batch_{i}.bin", part, 1)
    write_binary(root / "cifar-10-batches-bin" / "test_batch.bin", TEST, 1)


def write_cifar_100_binary(root: Path) -> None:
    write_binary(root / "cifar-100-binary" / "train.bin", TRAIN, 2)
    write_binary(root / "cifar-100-binary" / "test.bin", TEST, 2)


def write_svhn(root: Path) -> None:
    for name, images in (("train", TRAIN), ("test", TEST)):
        content = {"X": images.transpose(1, 2, 3, 0), "y": LABELS[name][:, None].astype(np.uint8)}
        savemat(root / f"{name}_32x32.mat", content, do_compression=True)


SETS = {
    "cifar-10": write_cifar_10,
    "cifar-100": write_cifar_100,
    "svhn": write_svhn,
}


def check(data) -> None:
    assert data.shape == (3, 32, 32)
    assert (len(data.train), len(data.validation), len(data.test)) == (45, 5, 20)
    assert torch.equal((data.test * 255).round().to(torch.uint8), torch.from_numpy(rows(TEST)))
    seen = torch.cat([data.train, data.validation])
    assert torch.equal(seen.sort(0).values, (torch.from_numpy(rows(TRAIN)) / 255).sort(0).values)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("below", ["", "own"])
def test_colour_sets_under_a_data_root(tmp_path, name, below):
    place = tmp_path / (name if below else "")
    place.mkdir(exist_ok=True)
    SETS[name](place)
    check(load_dataset(name, tmp_path))


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_cifar_of_any_pickle(tmp_path, protocol):
    write_cifar_10(tmp_path, protocol)
    check(load_dataset("cifar-10", tmp_path))
    check(load_dataset("cifar-10", tmp_path / "cifar-10-batches-py"))


def test_cifar_in_the_binary_version(tmp_path):
    write_cifar_10_binary(tmp_path)
    write_cifar_100_binary(tmp_path)
    check(load_dataset("cifar-10", tmp_path))
    check(load_dataset("cifar-100", tmp_path))


def test_torchvision_reads_the_same_files(tmp_path, monkeypatch):
    """The files that these tests write are of the format that torchvision knows."""
    from vae.data.torchvision import import_torchvision

    write_cifar_10(tmp_path)
    datasets = import_torchvision("torchvision.datasets")
    monkeypatch.setattr(datasets.CIFAR10, "_check_integrity", lambda self: True)
    monkeypatch.setattr(datasets.CIFAR10, "_load_meta", lambda self: None)
    assert np.array_equal(datasets.CIFAR10(tmp_path, train=True).data, TRAIN)
    write_svhn(tmp_path)
    monkeypatch.setattr(datasets.SVHN, "_check_integrity", lambda self: True)
    svhn = datasets.SVHN(tmp_path, split="test")
    assert np.array_equal(svhn.data.transpose(0, 2, 3, 1), TEST)


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_cifar_10(tmp_path)
    path = tmp_path / "cifar-10-batches-py" / "data_batch_3"
    path.write_bytes(pickle.dumps({"data": rows(TRAIN[:10]), "labels": Harmful()}, 2))
    with pytest.raises(DataError, match=r"data_batch_3 is not a whole batch of CIFAR: it asks for \w+\.mkdir"):
        load_dataset("cifar-10", tmp_path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("name", "file", "keep", "message"),
    [
        ("cifar-10", "cifar-10-batches-py/data_batch_2", 5000, "data_batch_2 is not a whole batch of CIFAR"),
        ("cifar-10", "cifar-10-batches-py/test_batch", 0, "test_batch is not a whole batch of CIFAR"),
        ("cifar-100", "cifar-100-python/test", 100, "test is not a whole batch of CIFAR"),
        ("svhn", "train_32x32.mat", 1000, r"train_32x32\.mat is not a whole \.mat file"),
        ("svhn", "test_32x32.mat", 0, r"test_32x32\.mat is not a whole \.mat file"),
    ],
)
def test_truncated_files_are_named(tmp_path, name, file, keep, message):
    SETS[name](tmp_path)
    path = tmp_path / file
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=message):
        load_dataset(name, tmp_path)


def test_wrong_contents_are_named(tmp_path):
    write_cifar_10_binary(tmp_path)
    path = tmp_path / "cifar-10-batches-bin" / "data_batch_4.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"data_batch_4\.bin has 30729 bytes; expected a multiple of 3073"):
        load_dataset("cifar-10", tmp_path)
    write_cifar_100(tmp_path)
    (tmp_path / "cifar-100-python" / "train").write_bytes(pickle.dumps({b"data": np.zeros((3, 4))}, 2))
    with pytest.raises(DataError, match=r"train holds float64 \(3, 4\) under 'data'; expected uint8 \(n, 3072\)"):
        load_dataset("cifar-100", tmp_path)
    write_svhn(tmp_path)
    savemat(tmp_path / "train_32x32.mat", {"X": np.zeros((32, 32, 3, 4))})
    with pytest.raises(DataError, match=r"under 'X'; expected uint8 \(32, 32, 3, n\)"):
        load_dataset("svhn", tmp_path)


@pytest.mark.parametrize("name", ["cifar-10", "svhn"])
def test_a_missing_set_says_where_to_put_it(tmp_path, monkeypatch, name):
    class Datasets:
        @staticmethod
        def offline(root, download, **_):
            raise RuntimeError("no network")

        CIFAR10 = SVHN = offline

    monkeypatch.setattr("vae.data.sources.import_torchvision", lambda module: Datasets)
    with pytest.raises(DataError, match=rf"{name} was not found: put its .* files under --data-root DIR .*no network"):
        load_dataset(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_grey_levels_of_colour(tmp_path):
    write_cifar_10(tmp_path)
    data = greyscale(load_dataset("cifar-10", tmp_path))
    assert data.shape == (1, 32, 32)
    grey = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in TEST]).reshape(20, -1)
    assert float((data.test * 255 - torch.from_numpy(grey)).abs().max()) <= 1, "as Pillow does, but for rounding"
    assert greyscale(data) is data


GREY = RNG.integers(0, 256, (40, 6, 8), dtype=np.uint8)


@pytest.mark.parametrize("name", ["a-idx3-ubyte", "a-idx3-ubyte.gz", "a.idx", "a.idx3.gz"])
def test_an_idx_file_of_ones_own(tmp_path, name):
    write_idx(tmp_path / name, GREY)
    data = load_dataset(tmp_path / name)
    assert data.shape == (1, 6, 8)
    x = torch.cat([data.train, data.validation, data.test])
    assert torch.equal(x.sort(0).values, (torch.from_numpy(GREY.reshape(40, -1)) / 255).sort(0).values)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-30])
    with pytest.raises(DataError, match=name):
        load_dataset(tmp_path / name)


def test_a_folder_with_the_files_of_mnist(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", GREY)
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", GREY[:7])
    data = load_dataset(tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (36, 4, 7)


def write_pictures(folder: Path, images: np.ndarray, suffix: str = "png") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{i:03}.{suffix}")


@pytest.mark.parametrize("images", [GREY, TRAIN[:40]], ids=["grey", "colour"])
def test_a_folder_of_pictures(tmp_path, images):
    write_pictures(tmp_path / "cats", images[:25])
    write_pictures(tmp_path / "dogs", images[25:], "bmp")
    (tmp_path / "notes.txt").write_text("not a picture")
    data = load_dataset(tmp_path)
    assert data.shape == ((1, 6, 8) if images is GREY else (3, 32, 32))
    x = torch.cat([data.train, data.validation, data.test])
    flat = images.reshape(40, -1) if images is GREY else rows(images)
    assert torch.equal(x.sort(0).values, (torch.from_numpy(flat) / 255).sort(0).values)


def test_a_folder_with_splits_of_its_own(tmp_path):
    write_pictures(tmp_path / "train" / "a", GREY[:30])
    write_pictures(tmp_path / "test", GREY[30:])
    data = load_dataset(tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (27, 3, 10)
    assert torch.equal(data.test, torch.from_numpy(GREY[30:].reshape(10, -1)) / 255)


def test_one_picture_in_colour_makes_all_colour(tmp_path):
    write_pictures(tmp_path, GREY)
    Image.fromarray(RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)).save(tmp_path / "z.png")
    assert load_dataset(tmp_path).shape == (3, 6, 8)


def test_bad_folders(tmp_path):
    with pytest.raises(DataError, match=r"holds no pictures; expected files that end in \.png"):
        load_dataset(tmp_path)
    write_pictures(tmp_path, GREY)
    whole = (tmp_path / "007.png").read_bytes()
    (tmp_path / "007.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"007\.png is not a whole picture"):
        load_dataset(tmp_path)
    Image.fromarray(GREY[0, :5]).save(tmp_path / "007.png")
    with pytest.raises(DataError, match=r"007\.png has 8 x 5 pixels, 000\.png has 8 x 6"):
        load_dataset(tmp_path)
