"""What the tests of Rényi divergences share: pairs and orders, points of their domain, and the truth there."""

from itertools import product

import mpmath
import torch
from out_of_reach import gumbel_outside_uniform

from divergences import quadrature
from divergences.ops.table import families, symbol

PAIRS = list(product(families(), repeat=2))
ORDERS = (0.1, 0.5, 0.9, 0.999, 1.001, 1.5, 2.0, 5.0, 10.0)
TOLERANCE = {torch.float64: (1e-12, 1e-10), torch.float32: (1e-5, 1e-4)}


def short(pair) -> str:
    return "-".join(symbol(name) for name in pair)


def truth(pair, loc: float, log_scale: float, alpha: float, dps: int = 20) -> mpmath.mpf:
    if alpha < 1 and (missing := gumbel_outside_uniform(*pair, loc, log_scale)) is not None:
        return alpha / (1 - mpmath.mpf(alpha)) * missing
    return quadrature.divergence("renyi", *pair, mpmath.mpf(loc), mpmath.exp(mpmath.mpf(log_scale)), alpha, dps)


def spread(pair, alpha: float, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 numbers over the whole domain, above order one in corners that are rarely hit."""
    u, v = torch.rand(2, n, generator=torch.Generator().manual_seed(seed))
    loc, log_scale = 20 * u - 10, 9 * v - 6
    if alpha > 1 and pair[1] in ("uniform", "exponential"):
        log_scale = -6 * v - 0.01
        edge = torch.exp(log_scale)
        loc = 1.01 * edge + 5 * u if pair[1] == "exponential" else (2 * u - 1) * 0.99 * (1 - edge)
    return loc.double(), log_scale.double()
