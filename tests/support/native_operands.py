"""What the tests of the C++ operators share."""

import torch
from torch import Tensor

from divergences.ops.table import cell, families

FINITE = [c for c in (cell("kld", q, p) for q in families() for p in families()) if c.status != "infinite"]
OPERATOR_CHECKS = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_dynamic")
"""What :func:`torch.library.opcheck` holds an operator with derivatives to."""


def parameters(*shape: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Locations, and logarithms of scales inside of every condition on the scale; they require gradients."""
    generator = torch.Generator().manual_seed(seed)
    loc = torch.randn(*shape, dtype=dtype, generator=generator)
    log_scale = -torch.rand(*shape, dtype=dtype, generator=generator) - 0.05
    return loc.requires_grad_(), log_scale.requires_grad_()
