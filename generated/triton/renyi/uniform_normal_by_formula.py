# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/N; change the generator, not this file.
"""renyi of the uniform from the standard normal, in nats.

Finite where True.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    dawson,
    erf,
    exp,
    expm1,
    exprel,
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
    c0 = (tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c1 = (-tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c2 = (2.0 * tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c3 = (-alpha + 1.0).to(loc.dtype)
    c4 = (2.0 * alpha - 2.0).to(loc.dtype)
    c5 = (-0.9189385332046728 * (-alpha + 1.0) - 0.5 * tl.log(-alpha + 1.0)).to(loc.dtype)
    c6 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c7 = (0.5 / tl.sqrt(-alpha + 1.0)).to(loc.dtype)
    c8 = (tl.sqrt(-alpha + 1.0) / (alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = c0 * x0
    x2 = tl.abs(loc)
    x3 = x1 + c1 * x2 > 0.0
    x4 = c0 * x2
    x5 = c1 * x0
    x6 = x4 + x5
    x7 = square(x6)
    x8 = 0.7071067811865476 * x4
    x9 = erf(0.7071067811865476 * x1 + x8)
    x10 = erf(0.7071067811865476 * x5 + x8)
    x11 = x1 < 0.5
    x12 = tl.where(x11, c2 * x0, 1.0)
    x13 = tl.where(x3, 0.0, x6)
    x14 = (
        0.08566224618958518 * exp(-0.033765242898423975 * x12 * (0.016882621449211987 * x12 + x13)) + 0.1803807865240693
        * exp(-0.16939530676686776 * x12 * (0.08469765338343388 * x12 + x13)) + 0.23395696728634552 *
        exp(-0.38069040695840156 * x12 * (0.19034520347920078 * x12 + x13)) + 0.23395696728634552 *
        exp(-0.6193095930415985 * x12 * (0.30965479652079925 * x12 + x13)) + 0.1803807865240693 *
        exp(-0.8306046932331322 * x12 * (0.4153023466165661 * x12 + x13)) + 0.08566224618958518 * exp(-0.966234757101576
        * x12 * (0.483117378550788 * x12 + x13))
    )
    x15 = x0 * x2
    x16 = c3 * x15 < 0.05
    x17 = c4 * x15
    x18 = exp(x17)
    x19 = tl.where(x3, x6, 0.0)
    x20 = x1 + x4
    x21 = x18 * mills_tail(x19, x20)
    x22 = mills_tail(x19, x13)
    x23 = (
        tl.where(x3, 0.7978845608028654 / (-x10 + x9), tl.where(x16, tl.where(x11, c7 * exp(-log_scale), 1.0) / x14,
        0.7978845608028654 / (-x21 + x22)))
    )
    x24 = x23 * tl.where(x3, exp(-0.5 * x7), 1.0)
    value = (
        c6 * (c5 - a * (log_scale + 0.6931471805599453) - 0.5 * tl.where(x3, 0.0, x7) + tl.log(tl.where(x3,
        -1.2533141373155003 * x10 + 1.2533141373155003 * x9, tl.where(x16, x12 * x14, -1.2533141373155003 * x21 +
        1.2533141373155003 * x22))))
    )
    d_loc = c8 * x24 * expm1(x17) * sign(loc)
    d_log_scale = c6 * (-a + c0 * x0 * (x24 + x23 * tl.where(x3, exp(-0.5 * square(x20)), x18)))
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c2 = (-tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c3 = (-2.0 * alpha + 2.0).to(loc.dtype)
    c4 = (0.7071067811865476 / tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c5 = (0.966234757101576 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c6 = (-0.06753048579684795 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c7 = (0.033765242898423975 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c8 = (-1.932469514203152 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c9 = (0.3806904069584015 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c10 = (-1.238619186083197 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c11 = (0.6193095930415984 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c12 = (-0.7613808139168031 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c13 = (0.8306046932331322 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c14 = (-0.3387906135337355 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c15 = (0.16939530676686776 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c16 = (-1.6612093864662645 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    c17 = (2.0 * alpha - 2.0).to(loc.dtype)
    c18 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c19 = (1.4142135623730951 * tl.sqrt(alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = x0 < 1e-160
    x2 = x0 > 1e+160
    x3 = tl.where(x1, 1e-160, tl.where(x2, 1e+160, x0))
    x4 = tl.abs(loc)
    x5 = tl.where(x4 < 1e-160, 1e-160, tl.where(x4 > 1e+160, 1e+160, x4))
    x6 = 0.7071067811865476 * x3
    x7 = c1 * x5
    x8 = 0.7071067811865476 * x7
    x9 = c3 * x3 * x5
    x10 = exp(x9)
    x11 = -x10 * dawson(x8 + c2 * x6) + dawson(x8 + c1 * x6)
    x12 = c4 * x11 * tl.where(x1, 1e+160, tl.where(x2, 1e-160, exp(-log_scale)))
    x13 = x0 > x4
    x14 = (
        0.23395696728634552 * exp(c10 * x3 * (x7 + c9 * x3)) + 0.23395696728634552 * exp(c12 * x3 * (x7 + c11 * x3)) +
        0.1803807865240693 * exp(c14 * x3 * (x7 + c13 * x3)) + 0.1803807865240693 * exp(c16 * x3 * (x7 + c15 * x3)) +
        0.08566224618958518 * exp(c6 * x3 * (x7 + c5 * x3)) + 0.08566224618958518 * exp(c8 * x3 * (x7 + c7 * x3))
    )
    x15 = c17 * x0 * x4 < 0.1
    x16 = c19 * x3 / x11
    x17 = tl.where(x13, x16, tl.where(x15, (1.0 / x14), x16))
    value = (
        c18 * (c0 * (-log_scale + 0.5 * square(x3 + x5) + 0.22579135264472744) + tl.log(tl.where(x13, x12, tl.where(x15,
        x14, x12))))
    )
    d_loc = x17 * x5 * exprel(x9) * sign(loc)
    d_log_scale = c18 * (-a + 0.5 * x17 * (x10 + 1.0))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_uniform_normal(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
