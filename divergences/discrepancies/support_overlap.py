"""Support overlap, ``-log Pi(supp Q)``: the limit of the Rényi divergence as its order tends to zero.

It is zero for two that differ as long as the posterior is positive wherever the prior is.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from divergences.confirmation import confirm
from divergences.derivation import DerivationError, Derived, rule
from divergences.entry import Entry
from divergences.expectations import is_understood
from divergences.families import Family, mu, sigma, t
from divergences.features import z
from divergences.power_integrals import branches
from divergences.supports import overlapping


@rule("fundamental theorem of calculus, branch by branch")
@cache
def distribution_function(family: Family) -> Derived:
    """Distribution function of the standard member as a function of z, within the support."""
    pieces, below = [], sp.S.Zero
    for branch in branches(family):
        density = sp.exp(branch.constant + branch.shape)
        primitive = sp.integrate(density, t)
        if primitive.has(sp.Integral) or sp.simplify(primitive.diff(t) - density) != 0:
            raise DerivationError(f"no primitive found for the {family.name} density")
        start, end = (sp.limit(primitive, t, bound) for bound in (branch.low, branch.high))
        pieces.append((sp.simplify(below + primitive - start).subs(t, z), z <= branch.high))
        below = sp.simplify(below + end - start)
    if below != 1:
        raise DerivationError(f"the {family.name} density integrates to {below}")
    value = sp.Piecewise(*pieces[:-1], (pieces[-1][0], True))
    text = f"integrate the {family.name} density"
    return Derived(value).then("distribution_function", text, sp.Function("F")(z), value)


def build(q: Family, prior: Family) -> Entry:
    """Entry of minus the logarithm of the standard ``prior``'s mass on the support of ``q(mu, sigma)``."""
    finite = overlapping(q, prior)
    reason = "" if finite is sp.true else "where the two share no interval"
    left = sp.Symbol("D_0")
    if q.support == sp.S.Reals:
        steps = Derived(sp.S.Zero).then("whole_line", f"the {q.name} is positive everywhere", left, sp.S.Zero).steps
        return Entry("support_overlap", q, prior, "closed", finite, sp.S.Zero, steps, reason)
    if not is_understood(prior):
        return Entry("support_overlap", q, prior, "quadrature", finite, None, (), reason)
    derived = distribution_function(prior)
    values = []
    for end, outside in ((q.support.inf, sp.S.Zero), (q.support.sup, sp.S.One)):
        inside = sp.Max(prior.support.inf, sp.Min(mu + sigma * end, prior.support.sup))
        values.append(derived.expr.subs(z, inside) if end.is_finite else outside)
    expr = -sp.log(sp.piecewise_fold(values[1] - values[0]))
    derived = derived.then("support_mass", "minus the logarithm of the mass between the ends", left, expr)
    confirm("support_overlap", q, prior, expr, finite)
    return Entry("support_overlap", q, prior, "closed", finite, expr, derived.steps, reason)
