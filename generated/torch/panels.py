# Written by codegen.build (SymPy 1.14.0) from codegen/panels.py; change the generator, not this file.
"""Integrals of powers of any two densities by quadrature that is placed anew for every element.

    integral of q(t)^a (scale pi(loc + scale t))^b dt

Gauss-Legendre panels end at every kink and edge of the two densities and share out evenly what the integrand demands:
its variation in nats and the distance to both centres. The gradient is the mean score under the normalised integrand,
with what moving edges add, at the same nodes. Everything is computed in float64; float32 takes fewer nodes.

A family is a module of generated.torch.families.
"""

import math

import torch
from torch import Tensor

from generated.torch import special

# number of panels, nats below the largest panel at which the integrand is cut off, nodes and weights on [0, 1]
RULES = {
    torch.float64: (
        40,
        42.0,
        (
            (0.005299532504175031, 0.013576229705877048),
            (0.0277124884633837, 0.031126761969323947),
            (0.06718439880608412, 0.04757925584124639),
            (0.1222977958224985, 0.06231448562776694),
            (0.19106187779867811, 0.07479799440828837),
            (0.2709916111713863, 0.08457825969750127),
            (0.35919822461037054, 0.09130170752246179),
            (0.4524937450811813, 0.09472530522753425),
            (0.5475062549188188, 0.09472530522753425),
            (0.6408017753896295, 0.09130170752246179),
            (0.7290083888286136, 0.08457825969750127),
            (0.8089381222013219, 0.07479799440828837),
            (0.8777022041775016, 0.06231448562776694),
            (0.9328156011939159, 0.04757925584124639),
            (0.9722875115366163, 0.031126761969323947),
            (0.994700467495825, 0.013576229705877048),
        ),
    ),
    torch.float32: (
        24,
        24.0,
        (
            (0.013046735741414128, 0.03333567215434407),
            (0.06746831665550773, 0.0747256745752903),
            (0.16029521585048778, 0.10954318125799102),
            (0.2833023029353764, 0.13463335965499817),
            (0.4255628305091844, 0.14776211235737644),
            (0.5744371694908156, 0.14776211235737644),
            (0.7166976970646236, 0.13463335965499817),
            (0.8397047841495122, 0.10954318125799102),
            (0.9325316833444923, 0.0747256745752903),
            (0.9869532642585859, 0.03333567215434407),
        ),
    ),
}
VARIATION = 5.0  # nats in one panel
DENSITY = 0.72  # panels for each factor e in the distance from a centre
ROUNDS = 5
NEAR_ONE = 0.09  # |a - 1| and |b| below which the integral is computed as 1 + a small number
CLOSE = 0.02  # |loc| and |log_scale| below which two members of one family nearly agree
LARGEST, NARROWEST = 1e300, 1e-60
# In units of a family's scale, on both sides of its centre: where the search for the integrand's mass begins.
OFFSETS = tuple(0.5 * 6.0**k for k in range(24))


def _bounded(x: Tensor) -> Tensor:
    return torch.nan_to_num(x, nan=-LARGEST, posinf=LARGEST, neginf=-LARGEST)


def _find(places: Tensor, x: Tensor, *, right: bool = False) -> Tensor:
    return torch.searchsorted(places.contiguous(), x.contiguous(), right=right)


