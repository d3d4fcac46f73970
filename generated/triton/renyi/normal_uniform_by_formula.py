# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi N/U; change the generator, not this file.
"""renyi of the normal from the standard uniform, in nats.

Finite where alpha < 1.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    erf,
    exp,
    expm1,
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
    c0 = (-tl.sqrt(alpha)).to(loc.dtype)
    c1 = (tl.sqrt(alpha)).to(loc.dtype)
    c2 = (2.0 * tl.sqrt(alpha)).to(loc.dtype)
    c3 = (-2.0 * alpha).to(loc.dtype)
    c4 = (-0.6931471805599453 * (-alpha + 1.0) - 0.5 * tl.log(alpha)).to(loc.dtype)
    c5 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c6 = (0.5 / tl.sqrt(alpha)).to(loc.dtype)
    c7 = (tl.sqrt(alpha) / (alpha - 1.0)).to(loc.dtype)
    c8 = (-alpha + 1.0).to(loc.dtype)
    a = alpha.to(loc.dtype)
    e0 = exp(-log_scale)
    x0 = c0 * e0
    x1 = tl.abs(loc)
    x2 = c1 * e0
    x3 = x1 * x2
    x4 = x0 + x3
    x5 = x4 < 0.0
    x6 = square(x4)
    x7 = 0.7071067811865476 * x3
    x8 = erf(0.7071067811865476 * x0 + x7)
    x9 = erf(0.7071067811865476 * x2 + x7)
    x10 = x2 < 0.5
    x11 = tl.where(x10, c2 * e0, 1.0)
    x12 = tl.where(x5, 0.0, x4)
    x13 = (
        0.08566224618958518 * exp(-0.033765242898423975 * x11 * (0.016882621449211987 * x11 + x12)) + 0.1803807865240693
        * exp(-0.16939530676686776 * x11 * (0.08469765338343388 * x11 + x12)) + 0.23395696728634552 *
        exp(-0.38069040695840156 * x11 * (0.19034520347920078 * x11 + x12)) + 0.23395696728634552 *
        exp(-0.6193095930415985 * x11 * (0.30965479652079925 * x11 + x12)) + 0.1803807865240693 *
        exp(-0.8306046932331322 * x11 * (0.4153023466165661 * x11 + x12)) + 0.08566224618958518 * exp(-0.966234757101576
        * x11 * (0.483117378550788 * x11 + x12))
    )
    x14 = square(e0) * x1
    x15 = a * x14 < 0.05
    x16 = c3 * x14
    x17 = exp(x16)
    x18 = tl.where(x5, x4, 0.0)
    x19 = x2 + x3
    x20 = x17 * mills_tail(x18, x19)
    x21 = mills_tail(x18, x12)
    x22 = (
        tl.where(x5, 0.7978845608028654 / (-x8 + x9), tl.where(x15, tl.where(x10, c6 * exp(log_scale), 1.0) / x13,
        0.7978845608028654 / (-x20 + x21)))
    )
    x23 = x22 * tl.where(x5, exp(-0.5 * x6), 1.0)
    x24 = x23 * expm1(x16)
    x25 = tl.where(x5, exp(-0.5 * square(x19)), x17)
    x26 = -x23 * x4 + x19 * x22 * x25
    value = (
        c5 * (c4 + log_scale - a * (log_scale + 0.9189385332046728) - 0.5 * tl.where(x5, 0.0, x6) + tl.log(tl.where(x5,
        -1.2533141373155003 * x8 + 1.2533141373155003 * x9, tl.where(x15, x11 * x13, -1.2533141373155003 * x20 +
        1.2533141373155003 * x21))))
    )
    d_loc = c7 * e0 * x24 * sign(loc)
    d_log_scale = c5 * (c8 - tl.where(x5, x26, tl.where(x15, x2 * (x23 + x22 * x25) + x24 * x3, x26)))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_normal_uniform(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
