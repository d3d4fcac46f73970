"""The C++ backend as the public functions see it: when it serves, and the divergences by its operators."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

from divergences.ops.errors import DivergenceError
from divergences.ops.kernels import while_tracing
from divergences.ops.native import loader
from divergences.ops.pairing import Pairing
from divergences.ops.table import cell

KINDS = frozenset({"kld", "negative_log_likelihood", "variates"})
"""The divergences that have C++ kernels, the likelihoods, and random variates."""

_INDICES = SimpleNamespace()


def is_default_for(device: torch.device) -> bool:
    """Whether this backend serves tensors on a device if nobody chooses another."""
    return device.type == "cpu" and _is_loaded()


def require_usable(device: torch.device) -> None:
    """Raise :class:`DivergenceError` where the kernels cannot run on a device."""
    if device.type != "cpu":
        raise DivergenceError(f"the backend 'cpp' computes on the CPU, and the tensors are on {device}")
    _require()


def divergence(kind: str, posterior: str, prior: str, loc: Tensor, log_scale: Tensor) -> Tensor | None:
    """Divergence element by element of operands of one shape; None for a pair that has no kernel."""
    index = _index(kind, posterior, prior)
    return torch.ops.autovae.divergence.default(loc, log_scale, index) if index >= 0 else None


def divergence_sum(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor) -> Tensor | None:
    """Divergence of a latent layer, operands of one shape (..., latents); None if a pair has no kernel."""
    kernels, counts = _segments(kind, pairing)
    if -1 in kernels:
        return None
    return torch.ops.autovae.divergence_sum.default(loc, log_scale, kernels, counts)


def latent(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, noise: Tensor) -> tuple[Tensor, Tensor] | None:
    """Samples and divergences of a latent layer; None where the operator does not take the noise or a pair.

    Operands of one shape (..., latents), noise of the shape (*samples, ..., latents) and without a gradient.
    """
    kernels, counts = _segments(kind, pairing)
    if -1 in kernels or noise.requires_grad or noise.shape[noise.ndim - loc.ndim :] != loc.shape:
        return None
    return torch.ops.autovae.latent.default(loc, log_scale, noise, kernels, counts)


def log_ratio(pairing: Pairing, z: Tensor, loc: Tensor, log_scale: Tensor) -> Tensor | None:
    """Log-ratio of priors and posteriors; None for samples that do not have the layer's shape as their last dimensions.

    Operands of one shape (..., latents), samples of the shape (*samples, ..., latents).
    """
    if z.shape[z.ndim - loc.ndim :] != loc.shape or z.ndim < loc.ndim:
        return None
    posteriors = [_family(s.posterior) for s in pairing.segments]
    priors = [_family(s.prior) for s in pairing.segments]
    counts = [s.count for s in pairing.segments]
    return torch.ops.autovae.log_ratio.default(z, loc, log_scale, posteriors, priors, counts)


def negative_log_likelihood(name: str, target: Tensor, parameters: Tensor) -> Tensor:
    """Negative log-likelihood, summed over pixels, of parameters whose last dimensions are those of the target."""
    return torch.ops.autovae.negative_log_likelihood.default(target, parameters, _likelihood(name))


def variates(
    like: Tensor, columns: Sequence[tuple[str, int]], shape: Sequence[int], generator: torch.Generator | None
) -> Tensor | None:
    """Standard variates of the families that neighbouring columns have; None for a family of one's own.

    The result has the shape (*shape, columns), and dtype and device of ``like``.
    """
    samplers = [_sampler(family) for family, _ in columns]
    if -1 in samplers:
        return None
    counts = [count for _, count in columns]
    return torch.ops.autovae.variates.default(like, [*shape, sum(counts)], samplers, counts, generator)


def _segments(kind: str, pairing: Pairing) -> tuple[list[int], list[int]]:
    return [_index(kind, s.posterior, s.prior) for s in pairing.segments], [s.count for s in pairing.segments]


def _index(kind: str, posterior: str, prior: str) -> int:
    """Index of a cell's kernel, -1 if it has none."""
    name = f"{kind} {posterior} {prior}"
    index = getattr(_INDICES, name, None)
    if index is None:
        _find(name, kind, posterior, prior)
        index = getattr(_INDICES, name)
    return index


def _likelihood(name: str) -> int:
    """Index of a likelihood."""
    index = getattr(_INDICES, name, None)
    if index is None:
        _find_likelihood(name)
        index = getattr(_INDICES, name)
    return index


def _family(name: str) -> int:
    """Index of a family."""
    index = getattr(_INDICES, name, None)
    if index is None:
        _find_family(name)
        index = getattr(_INDICES, name)
    return index


def _sampler(family: str) -> int:
    """Index of a family's sampler, -1 if it has none."""
    name = f"sampler {family}"
    index = getattr(_INDICES, name, None)
    if index is None:
        _find_sampler(name, family)
        index = getattr(_INDICES, name)
    return index


# What the compiler of Torch is to run while it traces, not to trace.


@while_tracing
def _is_loaded() -> bool:
    return loader.is_loaded()


@while_tracing
def _require() -> None:
    loader.require()


@while_tracing
def _find(name: str, kind: str, posterior: str, prior: str) -> None:
    c = cell(kind, posterior, prior)
    setattr(_INDICES, name, torch.ops.autovae.kernel(f"{kind}/{c.posterior}_{c.prior}"))


@while_tracing
def _find_likelihood(name: str) -> None:
    setattr(_INDICES, name, torch.ops.autovae.likelihood(name))


@while_tracing
def _find_family(name: str) -> None:
    setattr(_INDICES, name, torch.ops.autovae.family(name))


@while_tracing
def _find_sampler(name: str, family: str) -> None:
    setattr(_INDICES, name, torch.ops.autovae.sampler(family))
