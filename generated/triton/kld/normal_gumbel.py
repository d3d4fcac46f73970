# Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/G; change the generator, not this file.
"""kld of the normal from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(2*l)/2 + expm1mx(-mu + exp(2*l)/2) - log(pi)/2 - log(2)/2 + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, bregman.
Operations per element: 14 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_normal_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = 2.0 * log_scale
    x1 = exp(x0)
    x2 = -loc + 0.5 * x1
    x3 = expm1(x2)
    value = 0.5 * expm1mx(x0) + expm1mx(x2) + 0.08106146679532726
    d_loc = -x3
    d_log_scale = x1 * x3 + expm1(x0)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
