"""Rules of derivation: how expectations under a standard density are found.

Each rule is a function with the reference that proves it. A rule returns a :class:`~divergences.derivation.Derived`;
which rule serves which (family, feature) is decided in :mod:`divergences.expectations`, where the result is also
held against quadrature.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import sympy as sp

from divergences.derivation import DerivationError, Derived, rule
from divergences.existence import expectation_converges, infinite_ends
from divergences.families import Family, mu, sigma, t
from divergences.features import z
from divergences.tails import LINEAR

v = sp.Symbol("v", real=True)
"""Argument of moment generating functions."""
x = sp.Symbol("x", positive=True)
u = sp.Symbol("u", positive=True)
b = sp.Symbol("b", positive=True)


def kinks(expr: sp.Expr, symbol: sp.Symbol) -> list[sp.Expr]:
    """Points where ``expr`` has an absolute value of ``symbol`` plus something change sign."""
    points = {root for term in expr.atoms(sp.Abs) for root in sp.solve(term.args[0], symbol) if root.is_real}
    return sorted(points, key=float)


def resolve_signs(expr: sp.Expr, symbol: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """Replace absolute values by their argument or its negative on an interval without a kink inside."""
    middle = (low + high) / 2 if low.is_finite and high.is_finite else (high - 1 if high.is_finite else low + 1)
    signs = {a: a.args[0] * sp.sign(a.args[0].subs(symbol, middle)) for a in expr.atoms(sp.Abs)}
    return expr.xreplace(signs)


def integral(expr: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``integrate(expr, (t, low, high))``, split at kinks, conditions of convergence left to the caller."""
    cuts = [low, *(k for k in kinks(expr, t) if low < k < high), high]
    total = sp.S.Zero
    for start, end in pairwise(cuts):
        piece = sp.expand(resolve_signs(expr, t, start, end))
        total += sp.integrate(sp.powsimp(piece), (t, start, end), conds="none")
    if total.has(sp.Integral, sp.nan, sp.zoo):
        raise DerivationError(f"no primitive found for {expr} over [{low}, {high}]")
    return total


# --------------------------------------------------------------------------- moment generating function


def strip(q: Family, argument: sp.Expr) -> sp.Basic:
    """Condition on ``argument`` under which ``E exp(argument * t)`` converges."""
    return sp.And(*(expectation_converges(q, side, {LINEAR: side * argument}) for side in infinite_ends(q)))


@rule("definition of the moment generating function")
def mgf_by_integration(q: Family) -> Derived:
    """Moment generating function by a direct integral."""
    value = sp.simplify(integral(sp.exp(v * t) * q.density, q.support.inf, q.support.sup))
    if isinstance(value, sp.Piecewise):  # removable points such as v = 0 come first or last
        value = next(e for e, c in value.args if e.has(v))
    return Derived(sp.S.Zero).then(
        "mgf_by_integration",
        f"integrate exp(v t) against the {q.name} density",
        sp.Function("M")(v),
        value,
        strip(q, v),
    )


@rule("substitution x = exp(-t); Euler's integrals of the first and second kind, DLMF 5.2.1 and 5.12.3")
def mgf_by_exponential_substitution(q: Family) -> Derived:
    """Moment generating function of a density that is elementary in ``exp(-t)``."""
    integrand = sp.powsimp(sp.simplify(q.density.subs(t, -sp.log(x)) / x * x ** (-v)))
    low, high = sp.exp(-q.support.sup), sp.exp(-q.support.inf)
    value = sp.integrate(integrand, (x, low, high), conds="none")
    if value.has(sp.Integral):
        raise DerivationError(f"no Mellin transform found for the {q.name} density")
    return Derived(sp.S.Zero).then(
        "mgf_by_exponential_substitution",
        "with x = exp(-t) the integral is a Mellin transform",
        sp.Function("M")(v),
        value,
        strip(q, v),
    )


@rule("cumulants are the derivatives of log M at 0")
def cumulants(q: Family, mgf: Derived) -> tuple[Derived, Derived]:
    """Mean and variance of the standard member."""
    log_mgf = sp.log(mgf.expr)
    mean = sp.limit(sp.diff(log_mgf, v), v, 0)
    variance = sp.simplify(sp.limit(sp.diff(log_mgf, v, 2), v, 0))
    step = "differentiate log M at 0"
    at_zero = Derived(mgf.expr, mgf.steps)  # 0 lies in the strip of convergence
    return (
        at_zero.then("cumulants", f"{step}: the mean", sp.Symbol(r"\kappa_1"), mean),
        at_zero.then("cumulants", f"{step}: the variance", sp.Symbol(r"\kappa_2"), variance),
    )


