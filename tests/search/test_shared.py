import pytest
import torch

from search.shared import SharedData

READ = """
import sys, torch
from search.shared import SharedData
from vae.data import DataSplits
nothing = torch.empty(0, 196)
rows = int(sys.argv[2]), int(sys.argv[3])
print(SharedData(sys.argv[1], rows, DataSplits(nothing, nothing, nothing, (1, 14, 14), "")).data().fingerprint())
"""


def test_another_process_sees_the_same_images(data, start):
    shared = SharedData.of(data)
    said, error = start("-c", READ, shared.file, *map(str, shared.rows)).communicate(timeout=120)
    assert said.strip() == str(data.fingerprint()), error
    shared.close()


def test_images_are_mapped_and_whoever_writes_gets_a_copy(data):
    shared = SharedData.of(data)
    one, other = shared.data(), shared.data()
    assert torch.equal(one.validation, data.validation)
    assert (one.shape, one.name, len(one.test)) == (data.shape, data.name, 0)
    one.train[0] = 0.5
    assert torch.equal(other.train, data.train)
    shared.close()


def test_images_of_a_process_that_is_gone_are_an_error_to_be_met_by_loading_them(data):
    shared = SharedData.of(data)
    shared.close()
    with pytest.raises(FileNotFoundError):
        shared.data()
