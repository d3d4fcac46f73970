"""From what an encoder emits to locations and scales at which every divergence is finite.

Without bounds, one bad step can carry a divergence beyond the numbers, or a posterior out of the region in which its
pair is finite at all: Laplace or logistic posteriors against the Gumbel prior need σ < 1, uniform posteriors against
a uniform or exponential prior must stay inside its support. The map here is smooth and one-to-one, so that nothing is
lost and gradients never vanish abruptly:

- log σ in (-8, 2), and inside what the pair's condition on σ allows; the identity near log σ = 0;
- abs(μ) < 40 prior scales, or fewer where a divergence other than the KLD would leave the numbers; the identity near
  μ = 0;
- where the prior's support has an end that the posterior's can reach, μ inside the region that contains it.
"""

from __future__ import annotations

import re
from math import inf, log
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from divergences.ops import InfinitePairError, Pairing, Segment, divergence
from divergences.ops.bounded import bounded
from divergences.ops.operands import resolve_order
from divergences.ops.table import Cell, is_scale_family, nearest_finite, support

LOC_LIMIT = 40.0
"""Bound of the location in prior scales: e⁴⁰, a divergence from a Gumbel prior, is inside float32, its square too."""
LOG_SCALE_MIN, LOG_SCALE_MAX = -8.0, 2.0
"""Bounds of log σ. No family fits another best at σ > 3, and exp(σ²/2), the divergence of a normal posterior from a
Gumbel prior, stays finite below."""
MARGIN = 0.01
"""How far below its condition's edge log σ stays, and a tenth of how far a posterior's support stays inside."""

LOC_LIMITS, STEP, WIDE = (40.0, 20.0, 10.0, 5.0, 2.5), 0.05, 3.0
"""For a divergence other than the KLD: the bounds of the location that are tried, how densely in log σ, and the width
of a range of log σ around 0 that is enough, else the bound with the widest counts."""
LARGEST = 1e30
"""What counts as finite: a value with room for its gradient in float32."""

_ANYWHERE = (-inf, inf)
_BELOW = re.compile(r"sigma\s*<=?\s*([0-9.]+)")


class _Region(NamedTuple):
    """Where a divergence is finite.

    Attributes
    ----------
    least, most : float
        Bounds of log σ.
    limit : float
        Bound of abs(μ).
    walls : tuple of float
        The interval that must contain the posterior's support.
    """

    least: float = LOG_SCALE_MIN
    most: float = LOG_SCALE_MAX
    limit: float = LOC_LIMIT
    walls: tuple[float, float] = _ANYWHERE


def _region(segment: Segment, cell: Cell, alpha: float | None) -> _Region:
    if cell.kind == "kld":
        if match := _BELOW.fullmatch(cell.finite):
            return _Region(most=min(LOG_SCALE_MAX, log(float(match[1])) - MARGIN))
        if cell.finite == "True" or is_scale_family(segment.posterior):
            return _Region()
    elif found := _scales(segment, cell, alpha):
        return found
    (a, b), (low, high) = support(segment.posterior), support(segment.prior)
    # Both ends bind only a bounded posterior, whose width must be less than theirs.
    widest = (
        min(LOG_SCALE_MAX, log((high - low) / (b - a)) - MARGIN) if high - low < inf and b - a < inf else LOG_SCALE_MAX
    )
    if (low, high) == _ANYWHERE or b - a == inf or not _finite_inside(segment, cell, alpha, widest):
        order, neighbours = "" if alpha is None else f" of order {alpha:g}", nearest_finite(cell, alpha)
        raise InfinitePairError(
            f"the {cell.kind} divergence{order} of the pair {segment.pair} is finite only where {cell.finite}, a "
            f"region that the latent layer does not know; the nearest finite pairs are {', '.join(neighbours)}",
            pair=segment.pair, reason=cell.reason, alternatives=neighbours,
        )  # fmt: skip
    return _Region(most=widest, walls=(low, high))


