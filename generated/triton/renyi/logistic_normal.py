# Written by codegen.build (SymPy 1.14.0) from the catalog's renyi Lo/N; change the generator, not this file.
"""renyi of the logistic from the standard normal, in nats.

By quadrature. Finite where alpha <= 1.
"""

import triton
import triton.language as tl

from generated.triton.panels import RULES, renyi, integral
from generated.triton.special import settled

inf = float("inf")
# Of two families the supports, the exponents of their tails, and what a panel must not cross: by the posterior, by the
# prior.
TABLES = {
    40: (
        -inf, inf, -inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
}
NODES = {dtype: {0: rule} | TABLES for dtype, rule in RULES.items()}
QUADRATURE = True


@triton.jit
def renyi_logistic_normal_norms(alpha, nodes, DTYPE: tl.constexpr):
    """Logarithms of the integrals of both standard densities to the power alpha, if they are needed."""
    zero = tl.zeros((1, 1), tl.float64)
    return zero, zero


@triton.jit
def renyi_logistic_normal(loc, log_scale, alpha, nodes, own, other):
    """Divergence in nats and its derivatives with respect to loc and log_scale, both columns; nodes points to NODES."""
    panels: tl.constexpr = 40 if loc.dtype == tl.float64 else 24
    count: tl.constexpr = 16 if loc.dtype == tl.float64 else 10
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & (order <= 1.0)
    # Elsewhere the integral is computed at a harmless point, and not used.
    m = tl.where(finite, loc, 0.5).to(tl.float64)
    s = tl.where(finite, log_scale, -1.0).to(tl.float64)
    log, d_loc, d_log_scale = integral(
        m, s, alpha, 1.0 - alpha, nodes, nodes + 40, 3, 0, panels, count, 1, False,
        False,
    )
    value, d_loc, d_log_scale = renyi(log, d_loc, d_log_scale, s, alpha, own, other)
    return settled(finite, loc, log_scale, value, d_loc, d_log_scale)
