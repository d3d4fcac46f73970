# Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/G; change the generator, not this file.
"""kld of the gumbel from the standard gumbel, in nats.

loc = mu, log_scale = l:
expm1mx(-mu + lgamma1p_exp(l)) + lgamma_bregman(l)

Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, shift_lgamma.
Operations per element: 11 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import digamma1p_exp, expm1, expm1mx, lgamma1p_exp, lgamma_bregman, lgamma_bregman_slope

NODES = {"float64": {}, "float32": {}}


@triton.jit
def kld_gumbel_gumbel(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = -loc + lgamma1p_exp(log_scale)
    x1 = expm1(x0)
    value = expm1mx(x0) + lgamma_bregman(log_scale)
    d_loc = -x1
    d_log_scale = x1 * digamma1p_exp(log_scale) + lgamma_bregman_slope(log_scale)
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
