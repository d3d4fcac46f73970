"""The Triton backend against the catalog in high precision: what ``test_accuracy`` asks of the other backends."""

import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch

# The interpreter of older versions does not go with NumPy 2.4.
triton = pytest.importorskip("triton", minversion=None if torch.cuda.is_available() else "3.9")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("TRITON_INTERPRET") != "1", reason="compares tensors on the CPU"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:triton"),
]

_spec = spec_from_file_location("accuracy_of_triton", Path(__file__).with_name("test_accuracy.py"))
accuracy = module_from_spec(_spec)
_spec.loader.exec_module(accuracy)
accuracy.BACKENDS = ("triton",)

test_values = accuracy.test_values
test_gradients = accuracy.test_gradients


@pytest.mark.parametrize("c", accuracy.FINITE, ids=accuracy.PAIRS)
def test_never_nan_never_negative_far_beyond_the_domain(c):
    accuracy.test_never_nan_never_negative_far_beyond_the_domain(c, "triton")
