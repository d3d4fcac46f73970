"""Fisher divergence, ``E_Q[(d/dz log q - d/dz log pi)**2]``: the relative Fisher information, without a factor 1/2.

It is ``4 int pi (d/dz sqrt(q/pi))**2 dz``, infinite where Q has mass outside the support of Pi, and where q/pi jumps
inside that support, since a jump has no square-integrable derivative; the scores alone do not see it. So the end of a
bounded posterior must be an end of the prior, and it is zero at equality only. A kink, as that of the Laplace, counts
by its slopes on both sides. The common affine map changes it: for a prior of scale s the value is that of the standard
prior times ``s**-2``.
"""

from __future__ import annotations

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import Derived, rule
from divergences.entry import Entry
from divergences.existence import expectation_converges, infinite_ends, magnitude
from divergences.families import Family, sigma, t
from divergences.scores import fisher_information, mean_hyvarinen
from divergences.supports import contained, ending_together


def finiteness(q: Family, prior: Family) -> tuple[sp.Basic, str]:
    """Exact condition under which the divergence is finite, and in words why it is not elsewhere."""
    if contained(q, prior) is sp.false:
        return sp.false, f"the {q.name} has mass where the {prior.name} density is zero"
    together = ending_together(q, prior)
    if together is sp.false:
        return sp.false, f"the {q.name} density jumps inside the support of the {prior.name}"
    conditions, reasons = [together], []
    if together is not sp.true:
        reasons.append(f"unless both end together, the {q.name} density jumps inside the support of the {prior.name} "
                       "or has mass outside")  # fmt: skip
    for side in infinite_ends(q):
        squared = {scale: 2 * c for scale, c in magnitude(prior, side, derivatives=1).items()}
        converges = expectation_converges(q, side, squared)
        conditions.append(converges)
        if converges is not sp.true:
            reasons.append(f"the {q.name} tail is too heavy for the squared score of the {prior.name}")
    return sp.And(*conditions), "; ".join(dict.fromkeys(reasons))


@rule("E_Q[(s_q - s_pi)**2] = E_Q[s_q**2] + E_Q[s_pi**2 + 2 s_pi'], less twice q s_pi at the upper end over the lower")
def by_parts(q: Family, prior: Family) -> Derived | None:
    """Closed form of the mean squared difference of the scores."""
    information, mean = fisher_information(q), mean_hyvarinen(q, prior)
    if information is None or mean is None:
        return None
    ends = sp.S.Zero
    for sign, own, other in ((1, q.support.sup, prior.support.sup), (-1, q.support.inf, prior.support.inf)):
        if own.is_finite:
            ends += sign * q.density.subs(t, own) * prior.log_density.diff(t).subs(t, other)
    value = information.expr / sigma**2 + mean.expr - 2 * ends / sigma
    steps = (*information.steps, *mean.steps)
    return Derived(value, steps).then("by_parts", by_parts.__doc__ or "", sp.Symbol("F"), value)


def build(q: Family, prior: Family) -> Entry:
    """Entry of the Fisher divergence of ``q(mu, sigma)`` from the standard ``prior``."""
    finite, reason = finiteness(q, prior)
    if finite is sp.false:
        return Entry("fisher", q, prior, "infinite", finite, sp.oo, reason=reason)
    derived = by_parts(q, prior)
    if derived is None:
        return Entry("fisher", q, prior, "quadrature", finite, None, reason=reason)
    confirm("fisher", q, prior, derived.expr, finite)
    return Entry("fisher", q, prior, "closed", finite, derived.expr, derived.steps, reason)
