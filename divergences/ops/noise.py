"""Random variates of the standard members, and of the priors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from divergences.ops.backends import fused
from divergences.ops.errors import DivergenceError
from divergences.ops.kernels import standard_member, while_tracing
from divergences.ops.pairing import Pairing
from divergences.ops.reduction import layer_operands, of_segment
from divergences.ops.table import support


def draw(
    family: str,
    shape: Sequence[int],
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    """Independent variates of a family's standard member.

    They are finite and inside the open support. The kernels in C++ and Triton make them: one number from the generator
    is the key of a counter-based one (Philox 4 x 32 with 10 rounds, Salmon et al. 2011), so that they do not depend on
    threads; tails reach probabilities of 2^-65 on either side. Without either they are quantiles of uniform
    numbers, whose tails reach 2^-53, and :func:`torch.randn`: other numbers for the same seed.

    Parameters
    ----------
    family : str
        Full name of the family.
    shape : sequence of int
        Shape of the result.
    generator : torch.Generator, optional
        Where the randomness comes from; the device's default generator otherwise.
    dtype, device : optional
        Torch's defaults otherwise.
    """
    dtype = dtype or torch.get_default_dtype()
    variates = _in_one_pass([(family, 1)], (math.prod(shape),), generator, dtype, device)
    if variates is not None:
        return variates.view(shape)
    return by_quantiles(family, shape, generator=generator, dtype=dtype, device=device)


def by_quantiles(
    family: str,
    shape: Sequence[int],
    *,
    generator: torch.Generator | None,
    dtype: torch.dtype,
    device: torch.device | str | None = None,
) -> Tensor:
    """:func:`draw` in operations of Torch."""
    if family == "normal":
        return torch.randn(shape, generator=generator, dtype=dtype, device=device)
    if family == "exponential":
        variates = torch.empty(shape, dtype=torch.float64, device=device).exponential_(generator=generator)
    else:
        # Multiples of 2^-53 in [0, 1), of which only 0 is not inside the open interval.
        p = torch.rand(shape, generator=generator, dtype=torch.float64, device=device).clamp_(min=2.0**-54)
        variates = standard_member(family).quantile(p)
    return variates.to(dtype).clamp_(*_interior(family, dtype))


@while_tracing
def _interior(family: str, dtype: torch.dtype) -> tuple[float, float]:
    """Smallest and largest number of the dtype inside the open support."""
    lower, upper = torch.tensor(support(family), dtype=torch.float64).to(dtype)
    return torch.nextafter(lower, upper).item(), torch.nextafter(upper, lower).item()


def standard_noise(
    pairing: Pairing,
    shape: Sequence[int],
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    """Standard variates of each latent's posterior: what reparameterisation starts from.

    Returns
    -------
    Tensor
        Shape (*shape, latents), finite, inside the open supports.
    """
    return _columns(((s.posterior, s.count) for s in pairing.segments), shape, generator, dtype, device)


def prior_sample(
    pairing: Pairing,
    n: int,
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> Tensor:
    """Draws from each latent's own prior.

    Returns
    -------
    Tensor
        Shape (n, latents).
    """
    return _columns(((s.prior, s.count) for s in pairing.segments), (n,), generator, dtype, device)


def _columns(
    families: Iterable[tuple[str, int]],
    shape: Sequence[int],
    generator: torch.Generator | None,
    dtype: torch.dtype | None,
    device: torch.device | str | None,
) -> Tensor:
    dtype, families = dtype or torch.get_default_dtype(), list(families)
    variates = _in_one_pass(families, shape, generator, dtype, device)
    if variates is not None:
        return variates
    columns = [by_quantiles(f, (*shape, n), generator=generator, dtype=dtype, device=device) for f, n in families]
    return columns[0] if len(columns) == 1 else torch.cat(columns, dim=-1)


def _in_one_pass(
    families: Sequence[tuple[str, int]],
    shape: Sequence[int],
    generator: torch.Generator | None,
    dtype: torch.dtype,
    device: torch.device | str | None,
) -> Tensor | None:
    """Variates of neighbouring columns by a fused operator, shape (*shape, columns); None where there is none."""
    like = torch.empty((), dtype=torch.promote_types(dtype, torch.float32), device=device)
    module = fused(None, "variates", like, like)
    variates = None if module is None else module.variates(like, families, shape, generator)
    if variates is None or variates.dtype is dtype:
        return variates
    variates = variates.to(dtype)
    for (family, _), column in zip(families, variates.split([n for _, n in families], -1), strict=True):
        column.clamp_(*_interior(family, dtype))
    return variates


def prior_quantile(pairing: Pairing, p: Tensor) -> Tensor:
    """Map probabilities through each latent's prior quantile function.

    Parameters
    ----------
    pairing : Pairing
        The pair of each latent.
    p : Tensor
        Probabilities in the open interval (0, 1), shape (..., latents).

    Returns
    -------
    Tensor
        Shape (..., latents).

    Raises
    ------
    DivergenceError
        If a probability is outside (0, 1).
    """
    (p,), dtype = layer_operands(pairing, p=p)
    if not ((p > 0) & (p < 1)).all():
        raise DivergenceError("p has values outside the open interval (0, 1); expected probabilities inside it")
    columns = [standard_member(s.prior).quantile(of_segment(s, p)) for s in pairing.segments]
    return torch.cat(columns, dim=-1).to(dtype)
