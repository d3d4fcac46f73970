"""Estimators of an objective's gradient with respect to the posterior's parameters φ.

With log w_k = log p(x, z_k) - log q(z_k|x), z_k = g(ε_k; φ), and w̃_k ∝ w_k^(1-α), Σ w̃_k = 1, the gradient of the
variational Rényi bound of order α is E[Σ_k w̃_k ∇_φ log w_k]. φ enters log w_k through z_k, and directly in log q.

- ``reparam`` takes both (Kingma & Welling 2014).
- ``stl``, sticking the landing (Roeder et al. 2017), leaves the direct part out, whose expectation is zero where
  w̃_k is constant: unbiased for ``elbo`` and ``vr`` with α = 1, biased for every other order, ``iwae`` included.
- ``dreg`` (Tucker et al. 2019 for α = 0; Daudel, Douc & Roueff 2023 for any α) turns the direct part into a path of
  its own: E[Σ_k (α w̃_k + (1-α) w̃_k²) ∂log w_k/∂z_k ∂z_k/∂φ], unbiased for every α.

Leaving the direct part out or turning it into a path rests on ∫ q f' = -∫ q' f without a boundary term. The uniform
posterior, whose ends move with its parameters, has one.
"""

from __future__ import annotations

import torch
from torch import Tensor

from divergences.ops import Pairing
from divergences.ops.table import is_scale_family, support
from vae.errors import ConfigError

GRADIENTS = ("reparam", "stl", "dreg")


def double_reparameterise(z: Tensor, log_weights: Tensor, alpha: float) -> None:
    """Turn the gradient that reaches the samples from that of ``stl`` into that of ``dreg``.

    Parameters
    ----------
    z : torch.Tensor
        Samples (K, n, latents), of which ``log_weights`` were computed with the posterior's parameters detached.
    log_weights : torch.Tensor
        log w_k, (K, n).
    alpha : float
        Order of the bound whose gradient is wanted; 0 for ``iwae``.
    """
    if z.requires_grad:
        factor = path_factor(log_weights, alpha)
        z.register_hook(lambda gradient: gradient * factor.to(gradient.dtype))


def path_factor(log_weights: Tensor, alpha: float) -> Tensor:
    """What :func:`double_reparameterise` multiplies the gradient of each sample by: α + (1-α) w̃_k, (K, n, 1)."""
    # The bound's own gradient brings w̃_k; the decoder's parameters are to get no more than that.
    weights = torch.softmax((1 - alpha) * log_weights.detach(), 0)
    return (alpha + (1 - alpha) * weights).unsqueeze(-1)


def check_gradient(gradient: str, pairing: Pairing, moving: bool = False) -> None:
    """Refuse estimators that are biased for a pairing's posteriors, or, if ``moving``, for flows on these.

    Raises
    ------
    ConfigError
        Naming the first pair with such a posterior.
    """
    if gradient == "reparam":
        return
    for segment in pairing.segments:
        bounded = support(segment.posterior) != (-torch.inf, torch.inf)
        if bounded and (moving or not is_scale_family(segment.posterior)):
            flow = " with a flow" * moving
            raise ConfigError(
                f"gradient {gradient!r} is biased for the pair {segment.pair}{flow}, because the ends of a "
                f"{segment.posterior} posterior move with its parameters; expected 'reparam', or another posterior"
            )
