# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/N; change the generator, not this file.
"""renyi of the exponential from the standard normal, in nats.

Finite where alpha <= 1.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    mills_deficit,
    mills_tail,
    rounding,
    settled,
    square,
)

NODES = {"float64": {}, "float32": {}}
# of order one, beyond what is near it
SIDES = ["below"]


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c1 = (0.5 * alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c2 = (alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c3 = (0.5 * alpha - 0.5).to(loc.dtype)
    c4 = (-0.9189385332046728 * (-alpha + 1.0) - 0.5 * tl.log(-alpha + 1.0) + 0.22579135264472744).to(loc.dtype)
    c5 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c6 = (-tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c7 = (tl.sqrt(-alpha + 1.0) / (alpha - 1.0)).to(loc.dtype)
    c8 = (0.7978845608028654 * alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = c0 * loc
    x1 = exp(-log_scale)
    x2 = c2 * x1
    x3 = x0 + x2
    x4 = x3 < 0.0
    x5 = tl.where(x4, x3, 0.0)
    x6 = tl.where(x4, 0.0, x3)
    x7 = mills_tail(x5, x6)
    x8 = (1.0 / x7)
    x9 = 0.7978845608028654 * x8
    x10 = mills_deficit(x5, x6)
    value = c5 * (c4 - a * log_scale + tl.where(x4, x2 * (x0 + c1 * x1), c3 * square(loc)) + tl.log(x7))
    d_loc = c7 * (tl.where(x4, x2, c6 * loc) - tl.where(x4, x9 * exp(-0.5 * tl.where(x4, square(x3), 0.0)), x10 * x9))
    d_log_scale = c5 * (-a + c8 * x1 * x10 * x8)
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_exponential_normal(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
