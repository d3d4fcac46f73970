# Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/La; change the generator, not this file.
"""kld of the exponential from the standard laplace, in nats.

loc = mu, log_scale = l:
-l + Piecewise((mu + exp(l), mu >= 0), (-mu + 2*exp(l)*exp(Piecewise((0, mu >= 0), (mu, True))*exp(-l)) - exp(l),
True)) - 1 + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, bounded_exponent.
Operations per element: 26 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_exponential_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = exp(log_scale)
    x1 = loc + x0
    x2 = loc >= 0.0
    x3 = tl.where(x2, 0.0, loc)
    x4 = exp(x3 * exp(-log_scale))
    x5 = -2.0 * x0 * x4
    x6 = 2.0 * x4
    value = -log_scale + tl.where(x2, x1, -x1 - x5) - 0.3068528194400547
    d_loc = tl.where(x2, 1.0, x6 * tl.where(x2, 0.0, 1.0) - 1.0)
    d_log_scale = tl.where(x2, x0, -x0 - x5 - x3 * x6) - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
