import numpy as np
import pytest

from vae import DataSplits, TrainConfig, load_dataset

PAIRING = "Lo/N:10,La/N:6,La/La:4"


@pytest.fixture(scope="session")
def digits() -> DataSplits:
    return load_dataset("mnist-5k")


@pytest.fixture(scope="session")
def few(digits: DataSplits) -> DataSplits:
    """Real digits, few enough for an epoch in a blink."""
    return DataSplits(digits.train[:400], digits.validation[:100], digits.test[:100], digits.shape, digits.name)


@pytest.fixture(scope="session")
def small() -> TrainConfig:
    """A small network on the irregular pairing of the slides."""
    return TrainConfig(pairing=PAIRING, hidden=64, batch_size=50, epochs=3)


@pytest.fixture
def file_of_digits(digits: DataSplits, tmp_path):
    """A user's own file, with few images."""
    path = tmp_path / "digits.npz"
    np.savez(path, x=(digits.train[:100].numpy() * 255).astype(np.uint8).reshape(-1, 28, 28))
    return path
