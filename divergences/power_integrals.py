"""Integrals ``int q(t)**a pi(mu + sigma t)**b dt`` in closed form: rules for the pieces between kinks and edges.

The exponents are the symbols :data:`a`, positive, and :data:`b`, of either sign.

Of every density that is not smooth or has a bounded support there are branches; the integral is a sum over pairs of
branches, each over the interval that the two share. Which rule serves a piece is decided by the two log-densities:
both polynomials, or one of them with a rate and the other a logistic, Gumbel or Cauchy density. Constant factors of
densities are left out here and put back by :func:`power_integral`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import sympy as sp

from divergences.conditions import positive
from divergences.derivation import DerivationError, Derived, Step, rule
from divergences.families import FAMILIES, Family, mu, sigma, t
from divergences.rules import kinks, resolve_signs

a = sp.Symbol("a", positive=True)
b = sp.Symbol("b", real=True, nonzero=True)
x = sp.Symbol("x", real=True)
y = sp.Symbol("y", positive=True)
_location = sp.Symbol("m", positive=True)
"""The absolute location, while the order of kinks is settled."""


Rule = Callable[[sp.Expr, sp.Expr, sp.Expr, sp.Expr], sp.Expr]
"""Integral over an interval, of the power or square, the rate, the lower and the upper end."""


class NoRuleError(DerivationError):
    """A rule does not reach this integral."""


@dataclass(frozen=True)
class Branch:
    """``log f = constant + shape`` on [low, high], where ``shape``, in t, is smooth."""

    low: sp.Expr
    high: sp.Expr
    constant: sp.Expr
    shape: sp.Expr


@cache
def branches(family: Family) -> tuple[Branch, ...]:
    """The smooth branches of a standard log-density, from left to right."""
    low, high = family.support.inf, family.support.sup
    cuts = [low, *(k for k in kinks(family.density, t) if low < k < high), high]
    out = []
    for start, end in pairwise(cuts):
        log_density = sp.expand(resolve_signs(family.log_density, t, start, end))
        constant, shape = log_density.as_independent(t, as_Add=True)
        out.append(Branch(start, end, constant, shape))
    return tuple(out)


# --------------------------------------------------------------------------- both log-densities are polynomials


@rule("completing the square; DLMF 7.2.1")
def gaussian_piece(square: sp.Expr, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``int exp(-square t**2 - rate t) dt``; ``square`` is positive where an end is infinite."""
    root, centre = sp.sqrt(square), -rate / (2 * square)
    factor = sp.sqrt(sp.pi) * sp.exp(sp.factor(rate**2 / (4 * square))) / 2
    start, end = (
        sp.factor(sp.expand(bound - centre)) if bound.is_finite is not False else bound for bound in (low, high)
    )
    if start.is_infinite and end.is_infinite:
        return 2 * factor / root
    if end.is_infinite:
        return factor / root * sp.erfc(root * start)
    if start.is_infinite:
        return factor / root * sp.erfc(-root * end)
    inside = factor / root * (sp.erf(root * end) - sp.erf(root * start))
    if square.is_positive:
        return inside
    root = sp.sqrt(-square)
    outside = factor / root * (sp.erfi(root * end) - sp.erfi(root * start))
    return sp.Piecewise((inside, positive(square)), (outside, True))


