"""The same divergences for two ``torch.distributions`` in general position.

Importing this module registers with :func:`torch.distributions.kl_divergence` every pair of the seven families that
is not registered yet. Pairs that Torch (or somebody else) had before stay theirs until :func:`prefer_ours` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor
from torch.distributions import (
    Cauchy,
    Distribution,
    Exponential,
    Gumbel,
    Independent,
    Laplace,
    Normal,
    Uniform,
    kl,
    register_kl,
)

from divergences.ops.elementwise import divergence
from divergences.ops.errors import DivergenceError
from divergences.ops.logistic import Logistic
from divergences.ops.operands import resolve_order


def _loc_scale(d: Normal | Laplace | Cauchy | Logistic | Gumbel) -> tuple[Tensor, Tensor]:
    return d.loc, d.scale


def _centre_half_width(d: Uniform) -> tuple[Tensor, Tensor]:
    half_width = (d.high - d.low) / 2
    return d.low + half_width, half_width


def _zero_inverse_rate(d: Exponential) -> tuple[Tensor, Tensor]:
    return torch.zeros_like(d.rate), d.rate.reciprocal()


_FAMILIES: dict[type[Distribution], tuple[str, Callable[..., tuple[Tensor, Tensor]]]] = {
    Normal: ("normal", _loc_scale),
    Laplace: ("laplace", _loc_scale),
    Cauchy: ("cauchy", _loc_scale),
    Logistic: ("logistic", _loc_scale),
    Uniform: ("uniform", _centre_half_width),
    Gumbel: ("gumbel", _loc_scale),
    Exponential: ("exponential", _zero_inverse_rate),
}


def _family(d: Distribution) -> tuple[str, Tensor, Tensor]:
    """Name, location and scale of a distribution."""
    for base in type(d).__mro__:
        if base in _FAMILIES:
            name, parameters = _FAMILIES[base]
            return name, *parameters(d)
    known = ", ".join(c.__name__ for c in _FAMILIES)
    raise DivergenceError(f"no divergence is known for a {type(d).__name__}; accepted are {known}")


def general_position(kind: str, p: Distribution, q: Distribution, alpha: float | None = None) -> Tensor:
    """Divergence D(P ‖ Q) of two distributions of the seven families, any location and scale on either side.

    Common affine maps leave it unchanged, so Q is made standard.
    """
    posterior, loc_p, scale_p = _family(p)
    prior, loc_q, scale_q = _family(q)
    _require_batches(p, q)
    loc = (loc_p - loc_q) / scale_q
    log_scale = _log_quotient(scale_p, scale_q)
    if isinstance(p, Uniform) and isinstance(q, Uniform):
        # Differences of neighbouring ends are exact; those of the centres would move the edges.
        loc = ((p.low - q.low) + (p.high - q.high)) / (q.high - q.low)
    if isinstance(p, Uniform) and isinstance(q, Uniform | Exponential):
        loc = _settle_edges(loc, log_scale, p, q)
    return divergence(kind, posterior, prior, loc, log_scale, alpha)


def _require_batches(p: Distribution, q: Distribution) -> None:
    try:
        torch.broadcast_shapes(p.batch_shape, q.batch_shape)
    except RuntimeError:
        shapes = f"{tuple(p.batch_shape)} and {tuple(q.batch_shape)}"
        raise DivergenceError(f"the batch shapes of p and q, {shapes}, cannot be broadcast together") from None


def _log_quotient(a: Tensor, b: Tensor) -> Tensor:
    """log(a / b) for positive numbers, with a small relative error also near a = b."""
    near = (a < 2 * b) & (b < 2 * a)
    excess = torch.where(near, (a - b) / b, 0.0)  # a - b is exact there
    return torch.where(near, torch.log1p(excess), torch.log(a) - torch.log(b))


def _settle_edges(loc: Tensor, log_scale: Tensor, p: Uniform, q: Uniform | Exponential) -> Tensor:
    """Move a uniform that lies inside the prior's support inward by the rounding error of the affine map.

    Whether it lies inside is known exactly from its ends; after the map one that touches an edge might not.
    """
    half_width = torch.exp(log_scale) * (1 + 4 * torch.finfo(log_scale.dtype).eps)
    if isinstance(q, Uniform):
        inside = (q.low <= p.low) & (p.high <= q.high)
        play = (1 - half_width).clamp(min=0)
        settled = torch.minimum(torch.maximum(loc, -play), play)
    else:
        inside = p.low >= 0
        settled = torch.maximum(loc, half_width)
    return loc + torch.where(inside, settled - loc, 0.0).detach()


def renyi_divergence(p: Distribution, q: Distribution, alpha: float) -> Tensor:
    """Rényi divergence D_alpha(P ‖ Q) of two distributions, in nats.

    Parameters
    ----------
    p, q : torch.distributions.Distribution
        Of the families Normal, Laplace, Cauchy, Logistic, Uniform, Gumbel and Exponential, or
        :class:`torch.distributions.Independent` of such, with batch shapes that broadcast.
    alpha : float
        Order, in (0, oo); of order 1 it is the Kullback-Leibler divergence.

    Returns
    -------
    Tensor
        Of the broadcast batch shape; infinite where the divergence is.

    Raises
    ------
    DivergenceError
        If a distribution is of another family, their shapes do not match, or ``alpha`` is outside its domain.
    """
    resolve_order("renyi", alpha)
    if isinstance(p, Independent) != isinstance(q, Independent):
        raise DivergenceError(
            f"p is of {type(p).__name__} and q of {type(q).__name__}; expected Independent for both or neither"
        )
    if isinstance(p, Independent) and isinstance(q, Independent):
        dims = p.reinterpreted_batch_ndims
        if dims != q.reinterpreted_batch_ndims:
            raise DivergenceError(
                f"p and q have {dims} and {q.reinterpreted_batch_ndims} independent dimensions; expected equal numbers"
            )
        if p.event_shape != q.event_shape:
            shapes = f"{tuple(p.event_shape)} and {tuple(q.event_shape)}"
            raise DivergenceError(f"the event shapes of p and q are {shapes}; expected equal ones")
        # It is additive over independent components.
        inner = renyi_divergence(p.base_dist, q.base_dist, alpha)
        return inner.sum(tuple(range(-dims, 0))) if dims else inner
    return general_position("renyi", p, q, alpha)


def _kl(p: Distribution, q: Distribution) -> Tensor:
    return general_position("kld", p, q)


_BEFORE = {pair: kl._KL_REGISTRY[pair] for pair in product(_FAMILIES, repeat=2) if pair in kl._KL_REGISTRY}

for _pair in product(_FAMILIES, repeat=2):
    if _pair not in _BEFORE:
        register_kl(*_pair)(_kl)


def prefer_ours(enabled: bool = True) -> None:
    """Let :func:`torch.distributions.kl_divergence` use this package also for the pairs that Torch has itself.

    Ours keep their accuracy where two distributions nearly agree, and broadcast where Torch's infinite pairs do not.

    Parameters
    ----------
    enabled : bool
        ``False`` gives these pairs back to Torch.
    """
    for pair, theirs in _BEFORE.items():
        register_kl(*pair)(_kl if enabled else theirs)
