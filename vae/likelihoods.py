"""What the decoder's outputs say about a pixel: seven likelihoods behind one small interface.

Their negative logarithms are generated kernels; here is what a distribution has besides.

A decoder emits ``channels`` numbers for each of ``d`` pixels, (..., channels·d): first all of the first kind, then
all of the second. Locations are logits, so that every mean lies in [0, 1], where the data live.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from divergences.ops import negative_log_likelihood
from divergences.ops.likelihoods import BETA_EDGE, LIMITS
from vae.errors import ConfigError, DataError
from vae.numerics import bounded, langevin, unbounded

LOG_SCALE_MIN, LOG_SCALE_MAX = LIMITS["log_scale"]
"""Range of a learned scale: from one grey level, below which a density describes how the data were rounded, to the
width of the data's range. Without the lower bound the density of a pixel that is always black is unbounded."""

LOGIT_MAX = LIMITS["logit"][1]
"""Bound of a continuous Bernoulli's logit, for the same reason: its density at 0 grows like its size."""

MEDIAN_EDGE = 3e-4
"""How close to 0 and 1 a location starts that is best at the median, which for most pixels is 0 or 1 itself, out of a
sigmoid's reach."""

BETA_LOG_MIN, BETA_LOG_MAX = LIMITS["log_shape"]
"""Range of the logarithms of both beta parameters. The beta likelihood sees targets x as ``edge + (1 - 2 edge) x``:
half a grey level away from 0 and 1, where its density may be infinite."""


