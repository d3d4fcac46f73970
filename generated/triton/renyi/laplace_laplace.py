# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/La; change the generator, not this file.
"""renyi of the laplace from the standard laplace, in nats.

Finite where (alpha <= 1) | (sigma*(alpha - 1) < alpha).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    expm1mx,
    exprel,
    exprel2,
    log1p,
    log_mean,
    log_mean_slope,
    rounding,
    settled,
    sign,
    square,
)

NODES = {"float64": {}, "float32": {}}


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    c0 = (-alpha + 1.0).to(loc.dtype)
    c1 = ((1.0 / (-alpha + 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = tl.abs(loc)
    x1 = a * exp(-log_scale)
    x2 = a > -x1 + 1.0
    x3 = tl.where(x2, c0, x1)
    x4 = x0 * x3
    x5 = x0 < 1000000000000000.0
    x6 = tl.where(x5, x0, 1000000000000000.0)
    x7 = tl.where(x2, x1, c0)
    x8 = x6 * (-x3 + x7)
    x9 = -x8
    x10 = exprel2(x9)
    x11 = exprel(x9)
    x12 = x11 * x4
    x13 = c0 * x11 * x6
    value = c1 * (expm1mx(log1p(x4)) - log1p(-x10 * x4 * x8 / (x4 + 1.0))) + log_mean(log_scale, a)
    d_loc = c1 * x12 * x7 * sign(loc) / (x12 + 1.0)
    d_log_scale = (
        -x1 * tl.where(x5, square(loc), 1e+30) * tl.where(x2, (-x10 + x11) / (x13 + 1.0), x10 / (x13 + exp(x9))) +
        log_mean_slope(log_scale, a)
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((order - 1.0) * expm1(s) < 1.0)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (-alpha / (alpha - 1.0)).to(loc.dtype)
    c2 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(-log_scale)
    x1 = a * x0
    x2 = c0 + x1
    x3 = (1.0 / x2)
    x4 = tl.abs(loc)
    x5 = c0 * x4
    x6 = x5 < 1.0
    x7 = tl.where(x6, x5, 1.0)
    x8 = x4 < 1000000000000000.0
    x9 = x2 * tl.where(x8, x4, 1000000000000000.0)
    x10 = -x9
    x11 = exprel(x10)
    x12 = x1 / (x1 + c0 * exp(x10))
    value = (
        c2 * tl.where(x6, log1p(x3 * (c0 * expm1mx(c1 * x0 * x7) + x1 * expm1mx(x7))), x5 + log1p(c0 * x3 * tl.where(x5
        >= 1.0, expm1(x10), 0.0))) + log_mean(log_scale, a)
    )
    d_loc = x11 * x12 * x9 * sign(loc)
    d_log_scale = -x12 * x2 * (x11 - exprel2(x10)) * tl.where(x8, square(loc), 1e+30) + log_mean_slope(log_scale, a)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_laplace_laplace(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
