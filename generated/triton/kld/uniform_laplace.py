# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/La; change the generator, not this file.
"""kld of the uniform from the standard laplace, in nats.

loc = mu, log_scale = l:
-l + Piecewise((Abs(mu), exp(l) <= Abs(mu)), ((exp(l) - Abs(mu))**2*exp(-l)/2 + Abs(mu), True))

Finite where True. Evaluated by closed form, rewritten by log_variable, mean_absolute_of_uniform.
Operations per element: 19 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, sign, square

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_uniform_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = tl.abs(loc)
    x1 = exp(log_scale)
    x2 = x1 <= x0
    x3 = exp(-log_scale)
    x4 = -x0 + x1
    x5 = x0 + 0.5 * x3 * square(x4)
    x6 = sign(loc)
    value = -log_scale + tl.where(x2, x0, x5)
    d_loc = tl.where(x2, x6, x6 - x3 * x4 * x6)
    d_log_scale = tl.where(x2, 0.0, x1 - x5) - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
