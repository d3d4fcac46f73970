# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/E; change the generator, not this file.
"""kld of the uniform from the standard exponential, in nats.

loc = mu, log_scale = l:
-l + mu - log(2)

Finite where mu - sigma >= 0. Evaluated by closed form, rewritten by log_variable.
Operations per element: 3 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, infinite, rounding

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_uniform_exponential(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    finite = loc - exp(log_scale) >= -rounding(1.0 + exp(log_scale))
    outside = infinite(loc, log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    value = loc - log_scale - 0.6931471805599453
    d_loc = tl.full(loc.shape, 1.0, loc.dtype)
    d_log_scale = tl.full(loc.shape, -1.0, loc.dtype)
    value = tl.where(value < 0.0, 0.0, value)
    value = tl.where(finite, value, outside)
    d_loc = tl.where(finite, d_loc, 0.0)
    d_log_scale = tl.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
