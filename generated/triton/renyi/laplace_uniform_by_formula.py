# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi La/U; change the generator, not this file.
"""renyi of the laplace from the standard uniform, in nats.

Finite where alpha < 1.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    exponential_mean,
    exprel,
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
    c0 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c1 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c2 = (-2.0 * alpha).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = tl.abs(loc)
    x1 = x0 < 1.0
    x2 = x0 - 1.0
    x3 = tl.where(x1, 0.0, x2)
    x4 = exp(-log_scale)
    x5 = a * x4
    x6 = x0 + 1.0
    x7 = tl.where(x1, x6, 2.0)
    x8 = x5 * x7
    x9 = exprel(-x8)
    x10 = x0 > 1.0
    x11 = -x2
    x12 = tl.where(x10, 0.0, x11)
    x13 = x12 * x5
    x14 = -x13
    x15 = exprel(x14)
    x16 = x12 * x15 + x7 * x9
    x17 = (1.0 / x16)
    value = c1 * (c0 - a * (log_scale + 0.6931471805599453) - x3 * x5 + tl.log(x16))
    d_loc = c1 * x17 * expm1(c2 * x4 * tl.where(x1, x0, 1.0)) * exp(x14) * sign(loc)
    d_log_scale = (
        c1 * (-a + x5 * (x3 + x17 * (x15 * tl.where(x10, 0.0, square(x11)) * exponential_mean(x13) + x9 * tl.where(x1,
        square(x6), 4.0) * exponential_mean(x8))))
    )
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_laplace_uniform(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
