"""What is maximised, in nats per sample, from the decoder's log-likelihood and what the latents cost.

Two kinds of objective, whose numbers are never mixed. The *analytic* ones take E_q[log p(x|z)] by samples and a
divergence of q from π, in closed form where the catalog has it. The *weighted* ones take neither by itself but the
importance weights w_k = p(x|z_k) π(z_k) / q(z_k|x) of K samples: an order α there stands on the joint p(x, z)/q(z|x),
whereas the order of ``gvi``'s Rényi divergence stands on π(z)/q(z|x).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

NEAR_ONE = 1e-3
"""Orders this close to 1 take the form of the variational Rényi bound that has its limit in it."""


@dataclass(frozen=True)
class Objective:
    """An objective.

    Attributes
    ----------
    analytic : bool
        Whether the latents' cost is a divergence, (n,); else it is log π(z_k) - log q(z_k|x), (K, n).
    bound : callable
        ``bound(log_likelihood, cost, alpha, beta)`` with log p(x|z_k) of shape (K, n): nats per sample (n,).
    gradients : tuple of str
        The gradient estimators of :mod:`vae.gradients` that serve it.
    settings : tuple of str
        The settings that are its own.
    order : float or None
        Order on the joint p(x, z)/q(z|x); None where it is a setting, or infinite.
    """

    analytic: bool
    bound: Callable[[Tensor, Tensor, float | None, float], Tensor]
    gradients: tuple[str, ...]
    settings: tuple[str, ...] = ()
    order: float | None = None


def elbo(log_likelihood: Tensor, divergence: Tensor, alpha: float | None = None, beta: float = 1.0) -> Tensor:
    """mean_k log p(x|z_k) - β D, with D analytic or estimated by samples.

    With D = KLD(q‖π) and β = 1 the evidence lower bound. The same form serves generalised variational inference, any D
    (Knoblauch et al. 2019), and Gibbs posteriors, minus a loss times its inverse temperature in place of log p.
    """
    return log_likelihood.mean(0) - beta * divergence


def vr(log_likelihood: Tensor, log_ratio: Tensor, alpha: float | None, beta: float = 1.0) -> Tensor:
    """Variational Rényi bound of order α on the joint: log(mean_k w_k^(1-α)) / (1-α).

    α = 0 is the importance-weighted bound, α → 1 the evidence lower bound by samples.
    """
    assert alpha is not None
    log_weights, power = log_likelihood + log_ratio, 1 - alpha
    if abs(power) > NEAR_ONE:
        return (torch.logsumexp(power * log_weights, 0) - math.log(len(log_weights))) / power
    # Around the mean the exponents are small; without it they would round away what is divided by their power.
    mean = log_weights.mean(0)
    if power == 0:
        return mean
    return mean + torch.log1p(torch.expm1(power * (log_weights - mean)).mean(0)) / power


def iwae(log_likelihood: Tensor, log_ratio: Tensor, alpha: float | None = None, beta: float = 1.0) -> Tensor:
    """Importance-weighted bound: log mean_k w_k."""
    return vr(log_likelihood, log_ratio, 0.0)


def vr_max(log_likelihood: Tensor, log_ratio: Tensor, alpha: float | None = None, beta: float = 1.0) -> Tensor:
    """max_k log w_k, the limit α → -∞: no bound, but the cheap stand-in for one of Li & Turner (2016)."""
    return (log_likelihood + log_ratio).max(0).values


OBJECTIVES = {
    "elbo": Objective(True, elbo, ("reparam", "stl"), ("beta", "warmup"), order=1.0),
    "gvi": Objective(True, elbo, ("reparam",), ("beta", "warmup", "discrepancy", "alpha")),
    "gibbs": Objective(True, elbo, ("reparam", "stl"), ("beta", "warmup", "inverse_temperature"), order=1.0),
    "iwae": Objective(False, iwae, ("reparam", "stl", "dreg"), order=0.0),
    "vr": Objective(False, vr, ("reparam", "stl", "dreg"), ("alpha",)),
    "vr_max": Objective(False, vr_max, ("reparam", "stl")),
}
