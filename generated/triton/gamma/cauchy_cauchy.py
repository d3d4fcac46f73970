# Written by codegen.build (SymPy 1.14.0) from the catalog's gamma C/C; change the generator, not this file.
"""gamma of the cauchy from the standard cauchy, in nats.

By quadrature. Finite where (alpha > 1) | (1 < 2*alpha) | (Eq(mu, 0) & Eq(sigma, 1)).
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
        -inf, inf, -inf, inf, 2.0, 2.0, 2.0, 2.0, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
    64: (
        -inf, inf, -inf, inf, 2.0, 2.0, 2.0, 2.0, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
    88: (
        -inf, inf, -inf, inf, 2.0, 2.0, 2.0, 2.0, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf, inf,
        inf, inf,
    ),
}
NODES = {dtype: {0: rule} | TABLES for dtype, rule in RULES.items()}
QUADRATURE = True


@triton.jit
def gamma_cauchy_cauchy_norms(alpha, nodes, DTYPE: tl.constexpr):
    """Logarithms of the integrals of both standard densities to the power alpha, if they are needed."""
    panels: tl.constexpr = 100 if DTYPE == tl.float64 else 60
    count: tl.constexpr = 16 if DTYPE == tl.float64 else 10
    own = log_norm(alpha, nodes, nodes + 64, 2, panels, count, 1, False)
    other = log_norm(alpha, nodes, nodes + 88, 2, panels, count, 1, False)
    return own, other


@triton.jit
def gamma_cauchy_cauchy(loc, log_scale, alpha, nodes, own, other):
    """Divergence in nats and its derivatives with respect to loc and log_scale, both columns; nodes points to NODES."""
    panels: tl.constexpr = 100 if loc.dtype == tl.float64 else 60
    count: tl.constexpr = 16 if loc.dtype == tl.float64 else 10
    m = loc.to(tl.float64)
    s = log_scale.to(tl.float64)
    order = tl.full(loc.shape, alpha, tl.float64)
    finite = (loc == loc) & (log_scale == log_scale) & (((s == 0.0) & (m == 0.0)) | (order > 1.0) | (1.0 < 2.0 * order))
    # Elsewhere the integral is computed at a harmless point, and not used.
    m = tl.where(finite, loc, 0.5).to(tl.float64)
    s = tl.where(finite, log_scale, -1.0).to(tl.float64)
    log, d_loc, d_log_scale = integral(
        m, s, 1.0 + 0.0 * alpha, alpha - 1.0, nodes, nodes + 40, 2, 2, panels, count, 1, False,
        False,
    )
    value, d_loc, d_log_scale = gamma(log, d_loc, d_log_scale, s, alpha, own, other)
    # At some orders the integrals of equal densities diverge, and the divergence is zero.
    equal = (m == 0.0) & (s == 0.0)
    value = tl.where(equal, 0.0, value)
    d_loc = tl.where(equal & (tl.abs(d_loc) == float("inf")), 0.0, d_loc)
    d_log_scale = tl.where(equal & (tl.abs(d_log_scale) == float("inf")), 0.0, d_log_scale)
    return settled(finite, loc, log_scale, value, d_loc, d_log_scale)
