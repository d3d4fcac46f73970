# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/E; change the generator, not this file.
"""renyi of the uniform from the standard exponential, in nats.

Finite where (mu - sigma >= 0) | ((alpha < 1) & (0 < mu + sigma)).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    exprel,
    rounding,
    settled,
)

NODES = {"float64": {}, "float32": {}}
# of order one, beyond what is near it
SIDES = ["below", "above"]


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((m - exp(s) >= -slack) | (0.0 < m + exp(s)))
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = loc - x0
    x2 = loc + x0
    x3 = 2.0 * x0
    x4 = x2 < x3
    x5 = tl.where(x4, x2, x3)
    x6 = c0 * x5
    x7 = exprel(x6)
    x8 = loc > x0
    x9 = tl.where(x4, (1.0 / x2), 0.5 * exp(-log_scale)) / x7
    x10 = x9 * exp(x6)
    value = c1 * (-a * (log_scale + 0.6931471805599453) + c0 * tl.where(x1 < 0.0, 0.0, x1) + tl.log(x5 * x7))
    d_loc = c1 * tl.where(x8, c0, x10)
    d_log_scale = c1 * (-a + x0 * tl.where(x8, x10 + x9, x10))
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & (m - exp(s) >= -slack)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (-alpha + 1.0).to(loc.dtype)
    c1 = (alpha - 1.0).to(loc.dtype)
    c2 = (-2.0 * alpha + 2.0).to(loc.dtype)
    c3 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = c2 * x0
    x2 = exprel(x1)
    value = c3 * (c0 * (log_scale + 0.6931471805599453) + c1 * (loc + x0) + tl.log(x2))
    d_loc = tl.full(loc.shape, 1.0, loc.dtype)
    d_log_scale = c3 * (-a + 0.5 * (exp(x1) + 1.0) / x2)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_uniform_exponential(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
