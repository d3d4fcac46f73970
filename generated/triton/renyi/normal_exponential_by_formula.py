# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/E; change the generator, not this file.
"""renyi of the normal from the standard exponential, in nats.

Finite where alpha < 1.
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
    c0 = (0.5 * (-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c1 = (-tl.sqrt(alpha)).to(loc.dtype)
    c2 = ((-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c3 = (tl.sqrt(alpha)).to(loc.dtype)
    c4 = (-(-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c5 = (-0.5 * alpha).to(loc.dtype)
    c6 = (-0.5 * tl.log(alpha) + 0.22579135264472744).to(loc.dtype)
    c7 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c8 = (tl.sqrt(alpha) / (alpha - 1.0)).to(loc.dtype)
    c9 = (square(-alpha + 1.0) / alpha).to(loc.dtype)
    c10 = (-alpha + 1.0).to(loc.dtype)
    a = alpha.to(loc.dtype)
    e0 = exp(log_scale)
    x0 = exp(-log_scale)
    x1 = loc * x0
    x2 = c1 * x1
    x3 = c2 * e0
    x4 = c4 * e0
    x5 = c3 * x1
    x6 = x4 + x5 > 0.0
    x7 = square(loc) * exp(-2.0 * log_scale)
    x8 = x2 + x3
    x9 = tl.where(x6, x8, 0.0)
    x10 = tl.where(x6, 0.0, x8)
    x11 = mills_tail(x9, x10)
    x12 = 0.7978845608028654 / x11
    x13 = tl.where(x6, x12 * exp(-0.5 * tl.where(x6, square(x8), 0.0)), x12 * mills_deficit(x9, x10))
    value = (
        c7 * (c6 + log_scale - a * (log_scale + 0.9189385332046728) + tl.where(x6, x3 * (x2 + c0 * e0), c5 * x7) +
        tl.log(x11))
    )
    d_loc = c8 * x0 * (x13 - tl.where(x6, x3, x5))
    d_log_scale = c7 * (c10 + x13 * (x2 + x4) + tl.where(x6, c9 * square(e0), a * x7))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_normal_exponential(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