@rule("fundamental theorem of calculus")
def exponential_piece(rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``int exp(-rate t) dt``; the rate has the sign that it needs where an end is infinite."""
    if rate == 0:
        return high - low
    if high.is_infinite:
        return sp.exp(-rate * low) / rate
    if low.is_infinite:
        return sp.exp(-rate * high) / -rate
    value = (sp.exp(-rate * low) - sp.exp(-rate * high)) / rate
    return value if rate.is_nonzero else sp.Piecewise((high - low, sp.Eq(rate, 0)), (value, True))


# --------------------------------------------------------------------------- one density with a rate


@rule("y = 1/(1 + exp(-s)) makes it Euler's integral of the incomplete beta function, DLMF 8.17.1 and 8.17.7")
def logistic_piece(power: sp.Expr, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``int f(s)**power exp(-rate s) ds`` for the standard logistic density f."""
    if low.is_infinite:
        return _incomplete_beta(power - rate, power + rate, 1 / (1 + sp.exp(-high)))
    if high.is_infinite:
        return _incomplete_beta(power + rate, power - rate, 1 / (1 + sp.exp(low)))
    if rate != 0:
        raise NoRuleError("no rule for a logistic density with a rate on a bounded interval")
    # x = tanh(s/2): f = (1 - x**2)/4 and ds = 2 dx/(1 - x**2)
    primitive = 2 * sp.integrate((1 - x**2) ** (power - 1), x) / 4**power
    return _difference(primitive, x, sp.tanh(low / 2), sp.tanh(high / 2))


def _incomplete_beta(p: sp.Expr, q: sp.Expr, end: sp.Expr) -> sp.Expr:
    """``int_0^end y**(p - 1) (1 - y)**(q - 1) dy`` for p > 0, end < 1 and any q."""
    return end**p / p * sp.hyper((p, 1 - q), (p + 1,), end)


@rule("y = exp(-s) makes it an incomplete gamma function, DLMF 8.2.1, 8.5.1 and 8.19.1")
def gumbel_piece(power: sp.Expr, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``int f(s)**power exp(-rate s) ds`` for the standard Gumbel density f."""
    p = power + rate
    if high.is_infinite:  # Kummer's function serves powers of both signs
        end = sp.exp(-low)
        return end**p / p * sp.hyper((p,), (p + 1,), -power * end)
    if low.is_infinite:
        return sp.uppergamma(p, power * sp.exp(-high)) / power**p
    start, end = sp.exp(-high), sp.exp(-low)
    if power.is_positive:
        return (sp.uppergamma(p, power * start) - sp.uppergamma(p, power * end)) / power**p
    # on the cut of the exponential integral only its imaginary part jumps, by what the difference cancels
    return start**p * sp.re(sp.expint(1 - p, power * start)) - end**p * sp.re(sp.expint(1 - p, power * end))


@rule("Euler's integral of the hypergeometric function, DLMF 15.6.1, with y = s**2")
def cauchy_piece(power: sp.Expr, rate: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``int (1 + s**2)**-power ds`` over a bounded interval."""
    if rate != 0 or low.is_infinite or high.is_infinite:
        raise NoRuleError("no rule for a Cauchy density with a rate or without bounds")
    primitive = x * sp.hyper((sp.S.Half, power), (sp.Rational(3, 2),), -(x**2))
    return _difference(primitive, x, low, high)


def _difference(primitive: sp.Expr, variable: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    plain = primitive.replace(sp.exp_polar, sp.exp)
    return plain.subs(variable, high) - plain.subs(variable, low)


_WITH_A_RATE: dict[str, Rule] = {
    "logistic": logistic_piece, "gumbel": gumbel_piece, "cauchy": cauchy_piece,
}  # fmt: skip


def _rule_for(family: Family) -> Rule | None:
    for name, piece in _WITH_A_RATE.items():
        if family.density == FAMILIES[name].density and family.support == FAMILIES[name].support:
            return piece
    return None


def has_polynomial_log_density(family: Family, degree: int = 2) -> bool:
    """Whether the log-density is on each of its branches a polynomial of at most this degree."""
    return all(b.shape.is_polynomial(t) and sp.degree(b.shape, t) <= degree for b in branches(family) if b.shape != 0)


# --------------------------------------------------------------------------- pieces put together


@rule("the integral is the sum over the intervals on which both densities are smooth")
def power_integral(q: Family, prior: Family) -> Derived | None:
    """Closed form, where it converges, of ``int q(t)**a pi(mu + sigma t)**b dt`` over what the supports share.

    None where no rule serves the pair.
    """
    special = _rule_for(prior) or _rule_for(q)
    if has_polynomial_log_density(q, 2) and has_polynomial_log_density(prior, 2):
        piece: Piece = _polynomial_piece
        names = "gaussian_piece and exponential_piece"
    elif special and has_polynomial_log_density(q, 1):
        piece, names = _with_special_prior(special), special.__name__
    elif special and has_polynomial_log_density(prior, 1):
        piece, names = _with_special_posterior(special), special.__name__
    else:
        return None
    whole = len(branches(q)) == len(branches(prior)) == 1

    def total(location: sp.Expr) -> sp.Expr:
        value = sp.S.Zero
        for own in branches(q):
            for other in branches(prior):
                low = sp.Max(own.low, (other.low - location) / sigma)
                high = sp.Min(own.high, (other.high - location) / sigma)
                if not whole and not (low.is_infinite or high.is_infinite):
                    high = sp.Max(low, high)  # an interval that the two branches do not share has no length
                if low != high:
                    value += piece(own, other, location, low, high)
        return value

    try:
        value = _by_sign_of_location(q, prior, total)
    except NoRuleError:
        return None
    factor = sp.exp(a * branches(q)[0].constant + b * branches(prior)[0].constant)
    integrand = q.density**a * prior.density.subs(t, mu + sigma * t) ** b
    step = f"sum of pieces by {names}"
    value = sp.piecewise_fold(factor * value)
    return Derived(value, (Step("power_integral", step, sp.Integral(integrand, t), value),))


Piece = Callable[[Branch, Branch, sp.Expr, sp.Expr, sp.Expr], sp.Expr]


def _polynomial_piece(own: Branch, other: Branch, location: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    exponent = -a * own.shape - b * other.shape.subs(t, location + sigma * t)
    square, rate, constant = (sp.factor(sp.expand(exponent).coeff(t, k)) for k in (2, 1, 0))
    if square == 0:
        return sp.exp(-constant) * exponential_piece(rate, low, high)
    return sp.exp(-constant) * gaussian_piece(square, rate, low, high)


def _with_special_posterior(special: Rule) -> Piece:
    def piece(own: Branch, other: Branch, location: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        slope = other.shape.coeff(t, 1)
        return sp.exp(b * slope * location) * special(a, -b * slope * sigma, low, high)

    return piece


def _with_special_prior(special: Rule) -> Piece:
    def piece(own: Branch, other: Branch, location: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        rate = -a * own.shape.coeff(t, 1) / sigma
        start, end = (sp.expand(location + sigma * bound) for bound in (low, high))  # in z
        return sp.exp(rate * location) * special(b, rate, start, end) / sigma

    return piece


def _by_sign_of_location(q: Family, prior: Family, total: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """``total(mu)``, simpler where the sign of mu decides in which order the kinks come."""
    cuts = [{end for branch in branches(f) for end in (branch.low, branch.high)} - {-sp.oo, sp.oo} for f in (q, prior)]
    if not (cuts[0] == cuts[1] == {sp.S.Zero}):
        return total(mu)
    right = total(_location)
    if all(f.density.subs(t, -t) == f.density and f.support.inf == -f.support.sup for f in (q, prior)):
        return right.subs(_location, sp.Abs(mu))
    left = total(-_location).subs(_location, -mu)
    return sp.Piecewise((right.subs(_location, mu), mu >= 0), (left, True))


@rule("Euler's integrals, DLMF 5.2.1 and 5.12.3, with y = exp(-t), or y = |t| for an even density")
def norm(family: Family) -> Derived | None:
    """Closed form of ``int f(t)**a dt`` of a standard density where it converges, or None."""
    density = family.density
    if has_polynomial_log_density(family, 2):
        pieces = [
            (sp.exp(a * (branch.shape + branch.constant)), t, branch.low, branch.high) for branch in branches(family)
        ]
    elif density.has(sp.exp):
        power = sp.expand_power_base(sp.simplify(density.subs(t, -sp.log(y))) ** a, force=True)
        pieces = [(sp.powsimp(power / y), y, sp.exp(-family.support.sup), sp.exp(-family.support.inf))]
    elif family.support == sp.S.Reals and density.subs(t, -t) == density:
        pieces = [(2 * sp.expand_power_base(density.subs(t, y) ** a, force=True), y, sp.S.Zero, sp.oo)]
    else:
        return None
    value = sp.Add(*(sp.integrate(piece, limits, conds="none") for piece, *limits in pieces))
    if value.has(sp.Integral):
        return None
    left = sp.Integral(density**a, (t, family.support.inf, family.support.sup))
    return Derived(value, (Step("norm", f"integrate the power of the {family.name} density", left, value),))


# --------------------------------------------------------------------------- powers that add up to one


def ratio_of_cauchy_densities(q: Family, prior: Family) -> sp.Expr | None:
    """The x of ``q/pi = x + sqrt(x**2 - 1) * cos(phi - phi_0)`` in ``t = tan(phi/2)``, None for other families."""
    cauchy = FAMILIES["cauchy"]
    if (q.density, prior.density) != (cauchy.density, cauchy.density):
        return None
    phi = sp.Symbol("phi", real=True)
    c, s = sp.cos(phi), sp.sin(phi)
    ratio = (1 + (mu + sigma * t) ** 2) / (sigma * (1 + t**2))
    mean = (1 + mu**2 + sigma**2) / (2 * sigma)
    waves = {c: (1 + mu**2 - sigma**2) / (2 * sigma), s: mu}
    if sp.simplify(ratio.subs(t, s / (1 + c)) - mean - sum(k * v for k, v in waves.items())) != 0:
        raise DerivationError("the ratio of the two Cauchy densities is no constant plus a wave")
    if sp.simplify(sum(v**2 for v in waves.values()) - (mean**2 - 1)) != 0:
        raise DerivationError("the wave's amplitude is not that of Laplace's integral")
    return mean


@rule("Laplace's first integral for the Legendre function, DLMF 14.12.8, with t = tan(phi/2)")
def legendre_integral(q: Family, prior: Family) -> Derived | None:
    """``int q(t)**a pi(mu + sigma t)**b dt`` of two Cauchy densities, for b = 1 - a; q dt is dphi/(2 pi)."""
    mean = ratio_of_cauchy_densities(q, prior)
    if mean is None:
        return None
    phi = sp.Symbol("phi", real=True)
    laplace = sp.Integral((mean + sp.sqrt(mean**2 - 1) * sp.cos(phi)) ** (a - 1), (phi, 0, sp.pi)) / sp.pi
    value = sp.legendre(a - 1, mean) / sigma**b
    return Derived(value, (Step("legendre_integral", "t = tan(phi/2)", laplace, sp.legendre(a - 1, mean)),))