@rule("E exp(-z) = exp(-mu) M(-sigma)")
def exponential_moment(q: Family, mgf: Derived) -> Derived:
    """``E exp(-z)``, with the condition under which it converges."""
    value = sp.exp(-mu) * sp.simplify(mgf.expr.subs(v, -sigma))
    condition = mgf.condition.subs(v, -sigma)
    return Derived(value, mgf.steps).then(
        "exponential_moment", "evaluate M at -sigma", sp.Function("E")(sp.exp(-z)), value, sp.simplify(condition)
    )


# --------------------------------------------------------------------------- absolute value


@rule("substitution x = exp(-t); the definition of the exponential integral, DLMF 6.2.1")
def lower_partial_moment_by_substitution(q: Family, end: sp.Expr) -> Derived:
    """``int_{-oo}^{end} F(t) dt`` where F becomes exp(-x) in ``x = exp(-t)``."""
    density = sp.simplify(q.density.subs(t, -sp.log(x)) / x)
    start = sp.Symbol("y", positive=True)
    cdf = sp.integrate(density, (x, start, sp.oo))
    if sp.simplify(cdf - sp.exp(-start)) != 0:
        raise DerivationError(f"the distribution function of {q.name} is {cdf}, not exp(-x)")
    value = sp.expint(1, sp.exp(-end))
    return Derived(value).then(
        "lower_partial_moment_by_substitution",
        "with x = exp(-t) the distribution function is exp(-x) and the integral is E_1",
        sp.Integral(sp.Function("F")(t), (t, -sp.oo, end)),
        value,
    )


@rule("integration by parts")
def lower_partial_moment(q: Family, end: sp.Symbol) -> Derived:
    """``int_{-oo}^{end} F(t) dt`` by two direct integrations; ``end`` carries the sign it is needed for."""
    y = sp.Symbol("y", real=True, negative=end.is_negative, positive=end.is_positive)
    low = q.support.inf
    density = resolve_signs(q.density, t, sp.Integer(-1), sp.S.Zero) if end.is_negative else q.density
    cdf = sp.integrate(density, (t, low, y))
    value = sp.integrate(cdf.subs(y, t), (t, low, end))
    if value.has(sp.Integral):
        raise DerivationError(f"no primitive found for the distribution function of {q.name}")
    return Derived(value).then(
        "lower_partial_moment",
        f"integrate the {q.name} distribution function",
        sp.Integral(sp.Function("F")(t), (t, low, end)),
        value,
    )


@rule("E|z| = E z + 2 int_{-oo}^0 P(z <= y) dy, by parts")
def absolute_moment(q: Family, mean: sp.Expr, partial: Derived, argument: sp.Symbol) -> Derived:
    """``partial`` is the lower partial moment of q up to ``argument = -mu/sigma``."""
    value = sp.expand((mean + 2 * sigma * partial.expr.subs(argument, -mu / sigma)).rewrite(sp.erf))
    return partial.then("absolute_moment", "add twice the negative part", sp.Function("E")(sp.Abs(z)), value)


# --------------------------------------------------------------------------- log(1 + z^2)

J = sp.Function("J")
"""``J(b) = int_0^oo (exp(-u) - exp(-b u) M(i sigma u))/u du``, of which the expectation is ``2 Re J(1 - i mu)``."""


@rule("residue theorem")
def characteristic_function_of_cauchy(q: Family) -> Derived:
    """``E cos(u t)`` for u > 0; the imaginary part vanishes by symmetry."""
    value = sp.simplify(sp.integrate(sp.cos(u * t) * q.density, (t, -sp.oo, sp.oo)).rewrite(sp.exp))
    return Derived(value).then("characteristic_function_of_cauchy", "integrate cos(u t) against the density",
                               sp.Function("M")(sp.I * u), value)  # fmt: skip


