# Written by codegen.build (SymPy 1.14.0) from the catalog's kld C/C; change the generator, not this file.
"""kld of the cauchy from the standard cauchy, in nats.

loc = mu, log_scale = l:
log1p(mu**2*exp(-l)/4 + expm1(l)**2*exp(-l)/4)

Finite where True. Evaluated by closed form, rewritten by log_variable, log_of_ratio.
Operations per element: 17 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, log1p, square

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_cauchy_cauchy(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = exp(-log_scale)
    x1 = 0.25 * x0
    x2 = expm1(log_scale)
    x3 = square(loc) * x1 + x1 * square(x2)
    x4 = (1.0 / (x3 + 1.0))
    value = log1p(x3)
    d_loc = 0.5 * loc * x0 * x4
    d_log_scale = x4 * (0.5 * x2 - x3)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
