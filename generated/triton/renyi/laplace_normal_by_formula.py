# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/N; change the generator, not this file.
"""renyi of the laplace from the standard normal, in nats.

Finite where alpha <= 1.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    log1p,
    mills_deficit,
    mills_tail,
    rounding,
    settled,
    sign,
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
    c0 = (-tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c1 = (0.5 * alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c2 = (alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c3 = (0.5 * alpha - 0.5).to(loc.dtype)
    c4 = (tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c5 = (-alpha / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c6 = (-2.0 * alpha).to(loc.dtype)
    c7 = (-0.9189385332046728 * (-alpha + 1.0) - 0.5 * tl.log(-alpha + 1.0) + 0.22579135264472744).to(loc.dtype)
    c8 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c9 = (tl.sqrt(-alpha + 1.0) / (alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = tl.abs(loc)
    x1 = c0 * x0
    x2 = exp(-log_scale)
    x3 = c2 * x2
    x4 = x1 + x3
    x5 = x4 < 0.0
    x6 = tl.where(x5, x4, 0.0)
    x7 = tl.where(x5, 0.0, x4)
    x8 = mills_tail(x6, x7)
    x9 = c4 * x0
    x10 = x3 + x9
    x11 = x10 < 0.0
    x12 = tl.where(x11, x10, 0.0)
    x13 = tl.where(x11, 0.0, x10)
    x14 = mills_tail(x12, x13)
    x15 = (1.0 / x8)
    x16 = square(x4)
    x17 = c5 * x2
    x18 = x15 * exp(-tl.where(x3 >= x9, 0.0, tl.where(x17 <= x9, 0.5 * x16, c6 * x0 * x2)))
    x19 = x14 * x18
    x20 = (1.0 / (x19 + 1.0))
    x21 = 0.7978845608028654 / x14
    x22 = mills_deficit(x12, x13)
    x23 = x19 * x20
    x24 = 0.7978845608028654 * x15
    x25 = x24 * mills_deficit(x6, x7)
    x26 = -x23 + 1.0
    value = (
        c8 * (c7 - a * (log_scale + 0.6931471805599453) + tl.where(x5, x3 * (x1 + c1 * x2), c3 * square(loc)) +
        log1p(x19) + tl.log(x8))
    )
    d_loc = (
        c9 * tl.where(x3 < x9, x17 * x20 * (-x19 + 1.0), x1 - x23 * tl.where(x11, x21 * exp(-0.5 * tl.where(x11,
        square(x10), 0.0)), x21 * x22) + x26 * tl.where(x5, x24 * exp(-0.5 * tl.where(x5, x16, 0.0)), x25)) * sign(loc)
    )
    d_log_scale = c8 * (-a + c2 * x2 * (x25 * x26 + 0.7978845608028654 * x18 * x20 * x22))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_laplace_normal(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
