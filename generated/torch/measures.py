# Written by codegen.build (SymPy 1.14.0) from its template; change the generator, not this file.
"""Divergences made of integrals of powers of the densities, or of a supremum: which, and what becomes of them.

The formulas are those of divergences/discrepancies. A family is a module of generated.torch.families.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor

from generated.torch.panels import RULES, Integral
from generated.torch.suprema import Supremum

CHUNK = 2**18  # nodes computed at once
Condition = Callable[[Tensor, Tensor, float, float], Tensor | bool]


@dataclass(frozen=True)
class Cell:
    """A divergence of two families.

    ``finite`` says where it is finite, closed conditions allowing for rounding; ``share`` multiplies the number of
    panels.
    """

    kind: str
    q: ModuleType
    prior: ModuleType
    finite: Condition
    share: float

    def value(self, loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> Tensor:
        """Divergence in nats, element-wise."""
        return self._by_chunks(loc, log_scale, alpha, with_grad=False)[0]

    def value_and_grad(self, loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
        result, d_loc, d_log_scale = self._by_chunks(loc, log_scale, alpha, with_grad=True)
        return result, d_loc, d_log_scale

    def _by_chunks(self, loc, log_scale, alpha, *, with_grad):
        m, s = (x.reshape(-1, 1).double() for x in (loc, log_scale))
        undefined = torch.isnan(m) | torch.isnan(s)
        condition = self.finite(m, s, alpha, torch.finfo(loc.dtype).eps)
        if condition is False:  # at this order, for every location and scale
            everywhere = torch.full_like(loc, float("inf")).masked_fill(undefined.reshape(loc.shape), float("nan"))
            return [everywhere, torch.zeros_like(loc), torch.zeros_like(loc)]
        usable = condition & ~undefined
        # Elsewhere the integral is computed at a harmless point, and not used.
        m, s = torch.where(usable, m, 0.5), torch.where(usable, s, -1.0)
        panels, reach, nodes = RULES[loc.dtype]
        rule = int(self.share * panels), reach, torch.tensor(nodes, dtype=m.dtype, device=m.device)
        size = max(1, CHUNK // (rule[0] * len(nodes)))
        measure = MEASURES[self.kind](self.q, self.prior, alpha, rule)
        pairs = zip(m.split(size), s.split(size), strict=True)
        parts = zip(*(tuple(measure(*pair, with_grad)) for pair in pairs), strict=True)
        result, *gradient = (torch.cat(x) for x in parts)
        result = torch.where(torch.isnan(result), float("inf"), result.clamp(min=0.0))
        if self.q is self.prior:  # at some orders the integrals of equal densities diverge, and the divergence is zero
            equal = (m == 0.0) & (s == 0.0)
            result, *gradient = (torch.where(equal, torch.nan_to_num(x, posinf=0.0), x) for x in (result, *gradient))
            result = torch.where(equal, 0.0, result)
        result = torch.where(usable, result, float("inf")).to(loc.dtype)
        gradient = [torch.where(torch.isfinite(result), d.to(loc.dtype), 0.0) for d in gradient]
        result = torch.where(undefined, float("nan"), result)
        return [x.reshape(loc.shape) for x in (result, *gradient)]


Measure = Callable[[Tensor, Tensor, bool], Iterator[Tensor]]
"""Of loc and log_scale, of shape (n, 1): the value and, if asked for, the derivatives with respect to both."""


def _kld(q, prior, alpha, rule) -> Measure:
    def measure(loc, log_scale, with_grad):
        integral = Integral(q, prior, loc, log_scale, 1.0, 0.0, rule, entropic=True)
        yield integral.divergence()
        if with_grad:
            yield from integral.slopes()

    return measure


def _renyi(q, prior, alpha, rule) -> Measure:
    order = alpha - 1.0

    def measure(loc, log_scale, with_grad):
        integral = Integral(q, prior, loc, log_scale, alpha, -order, rule)
        log = integral.log()
        yield torch.where(torch.isinf(log), float("inf"), log / order)
        if with_grad:
            yield from (d / order for d in integral.gradient())

    return measure


def _beta(q, prior, alpha, rule) -> Measure:
    order = alpha - 1.0

    def measure(loc, log_scale, with_grad):
        integral = Integral(q, prior, loc, log_scale, 1.0, order, rule)
        log_own = _log_norm(q, loc, alpha, rule) - order * log_scale
        log_cross = integral.log() - order * log_scale
        own, other = torch.expm1(log_own) / (alpha * order), torch.expm1(_log_norm(prior, loc, alpha, rule)) / alpha
        yield own + other - torch.expm1(log_cross) / order
        if with_grad:
            d_loc, d_log_scale = integral.gradient()
            cross = torch.exp(log_cross)
            shared = cross > 0.0
            yield -torch.where(shared, cross * d_loc, 0.0) / order
            yield cross - torch.exp(log_own) / alpha - torch.where(shared, cross * d_log_scale, 0.0) / order

    return measure


def _gamma(q, prior, alpha, rule) -> Measure:
    order = alpha - 1.0

    def measure(loc, log_scale, with_grad):
        integral = Integral(q, prior, loc, log_scale, 1.0, order, rule)
        own, other = (_log_norm(family, loc, alpha, rule) for family in (q, prior))
        yield own / (alpha * order) + other / alpha - integral.log() / order + (1.0 - 1.0 / alpha) * log_scale
        if with_grad:
            d_loc, d_log_scale = integral.gradient()
            yield -d_loc / order
            yield 1.0 - 1.0 / alpha - d_log_scale / order

    return measure


def _worst_case(q, prior, alpha, rule) -> Measure:
    def measure(loc, log_scale, with_grad):
        supremum = Supremum(q, prior, loc, log_scale)
        yield supremum.value()
        if with_grad:
            yield from supremum.gradient()

    return measure


def _support_overlap(q, prior, alpha, rule) -> Measure:
    """Minus the logarithm of the prior's mass where the posterior is positive."""

    def measure(loc, log_scale, with_grad):
        integral = Integral(q, prior, loc, log_scale, 0.0, 1.0, rule)
        yield -integral.log()
        if with_grad:
            yield from (-d for d in integral.gradient())

    return measure


MEASURES = {
    "kld": _kld,
    "renyi": _renyi,
    "beta": _beta,
    "gamma": _gamma,
    "support_overlap": _support_overlap,
    "worst_case": _worst_case,
}


def _log_norm(family: ModuleType, like: Tensor, alpha: float, rule) -> Tensor:
    """Logarithm of the integral of the standard density to the power alpha."""
    zero = torch.zeros(1, 1, dtype=like.dtype, device=like.device)
    return Integral(family, family, zero, zero, alpha, 0.0, rule).log()
