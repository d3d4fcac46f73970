"""What a divergence is where no quadrature reaches."""

import mpmath


def gumbel_outside_uniform(posterior: str, prior: str, loc: float, log_scale: float) -> mpmath.mpf | None:
    """``E = exp((loc - 1)/scale)``, where a Gumbel has the mass exp(-E) on a uniform's support and E is beyond 1e100.

    The integrand falls from the upper end like exp(-a E), a the posterior's power: of the integral's logarithm nothing
    else is left within a hundred digits. None for other pairs, and where E is smaller.
    """
    if (posterior, prior) != ("gumbel", "uniform"):
        return None
    missing = mpmath.exp((mpmath.mpf(loc) - 1) * mpmath.exp(-mpmath.mpf(log_scale)))
    return missing if missing > mpmath.mpf("1e100") else None
