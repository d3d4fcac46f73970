# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/E; change the generator, not this file.
"""kld of the exponential from the standard exponential, in nats.

loc = mu, log_scale = l:
mu + expm1mx(l)

Finite where mu >= 0. Evaluated by closed form, rewritten by log_variable, bregman.
Operations per element: 3 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import expm1, expm1mx, infinite

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_exponential_exponential(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    finite = loc >= 0.0
    outside = infinite(loc, log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    value = loc + expm1mx(log_scale)
    d_loc = tl.full(loc.shape, 1.0, loc.dtype)
    d_log_scale = expm1(log_scale)
    value = tl.where(value < 0.0, 0.0, value)
    value = tl.where(finite, value, outside)
    d_loc = tl.where(finite, d_loc, 0.0)
    d_log_scale = tl.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
