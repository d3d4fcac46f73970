# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/E; change the generator, not this file.
"""renyi of the exponential from the standard exponential, in nats.

Finite where (alpha < 1) | ((mu >= 0) & ((alpha <= 1) | (sigma*(alpha - 1) < alpha))).
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
)

NODES = {"float64": {}, "float32": {}}


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    c0 = (-alpha / (-alpha + 1.0)).to(loc.dtype)
    c1 = (alpha / (-alpha + 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = loc >= 0.0
    x1 = exp(-log_scale)
    x2 = c0 * x1
    value = tl.where(x0, loc, loc * x2) + log_mean(log_scale, a)
    d_loc = tl.where(x0, 1.0, x2)
    d_log_scale = tl.where(x0, 0.0, c1 * loc * x1) + log_mean_slope(log_scale, a)
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((m >= 0.0) & ((order - 1.0) * expm1(s) < 1.0))
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    a = alpha.to(loc.dtype)
    value = loc + log_mean(log_scale, a)
    d_loc = tl.full(loc.shape, 1.0, loc.dtype)
    d_log_scale = log_mean_slope(log_scale, a)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_exponential_exponential(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