class Likelihood(ABC):
    """A distribution of one pixel given the decoder's outputs.

    Attributes
    ----------
    name : str
    channels : int
        Decoder outputs per pixel.
    convention : str
        What is computed, where the scale is left unspecified and the negative log-likelihood lacks its normalising
        constant, so that its values compare with nothing but themselves; else empty.
    """

    name: str
    channels = 1
    convention = ""

    def nll(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Negative log-likelihood in nats, summed over pixels.

        Parameters
        ----------
        x : torch.Tensor
            Targets (..., d) in [0, 1].
        outputs : torch.Tensor
            Decoder outputs (..., channels·d); leading dimensions broadcast with those of ``x``.

        Returns
        -------
        torch.Tensor
            (...,), one number per sample, float32 or float64.
        """
        return negative_log_likelihood(self.name, x, outputs)

    @abstractmethod
    def mean(self, outputs: Tensor) -> Tensor:
        """Expected image (..., d)."""

    @abstractmethod
    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Draw an image (..., d)."""

    @abstractmethod
    def bias(self, x: Tensor) -> Tensor:
        """Decoder outputs (channels·d,) of the best constant image for the images ``x`` (n, d), nearly."""

    def check_targets(self, x: Tensor) -> None:
        """Refuse targets outside the likelihood's domain with a ``DataError``."""
        low, high = x.aminmax() if x.numel() else (torch.zeros(()), torch.zeros(()))
        if not (low >= 0 and high <= 1):
            raise DataError(
                f"the {self.name} likelihood takes images in [0, 1]; these span [{float(low):g}, {float(high):g}]"
            )


def _mean_image(x: Tensor) -> Tensor:
    """Mean image, a quarter of a count away from always black and always white."""
    return ((x.sum(0) + 0.25) / (len(x) + 0.5)).clamp(1e-6, 1 - 1e-6)


class Bernoulli(Likelihood):
    """Binary cross-entropy. On grey levels it is not the logarithm of a density but the usual surrogate."""

    name = "bernoulli"

    def mean(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return torch.bernoulli(torch.sigmoid(outputs), generator=generator)

    def bias(self, x: Tensor) -> Tensor:
        return torch.logit(_mean_image(x))


class ContinuousBernoulli(Likelihood):
    """Density proportional to λˣ (1-λ)¹⁻ˣ on [0, 1] (Loaiza-Ganem & Cunningham 2019); the output is logit λ."""

    name = "continuous_bernoulli"

    def mean(self, outputs: Tensor) -> Tensor:
        return (1 + langevin(bounded(outputs, -LOGIT_MAX, LOGIT_MAX) / 2)) / 2

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        # Inverse distribution function log(1 + u (eˣ - 1)) / x, through -|x| so that nothing overflows.
        logits = bounded(outputs, -LOGIT_MAX, LOGIT_MAX)
        u = torch.rand(logits.shape, generator=generator, dtype=logits.dtype, device=logits.device)
        a = logits.abs().clamp(min=1e-4)
        z = -torch.log1p(u * torch.expm1(-a)) / a
        return torch.where(logits > 0, 1 - z, z).clamp(0, 1)

    def bias(self, x: Tensor) -> Tensor:
        mean = _mean_image(x)
        low, high = torch.full_like(mean, -3 * LOGIT_MAX), torch.full_like(mean, 3 * LOGIT_MAX)
        for _ in range(40):  # the mean grows with the output: bisection
            middle = (low + high) / 2
            below = self.mean(middle) < mean
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2


class Mse(Likelihood):
    """Half the squared error summed over pixels: a normal of unit scale without its constant."""

    name = "mse"
    convention = "half the squared error, summed over pixels"

    def mean(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return self.mean(outputs)  # the scale is unspecified

    def bias(self, x: Tensor) -> Tensor:
        return torch.logit(_mean_image(x))


class Mae(Mse):
    """The absolute error summed over pixels: a Laplace of unit scale without its constant."""

    name = "mae"
    convention = "the absolute error, summed over pixels"

    def bias(self, x: Tensor) -> Tensor:
        return torch.logit(x.median(0).values.clamp(MEDIAN_EDGE, 1 - MEDIAN_EDGE))


class Normal(Likelihood):
    """Normal with a learned scale per pixel, within [1/255, 1]."""

    name = "normal"
    channels = 2

    @staticmethod
    def parameters(outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Location and log scale, each (..., d)."""
        loc, log_scale = outputs.chunk(2, -1)
        return torch.sigmoid(loc), bounded(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX)

    def mean(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs.chunk(2, -1)[0])

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        loc, log_scale = self.parameters(outputs)
        noise = torch.randn(loc.shape, generator=generator, dtype=loc.dtype, device=loc.device)
        return loc + log_scale.exp() * noise

    def bias(self, x: Tensor) -> Tensor:
        scale = x.std(0, correction=0).clamp(min=math.exp(LOG_SCALE_MIN))
        return torch.cat([torch.logit(_mean_image(x)), unbounded(scale.log(), LOG_SCALE_MIN, LOG_SCALE_MAX)])


class Laplace(Normal):
    """Laplace with a learned scale per pixel, within [1/255, 1]."""

    name = "laplace"

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        loc, log_scale = self.parameters(outputs)
        u = torch.rand(loc.shape, generator=generator, dtype=loc.dtype, device=loc.device) - 0.5
        return loc - log_scale.exp() * u.sign() * torch.log1p(-2 * u.abs())

    def bias(self, x: Tensor) -> Tensor:
        centre = x.median(0).values.clamp(MEDIAN_EDGE, 1 - MEDIAN_EDGE)
        scale = (x - centre).abs().mean(0).clamp(min=math.exp(LOG_SCALE_MIN))
        return torch.cat([torch.logit(centre), unbounded(scale.log(), LOG_SCALE_MIN, LOG_SCALE_MAX)])


class Beta(Likelihood):
    """Beta with both parameters learned per pixel, within [e⁻³, e⁶], on targets squeezed off 0 and 1."""

    name = "beta"
    channels = 2

    @staticmethod
    def parameters(outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Both parameters, each (..., d)."""
        a, b = outputs.chunk(2, -1)
        return bounded(a, BETA_LOG_MIN, BETA_LOG_MAX).exp(), bounded(b, BETA_LOG_MIN, BETA_LOG_MAX).exp()

    def mean(self, outputs: Tensor) -> Tensor:
        a, b = self.parameters(outputs)
        return ((a / (a + b) - BETA_EDGE) / (1 - 2 * BETA_EDGE)).clamp(0, 1)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        # A ratio of gammas; Torch's sampler of the gamma takes a generator, that of the beta does not.
        a, b = (torch._standard_gamma(p, generator=generator) for p in self.parameters(outputs))
        return ((a / (a + b) - BETA_EDGE) / (1 - 2 * BETA_EDGE)).clamp(0, 1)

    def bias(self, x: Tensor) -> Tensor:
        x = BETA_EDGE + (1 - 2 * BETA_EDGE) * x
        # Linear in them, the likelihood of all images is that of their mean logarithms: a small convex problem.
        log_x, log_rest = torch.log(x).mean(0), torch.log1p(-x).mean(0)
        outputs = x.new_zeros(2 * x.shape[-1], requires_grad=True)
        optimiser = torch.optim.Adam([outputs], lr=0.1)
        with torch.enable_grad():
            for _ in range(200):
                optimiser.zero_grad()
                a, b = self.parameters(outputs)
                log_beta = torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
                ((1 - a) * log_x + (1 - b) * log_rest + log_beta).sum().backward()
                optimiser.step()
        return outputs.detach()


LIKELIHOODS: dict[str, Likelihood] = {
    each.name: each for each in (Bernoulli(), ContinuousBernoulli(), Mse(), Mae(), Normal(), Laplace(), Beta())
}


def likelihood(name: str) -> Likelihood:
    """Look up a likelihood by name."""
    try:
        return LIKELIHOODS[name]
    except KeyError:
        raise ConfigError(f"unknown likelihood {name!r}; known are {', '.join(LIKELIHOODS)}") from None
