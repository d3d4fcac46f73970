# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/N; change the generator, not this file.
"""kld of the uniform from the standard normal, in nats.

loc = mu, log_scale = l:
mu**2/2 + expm1mx(2*l - log(3))/2 - log(3)/2 - log(2)/2 + 1/2 + log(pi)/2

Finite where True. Evaluated by closed form, rewritten by log_variable, bregman.
Operations per element: 9 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import expm1, expm1mx, square

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_uniform_normal(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = 2.0 * log_scale - 1.0986122886681098
    value = 0.5 * square(loc) + 0.5 * expm1mx(x0) + 0.17648520831067258
    d_loc = loc
    d_log_scale = expm1(x0)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
