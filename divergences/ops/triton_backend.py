"""The Triton backend: when it serves, and the divergences by its operators.

Triton is optional and is not imported before it is used. Its kernels run on a GPU, or on the CPU in Triton's
interpreter, which the environment variable TRITON_INTERPRET=1 turns on, for tests.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec

import torch
from torch import Tensor

from divergences.ops.errors import DivergenceError
from divergences.ops.kernels import while_tracing
from divergences.ops.pairing import Pairing
from divergences.ops.table import ORDERED_KINDS

KINDS = frozenset(
    {
        "kld", "renyi", "beta", "gamma", "hellinger", "chi2", "jeffreys", "reverse_kld", "negative_log_likelihood",
        "variates",
    }
)  # fmt: skip
"""The divergences that have Triton kernels, the likelihoods, and random variates."""


@while_tracing
def is_installed() -> bool:
    """Whether Triton can be imported."""
    return _find_triton()


@cache
def _find_triton() -> bool:
    return find_spec("triton") is not None


def is_default_for(device: torch.device) -> bool:
    """Whether this backend serves tensors on a device if nobody chooses another."""
    return device.type == "cuda" and is_installed()


def require_usable(device: torch.device) -> None:
    """Raise :class:`DivergenceError` where Triton kernels cannot run on a device."""
    if not is_installed():
        raise DivergenceError("the backend 'triton' needs Triton: pip install 'autovae[triton]'")
    if device.type == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
        raise DivergenceError(
            "the backend 'triton' computes on a GPU, and the tensors are on the CPU; "
            "with the environment variable TRITON_INTERPRET=1 Triton's interpreter runs there, slowly"
        )


def divergence(
    kind: str, posterior: str, prior: str, loc: Tensor, log_scale: Tensor, alpha: float = 0.0
) -> Tensor | None:
    """Divergence element by element of operands of one shape; None for a pair that has no kernel."""
    from divergences.ops import triton_functions, triton_operators, triton_programs

    key = triton_programs.cell_key(kind, posterior, prior, triton_functions.side(kind, alpha))
    if key is None or loc.numel() == 0:
        return None
    nodes = triton_programs.nodes(key, _precision(loc), str(loc.device))
    grad, order = _wants_gradient(loc, log_scale), triton_functions.ORDERS.get(kind, alpha)
    value, _, _ = triton_operators.elementwise(loc, log_scale, nodes, key, grad, order)
    return value


def divergence_sum(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, alpha: float = 0.0) -> Tensor | None:
    """Divergence of a latent layer, operands of one shape (..., latents); None if a pair has no kernel for layers."""
    both = _layer(kind, pairing, loc, log_scale, None, alpha)
    return None if both is None else both[1]


def latent(
    kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, noise: Tensor | None
) -> tuple[Tensor, Tensor] | None:
    """Samples and divergences of a latent layer; None where the operator does not take the noise or a pair.

    Operands of one shape (..., latents), noise of the shape (*samples, ..., latents) and without a gradient; without
    noise it is drawn in the same launch, from one number of the device's default generator.
    """
    if kind in ORDERED_KINDS:  # the order is not given here
        return None
    if noise is None:
        return _layer(kind, pairing, loc, log_scale, None, draw=True)
    if noise.requires_grad or noise.shape[max(0, noise.ndim - loc.ndim) :] != loc.shape or noise.numel() == 0:
        return None
    return _layer(kind, pairing, loc, log_scale, noise)


def latent_packed(
    kind: str, pairing: Pairing, parameters: Tensor, noise: Tensor | None
) -> tuple[Tensor, Tensor] | None:
    """:func:`latent` of one matrix (..., 2 latents) of locations and log scales; its gradient is such a matrix, too."""
    if kind in ORDERED_KINDS:
        return None
    shape = (*parameters.shape[:-1], len(pairing))
    if noise is not None and (
        noise.requires_grad or noise.shape[max(0, noise.ndim - len(shape)) :] != shape or noise.numel() == 0
    ):
        return None
    return _layer(kind, pairing, parameters, None, noise, draw=noise is None)


def negative_log_likelihood(name: str, target: Tensor, parameters: Tensor) -> Tensor:
    """Negative log-likelihood, summed over pixels, of parameters whose last dimensions are those of the target."""
    from divergences.ops import triton_likelihoods

    nats: Tensor = triton_likelihoods.negative_log_likelihood(target, parameters, name)
    return nats


def variates(
    like: Tensor, columns: Sequence[tuple[str, int]], shape: Sequence[int], generator: torch.Generator | None
) -> Tensor | None:
    """Standard variates of the families that neighbouring columns have; None for a family of one's own.

    The result has the shape (*shape, columns), and dtype and device of ``like``.
    """
    from divergences.ops import triton_operators, triton_programs

    key = triton_programs.variates_key(",".join(f"{family}:{count}" for family, count in columns))
    rows, width = math.prod(shape), sum(count for _, count in columns)
    if key is None or rows == 0:
        return None
    drawn = triton_operators.variates(like, _seed(like.device, generator), [rows, width], key)
    return drawn.view(*shape, width)


def _seed(device: torch.device, generator: torch.Generator | None = None) -> Tensor:
    """One number of a device's generator, that stays on the device."""
    return torch.randint(-(2**63), 2**63 - 1, (), device=device, generator=generator)


def _layer(
    kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor | None, noise: Tensor | None, alpha: float = 0.0,
    *, draw: bool = False,
) -> tuple[Tensor, Tensor] | None:  # fmt: skip
    from divergences.ops import triton_functions, triton_operators, triton_programs

    key = triton_programs.layer_key(kind, str(pairing), triton_functions.side(kind, alpha))
    if key is None or loc.numel() == 0 or (draw and not triton_programs.draws(str(pairing))):
        return None
    nodes = triton_programs.nodes(key, _precision(loc), str(loc.device))
    lead, latents = loc.shape[:-1], len(pairing)
    m = loc.reshape(-1, loc.shape[-1])
    s = None if log_scale is None else log_scale.reshape(-1, latents)
    samples = None if noise is None else noise.reshape(-1, m.shape[0], latents)
    grad = _wants_gradient(loc, loc if log_scale is None else log_scale)
    order = triton_functions.ORDERS.get(kind, alpha)
    seed = _seed(loc.device) if draw else None
    z, nats, *_ = triton_operators.layer(m, s, samples, seed, nodes, key, grad, order)
    shape = (*lead, latents) if draw else z.shape if noise is None else noise.shape
    return z.view(shape), nats.view(lead)


def _precision(x: Tensor) -> str:
    return "float64" if x.dtype == torch.float64 else "float32"


def _wants_gradient(*tensors: Tensor) -> bool:
    return torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
