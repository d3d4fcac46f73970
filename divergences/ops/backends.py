"""Which backend computes: the fused operators of a device where they serve, the torch backend everywhere else."""

from __future__ import annotations

from types import ModuleType

import torch
from torch import Tensor
from torch.autograd import forward_ad

from divergences.ops import triton_backend as triton
from divergences.ops.kernels import check_backend
from divergences.ops.native import backend as cpp
from divergences.ops.native import loader
from divergences.ops.native import measures as cpp_measures
from divergences.ops.pairing import Pairing

_FUSED: dict[str, ModuleType] = {"cpp": cpp, "triton": triton}
"""Modules with ``KINDS``, ``is_default_for``, ``require_usable`` and the four functions that compute."""


_COMPUTED = {torch.float32, torch.float64}
# Modules of Torch are large dictionaries: looking something up there in every call costs more than calling it.
_is_compiling, _transforming = torch.compiler.is_compiling, torch._C._are_functorch_transforms_active


def at_once(
    kind: str,
    backend: str | None,
    loc: Tensor | float,
    log_scale: Tensor | float,
    alpha: float | None,
    pairing: Pairing | None = None,
    each: int = 1,
) -> ModuleType | None:
    """The C++ backend where it serves, by default or chosen, and takes the operands as they are; None elsewhere.

    Those of a layer have so many columns for each latent of its pairing.

    It does in nearly every call, and this is asked first: in a training step the lines of Python that check and convert
    have left the processor's caches, and running through them takes longer than all latents.
    """
    if kind != "kld" or alpha is not None or not (backend is None or backend == "cpp") or _is_compiling():
        return None
    if type(loc) is not Tensor or not loc.is_cpu or (dtype := loc.dtype) not in _COMPUTED:
        return None
    if log_scale is not loc and not (
        type(log_scale) is Tensor and log_scale.is_cpu and log_scale.dtype is dtype and log_scale.shape == loc.shape
    ):
        return None
    if pairing is not None and not (
        type(pairing) is Pairing and loc.dim() > 0 and loc.size(-1) == each * pairing.latents
    ):
        return None
    return cpp if _takes_operators() and loader.is_loaded() else None


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
    return forward_ad._current_level < 0 and not _transforming()
