# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/U; change the generator, not this file.
"""renyi of the uniform from the standard uniform, in nats.

Finite where ((alpha < 1) & (mu < sigma + 1) & (0 < mu + sigma + 1)) | ((mu - sigma + 1 >= 0) & (-mu - sigma + 1 >=
0)).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    log1p,
    rounding,
    settled,
    sign,
)

NODES = {"float64": {}, "float32": {}}


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    finite = (
        (loc == loc) & (log_scale == log_scale) & (tl.abs(m) - tl.abs(expm1(s)) < 2.0 * exp(0.5 * s - 0.5 * tl.abs(s)))
    )
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    c0 = (-1.0 / (-alpha + 1.0)).to(loc.dtype)
    c1 = (alpha / (-alpha + 1.0)).to(loc.dtype)
    c2 = (0.5 / (-alpha + 1.0)).to(loc.dtype)
    c3 = ((1.0 / (-alpha + 1.0))).to(loc.dtype)
    x0 = log_scale < 0.0
    x1 = exp(-0.5 * log_scale + 0.5 * tl.abs(log_scale))
    x2 = tl.abs(loc) - tl.abs(expm1(log_scale))
    x3 = x2 > 0.0
    x4 = 0.5 * x1 * tl.where(x3, x2, 0.0)
    x5 = (1.0 / (-x4 + 1.0))
    value = c0 * log1p(-x4) + tl.where(x0, -log_scale, c1 * log_scale)
    d_loc = tl.where(x3, c2 * x1 * x5 * sign(loc), 0.0)
    d_log_scale = (
        c2 * (sign(log_scale) + 1.0) + tl.where(x3, c3 * x5 * tl.where(x0, -x4 + 0.5, -0.5 * exp(log_scale)), 0.0) - 1.0
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & ((-m - exp(s) + 1.0 >= -slack) & (m - exp(s) + 1.0 >= -slack))
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    value = -log_scale
    d_loc = tl.full(loc.shape, 0.0, loc.dtype)
    d_log_scale = tl.full(loc.shape, -1.0, loc.dtype)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_uniform_uniform(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
