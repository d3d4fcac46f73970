# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/G; change the generator, not this file.
"""kld of the uniform from the standard gumbel, in nats.

loc = mu, log_scale = l:
-l + expm1mx(-mu + logsinhc(exp(l))) + logsinhc(exp(l)) - log(2) + 1

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential.
Operations per element: 14 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx, langevin, logsinhc

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_uniform_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = exp(log_scale)
    x1 = logsinhc(x0)
    x2 = -loc + x1
    x3 = expm1(x2)
    x4 = x0 * langevin(x0)
    value = -log_scale + x1 + expm1mx(x2) + 0.3068528194400547
    d_loc = -x3
    d_log_scale = x4 + x3 * x4 - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
