# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/G; change the generator, not this file.
"""kld of the exponential from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(l) + expm1mx(-mu - log1p(exp(l))) - log1p(exp(l)) + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, bregman.
Operations per element: 17 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx, log1p

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_exponential_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = exp(log_scale)
    x1 = log1p(x0)
    x2 = -loc - x1
    x3 = expm1(x2)
    x4 = x0 / (x0 + 1.0)
    value = -x1 + expm1mx(log_scale) + expm1mx(x2) + 1.0
    d_loc = -x3
    d_log_scale = -x4 - x3 * x4 + expm1(log_scale)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