@rule(
    "Frullani: log(1+z^2) = 2 int_0^oo (1 - cos(z u)) exp(-u)/u du; DLMF 4.10.7 and differentiation under the integral"
)
def frullani_derivative(q: Family, transform: sp.Expr) -> Derived:
    """``J'(b) = int_0^oo exp(-b u) transform(u) du``, where ``transform`` is the characteristic function at sigma u."""
    value = sp.simplify(sp.integrate(sp.exp(-b * u) * transform, (u, 0, sp.oo), conds="none"))
    if value.has(sp.Integral):
        raise DerivationError(f"no Laplace transform found for {transform}")
    return Derived(value).then(
        "frullani_derivative",
        f"differentiate Frullani's integral of the {q.name} characteristic function in b",
        sp.Derivative(J(b), b),
        value,
    )


@rule("expand 1/sinh in exponentials and sum; DLMF 5.15.1 (trigamma as a series)")
def frullani_derivative_by_series(q: Family, transform: sp.Expr) -> Derived:
    """The same for a transform ``c u / sinh(c u)``, term by term."""
    c = sp.pi * sigma
    if sp.simplify(transform - c * u / sp.sinh(c * u)) != 0:
        raise DerivationError(f"{transform} is not c u / sinh(c u)")
    k = sp.Symbol("k", integer=True, nonnegative=True)
    term = sp.integrate(2 * c * u * sp.exp(-(b + (2 * k + 1) * c) * u), (u, 0, sp.oo))
    quotient = sp.simplify(term * (k + b / (2 * c) + sp.Rational(1, 2)) ** 2)  # free of k
    value = quotient * sp.polygamma(1, b / (2 * c) + sp.Rational(1, 2))
    return Derived(value).then(
        "frullani_derivative_by_series",
        "sum the Laplace transforms of u exp(-(2k+1) pi sigma u)",
        sp.Derivative(J(b), b),
        value,
    )


def leading_behaviour(expr: sp.Expr) -> sp.Expr:
    """Replace functions whose limits SymPy cannot take by their leading term, DLMF 5.11.2 and 6.12.1."""
    w = sp.Wild("w")
    return expr.replace(sp.polygamma(0, w), sp.log(w)).replace(sp.expint(1, w), sp.exp(-w) / w)


@rule("J(b) - log b -> 0 as b -> oo, since M(0) = 1")
def frullani_primitive(derivative: Derived, primitive: sp.Expr | None = None) -> Derived:
    """Integrate J' in b and fix the constant at infinity; a proposed primitive is proved by differentiation."""
    if primitive is None:
        primitive = sp.expand(sp.integrate(derivative.expr, b))
    elif sp.simplify(sp.expand(sp.diff(primitive, b) - derivative.expr)) != 0:
        raise DerivationError(f"{primitive} is no primitive of {derivative.expr}")
    constant = sp.limit(leading_behaviour(primitive) - sp.log(b), b, sp.oo)
    if not constant.is_finite:
        raise DerivationError(f"J(b) - log b has no limit for the primitive {primitive}")
    return derivative.then("frullani_primitive", "integrate in b; J(b) - log b vanishes at infinity", J(b),
                           primitive - constant)  # fmt: skip


@rule("regularise with u^(e-1): int (f - g)/u du is the limit of the difference of the Mellin transforms, e -> 0")
def frullani_primitive_by_mellin(derivative: Derived, transform: sp.Expr) -> Derived:
    """As :func:`frullani_primitive`, with the constant fixed at b = 0 by Mellin transforms."""
    e = sp.Symbol("e", positive=True)
    mellin = [sp.integrate(f * u ** (e - 1), (u, 0, sp.oo), conds="none") for f in (sp.exp(-u), transform)]
    at_zero = sp.expand_log(sp.simplify(sp.limit(mellin[0] - mellin[1], e, 0)), force=True)
    y = sp.Symbol("y", positive=True)
    # both terms vanish at 0: 2F2 with its factor b^2, and erfi
    scaled = sp.integrate(sp.simplify(derivative.expr.subs(b, sigma * y)), y).rewrite(sp.erfi)
    primitive = sp.expand(sigma * scaled).subs(y, b / sigma)
    return derivative.then("frullani_primitive_by_mellin", "integrate in b from 0, where Mellin transforms give J(0)",
                           J(b), at_zero + primitive)  # fmt: skip


@rule("analytic continuation: both sides are analytic in the parameter and agree on the positive axis")
def continued(derived: Derived, symbol: sp.Symbol, value: sp.Expr) -> Derived:
    """Replace a positive parameter by a complex one."""
    return derived.then("continued", f"continue analytically to {symbol} = {value}", J(b),
                        derived.expr.subs(symbol, value))  # fmt: skip


