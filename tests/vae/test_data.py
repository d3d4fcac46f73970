import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vae.data import binarise, binarise_fixed, binarised, load_dataset, sources
from vae.data.torchvision import import_torchvision
from vae.errors import DataError
from vae.randomness import generator

FASHION = Path("/usr/share/datasets/fashion-mnist")


def labels_of(images: torch.Tensor) -> torch.Tensor:
    """Digits of images of mnist-5k, by looking the images up."""
    array, labels = sources.read_mnist_5k()
    table = {image.tobytes(): label for image, label in zip(array.reshape(5000, -1), labels, strict=True)}
    return torch.tensor([table[(x * 255).round().numpy().astype(np.uint8).tobytes()] for x in images])


def test_mnist_5k_is_split_in_balance_and_without_overlap(digits):
    assert [len(x) for x in (digits.train, digits.validation, digits.test)] == [4000, 500, 500]
    assert digits.shape == (1, 28, 28)
    for split, each in ((digits.train, 400), (digits.validation, 50), (digits.test, 50)):
        assert split.dtype == torch.float32
        assert split.is_contiguous()
        assert float(split.min()) == 0
        assert float(split.max()) == 1
        assert torch.bincount(labels_of(split)).tolist() == [each] * 10
    rows = {x.numpy().tobytes() for split in (digits.train, digits.validation, digits.test) for x in split}
    assert len(rows) == 5000


def test_the_split_depends_on_its_seed_alone(digits):
    assert torch.equal(load_dataset("mnist-5k", seed=0).test, digits.test)
    assert not torch.equal(load_dataset("mnist-5k", seed=1).test, digits.test)
    assert load_dataset("mnist-5k", seed=1).fingerprint() != digits.fingerprint()


def write_idx(path: Path, images: np.ndarray) -> None:
    raw = b"\0\0\x08" + bytes([images.ndim]) + np.array(images.shape, ">i4").tobytes() + images.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("folder", [".", "FashionMNIST/raw"])
def test_idx_files_under_a_data_root(tmp_path, folder, suffix):
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (60, 20))
    write_idx(tmp_path / folder / f"train-images-idx3-ubyte{suffix}", train)
    write_idx(tmp_path / folder / f"t10k-images-idx3-ubyte{suffix}", test)
    data = load_dataset("fashion-mnist", tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (54, 6, 20)
    assert torch.equal(data.test, torch.from_numpy(test.reshape(20, -1)) / 255)
    seen = torch.cat([data.train, data.validation])
    assert torch.equal(seen.sort(0).values, (torch.from_numpy(train.reshape(60, -1)) / 255).sort(0).values)


@pytest.mark.skipif(not FASHION.is_dir(), reason="needs Debian's dataset-fashion-mnist")
def test_fashion_mnist_of_the_system():
    data = load_dataset("fashion-mnist")
    assert (len(data.train), len(data.validation), len(data.test), data.shape) == (54000, 6000, 10000, (1, 28, 28))


@pytest.fixture
def no_download(monkeypatch, tmp_path):
    """A machine that has neither the package nor a network."""

    class Datasets:
        @staticmethod
        def FashionMNIST(root, download):
            (root / "FashionMNIST" / "raw").mkdir(parents=True)
            raise RuntimeError("Error downloading\nno network")

    nowhere = replace(sources.NAMED_SETS["fashion-mnist"], folder=tmp_path / "nowhere")
    monkeypatch.setitem(sources.NAMED_SETS, "fashion-mnist", nowhere)
    monkeypatch.setattr(sources, "import_torchvision", lambda module: Datasets)


def test_a_missing_data_set_names_the_three_ways_and_leaves_nothing(no_download, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(DataError, match=r"dataset-fashion-mnist.*--data-root.*torchvision.*no network"):
        load_dataset("fashion-mnist", root)
    assert not list(root.iterdir())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\0\0\x08\x03" + np.array([60, 28, 28], ">i4").tobytes() + bytes(100), "its header promises"),
        (b"\0\0\x0d\x03" + bytes(100), "not an IDX file"),
        (b"", "not an IDX file"),
    ],
)
def test_damaged_idx_files(tmp_path, raw, message):
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(raw)
    with pytest.raises(DataError, match=message):
        load_dataset("fashion-mnist", tmp_path)


def test_a_truncated_gzip_file(tmp_path):
    for part in ("train", "t10k"):
        path = tmp_path / f"{part}-images-idx3-ubyte.gz"
        write_idx(path, np.zeros((60, 28, 28), np.uint8))
        path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is not a whole gzip file"):
        load_dataset("fashion-mnist", tmp_path)


