"""Which backend computes: the fused operators of a device where they serve, the torch backend everywhere else."""

from __future__ import annotations

from types import ModuleType

import torch
from torch import Tensor

from divergences.ops import triton_backend as triton
from divergences.ops.kernels import check_backend
from divergences.ops.native import backend as cpp
from divergences.ops.native import measures as cpp_measures

_FUSED: dict[str, ModuleType] = {"cpp": cpp, "triton": triton}
"""Modules with ``KINDS``, ``is_default_for``, ``require_usable`` and the three functions that compute."""


def fused(backend: str | None, kind: str, loc: Tensor, log_scale: Tensor) -> ModuleType | None:
    """The module of fused operators that serves; None where the torch backend does.

    Parameters
    ----------
    backend : str or None
        What the caller chose; None for the default of the operands' device. A backend that lacks the divergence
        leaves it to the torch backend.

    Raises
    ------
    UnknownNameError
        If the backend is unknown.
    DivergenceError
        If it was chosen and cannot be used.
    """
    if backend is None:
        for module in (*_FUSED.values(), cpp_measures):
            if kind in module.KINDS and module.is_default_for(loc.device):
                return module if _takes_operators() else None
        return None
    check_backend(backend)
    if backend not in _FUSED:
        return None
    module = _FUSED[backend]
    module.require_usable(loc.device)
    if kind in cpp_measures.KINDS and module is cpp:
        module = cpp_measures
    return module if kind in module.KINDS and _takes_operators() else None


def _takes_operators() -> bool:
    """Whether operators of our own serve here: not under transforms of ``torch.func``, nor with dual numbers."""
    if torch.autograd.forward_ad._current_level >= 0:
        return False
    return torch.compiler.is_compiling() or not torch._C._are_functorch_transforms_active()
