"""Divergences on tensors: element-wise, over a latent layer, and between two ``torch.distributions``.

Importing this package registers every pair of the seven families with ``torch.distributions.kl_divergence``.
"""

from typing import TYPE_CHECKING, Any

from divergences.ops.density import log_ratio, posterior_log_prob, prior_log_prob
from divergences.ops.elementwise import divergence
from divergences.ops.errors import DivergenceError, InfinitePairError, PairingError, UnknownNameError
from divergences.ops.layer import latent, latent_packed
from divergences.ops.logistic import Logistic
from divergences.ops.noise import prior_quantile, prior_sample, standard_noise
from divergences.ops.operands import check_finite_inputs
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.reduction import divergence_per_latent, divergence_sum
from divergences.ops.registry import prefer_ours, renyi_divergence

if TYPE_CHECKING:
    from divergences.ops.likelihoods import negative_log_likelihood

__all__ = [
    "DivergenceError",
    "InfinitePairError",
    "Logistic",
    "Pairing",
    "PairingError",
    "Segment",
    "UnknownNameError",
    "check_finite_inputs",
    "divergence",
    "divergence_per_latent",
    "divergence_sum",
    "latent",
    "latent_packed",
    "log_ratio",
    "negative_log_likelihood",
    "posterior_log_prob",
    "prefer_ours",
    "prior_log_prob",
    "prior_quantile",
    "prior_sample",
    "renyi_divergence",
    "standard_noise",
]


def __getattr__(name: str) -> Any:
    """Load the likelihoods on first use: their generated code is not read by who wants divergences alone."""
    if name == "negative_log_likelihood":
        from divergences.ops.likelihoods import negative_log_likelihood

        globals()[name] = negative_log_likelihood
        return negative_log_likelihood
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
