# Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/La; change the generator, not this file.
"""kld of the gumbel from the standard laplace, in nats.

loc = mu, log_scale = l:
mu + 2*e1_exp(mu*exp(-l))*exp(l) + expm1mx(l + log(EulerGamma)) - EulerGamma + log(EulerGamma) + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, exponential_integral, bregman.
Operations per element: 18 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import e1_exp, exp, exp_neg_exp, expm1, expm1mx

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_gumbel_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = log_scale - 0.5495393129816448
    x1 = loc * exp(-log_scale)
    x2 = 2.0 * e1_exp(x1) * exp(log_scale)
    x3 = 2.0 * exp_neg_exp(x1)
    value = loc + x2 + expm1mx(x0) - 0.43360779732323235
    d_loc = -x3 + 1.0
    d_log_scale = x2 + loc * x3 + expm1(x0)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
