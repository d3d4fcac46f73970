# Written by codegen.build (SymPy 1.14.0) from the catalog's kld La/G; change the generator, not this file.
"""kld of the laplace from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu - log1mexp(2*l)) - log1mexp(2*l) - log(2)

Finite where sigma < 1. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 18 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx, infinite, log1mexp

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_laplace_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    finite = log_scale < 0.0
    outside = infinite(loc, log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    x0 = 2.0 * log_scale
    x1 = log1mexp(x0)
    x2 = -loc - x1
    x3 = expm1(x2)
    x4 = 2.0 * exp(x0) / expm1(x0)
    value = -log_scale - x1 + expm1mx(x2) - 0.6931471805599453
    d_loc = -x3
    d_log_scale = -x4 - x3 * x4 - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    value = tl.where(finite, value, outside)
    d_loc = tl.where(finite, d_loc, 0.0)
    d_log_scale = tl.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
