"""Kullback-Leibler divergence, ``E_Q[log q - log pi] = -H(Q) - log sigma + E_Q[-log pi]``."""

from __future__ import annotations

import sympy as sp

from divergences.derivation import Step
from divergences.entry import Entry
from divergences.existence import expectation_converges, infinite_ends, magnitude
from divergences.expectations import entropy, expectation
from divergences.families import Family, sigma
from divergences.features import decompose
from divergences.supports import contained

D = sp.Function(r"D_{\mathrm{KL}}")


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Exact condition under which the divergence is finite, and in words why it is not elsewhere."""
    inside = contained(q, prior)
    if inside is sp.false:
        return sp.false, f"the {q.name} has mass where the {prior.name} density is zero"
    conditions = [inside]
    reason = "" if inside is sp.true else f"outside, the {q.name} has mass where the {prior.name} density is zero"
    for side in infinite_ends(q):
        converges = expectation_converges(q, side, magnitude(prior, side))
        if converges is sp.false:
            return sp.false, f"E[-log pi] diverges: the {q.name} tail is too heavy for the {prior.name}"
        if converges is not sp.true:
            reason = f"E[-log pi] diverges at and beyond the edge: the {q.name} tail is too heavy for the {prior.name}"
        conditions.append(converges)
    return sp.And(*conditions), reason


def build(q: Family, prior: Family) -> Entry:
    """Entry of the Kullback-Leibler divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    if finite is sp.false:
        return Entry("kld", q, prior, "infinite", finite, sp.oo, reason=reason)
    parts = decompose(prior)
    expectations = [expectation(q, feature) for _, feature in parts.terms]
    own_entropy = entropy(q)
    steps = [
        Step("decompose", f"minus the log-density of the standard {prior.name}", -sp.Symbol(r"\log\pi(z)"), parts.expr)
    ]
    for derived in (own_entropy, *expectations):
        steps.extend(step for step in (derived.steps if derived else ()) if step not in steps)
    if own_entropy is None or any(e is None for e in expectations):
        return Entry("kld", q, prior, "quadrature", finite, None, tuple(steps), reason)
    cross = parts.constant + sum(c * e.expr for (c, _), e in zip(parts.terms, expectations, strict=True) if e)
    expr = cross - own_entropy.expr - sp.log(sigma)
    steps.append(Step("assemble", "cross entropy minus entropy", D(sp.Symbol(q.latex), sp.Symbol(prior.latex)), expr))
    return Entry("kld", q, prior, "closed", finite, expr, tuple(steps), reason)
