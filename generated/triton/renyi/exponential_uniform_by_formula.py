# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi E/U; change the generator, not this file.
"""renyi of the exponential from the standard uniform, in nats.

Finite where (alpha < 1) & (mu < 1).
"""

import triton
import triton.language as tl

from generated.triton.special import (
    exp,
    exponential_mean,
    exprel,
    rounding,
    settled,
)

NODES = {"float64": {}, "float32": {}}
# of order one, beyond what is near it
SIDES = ["below"]


@triton.jit
def below(loc, log_scale, alpha, slack):
    """Of orders below one; where it is finite, and there the divergence and its derivatives."""
    m = loc.to(tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & (m < 1.0)
    loc = tl.where(finite, loc, 0.5).to(tl.float64)
    log_scale = tl.where(finite, log_scale, -1.0).to(tl.float64)
    c0 = (-0.6931471805599453 * (-alpha + 1.0)).to(loc.dtype)
    c1 = ((1.0 / (alpha - 1.0))).to(loc.dtype)
    a = alpha.to(loc.dtype)
    x0 = loc > -1.0
    x1 = tl.where(x0, 0.0, -loc - 1.0)
    x2 = a * exp(-log_scale)
    x3 = -loc + 1.0
    x4 = tl.where(x0, x3, 2.0)
    x5 = x2 * x4
    x6 = -x5
    x7 = exprel(x6)
    value = c1 * (c0 - a * log_scale - x1 * x2 + tl.log(x4 * x7))
    d_loc = c1 * tl.where(loc < -1.0, x2, -tl.where(x0, (1.0 / x3), 0.5) * exp(x6) / x7)
    d_log_scale = c1 * (-a + x2 * (x1 + x4 * exponential_mean(x5)))
    return finite, value, d_loc, d_log_scale


@triton.jit
def renyi_exponential_uniform(loc, log_scale, alpha, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale."""
    slack = rounding(1.0 + exp(log_scale))
    finite, value, d_loc, d_log_scale = below(loc, log_scale, alpha, slack)
    value, d_loc, d_log_scale = settled(finite, loc, log_scale, value, d_loc, d_log_scale)
    return value, d_loc, d_log_scale
