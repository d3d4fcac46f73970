"""What the tests of the tensor operations share."""

from typing import Any

import pytest
import torch

from divergences.ops.native import loader


@pytest.fixture(params=["cpp", "torch"])
def either_backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test twice: with each backend as the one that serves where a call names none."""
    if request.param == "cpp":
        loader.require()
    else:
        monkeypatch.setattr(loader, "is_loaded", lambda: False)


@pytest.fixture
def operators() -> Any:
    """The namespace of the C++ operators, compiled if they were not yet."""
    loader.require()
    return torch.ops.autovae
