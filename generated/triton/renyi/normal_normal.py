# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/N; change the generator, not this file.
"""renyi of the normal from the standard normal, in nats.

Finite where (alpha <= 1) | (sigma**2*(alpha - 1) < alpha).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    log_mean,
    log_mean_slope,
    rounding,
    settled,
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
    c1 = (0.5 * alpha).to(loc.dtype)
    c2 = (-alpha * (-alpha + 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = 2.0 * log_scale
    x1 = (1.0 / (a + c0 * exp(x0)))
    x2 = square(loc) * x1
    value = c1 * x2 + 0.5 * log_mean(x0, a)
    d_loc = a * loc * x1
    d_log_scale = c2 * x2 / (c0 + a * exp(-x0)) + log_mean_slope(x0, a)
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((order - 1.0) * expm1(2.0 * s) < 1.0)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (-alpha + 1.0).to(loc.dtype)
    c1 = (0.5 * alpha).to(loc.dtype)
    c2 = (-alpha * (-alpha + 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = 2.0 * log_scale
    x1 = square(loc)
    x2 = c0 * expm1(x0) + 1.0
    x3 = (1.0 / x2)
    value = c1 * x1 * x3 + 0.5 * log_mean(x0, a)
    d_loc = a * loc * x3
    d_log_scale = c2 * x1 * exp(x0) / square(x2) + log_mean_slope(x0, a)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_normal_normal(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
