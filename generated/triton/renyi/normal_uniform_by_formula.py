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
    x0 = exp(-log_scale)
    x1 = c0 * x0
    x2 = tl.abs(loc)
    x3 = c1 * x0
    x4 = x2 * x3
    x5 = x1 + x4
    x6 = x5 < 0.0
    x7 = square(x5)
    x8 = 0.7071067811865476 * x4
    x9 = erf(0.7071067811865476 * x1 + x8)
    x10 = erf(0.7071067811865476 * x3 + x8)
    x11 = x3 < 0.5
    x12 = tl.where(x11, c2 * x0, 1.0)
    x13 = tl.where(x6, 0.0, x5)
    x14 = (
        0.08566224618958518 * exp(-0.033765242898423975 * x12 * (0.016882621449211987 * x12 + x13)) + 0.1803807865240693
        * exp(-0.16939530676686776 * x12 * (0.08469765338343388 * x12 + x13)) + 0.23395696728634552 *
        exp(-0.38069040695840156 * x12 * (0.19034520347920078 * x12 + x13)) + 0.23395696728634552 *
        exp(-0.6193095930415985 * x12 * (0.30965479652079925 * x12 + x13)) + 0.1803807865240693 *
        exp(-0.8306046932331322 * x12 * (0.4153023466165661 * x12 + x13)) + 0.08566224618958518 * exp(-0.966234757101576
        * x12 * (0.483117378550788 * x12 + x13))
    )
    x15 = x2 * exp(-2.0 * log_scale)
    x16 = a * x15 < 0.05
    x17 = c3 * x15
    x18 = exp(x17)
    x19 = tl.where(x6, x5, 0.0)
    x20 = x3 + x4
    x21 = x18 * mills_tail(x19, x20)
    x22 = mills_tail(x19, x13)
    x23 = (
        tl.where(x6, 0.7978845608028654 / (x10 - x9), tl.where(x16, tl.where(x11, c6 * exp(log_scale), 1.0) / x14,
        0.7978845608028654 / (-x21 + x22)))
    )
    x24 = x23 * tl.where(x6, exp(-0.5 * x7), 1.0)
    x25 = x24 * expm1(x17)
    x26 = tl.where(x6, exp(-0.5 * square(x20)), x18)
    x27 = -x24 * x5 + x20 * x23 * x26
    value = (
        c5 * (c4 + log_scale - a * (log_scale + 0.9189385332046728) - 0.5 * tl.where(x6, 0.0, x7) + tl.log(tl.where(x6,
        1.2533141373155003 * x10 - 1.2533141373155003 * x9, tl.where(x16, x12 * x14, -1.2533141373155003 * x21 +
        1.2533141373155003 * x22))))
    )
    d_loc = c7 * x0 * x25 * sign(loc)
    d_log_scale = c5 * (c8 - tl.where(x6, x27, tl.where(x16, x25 * x4 + x3 * (x24 + x23 * x26), x27)))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_normal_uniform(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
