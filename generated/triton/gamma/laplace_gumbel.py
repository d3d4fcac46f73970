# Written by codegen.build (SymPy 1.14.0) from the catalog's gamma La/G; change the generator, not this file.
"""gamma of the laplace from the standard gumbel, in nats.

By quadrature. Finite where (alpha > 1) | (Eq(alpha, 1) & (sigma < 1)).
"""

import triton
import triton.language as tl

from generated.triton.panels import RULES, gamma, integral, log_norm
from generated.triton.special import settled

inf = float("inf")
# Of two families the supports, the exponents of their tails, and what a panel must not cross: by the posterior, by the
# prior.
TABLES = {
    40: (
        -inf, inf, -inf, inf, inf, inf, inf, inf, 0.0, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
    64: (
        -inf, inf, -inf, inf, inf, inf, inf, inf, 0.0, inf, inf, inf, inf, inf, inf, inf, inf, 0.0, inf, inf, inf, inf,
        inf, inf,
    ),
    88: (
        -inf, inf, -inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
}
NODES = {dtype: {0: rule} | TABLES for dtype, rule in RULES.items()}
QUADRATURE = True


@triton.jit
def gamma_laplace_gumbel_norms(alpha, nodes, DTYPE: tl.constexpr):
    """Logarithms of the integrals of both standard densities to the power alpha, if they are needed."""
    panels: tl.constexpr = 40 if DTYPE == tl.float64 else 24
    count: tl.constexpr = 16 if DTYPE == tl.float64 else 10
    own = log_norm(alpha, nodes, nodes + 64, 1, panels, count, 2, False)
    other = log_norm(alpha, nodes, nodes + 88, 5, panels, count, 1, False)
    return own, other


@triton.jit
def gamma_laplace_gumbel(loc, log_scale, alpha, nodes, own, other):
    """Divergence in nats and its derivatives with respect to loc and log_scale, both columns; nodes points to NODES."""
    panels: tl.constexpr = 40 if loc.dtype == tl.float64 else 24
    count: tl.constexpr = 16 if loc.dtype == tl.float64 else 10
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & (((order == 1.0) & (s < 0.0)) | (order > 1.0))
    # Elsewhere the integral is computed at a harmless point, and not used.
    m = tl.where(finite, loc, 0.5).to(tl.float64)
    s = tl.where(finite, log_scale, -1.0).to(tl.float64)
    log, d_loc, d_log_scale = integral(
        m, s, 1.0 + 0.0 * alpha, alpha - 1.0, nodes, nodes + 40, 1, 5, panels, count, 1, False,
        False,
    )
    value, d_loc, d_log_scale = gamma(log, d_loc, d_log_scale, s, alpha, own, other)
    return settled(finite, loc, log_scale, value, d_loc, d_log_scale)
