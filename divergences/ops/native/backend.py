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

KINDS = frozenset({"kld", "negative_log_likelihood", "variates", "dense", "bounded", "adam"})
"""The divergences that have C++ kernels, the likelihoods, random variates, and the steps of training."""

_INDICES = SimpleNamespace()
_OPERATORS = torch.ops.autovae


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
    return _OPERATORS.divergence.default(loc, log_scale, index) if index >= 0 else None


def divergence_sum(kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor) -> Tensor | None:
    """Divergence of a latent layer, operands of one shape (..., latents); None if a pair has no kernel."""
    kernels, counts, _ = _segments(kind, pairing)
    if -1 in kernels:
        return None
    return _OPERATORS.divergence_sum.default(loc, log_scale, kernels, counts)


def latent(
    kind: str, pairing: Pairing, loc: Tensor, log_scale: Tensor, noise: Tensor | None
) -> tuple[Tensor, Tensor] | None:
    """Samples and divergences of a latent layer; None where the operator does not take the noise or a pair.

    Operands of one shape (..., latents), noise of the shape (*samples, ..., latents) and without a gradient; without
    noise it is drawn in the same pass, the numbers that :func:`variates` would give.
    """
    kernels, counts, samplers = _segments(kind, pairing)
    if noise is None:
        if -1 in kernels or -1 in samplers:
            return None
        return _OPERATORS.draw_latent.default(loc, log_scale, kernels, counts, samplers, None)
    if -1 in kernels or noise.requires_grad or noise.shape[noise.ndim - loc.ndim :] != loc.shape:
        return None
    return _OPERATORS.latent.default(loc, log_scale, noise, kernels, counts)


def latent_packed(
    kind: str, pairing: Pairing, parameters: Tensor, noise: Tensor | None
) -> tuple[Tensor, Tensor] | None:
    """:func:`latent` of one matrix (..., 2 latents) of locations and log scales; its gradient is such a matrix, too."""
    kernels, counts, samplers = _segments(kind, pairing)
    if noise is None:
        if -1 in kernels or -1 in samplers:
            return None
        return _OPERATORS.draw_latent.default(parameters, None, kernels, counts, samplers, None)
    shape = (*parameters.shape[:-1], len(pairing))
    if -1 in kernels or noise.requires_grad or noise.shape[noise.ndim - len(shape) :] != shape:
        return None
    return _OPERATORS.latent.default(parameters, None, noise, kernels, counts)


def log_ratio(pairing: Pairing, z: Tensor, loc: Tensor, log_scale: Tensor) -> Tensor | None:
    """Log-ratio of priors and posteriors; None for samples that do not have the layer's shape as their last dimensions.

    Operands of one shape (..., latents), samples of the shape (*samples, ..., latents).
    """
    if z.shape[z.ndim - loc.ndim :] != loc.shape or z.ndim < loc.ndim:
        return None
    posteriors = [_index_of("family", s.posterior) for s in pairing.segments]
    priors = [_index_of("family", s.prior) for s in pairing.segments]
    counts = [s.count for s in pairing.segments]
    return _OPERATORS.log_ratio.default(z, loc, log_scale, posteriors, priors, counts)


def negative_log_likelihood(name: str, target: Tensor, parameters: Tensor) -> Tensor:
    """Negative log-likelihood, summed over pixels, of parameters whose last dimensions are those of the target."""
    return _OPERATORS.negative_log_likelihood.default(target, parameters, _index_of("likelihood", name))


def dense(x: Tensor, weights: Sequence[Tensor], activations: Sequence[str], dtype: torch.dtype) -> Tensor:
    """A network of linear layers, each with weight and bias, with activations between them."""
    indices = [_index_of("activation", name) for name in activations]
    found: Tensor = _OPERATORS.dense.default(x, weights, indices, dtype)
    return found


def bounded(x: Tensor, centre: Tensor, up: Tensor, down: Tensor) -> tuple[Tensor, Tensor]:
    """Columns mapped onto their intervals, the first half and the second."""
    found: tuple[Tensor, Tensor] = _OPERATORS.bounded.default(x, centre, up, down)
    return found


def adam_step(tensors: Sequence[Sequence[Tensor]], rates: Sequence[float]) -> bool:
    """Take a step of Adam; False, and nothing is done, for tensors that the operator does not take."""
    done: bool = _OPERATORS.adam_.default(*tensors, *rates)
    return done


def variates(
    like: Tensor, columns: Sequence[tuple[str, int]], shape: Sequence[int], generator: torch.Generator | None
) -> Tensor | None:
    """Standard variates of the families that neighbouring columns have; None for a family of one's own.

    The result has the shape (*shape, columns), and dtype and device of ``like``.
    """
    samplers = [_index_of("sampler", family) for family, _ in columns]
    if -1 in samplers:
        return None
    counts = [count for _, count in columns]
    return _OPERATORS.variates.default(like, [*shape, sum(counts)], samplers, counts, generator)


def _segments(kind: str, pairing: Pairing) -> tuple[list[int], list[int], list[int]]:
    """Kernels, counts and samplers of a pairing's segments; -1 for what there is not."""
    if torch.compiler.is_compiling():
        return _find_segments(kind, pairing)
    # Found once: segment by segment it takes microseconds of every call.
    found = pairing.known.get(kind)
    if found is None:
        found = pairing.known[kind] = _find_segments(kind, pairing)
    return found


def _find_segments(kind: str, pairing: Pairing) -> tuple[list[int], list[int], list[int]]:
    kernels = [_index(kind, s.posterior, s.prior) for s in pairing.segments]
    samplers = [_index_of("sampler", s.posterior) for s in pairing.segments]
    return kernels, [s.count for s in pairing.segments], samplers


def _index(kind: str, posterior: str, prior: str) -> int:
    """Index of a cell's kernel, -1 if it has none."""
    found = getattr(_INDICES, f"{kind} {posterior} {prior}", None)
    return _find_kernel(kind, posterior, prior) if found is None else found


def _index_of(what: str, name: str) -> int:
    """Index of a "family", a "likelihood", an "activation" or a family's "sampler", -1 if it has none."""
    found = getattr(_INDICES, f"{what} {name}", None)
    return _find(what, name) if found is None else found


# What the compiler of Torch is to run while it traces, not to trace.


@while_tracing
def _is_loaded() -> bool:
    return loader.is_loaded()


@while_tracing
def _require() -> None:
    loader.require()


@while_tracing
def _find_kernel(kind: str, posterior: str, prior: str) -> int:
    c = cell(kind, posterior, prior)
    index: int = _OPERATORS.kernel(f"{kind}/{c.posterior}_{c.prior}")
    setattr(_INDICES, f"{kind} {posterior} {prior}", index)
    return index


@while_tracing
def _find(what: str, name: str) -> int:
    index: int = getattr(_OPERATORS, what)(name)
    setattr(_INDICES, f"{what} {name}", index)
    return index
