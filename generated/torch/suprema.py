# Written by codegen.build (SymPy 1.14.0) from its template; change the generator, not this file.
"""Suprema of the log ratio of any two densities, by a grid around both centres and bisection of its slope.

    sup over t of log q(t) - log(scale pi(loc + scale t))

The gradient is the derivative at the place of the supremum, which itself may move freely (Danskin's theorem).
"""

import math

import torch
from torch import Tensor

# In units of a family's scale, on both sides of its centre.
OFFSETS = tuple(0.02 * 1.3**k for k in range(186))
CANDIDATES, BISECTIONS = 4, 90
LARGEST = 1e300


class Supremum:
    """The supremum for each of n elements: loc and log_scale have shape (n, 1)."""

    def __init__(self, q, prior, loc, log_scale):
        self.q, self.prior = q, prior
        self.loc, self.log_scale = loc.clamp(-1e40, 1e40), log_scale.clamp(-250.0, 250.0)
        self.scale, self.inverse = torch.exp(self.log_scale), torch.exp(-self.log_scale)
        with torch.no_grad():
            self.place = self._find()

    def value(self) -> Tensor:
        """The supremum in nats."""
        return self._ratio(self.place)[0]

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Derivatives with respect to loc and log_scale."""
        score = self.prior.score(self.loc + self.scale * self.place)
        return -score, -(1.0 + self.scale * score * self.place)

    def _ratio(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """The log ratio, and what rounding may have added to it."""
        log_q = self.q.log_formula(t)
        ratio = log_q - self.prior.log_formula(self.loc + self.scale * t) - self.log_scale
        ratio = torch.nan_to_num(ratio, nan=-LARGEST, posinf=LARGEST, neginf=-LARGEST)
        return ratio, 4.0 * torch.finfo(t.dtype).eps * log_q.abs()

    def _slope(self, t: Tensor) -> Tensor:
        return self.q.score(t) - self.scale * self.prior.score(self.loc + self.scale * t)

    def _find(self) -> Tensor:
        """Where the ratio is largest; far out, where rounding would decide, only what is larger than that counts."""
        offsets = self.loc.new_tensor([*(-x for x in reversed(OFFSETS)), 0.0, *OFFSETS])
        breaks = [torch.full_like(self.loc, x) for x in (*self.q.KINKS, *self.q.SUPPORT) if math.isfinite(x)]
        breaks += [(x - self.loc) * self.inverse for x in (*self.prior.KINKS,)]
        points = [offsets.expand(len(self.loc), -1), self.inverse * (offsets - self.loc), *breaks]
        t = torch.cat(points, -1).clamp(*self.q.SUPPORT).sort(-1).values
        ratio, noise = self._ratio(t)
        low, high = self._peaks(t, ratio)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            rising = self._slope(middle) > 0.0
            low, high = torch.where(rising, middle, low), torch.where(rising, high, middle)
        peaks, peak_noise = self._ratio(low)
        t, certain = torch.cat([t, low], -1), torch.cat([ratio - noise, peaks - peak_noise], -1)
        return t.gather(-1, certain.argmax(-1, keepdim=True))

    def _peaks(self, t: Tensor, ratio: Tensor) -> tuple[Tensor, Tensor]:
        """The intervals with the highest peaks, estimated by where the tangents meet."""
        # Slopes a little inside, where a kink at either end does not count.
        a, b = t[..., :-1], t[..., 1:]
        h = b - a
        slope_a, slope_b = self._slope(a + 1e-9 * h), self._slope(b - 1e-9 * h)
        meet = torch.minimum(((ratio[..., 1:] - ratio[..., :-1] - slope_b * h) / (slope_a - slope_b)).clamp(min=0.0), h)
        height = torch.where((slope_a > 0.0) & (slope_b < 0.0), ratio[..., :-1] + slope_a * meet, -LARGEST)
        height = torch.nan_to_num(height, nan=-LARGEST, posinf=LARGEST, neginf=-LARGEST)
        index = height.topk(min(CANDIDATES, height.shape[-1]), -1).indices
        return a.gather(-1, index), b.gather(-1, index)