@pytest.mark.parametrize(
    ("array", "shape"),
    [
        (np.random.default_rng(0).integers(0, 256, (50, 6, 4), dtype=np.uint8), (1, 6, 4)),
        (np.random.default_rng(0).integers(0, 256, (50, 6, 4, 3), dtype=np.uint8), (3, 6, 4)),
        (np.random.default_rng(0).random((50, 16)), (1, 4, 4)),
        (np.random.default_rng(0).random((50, 15), dtype=np.float32), (1, 1, 15)),
        (np.random.default_rng(0).random((50, 6, 4)) < 0.5, (1, 6, 4)),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_files_of_ones_own(tmp_path, array, shape, suffix):
    path = tmp_path / f"images{suffix}"
    np.save(path, array) if suffix == ".npy" else np.savez_compressed(path, x=array, y=np.arange(50))
    data = load_dataset(path)
    assert data.shape == shape
    assert (len(data.train), len(data.validation), len(data.test)) == (40, 5, 5)
    x = torch.cat([data.train, data.validation, data.test])
    scale = 255 if array.dtype == np.uint8 else 1
    # Channels come first: the picture of channel k is array[..., k].
    channels_first = np.moveaxis(array, -1, 1) if array.ndim == 4 else array
    expected = torch.from_numpy(channels_first.reshape(50, -1).astype(np.float32) / scale)
    torch.testing.assert_close(x.sort(0).values, expected.sort(0).values)


def test_a_file_with_its_own_splits(tmp_path):
    x = np.random.default_rng(0).random((30, 3, 3))
    np.savez(tmp_path / "a.npz", x_train=x, x_test=x[:7], y_train=np.arange(30))
    data = load_dataset(str(tmp_path / "a.npz"))
    assert (len(data.train), len(data.validation), len(data.test)) == (27, 3, 7)


def bad_files() -> dict[str, tuple[object, str]]:
    fine = np.random.default_rng(0).random((20, 4, 4))
    nan, high = fine.copy(), fine.copy()
    nan[3, 1, 1], high[5, 0, 2] = np.nan, 1.5
    return {
        "nan": ({"x": nan}, r"image 3, value 5 is nan; expected values in \[0, 1\]"),
        "range": ({"x": high}, "image 5, value 2 is 1.5"),
        "table": ({"x": 2 * fine.reshape(20, 16)}, r"expected values in \[0, 1\]; search.AutoVAE fits tables"),
        "few": ({"x": fine[:9]}, "9 images to train on; expected at least 10"),
        "keys": ({"a": fine, "b": fine}, "holds the arrays a, b; expected 'x'"),
        "type": ({"x": np.zeros((20, 4, 4), np.int64)}, "type int64; expected uint8"),
        "binary": ({"x": np.ones((20, 4, 4), np.uint8)}, "never above 1"),
        "axes": ({"x": np.zeros((20,))}, "has shape"),
        "empty": ({"x": np.zeros((20, 0))}, "has shape"),
        "channels": ({"x": np.zeros((20, 4, 4, 2))}, "2 channels"),
        "objects": ({"x": np.array([{}] * 20, dtype=object)}, "not a whole .npy or .npz file"),
        "splits": ({"x_train": fine, "x_test": fine[:, :2]}, "different shapes"),
    }


@pytest.mark.parametrize("case", bad_files())
def test_bad_files(tmp_path, case):
    arrays, message = bad_files()[case]
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataError, match=message):
        load_dataset(tmp_path / "bad.npz")


@pytest.mark.parametrize("keep", [0, 10, 0.5, -5])
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_truncated_archives(tmp_path, suffix, keep):
    path = tmp_path / f"images{suffix}"
    np.save(path, np.zeros((20, 9))) if suffix == ".npy" else np.savez_compressed(path, x=np.zeros((20, 9)))
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * keep) if isinstance(keep, float) else keep])
    with pytest.raises(DataError, match="not a whole"):
        load_dataset(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnist-6k", "unknown data set 'mnist-6k'; known are mnist-5k"),
        ("none.npz", "no such file"),
        ("a.txt", "unknown"),
    ],
)
def test_unknown_data_sets(name, message):
    with pytest.raises(DataError, match=message):
        load_dataset(name)


def test_a_data_root_that_is_no_folder(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        load_dataset("mnist", tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_binarisation(digits):
    x = digits.validation[:50]
    drawn = [binarise(x, "dynamic", generator(s, "training")) for s in range(200)]
    assert all(((b == 0) | (b == 1)).all() for b in drawn)
    mean = torch.stack(drawn).mean(0)
    # Six standard errors at the grey level that varies most.
    assert float((mean - x).abs().max()) < 6 * 0.5 / 200**0.5
    assert torch.equal(binarise_fixed(x, "static", 3), binarise_fixed(x, "static", 3))
    again = binarise_fixed(drawn[0], "static", 5)
    assert torch.equal(again, drawn[0]), "binary images stay as they are"
    assert torch.equal(binarise_fixed(x, "threshold", 0), (x > 0.5).float())
    assert binarise_fixed(x, "none", 0) is x


def test_dequantised_values_fill_each_grey_level(digits):
    x = digits.validation[:50]
    drawn = torch.stack([binarise(x, "dequantised", generator(s, "training")) for s in range(50)])
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 1
    inside = drawn * 256 - (x * 255)
    assert float(inside.min()) > -1e-4
    assert float(inside.max()) < 1 + 1e-4
    assert float(inside.mean()) == pytest.approx(0.5, abs=0.002)
    assert float(inside.var()) == pytest.approx(1 / 12, abs=0.001)


@pytest.mark.parametrize("how", ["dynamic", "dequantised"])
def test_what_is_drawn_anew_is_left_to_the_training_loop(few, how):
    data = binarised(few, how, 0)
    assert torch.equal(data.train, few.train)
    assert not torch.equal(data.validation, few.validation)


def test_dynamic_binarisation_is_binary(few):
    data = binarised(few, "dynamic", 0)
    assert torch.equal(data.train, few.train)
    assert set(data.validation.unique().tolist()) == {0.0, 1.0}


def test_torchvision_imports_whatever_its_build():
    for _ in range(2):
        assert import_torchvision("torchvision.datasets").FashionMNIST.__name__ == "FashionMNIST"
