# Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/La; change the generator, not this file.
"""kld of the normal from the standard laplace, in nats.

loc = mu, log_scale = l:
mu*erf(sqrt(2)*mu*exp(-l)/2) + sqrt(2)*expm1(-mu**2*exp(-2*l)/2)*exp(l)/sqrt(pi) + expm1mx(l - log(pi)/2 + log(2)/2)
- log(pi) + 1/2 + log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, bregman.
Operations per element: 21 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import erf, exp, expm1, expm1mx, square

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_normal_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    e0 = exp(-log_scale)
    x0 = log_scale - 0.22579135264472744
    x1 = erf(0.7071067811865476 * e0 * loc)
    x2 = 0.7978845608028654 * expm1(-0.5 * square(e0 * loc)) * exp(log_scale)
    value = x2 + loc * x1 + expm1mx(x0) + 0.048417294710545136
    d_loc = x1
    d_log_scale = x2 + expm1(x0)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
