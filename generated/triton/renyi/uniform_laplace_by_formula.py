# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi U/La; change the generator, not this file.
"""renyi of the uniform from the standard laplace, in nats.

Finite where True.
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    expm1,
    exprel,
    rounding,
    settled,
    sign,
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
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c2 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c3 = (2.0 * alpha - 2.0).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = tl.abs(loc)
    x2 = x0 - x1
    x3 = tl.where(x2 < 0.0, 0.0, x2)
    x4 = c0 * x3
    x5 = tl.where(x0 > 0.5 * x0 + 0.5 * x1, x0 + x1, 2.0 * x0)
    x6 = x3 * exprel(x4) + x5 * exprel(c0 * x5)
    x7 = c3 * tl.where(x0 > x1, x1, x0)
    x8 = exp(x4) / x6
    value = c2 * (c1 - a * (log_scale + 0.6931471805599453) + c0 * tl.where(x2 > 0.0, 0.0, -x2) + tl.log(x6))
    d_loc = c2 * x8 * expm1(x7) * sign(loc)
    d_log_scale = c2 * (-a + x0 * (x8 + x8 * exp(x7)))
    return finite, value, d_loc, d_log_scale


@triton.jit
def above(loc, log_scale, alpha, slack):
    """Of orders above one; where it is finite, and there the divergence and its derivatives."""
    finite = (loc == loc) & (log_scale == log_scale)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (alpha - 1.0).to(loc.dtype)
    c1 = (-alpha + 1.0).to(loc.dtype)
    c2 = (-2.0 * alpha + 2.0).to(loc.dtype)
    c3 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c4 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    c5 = (-1.0 / (alpha - 1.0)).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = exp(log_scale)
    x1 = tl.abs(loc)
    x2 = x0 + x1
    x3 = tl.where(x0 > 0.5 * x0 + 0.5 * x1, x2, 2.0 * x0)
    x4 = c2 * tl.where(x0 > x1, x1, x0)
    x5 = exp(x4)
    x6 = x0 - x1
    x7 = tl.where(x6 < 0.0, 0.0, x6)
    x8 = x3 * exprel(c1 * x3) + x5 * x7 * exprel(c1 * x7)
    x9 = (1.0 / x8)
    value = c4 * (c3 - a * (log_scale + 0.6931471805599453) + c0 * x2 + tl.log(x8))
    d_loc = c5 * x9 * expm1(x4) * sign(loc)
    d_log_scale = c4 * (-a + x0 * x9 * (x5 + 1.0))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_uniform_laplace(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    if alpha < 1.0:
        finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    else:
        finite, value, d_loc, d_log_scale = above(loc, log_scale, alpha, slack)
        value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
