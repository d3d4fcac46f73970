"""Worst-case regret, ``sup log(q/pi)``: the limit of the Rényi divergence as its order tends to infinity."""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import Derived, rule
from divergences.entry import Entry
from divergences.existence import converges
from divergences.families import FAMILIES, Family, mu, sigma, t
from divergences.power_integrals import branches, ratio_of_cauchy_densities
from divergences.supports import contained


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Exact condition under which the ratio of the densities is bounded, and in words why it is not elsewhere."""
    inside = contained(q, prior)
    if inside is sp.false:
        return sp.false, f"the {q.name} has mass where the {prior.name} density is zero"
    bounded = converges(q, prior, sp.S.One, -sp.S.One, bounded=True)
    reasons = [f"outside, the {q.name} has mass where the {prior.name} density is zero"] * (inside is not sp.true)
    if bounded is not sp.true:
        reasons.append(f"the {q.name} tail is too heavy for the {prior.name}")
    return sp.And(inside, bounded), "; ".join(reasons)


def log_ratio(q: Family, prior: Family, at: sp.Expr) -> sp.Expr:
    """``log q - log pi`` at the standardised point ``at``, with respect to z."""
    return q.log_density.subs(t, at) - prior.log_density.subs(t, mu + sigma * at) - sp.log(sigma)


@rule("where log q is linear on each branch and the ratio falls towards its infinite ends, or q is constant and the "
      "prior has one mode, the ratio has no maximum inside a branch")  # fmt: skip
def at_the_ends(q: Family, prior: Family) -> sp.Expr | None:
    """The supremum over the finite ends of the branches of q."""
    own = branches(q)
    if not all(branch.shape.is_polynomial(t) and branch.shape.diff(t, 2) == 0 for branch in own):
        return None
    if all(branch.shape == 0 for branch in own):
        served = has_one_mode(prior)
    else:  # for z far out and sigma <= 1, -1 + sigma * score <= 0 if the score of pi never exceeds 1
        sides = [side for side, end in ((-1, q.support.inf), (1, q.support.sup)) if end.is_infinite]
        served = all(_score_is_at_most_one(prior, side) for side in sides)
    if not served:
        return None
    ends = sorted({end for branch in own for end in (branch.low, branch.high)} - {-sp.oo, sp.oo})
    return sp.Max(*(log_ratio(q, prior, end) for end in ends))


def has_one_mode(family: Family) -> bool:
    """Whether the density rises up to one point and falls from there on."""
    turns = set()
    for branch in branches(family):
        turns |= {branch.low, branch.high}
        if branch.shape != 0:
            turns |= {root for root in sp.solve(branch.shape.diff(t), t) if root.is_real}
    return len([x for x in turns if family.support.inf < x < family.support.sup]) <= 1


def _score_is_at_most_one(family: Family, side: int) -> bool:
    """Whether minus the log-density is convex with slope at most one towards an end, in the direction of the end."""
    for branch in branches(family):
        slope = -side * branch.shape.diff(t)
        end = branch.high if side > 0 else branch.low
        limit = sp.limit(slope, t, end)
        rising = sp.simplify(side * slope.diff(t).rewrite(sp.exp))
        if (limit <= 1) != True or not rising.is_nonnegative:  # noqa: E712
            return False
    return True


@rule("a concave quadratic has its maximum at its vertex; a maximum of functions has the maximum of their suprema")
def at_the_vertex(q: Family, prior: Family) -> sp.Expr | None:
    """The supremum for a normal posterior and a prior whose log-density is the least of polynomials."""
    if q.density != FAMILIES["normal"].density or prior.density not in (
        FAMILIES["normal"].density, FAMILIES["laplace"].density
    ):  # fmt: skip
        return None
    suprema = []
    for other in branches(prior):
        (own,) = branches(q)
        ratio = sp.expand(own.shape - other.shape.subs(t, mu + sigma * t))
        constant = own.constant - other.constant - sp.log(sigma)
        vertex = sp.solve(ratio.diff(t), t)[0]
        suprema.append(sp.factor(sp.simplify(ratio.subs(t, vertex))) + constant)
    value = sp.expand_log(sp.Max(*suprema))
    return sp.Piecewise((value, sigma < 1), (sp.S.Zero, True)) if q.density == prior.density else value


@rule("a constant plus a wave has its maximum at the constant plus the amplitude")
def at_the_crest(q: Family, prior: Family) -> sp.Expr | None:
    """The supremum for two Cauchy densities."""
    mean = ratio_of_cauchy_densities(q, prior)
    return None if mean is None else sp.log(mean + sp.sqrt(mean**2 - 1))


def build(q: Family, prior: Family) -> Entry:
    """Entry of the worst-case regret of ``q(mu, sigma)`` against the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    if finite is sp.false:
        return Entry("worst_case", q, prior, "infinite", finite, sp.oo, reason=reason)
    for find in (at_the_crest, at_the_vertex, at_the_ends):
        expr = find(q, prior)
        if expr is not None:
            derived = Derived(expr).then(find.__name__, find.__doc__ or "", sp.Symbol(r"D_\infty"), expr)
            confirm("worst_case", q, prior, expr, finite)
            return Entry("worst_case", q, prior, "closed", finite, expr, derived.steps, reason)
    return Entry("worst_case", q, prior, "quadrature", finite, None, reason=reason)
