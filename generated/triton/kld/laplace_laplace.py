# Written by codegen.build (SymPy 1.14.0) from the catalog's kld La/La; change the generator, not this file.
"""kld of the laplace from the standard laplace, in nats.

loc = mu, log_scale = l:
expm1mx(l) + expm1mx(-exp(-l)*Abs(mu))*exp(l)

Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, exponential_minus_linear,
bregman.
Operations per element: 17 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx, sign

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_laplace_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = tl.abs(loc)
    x1 = -x0 * exp(-log_scale)
    x2 = expm1mx(x1) * exp(log_scale)
    x3 = expm1(x1)
    value = x2 + expm1mx(log_scale)
    d_loc = -x3 * sign(loc)
    d_log_scale = x2 + x0 * x3 + expm1(log_scale)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
