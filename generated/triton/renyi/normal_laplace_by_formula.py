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
    e0 = exp(log_scale)
    x0 = tl.abs(loc)
    x1 = exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = square(loc) * exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = tl.where(x8, x10, 0.0)
    x12 = tl.where(x8, 0.0, x10)
    x13 = mills_tail(x11, x12)
    x14 = square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = tl.where(x16, x15, 0.0)
    x18 = tl.where(x16, 0.0, x15)
    x19 = mills_tail(x17, x18)
    x20 = (1.0 / x13)
    x21 = x19 * x20 * exp(-tl.where(x4 >= x6, 0.0, tl.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    x22 = (1.0 / (x21 + 1.0))
    x23 = 0.7978845608028654 / x19
    x24 = tl.where(x16, x23 * exp(-0.5 * tl.where(x16, square(x15), 0.0)), x23 * mills_deficit(x17, x18))
    x25 = x21 * x22
    x26 = 0.7978845608028654 * x20
    x27 = tl.where(x8, x26 * exp(-0.5 * tl.where(x8, x14, 0.0)), x26 * mills_deficit(x11, x12))
    x28 = -x25 + 1.0
    x29 = c10 * square(e0)
    x30 = a * x9
    value = (
        c8 * (c7 + log_scale - a * (log_scale + 0.9189385332046728) + tl.where(x8, x4 * (x3 + c0 * e0), c5 * x9) +
        log1p(x21) + tl.log(x13))
    )
    d_loc = c9 * x1 * tl.where(x4 < x6, x22 * x5 * (-x21 + 1.0), x3 - x24 * x25 + x27 * x28) * sign(loc)
    d_log_scale = (
        c8 * (c11 + x25 * (x24 * x7 + tl.where(x16, x29, x30)) + x28 * (x27 * (x3 + x5) + tl.where(x8, x29, x30)))
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
    e0 = exp(log_scale)
    x0 = tl.abs(loc)
    x1 = exp(-log_scale)
    x2 = x0 * x1
    x3 = c1 * x2
    x4 = c2 * e0
    x5 = c4 * e0
    x6 = c3 * x2
    x7 = x5 + x6
    x8 = x7 > 0.0
    x9 = square(loc) * exp(-2.0 * log_scale)
    x10 = x3 + x4
    x11 = tl.where(x8, x10, 0.0)
    x12 = tl.where(x8, 0.0, x10)
    x13 = mills_tail(x11, x12)
    x14 = square(x10)
    x15 = x4 + x6
    x16 = x15 < 0.0
    x17 = tl.where(x16, x15, 0.0)
    x18 = tl.where(x16, 0.0, x15)
    x19 = mills_tail(x17, x18)
    x20 = (1.0 / x13)
    x21 = x19 * x20 * exp(-tl.where(x4 >= x6, 0.0, tl.where(x5 <= x6, 0.5 * x14, c6 * x0)))
    x22 = (1.0 / (x21 + 1.0))
    x23 = 0.7978845608028654 / x19
    x24 = tl.where(x16, x23 * exp(-0.5 * tl.where(x16, square(x15), 0.0)), x23 * mills_deficit(x17, x18))
    x25 = x21 * x22
    x26 = 0.7978845608028654 * x20
    x27 = tl.where(x8, x26 * exp(-0.5 * tl.where(x8, x14, 0.0)), x26 * mills_deficit(x11, x12))
    x28 = -x25 + 1.0
    x29 = c10 * square(e0)
    x30 = a * x9
    value = (
        c8 * (c7 + log_scale - a * (log_scale + 0.9189385332046728) + tl.where(x8, x4 * (x3 + c0 * e0), c5 * x9) +
        log1p(x21) + tl.log(x13))
    )
    d_loc = c9 * x1 * tl.where(x4 < x6, x22 * x5 * (-x21 + 1.0), x3 - x24 * x25 + x27 * x28) * sign(loc)
    d_log_scale = (
        c8 * (c11 + x25 * (x24 * x7 + tl.where(x16, x29, x30)) + x28 * (x27 * (x3 + x5) + tl.where(x8, x29, x30)))
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