@rule("E log(1+z^2) = 2 Re J(1 - i mu)")
def frullani_expectation(primitive: Derived) -> Derived:
    """Evaluate at ``b = 1 - i mu``, with the real part of logarithms written out."""
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand_log(primitive.expr)):
        value = term.subs(b, 1 - sp.I * mu)
        if isinstance(value, sp.log):
            inside = sp.expand(value.args[0])
            total += sp.log(sp.re(inside) ** 2 + sp.im(inside) ** 2)
        elif value.has(sp.I):
            total += 2 * sp.re(value, evaluate=False)
        else:
            total += 2 * value
    return primitive.then("frullani_expectation", "set b = 1 - i mu and double the real part",
                          sp.Function("E")(sp.log(1 + z**2)), total)  # fmt: skip


# --------------------------------------------------------------------------- log(1 + exp(-z))


@rule("integration by parts and x = exp(-sigma t); Euler's integral of 2F1, DLMF 15.6.1")
def softplus_of_exponential(q: Family) -> Derived:
    """``E log(1 + w exp(-sigma t))``, w = exp(-mu), for t standard exponential."""
    if sp.simplify(q.density - sp.exp(-t)) != 0 or q.support != sp.Interval(0, sp.oo):
        raise DerivationError(f"{q.name} is not the exponential")
    w, power = sp.exp(-mu), 1 / sigma
    boundary = sp.log(1 + w)
    # -int_0^1 w x^(1/sigma) / (1 + w x) dx: Euler's integral with a = 1, b = 1 + 1/sigma, c = b + 1
    euler = w * sp.hyper((1, 1 + power), (2 + power,), -w) / (1 + power)
    value = boundary - euler
    return Derived(value).then(
        "softplus_of_exponential",
        "by parts, then Euler's integral of the hypergeometric function",
        sp.Function("E")(sp.log(1 + sp.exp(-z))),
        value,
    )


@rule("a symmetric density is the mean of a one-sided one and its mirror; log(1+e^z) = z + log(1+e^-z)")
def softplus_of_mirrored(one_sided: Derived) -> Derived:
    """From ``R(mu) = E log(1+exp(-mu - sigma t))``, t exponential, to t Laplace."""
    mirrored = one_sided.expr.subs(mu, -mu)  # E log(1 + exp(mu - sigma t))
    value = (one_sided.expr + mirrored + sigma - mu) / 2
    return one_sided.then(
        "softplus_of_mirrored",
        "the Laplace is an even mixture of an exponential and its mirror image",
        sp.Function("E")(sp.log(1 + sp.exp(-z))),
        value,
    )


# --------------------------------------------------------------------------- bounded support, and the general way


@rule("fundamental theorem of calculus in z")
def by_primitive(q: Family, feature: sp.Expr) -> Derived:
    """Expectation under a density that is constant on a bounded support."""
    low, high = mu + sigma * q.support.inf, mu + sigma * q.support.sup
    primitive = uniform_primitive(feature)
    value = q.density / sigma * (primitive.subs(z, high) - primitive.subs(z, low))
    return Derived(value).then("by_primitive", "the density is constant: a difference of primitives",
                               sp.Function("E")(feature), value)  # fmt: skip


@cache
def uniform_primitive(feature: sp.Expr) -> sp.Expr:
    """A primitive of ``feature`` in z, proved by differentiation."""
    if feature == sp.Abs(z):
        return z * sp.Abs(z) / 2
    if feature == sp.log(1 + sp.exp(-z)):
        primitive = sp.polylog(2, -sp.exp(-z))
    else:
        primitive = sp.integrate(feature, z)
    if sp.simplify(sp.expand_func(sp.diff(primitive, z)) - feature) != 0:
        raise DerivationError(f"{primitive} is no primitive of {feature}")
    return primitive


@rule("definition of the expectation")
def by_integration(q: Family, feature: sp.Expr) -> Derived:
    """Integrate the feature against the standard density."""
    value = sp.simplify(integral(feature.subs(z, mu + sigma * t) * q.density, q.support.inf, q.support.sup))
    return Derived(value).then("by_integration", f"integrate against the {q.name} density",
                               sp.Function("E")(feature), value)  # fmt: skip