class Integral:
    """The integral for each of n elements: loc and log_scale have shape (n, 1), nodes run along the last dimension.

    With ``entropic`` it is that of q log(q/pi), and a and b are 1 and 0.
    """

    def __init__(self, q, prior, loc, log_scale, a, b, rule, entropic=False):
        self.q, self.prior, self.a, self.b, self.entropic = q, prior, a, b, entropic
        self.panels, self.reach, self.nodes = rule
        self.loc, self.log_scale = loc.clamp(-1e40, 1e40), log_scale.clamp(-250.0, 250.0)
        self.scale, self.inverse = torch.exp(self.log_scale), torch.exp(-self.log_scale)
        self.near_one = max(abs(a - 1.0), abs(b)) < NEAR_ONE and not entropic
        self.ends = [self._of_prior(end) for end in prior.SUPPORT]
        moving = [self._of_prior(x) for x in (*prior.KINKS, *prior.SUPPORT) if math.isfinite(x)]
        fixed = [torch.full_like(loc, x) for x in (*q.KINKS, *q.SUPPORT) if math.isfinite(x)]
        self.breaks = torch.cat([loc[:, :0], *fixed, *moving], -1).clamp(*q.SUPPORT).sort(-1).values
        with torch.no_grad():
            edges = self._place()
        edges = self._attach(edges) if moving and self.breaks.requires_grad else edges
        self._evaluate(edges)

    def _of_prior(self, z: float) -> Tensor:
        """A point of the standard prior in the posterior's coordinate t."""
        return (z - self.loc) * self.inverse if math.isfinite(z) else torch.full_like(self.loc, z)

    def _logs(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return self.q.log_formula(t), self.prior.log_formula(self.loc + self.scale * t) + self.log_scale

    def _tilt(self, of_q: Tensor, of_prior: Tensor) -> Tensor:
        return _bounded(self.a * of_q + (self.b * of_prior if self.b else 0.0))

    def _within(self, edges: Tensor) -> Tensor:
        """Whether the prior has mass in each cell; a cell lies on one side of its edges."""
        return (edges[..., :-1] >= self.ends[0]) & (edges[..., 1:] <= self.ends[1])

    # ------------------------------------------------------------------ where the panels are

    def _place(self) -> Tensor:
        """Edges of the panels, shape (n, panels + 1)."""
        offsets = self.loc.new_tensor([*(-x for x in reversed(OFFSETS)), 0.0, *OFFSETS])
        around = [offsets.expand(len(self.loc), -1), self.inverse * (offsets - self.loc)]
        t = torch.cat([*around, self.breaks], -1).clamp(*self.q.SUPPORT).sort(-1).values
        for _ in range(ROUNDS):
            t = self._share_out(t, *self._demand(t))
        return t

    def _demand(self, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How many panels each cell needs, and the part of the cell that needs them."""
        z = self.loc + self.scale * t
        log_q, log_prior = self._logs(t)
        score_q, score_prior = self.q.score(t), self.scale * self.prior.score(z)
        spread = DENSITY * torch.maximum(torch.asinh(t).diff(dim=-1), torch.asinh(z).diff(dim=-1))
        within = self._within(t)
        f, slope = self._tilt(log_q, log_prior), self._tilt(score_q, score_prior)
        if self.entropic:
            gain = _bounded(log_q - log_prior)
            f = _bounded(log_q + torch.log1p(gain.abs()))
            slope = _bounded(score_q + torch.sign(gain) * (score_q - score_prior) / (1.0 + gain.abs()))
        demand, start, stop, log_mass = self._demand_of(t, f, slope, spread, within)
        if self.near_one:
            # The difference to the posterior's density is integrated, so that counts as well, unless it is negligible.
            other = self._demand_of(t, _bounded(log_q), _bounded(score_q), spread, torch.ones_like(within))
            also = torch.where(log_mass < 10.0, other[0], 0.0)
            neither = (demand == 0.0) | (also == 0.0)
            start = torch.where(neither, torch.where(also > 0.0, other[1], start), torch.minimum(start, other[1]))
            stop = torch.where(neither, torch.where(also > 0.0, other[2], stop), torch.maximum(stop, other[2]))
            demand = torch.maximum(demand, also)
        return demand, start, stop

    def _demand_of(self, t, f, slope, spread, within):
        """The same for the integrand exp(f) alone, and about the logarithm of its largest part.

        Tangents bound a concave f from above. What is not concave varies on the scale of a family, which the first
        grid resolves; a wrong bound costs accuracy in this round only.
        """
        (a, b), (fa, fb), (sa, sb) = ((x[..., :-1], x[..., 1:]) for x in (t, f, slope))
        h = b - a
        within = within & (h > 0.0)
        meet = torch.minimum(((fb - fa - sb * h) / (sa - sb)).nan_to_num(nan=0.0).clamp(min=0.0), h)
        hill = torch.where((sa > 0.0) & (sb < 0.0), _bounded(fa + sa * meet), -LARGEST)
        top = torch.maximum(torch.maximum(fa, fb), hill)
        mass = torch.maximum(fa - torch.log(1.0 / h + sa.abs()), fb - torch.log(1.0 / h + sb.abs()))
        log_mass = torch.where(within, mass, -LARGEST).amax(-1, keepdim=True)
        depth = (top - log_mass) + torch.log(h) + self.reach  # above what may be neglected
        drop_a, drop_b = top - fa, top - fb
        variation = (torch.minimum(drop_a, depth) + torch.minimum(drop_b, depth)) / VARIATION
        demand = torch.maximum(spread, variation.clamp(max=float(self.panels)))
        demand = torch.where(within & (depth >= 0.0), demand, 0.0)
        # The tangents leave the depth here: on a steep cell only the part between matters.
        at_a, at_b = a + (drop_a - depth) / sa, b + (drop_b - depth) / sb
        start = torch.maximum(a, torch.maximum(torch.where(sa > 0.0, at_a, a), torch.where(sb > 0.0, at_b, a)))
        stop = torch.minimum(b, torch.minimum(torch.where(sa < 0.0, at_a, b), torch.where(sb < 0.0, at_b, b)))
        sound = start <= stop
        return demand, torch.where(sound, start, a), torch.where(sound, stop, b), log_mass

    def _share_out(self, t: Tensor, demand: Tensor, start: Tensor, stop: Tensor) -> Tensor:
        """Edges between which the demand is equal, in each segment between breaks; every segment has a panel."""
        panels, segments, last = self.panels, self.breaks.shape[-1] + 1, t.shape[-1] - 1
        done = torch.cat([torch.zeros_like(t[..., :1]), demand.cumsum(-1)], -1)
        total, zero = done[..., -1:], torch.zeros_like(t[..., :1])
        low = t.gather(-1, (_find(done, zero, right=True) - 1).clamp(0, last))
        high = t.gather(-1, _find(done, total).clamp(0, last))

        at_breaks = done.gather(-1, _find(t, self.breaks).clamp(0, last))
        own = torch.arange(1, segments, dtype=t.dtype, device=t.device)
        ranks = own + torch.floor((panels - segments) * (at_breaks / total).nan_to_num(nan=0.0))
        ranks, at = torch.cat([zero, ranks, zero + panels], -1), torch.cat([zero, at_breaks, total], -1)
        index = torch.arange(panels + 1, dtype=t.dtype, device=t.device).expand(len(t), -1)
        segment = _find(ranks, index, right=True).clamp(1, segments)
        (rank0, rank1), (at0, at1) = ((x.gather(-1, segment - 1), x.gather(-1, segment)) for x in (ranks, at))
        wanted = at0 + (index - rank0) / (rank1 - rank0) * (at1 - at0)

        cell = (_find(done, wanted, right=True) - 1).clamp(0, last - 1)
        part = ((wanted - done.gather(-1, cell)) / demand.gather(-1, cell)).nan_to_num(nan=0.0).clamp(0.0, 1.0)
        edges = torch.lerp(start.gather(-1, cell), stop.gather(-1, cell), part).clamp(low, high)
        for k in range(1, segments):  # rounding must not move an edge across a break
            point, before = self.breaks[..., k - 1 : k].clamp(low, high), index <= ranks[..., k : k + 1]
            edges = torch.where(before, torch.minimum(edges, point), torch.maximum(edges, point))
        return torch.where(index == 0, low, torch.where(index == panels, high, edges))

    def _attach(self, edges: Tensor) -> Tensor:
        """The same edges, but moving with the breaks when somebody differentiates."""
        fixed, last = self.breaks.detach(), self.breaks.shape[-1] - 1
        left, right = (_find(fixed, edges, right=True) - 1).clamp(min=0), _find(fixed, edges).clamp(max=last)
        x0, x1 = fixed.gather(-1, left), fixed.gather(-1, right)
        part = torch.where(x1 > x0, (edges - x0) / torch.where(x1 > x0, x1 - x0, 1.0), 0.0)
        return edges + torch.lerp(self.breaks.gather(-1, left) - x0, self.breaks.gather(-1, right) - x1, part)

    # ------------------------------------------------------------------ what is computed at the nodes

    def _evaluate(self, edges: Tensor) -> None:
        # A panel narrower than rounding still weighs something, so that means over nodes exist.
        width = (edges[..., 1:] - edges[..., :-1]).clamp(min=NARROWEST)[..., None]
        self.t = (edges[..., :-1, None] + width * self.nodes[:, 0]).flatten(-2)
        self.weights = (width * self.nodes[:, 1]).flatten(-2)
        self.within = self._within(edges)[..., None].expand(*width.shape[:-1], len(self.nodes)).flatten(-2)
        for end, powers in zip((edges[..., :1], edges[..., -1:]), zip(self.q.TAILS, self.prior.TAILS), strict=True):
            self._beyond(end, *powers)
        self.log_q, self.log_prior = self._logs(self.t)
        f = torch.where(self.within, self._tilt(self.log_q, self.log_prior), -LARGEST)
        self.top = f.detach().amax(-1, keepdim=True)
        tilted = self.weights * torch.exp(f - self.top)
        total = tilted.sum(-1, keepdim=True)
        self.log_total, self.tilted = self.top + torch.log(total), tilted / total

    def _beyond(self, end: Tensor, of_q: float, of_prior: float) -> None:
        """What lies beyond an end, where the integrand falls as a power, as one more node there."""
        power = self.a * of_q + (self.b * of_prior if self.b else 0.0)
        if 1.0 < power < float("inf"):
            self.t, self.within = torch.cat([self.t, end], -1), torch.cat([self.within, torch.ones_like(end) > 0.0], -1)
            self.weights = torch.cat([self.weights, end.abs() / (power - 1.0)], -1)

    def log(self) -> Tensor:
        """Logarithm of the integral, minus infinity where it is too small for a number, infinity where too large."""
        result = self.log_total
        if self.near_one:
            gain = torch.where(self.within, (self.a - 1.0) * self.log_q + self.b * self.log_prior, float("-inf"))
            excess = (self.weights * torch.exp(self.log_q) * torch.expm1(gain)).sum(-1, keepdim=True)
            small = excess.abs() < 0.5
            result = torch.where(small, torch.log1p(torch.where(small, excess, 0.0)), result)
        if self.q is self.prior and abs(self.a + self.b - 1.0) < 1e-12 and not any(map(math.isfinite, self.q.SUPPORT)):
            # One minus the integral has the integrand a q + b pi - q^a pi^b, which has one sign.
            close = (self.loc.abs() < CLOSE) & (self.log_scale.abs() < CLOSE)
            log_ratio = torch.where(close, self.log_prior - self.log_q, 0.0)
            gap = self.b * special.expm1mx(log_ratio) - special.expm1mx(self.b * log_ratio)
            missing = (self.weights * torch.exp(self.log_q) * gap).sum(-1, keepdim=True)
            small = close & (missing.abs() < 0.5)
            result = torch.where(small, torch.log1p(-torch.where(small, missing, 0.0)), result)
        result = torch.where(self.top < -0.1 * LARGEST, float("-inf"), result)
        return torch.where(result > 0.01 * LARGEST, float("inf"), result)

    def divergence(self) -> Tensor:
        """The integral of q log(q/pi)."""
        gain = _bounded(self.log_q - self.log_prior)
        parts = torch.sign(gain) * torch.exp(self.log_q + torch.log(gain.abs()))
        return (self.weights * parts).sum(-1, keepdim=True)

    def slopes(self) -> tuple[Tensor, Tensor]:
        """Mean derivatives of minus log(scale pi(loc + scale t)) with respect to loc and log_scale."""
        score = _bounded(self.scale * self.prior.score(self.loc + self.scale * self.t))
        return -self.inverse * self._mean(score), -(1.0 + self._mean(score, self.t))

    def gradient(self) -> tuple[Tensor, Tensor]:
        """Derivatives of the logarithm with respect to loc and log_scale."""
        d_loc, d_log_scale = (-self.b * slope for slope in self.slopes())
        if any(math.isfinite(end) for end in self.prior.SUPPORT):
            return self._with_edges(d_loc, d_log_scale)
        return d_loc, d_log_scale

    def _mean(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        product = self.tilted * x
        return (product if y is None else product * y).sum(-1, keepdim=True)

    def _with_edges(self, d_loc: Tensor, d_log_scale: Tensor) -> tuple[Tensor, Tensor]:
        """Add what the prior's edges contribute by moving through the posterior."""
        low, high = self.q.SUPPORT
        for edge, end, side in zip(self.ends, self.prior.SUPPORT, (-1.0, 1.0), strict=True):
            if math.isfinite(end):
                active = (edge > low) & (edge < high)
                at = torch.where(active, edge, 0.5)
                height = torch.exp((self._tilt(*self._logs(at)) - self.log_total).clamp(max=300.0))
                height = side * torch.where(active, height, 0.0)
                d_loc, d_log_scale = d_loc - height * self.inverse, d_log_scale - height * at
        if math.isfinite(low) or math.isfinite(high):
            return d_loc, d_log_scale
        # Far out in the posterior's tail the heights lose digits; there its score, which keeps one sign, serves.
        score = _bounded(self.q.score(self.t))
        mean = self._mean(score)
        far = mean.abs() > 0.5 * self._mean(score.abs())
        by_score = -self.a * self.inverse * mean, self.b - 1.0 - self.a * self._mean(score, self.t)
        return torch.where(far, by_score[0], d_loc), torch.where(far, by_score[1], d_log_scale)
