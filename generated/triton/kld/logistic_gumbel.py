# Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/G; change the generator, not this file.
"""kld of the logistic from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu + log_reflection(l)) + log_reflection(l) - 1

Finite where sigma < 1. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 14 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import expm1, expm1mx, infinite, log_reflection, one_minus_picot

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_logistic_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    finite = log_scale < 0.0
    outside = infinite(loc, log_scale)
    loc = tl.where(finite, loc, 0.5)
    log_scale = tl.where(finite, log_scale, -1.0)
    x0 = -log_reflection(log_scale)
    x1 = -loc - x0
    x2 = expm1(x1)
    x3 = one_minus_picot(log_scale)
    value = -log_scale - x0 + expm1mx(x1) - 1.0
    d_loc = -x2
    d_log_scale = x3 + x2 * x3 - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    value = tl.where(finite, value, outside)
    d_loc = tl.where(finite, d_loc, 0.0)
    d_log_scale = tl.where(finite, d_log_scale, 0.0)
    return value, d_loc, d_log_scale
