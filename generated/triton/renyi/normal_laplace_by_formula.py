# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/La; change the generator, not this file.
"""renyi of the normal from the standard laplace, in nats.

Finite where True.
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
SIDES = ["below", "above"]


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
    c6 = (2.0 * alpha - 2.0).to(loc.dtype)
    c7 = (-0.6931471805599453 * (-alpha + 1.0) - 0.5 * tl.log(alpha) + 0.22579135264472744).to(loc.dtype)
    c8 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c9 = (tl.sqrt(alpha) / (alpha - 1.0)).to(loc.dtype)
    c10 = (square(-alpha + 1.0) / alpha).to(loc.dtype)
    c11 = (-alpha + 1.0).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = tl.abs(loc)
    x2 = exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = square(loc) * exp(-x10)
    x12 = x4 + x5
    x13 = tl.where(x9, x12, 0.0)
    x14 = tl.where(x9, 0.0, x12)
    x15 = mills_tail(x13, x14)
    x16 = square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = tl.where(x18, x17, 0.0)
    x20 = tl.where(x18, 0.0, x17)
    x21 = mills_tail(x19, x20)
    x22 = (1.0 / x15)
    x23 = x21 * x22 * exp(-tl.where(x5 >= x7, 0.0, tl.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    x24 = (1.0 / (x23 + 1.0))
    x25 = 0.7978845608028654 / x21
    x26 = tl.where(x18, x25 * exp(-0.5 * tl.where(x18, square(x17), 0.0)), x25 * mills_deficit(x19, x20))
    x27 = x23 * x24
    x28 = 0.7978845608028654 * x22
    x29 = tl.where(x9, x28 * exp(-0.5 * tl.where(x9, x16, 0.0)), x28 * mills_deficit(x13, x14))
    x30 = -x27 + 1.0
    x31 = c10 * exp(x10)
    x32 = a * x11
    value = (
        c8 * (c7 + log_scale - a * (log_scale + 0.9189385332046728) + tl.where(x9, x5 * (x4 + c0 * x0), c5 * x11) +
        log1p(x23) + tl.log(x15))
    )
    d_loc = c9 * x2 * tl.where(x5 < x7, x24 * x6 * (-x23 + 1.0), x4 - x26 * x27 + x29 * x30) * sign(loc)
    d_log_scale = (
        c8 * (c11 + x27 * (x26 * x8 + tl.where(x18, x31, x32)) + x30 * (x29 * (x4 + x6) + tl.where(x9, x31, x32)))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (0.5 * (-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c1 = (-tl.sqrt(alpha)).to(loc.dtype)
    c2 = ((-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c3 = (tl.sqrt(alpha)).to(loc.dtype)
    c4 = (-(-alpha + 1.0) / tl.sqrt(alpha)).to(loc.dtype)
    c5 = (-0.5 * alpha).to(loc.dtype)
    c6 = (2.0 * alpha - 2.0).to(loc.dtype)
    c7 = (-0.6931471805599453 * (-alpha + 1.0) - 0.5 * tl.log(alpha) + 0.22579135264472744).to(loc.dtype)
    c8 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c9 = (tl.sqrt(alpha) / (alpha - 1.0)).to(loc.dtype)
    c10 = (square(-alpha + 1.0) / alpha).to(loc.dtype)
    c11 = (-alpha + 1.0).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = tl.abs(loc)
    x2 = exp(-log_scale)
    x3 = x1 * x2
    x4 = c1 * x3
    x5 = c2 * x0
    x6 = c4 * x0
    x7 = c3 * x3
    x8 = x6 + x7
    x9 = x8 > 0.0
    x10 = 2.0 * log_scale
    x11 = square(loc) * exp(-x10)
    x12 = x4 + x5
    x13 = tl.where(x9, x12, 0.0)
    x14 = tl.where(x9, 0.0, x12)
    x15 = mills_tail(x13, x14)
    x16 = square(x12)
    x17 = x5 + x7
    x18 = x17 < 0.0
    x19 = tl.where(x18, x17, 0.0)
    x20 = tl.where(x18, 0.0, x17)
    x21 = mills_tail(x19, x20)
    x22 = (1.0 / x15)
    x23 = x21 * x22 * exp(-tl.where(x5 >= x7, 0.0, tl.where(x6 <= x7, 0.5 * x16, c6 * x1)))
    x24 = (1.0 / (x23 + 1.0))
    x25 = 0.7978845608028654 / x21
    x26 = tl.where(x18, x25 * exp(-0.5 * tl.where(x18, square(x17), 0.0)), x25 * mills_deficit(x19, x20))
    x27 = x23 * x24
    x28 = 0.7978845608028654 * x22
    x29 = tl.where(x9, x28 * exp(-0.5 * tl.where(x9, x16, 0.0)), x28 * mills_deficit(x13, x14))
    x30 = -x27 + 1.0
    x31 = c10 * exp(x10)
    x32 = a * x11
    value = (
        c8 * (c7 + log_scale - a * (log_scale + 0.9189385332046728) + tl.where(x9, x5 * (x4 + c0 * x0), c5 * x11) +
        log1p(x23) + tl.log(x15))
    )
    d_loc = c9 * x2 * tl.where(x5 < x7, x24 * x6 * (-x23 + 1.0), x4 - x26 * x27 + x29 * x30) * sign(loc)
    d_log_scale = (
        c8 * (c11 + x27 * (x26 * x8 + tl.where(x18, x31, x32)) + x30 * (x29 * (x4 + x6) + tl.where(x9, x31, x32)))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_normal_laplace(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
