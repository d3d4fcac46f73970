# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/E; change the generator, not this file.
"""renyi of the laplace from the standard exponential, in nats.

Finite where alpha < 1.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    exponential_mean,
    exprel,
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
    c0 = (-alpha + 1.0).to(loc.dtype)
    c1 = (alpha - 1.0).to(loc.dtype)
    c2 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(-log_scale)
    x1 = loc < 0.0
    x2 = tl.where(x1, loc, 0.0)
    x3 = tl.where(x1, 0.0, loc)
    x4 = a * x0
    x5 = -x4 + 1.0
    x6 = tl.where(a < x5, x4, c0)
    x7 = x3 * tl.abs(c1 + x4)
    x8 = exprel(-x7)
    x9 = c0 + x4
    x10 = exp(x3 * (c1 + x6))
    x11 = x10 / x9 + x3 * x8
    x12 = (1.0 / x11)
    x13 = exponential_mean(x7)
    value = c2 * (-a * (log_scale + 0.6931471805599453) - x3 * x6 + a * x0 * x2 + tl.log(x11))
    d_loc = c2 * tl.where(loc >= 0.0, c1 + x12 * exp(x3 * (-x4 + x6)), x4)
    d_log_scale = (
        c2 * (-a + x4 * (-x2 + x12 * (x10 / square(x9) + x8 * tl.where(x1, 0.0, square(loc)) * tl.where(a > x5, x13,
        -x13 + 1.0))))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_laplace_exponential(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
