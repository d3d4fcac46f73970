"""Logarithms of integrals of powers of Laplace, uniform and exponential densities, with their derivatives.

Between kinks and edges the integrand is the exponential of a straight line. Every sum is one of positive terms over
the largest of their exponentials, so that nothing overflows; derivatives are scores under the integrand or its values
at edges. Functions are named by posterior and prior; with ``rest = 1 - alpha`` the integrand is ``q^alpha pi^rest``.
"""

from __future__ import annotations

import sympy as sp

from codegen.closed import Formula
from codegen.functions import expm1, exponential_mean, exprel
from codegen.stabilise import l
from divergences.families import alpha, mu

rest = 1 - alpha
order = alpha - 1
rate = alpha * sp.exp(-l)
"""Of a Laplace or exponential posterior's density to the power alpha."""
r = sp.Abs(mu)


def least(x: sp.Expr, y: sp.Expr) -> sp.Expr:
    """The smaller one."""
    return sp.Piecewise((x, x < y), (y, True))


def most(x: sp.Expr, y: sp.Expr) -> sp.Expr:
    """The larger one."""
    return sp.Piecewise((y, x < y), (x, True))


def _segment(width: sp.Expr, fall: sp.Expr) -> sp.Expr:
    """``int_0^width exp(-fall t/width) dt`` for a fall of the exponent that is not negative."""
    return width * exprel(-fall)


def laplace_exponential() -> Formula:
    """``int_0^oo exp(-rate |z - mu| - rest z) dz``: from 0 to mu, and from there on."""
    inside = most(mu, sp.S.Zero)
    slow = least(rate, rest)
    fall = sp.Abs(rate - rest) * inside
    near = _segment(inside, fall)  # both over exp(-slow inside)
    far = sp.exp((slow - rest) * inside) / (rate + rest)
    total = near + far
    from_mu = sp.Piecewise((exponential_mean(fall), rate > rest), (1 - exponential_mean(fall), True))  # over mu
    left = least(mu, sp.S.Zero)
    value = rate * left - slow * inside + sp.log(total)
    by_mu = sp.Piecewise((sp.exp((slow - rate) * inside) / total - rest, mu >= 0), (rate, True))
    distance = (near * inside * from_mu + far / (rate + rest)) / total - left
    return value - alpha * (sp.log(2) + l), by_mu, rate * distance - alpha


def exponential_laplace(below: bool) -> Formula:
    """``int_mu^oo exp(-rate (z - mu) - rest |z|) dz``: from mu to 0, and from there on."""
    inside = most(-mu, sp.S.Zero)
    slow = least(rate, rest) if below else rest
    # above order one close to the edge of existence
    decay = rate + rest if below else sp.exp(-l) * (1 + rest * expm1(l))
    fall = sp.Abs(rate - rest) * inside
    near = _segment(inside, fall)  # both over exp(-slow inside)
    far = sp.exp((slow - rate) * inside) / decay
    total = near + far
    from_mu = sp.Piecewise((exponential_mean(fall), rate > rest), (1 - exponential_mean(fall), True))  # over |mu|
    right = most(mu, sp.S.Zero)
    value = -rest * right - slow * inside + sp.log(total)
    distance = (near * inside * from_mu + far * (inside + 1 / decay)) / total
    return value - alpha * l - rest * sp.log(2), rest * (near - far) / total, rate * distance - alpha


def _two_sided(half: sp.Expr, distance: sp.Expr, decay: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    """``int exp(-decay |y|) dy`` over the points less than ``half`` away from ``distance``, for a positive decay.

    Returns minus the largest exponent, the integral over its exponential, what the two ends have of that (the nearer
    one first), and the mean of |y|.
    """
    gap, beyond = most(distance - half, sp.S.Zero), most(half - distance, sp.S.Zero)
    width = least(distance + half, 2 * half)
    falls = decay * width, decay * beyond
    total = _segment(width, falls[0]) + _segment(beyond, falls[1])
    moments = [_segment(x, fall) * x * exponential_mean(fall) for x, fall in ((width, falls[0]), (beyond, falls[1]))]
    mean = gap + sp.Add(*moments) / total
    near = sp.exp(-falls[1]) / total
    return decay * gap, total, near, near * sp.exp(-2 * decay * least(distance, half)), mean


def laplace_uniform() -> Formula:
    """``int exp(-rate |y|) dy`` over [-1 - mu, 1 - mu]."""
    depth, total, near, _, mean = _two_sided(sp.S.One, r, rate)
    by_distance = near * expm1(-2 * rate * least(r, sp.S.One))
    return (
        -depth + sp.log(total) - alpha * (sp.log(2) + l) - rest * sp.log(2),
        sp.sign(mu) * by_distance,
        rate * mean - alpha,
    )


def uniform_laplace_below() -> Formula:
    """``int exp(-rest |z|) dz`` over [mu - sigma, mu + sigma], ``rest`` positive."""
    sigma = sp.exp(l)
    depth, total, near, far, _ = _two_sided(sigma, r, rest)
    by_distance = near * expm1(-2 * rest * least(r, sigma))
    value = -depth + sp.log(total) - alpha * (sp.log(2) + l) - rest * sp.log(2)
    return value, sp.sign(mu) * by_distance, sigma * (near + far) - alpha


def uniform_laplace_above() -> Formula:
    """The same where the exponential grows: its largest value is at the farther end."""
    sigma = sp.exp(l)
    beyond, width = most(sigma - r, sp.S.Zero), least(r + sigma, 2 * sigma)
    between = 2 * order * least(r, sigma)  # what the two ends differ by
    total = _segment(width, order * width) + sp.exp(-between) * _segment(beyond, order * beyond)
    value = order * (r + sigma) + sp.log(total) - alpha * (sp.log(2) + l) - rest * sp.log(2)
    by_distance = -expm1(-between) / total
    return value, sp.sign(mu) * by_distance, sigma * (1 + sp.exp(-between)) / total - alpha


def exponential_uniform() -> Formula:
    """``int exp(-rate (z - mu)) dz`` over [max(mu, -1), 1]."""
    gap, width = most(-1 - mu, sp.S.Zero), least(1 - mu, sp.S(2))
    fall = rate * width
    total = _segment(width, fall)
    value = -rate * gap + sp.log(total) - alpha * l - rest * sp.log(2)
    by_mu = sp.Piecewise((rate, mu < -1), (-sp.exp(-fall) / total, True))
    return value, by_mu, rate * (gap + width * exponential_mean(fall)) - alpha


def uniform_exponential_below() -> Formula:
    """``int exp(-rest z) dz`` over [max(mu - sigma, 0), mu + sigma]."""
    sigma = sp.exp(l)
    start, width = most(mu - sigma, sp.S.Zero), least(mu + sigma, 2 * sigma)
    inside = mu > sigma
    fall = rest * width
    total = _segment(width, fall)
    end = sp.exp(-fall) / total
    value = -rest * start + sp.log(total) - alpha * (sp.log(2) + l)
    by_mu = sp.Piecewise((-rest, inside), (end, True))
    return value, by_mu, sigma * sp.Piecewise((1 / total + end, inside), (end, True)) - alpha


def uniform_exponential_above() -> Formula:
    """The same where the exponential grows and the whole interval counts."""
    sigma = sp.exp(l)
    fall = 2 * order * sigma
    value = order * (mu + sigma) + sp.log(exprel(-fall)) + rest * (sp.log(2) + l)
    return value, order, (1 + sp.exp(-fall)) / (2 * exprel(-fall)) - alpha
