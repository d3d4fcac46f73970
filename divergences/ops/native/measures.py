"""The divergences beside the Kullback-Leibler one by the C++ operators, as the public functions see them."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

from divergences.ops.kernels import kernel, while_tracing
from divergences.ops.native.backend import is_default_for, require_usable
from divergences.ops.pairing import Pairing
from divergences.ops.table import ORDERED_KINDS, cell, is_scale_family, kinds

__all__ = [
    "KINDS",
    "divergence",
    "divergence_sum",
    "is_default_for",
    "latent",
    "latent_packed",
    "register",
    "require_usable",
]

KINDS = frozenset(kinds()) - {"kld"}
"""The divergences that have C++ code here, worst-case regrets where they have a formula."""

_INDICES = SimpleNamespace()


def divergence(
    kind: str, posterior: str, prior: str, loc: Tensor, log_scale: Tensor, alpha: float = 0.0
) -> Tensor | None:
    """Divergence element by element of operands of one shape; None for a pair without code."""
    index = _index(kind, posterior, prior)
    if index < 0:
        return None
    column = loc.reshape(-1, 1), log_scale.reshape(-1, 1)
    return torch.ops.autovae.measure.default(*column, [index], [1], alpha).reshape(loc.shape)


def divergence_sum(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, alpha: float = 0.0) -> Tensor | None:
    """Divergence of a latent layer, operands of one shape (..., latents); None if a pair has no code."""
    cells = [_index(kind, s.posterior, s.prior) for s in pairing.segments]
    if -1 in cells:
        return None
    fixed = [is_scale_family(s.posterior) for s in pairing.segments for _ in range(s.count)]
    if any(fixed):  # a scale family's location is zero, whatever the operand holds
        loc = loc.masked_fill(torch.tensor(fixed, device=loc.device), 0.0)
    counts = [s.count for s in pairing.segments]
    return torch.ops.autovae.measure.default(loc, log_scale, cells, counts, alpha).sum(-1)


def latent(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, noise: Tensor | None) -> None:
    """None: the layer's sample is drawn apart from these divergences, whose cost hides it."""


def latent_packed(kind: str, pairing: Pairing, parameters: Tensor, noise: Tensor | None) -> None:
    """None, as :func:`latent`."""


def _index(kind: str, posterior: str, prior: str) -> int:
    """Index of a cell, -1 if it has no code."""
    name = f"{kind} {posterior} {prior}"
    index = getattr(_INDICES, name, None)
    if index is None:
        _find(name, kind, posterior, prior)
        index = getattr(_INDICES, name)
    return index


@while_tracing
def _find(name: str, kind: str, posterior: str, prior: str) -> None:
    c = cell(kind, posterior, prior)
    setattr(_INDICES, name, torch.ops.autovae.cell(f"{kind}/{c.posterior}_{c.prior}"))


def register() -> None:
    """Give the operator that computes gradients derivatives of its own, by the formulas of the torch backend."""
    from divergences.ops.native.derivatives import _derivative  # of operators that have been loaded

    backward, setup_context = _derivative(_gradient, 3)
    torch.library.register_autograd("autovae::measure_backward", backward, setup_context=setup_context)


def _gradient(
    grad: Tensor, loc: Tensor, log_scale: Tensor, cells: Sequence[int], counts: Sequence[int], alpha: float
) -> tuple[Tensor, Tensor]:
    columns = []
    for index, m, s in zip(cells, loc.split(list(counts), -1), log_scale.split(list(counts), -1), strict=True):
        kind, pair = torch.ops.autovae.cell_name(index).split("/")
        posterior, prior = pair.split("_")
        orders = (alpha,) if kind in ORDERED_KINDS else ()
        columns.append(kernel(kind, posterior, prior, "torch").value_and_grad(m, s, *orders)[1:])
    d_loc, d_log_scale = (torch.cat(parts, -1) for parts in zip(*columns, strict=True))
    return grad * d_loc, grad * d_log_scale
