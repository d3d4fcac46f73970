# Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/La; change the generator, not this file.
"""kld of the logistic from the standard laplace, in nats.

loc = mu, log_scale = l:
expm1mx(l + log(log(2)) + log(2)) + 2*logcosh(mu*exp(-l)/2)*exp(l) - 1 + log(log(2)) + 2*log(2)

Finite where True. Evaluated by closed form, rewritten by log_variable, softplus_to_logcosh, bregman.
Operations per element: 16 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, expm1, expm1mx, logcosh, tanh

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_logistic_laplace(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = log_scale + 0.326634259978281
    x1 = 0.5 * loc * exp(-log_scale)
    x2 = 2.0 * logcosh(x1) * exp(log_scale)
    x3 = tanh(x1)
    value = x2 + expm1mx(x0) + 0.01978144053822629
    d_loc = x3
    d_log_scale = x2 - loc * x3 + expm1(x0)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
