# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/La; change the generator, not this file.
"""renyi of the exponential from the standard laplace, in nats.

Finite where (alpha <= 1) | (sigma*(alpha - 1) < alpha).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    exponential_mean,
    exprel,
    rounding,
    settled,
    square,
)

NODES = {"float64": {}, "float32": {}}
# of order one, beyond what is near it
SIDES = ["below", "above"]


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (-alpha + 1.0).to(loc.dtype)
    c2 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c3 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c4 = ((-alpha + 1.0) / (alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = loc > 0.0
    x1 = tl.where(x0, 0.0, -loc)
    x2 = exp(-log_scale)
    x3 = a * x2
    x4 = -x3 + 1.0
    x5 = tl.where(a < x4, x3, c1)
    x6 = x1 * tl.abs(c0 + x3)
    x7 = exprel(-x6)
    x8 = x1 * x7
    x9 = (1.0 / (c1 + x3))
    x10 = x9 * exp(x1 * (-x3 + x5))
    x11 = x10 + x8
    x12 = (1.0 / x11)
    x13 = exponential_mean(x6)
    value = c3 * (c2 - a * log_scale + c0 * tl.where(loc < 0.0, 0.0, loc) - x1 * x5 + tl.log(x11))
    d_loc = c4 * x12 * (-x10 + x8)
    d_log_scale = (
        c3 * (-a + a * x12 * x2 * (x10 * (x1 + x9) + x7 * tl.where(x0, 0.0, square(loc)) * tl.where(a > x4, x13, -x13 +
        1.0)))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((order - 1.0) * exp(s) < order)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (-alpha + 1.0).to(loc.dtype)
    c2 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c3 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c4 = ((-alpha + 1.0) / (alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = loc > 0.0
    x1 = tl.where(x0, 0.0, -loc)
    x2 = exp(-log_scale)
    x3 = a * x2
    x4 = exp(log_scale) / (c1 * expm1(log_scale) + 1.0)
    x5 = x4 * exp(x1 * (c1 - x3))
    x6 = x1 * tl.abs(c0 + x3)
    x7 = exprel(-x6)
    x8 = x1 * x7
    x9 = x5 + x8
    x10 = (1.0 / x9)
    x11 = exponential_mean(x6)
    value = c3 * (c2 - a * log_scale + c0 * x1 + c0 * tl.where(loc < 0.0, 0.0, loc) + tl.log(x9))
    d_loc = c4 * x10 * (-x5 + x8)
    d_log_scale = (
        c3 * (-a + a * x10 * x2 * (x5 * (x1 + x4) + x7 * tl.where(x0, 0.0, square(loc)) * tl.where(a > -x3 + 1.0, x11,
        -x11 + 1.0)))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_exponential_laplace(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
