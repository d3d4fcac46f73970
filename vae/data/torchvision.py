"""torchvision where its compiled operators do not load.

A CPU build of Torch may meet the CUDA build of torchvision, whose import then ends in ``operator torchvision::nms
does not exist``. Its data sets, transforms and utilities need no compiled operator, only the two schemas to exist.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_libraries: list[Any] = []  # a Library forgets its definitions when it is collected


def import_torchvision(module: str = "torchvision") -> ModuleType:
    """Import ``module``, torchvision or a part of it."""
    try:
        return importlib.import_module(module)
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [n for n in sys.modules if n.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _SCHEMAS:
        library.define(schema)
    _libraries.append(library)
    return importlib.import_module(module)