def _scales(segment: Segment, cell: Cell, alpha: float | None) -> _Region | None:
    """The widest range of log σ in which the divergence is finite at every location within a bound."""
    best = None
    for limit in LOC_LIMITS:
        shares = (0.0,) if is_scale_family(segment.posterior) else (-1.0, -0.1, 0.0, 0.1, 1.0)
        grid = torch.arange(LOG_SCALE_MIN, LOG_SCALE_MAX + STEP / 2, STEP)
        locations = limit * torch.tensor(shares)[:, None]
        values = divergence(cell.kind, segment.posterior, segment.prior, locations, grid, alpha)
        allowed = (values < LARGEST).all(0)
        inside = grid[allowed]
        # One stretch, so wide that its ends can be kept away from.
        if len(inside) < 10 or inside[-1] - inside[0] > STEP * (len(inside) - 0.5):
            continue
        low, high = (inside[i].item() + sign * MARGIN * (not bool(allowed[i])) for i, sign in ((0, 1), (-1, -1)))
        if best is None or high - low > best.most - best.least:
            best = _Region(low, high, limit)
        if high - low > WIDE and low < 0 < high:
            break
    return best


def _finite_inside(segment: Segment, cell: Cell, alpha: float | None, widest: float) -> bool:
    """Whether the divergence is finite where the posterior's support lies inside the prior's."""
    low, high = support(segment.prior)
    log_scale = torch.linspace(LOG_SCALE_MIN, widest, 50)
    a = support(segment.posterior)[0]
    loc = low - log_scale.exp() * a + MARGIN / 10 if low > -inf else high - log_scale.exp() - MARGIN / 10
    return bool((divergence(cell.kind, segment.posterior, segment.prior, loc, log_scale, alpha) < LARGEST).all())


class PosteriorMap(nn.Module):
    """Map an encoder's outputs to the posterior's parameters.

    Parameters
    ----------
    pairing : divergences.ops.Pairing
        The pair of each latent.
    kind : str
        The divergence that is to be finite.
    alpha : float, optional
        Its order, if it has one.

    Raises
    ------
    InfinitePairError
        If a pair is infinite for every location and scale, or finite in a region that cannot be mapped onto.
    """

    centre: Tensor
    up: Tensor
    down: Tensor
    ends: Tensor
    walls: Tensor

    def __init__(self, pairing: Pairing, kind: str = "kld", alpha: float | None = None) -> None:
        super().__init__()
        pairing.check_finite(kind, alpha)
        kind, alpha = resolve_order(kind, alpha)
        regions, ends = [], []
        for segment, cell in zip(pairing.segments, pairing.cells(kind), strict=True):
            regions += [_region(segment, cell, alpha)] * segment.count
            ends += [support(segment.posterior)] * segment.count
        bottom, top, limit = (torch.tensor([region[i] for region in regions]) for i in range(3))
        # The identity is kept where there is room on both sides of it, else one unit of it away from the bound.
        centre = torch.maximum((top - 1).clamp(max=0.0), torch.minimum(bottom + 1, (bottom + top) / 2))
        # Of the locations first, then of the log scales: how far they reach on either side of a centre.
        for name, of_loc, of_log_scale in (
            ("centre", torch.zeros_like(limit), centre),
            ("up", limit, top - centre),
            ("down", limit, centre - bottom),
        ):
            self.register_buffer(name, torch.cat([of_loc, of_log_scale]), persistent=False)
        self.register_buffer("ends", torch.tensor(ends).T, persistent=False)
        self.register_buffer("walls", torch.tensor([region.walls for region in regions]).T, persistent=False)
        self.walled = bool(self.walls.isfinite().any())

    def forward(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Map (..., 2·latents) to location and log scale, each (..., latents)."""
        loc, log_scale = bounded(outputs, self.centre, self.up, self.down)
        return (self._contain(loc, log_scale) if self.walled else loc), log_scale

    def _contain(self, loc: Tensor, log_scale: Tensor) -> Tensor:
        """Move locations to where the posterior's support lies inside the prior's."""
        scale = log_scale.exp()
        inside = MARGIN / 10
        # An infinite end needs no care: it is replaced before it meets arithmetic, and then not chosen.
        a, b = self.ends.nan_to_num(posinf=0.0, neginf=0.0)
        low, high = self.walls.nan_to_num(posinf=0.0, neginf=0.0)
        has_low, has_high = self.walls.isfinite()
        least, most = low - scale * a + inside, high - scale * b - inside
        between = least + (most - least) * torch.sigmoid(loc)
        above, below = least + F.softplus(loc), most - F.softplus(loc)
        one_sided = torch.where(has_low, above, torch.where(has_high, below, loc))
        return torch.where(has_low & has_high, between, one_sided)
