"""The variational autoencoder: encoder, latent layer, decoder, likelihood."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from divergences.ops import Pairing, prior_sample
from vae.config import TrainConfig
from vae.data.arrays import Shape
from vae.errors import DataError, whole
from vae.flow import FlowLayer
from vae.importance import at_once, estimate, weigh
from vae.latent_layer import LatentLayer
from vae.likelihoods import Likelihood, likelihood
from vae.losses import Tempered
from vae.networks import MAPS, conv_decoder, conv_encoder, mlp, set_output_bias, xavier
from vae.objectives import OBJECTIVES
from vae.randomness import generator, seed_of


class Terms(NamedTuple):
    """What an objective is made of, in nats per sample.

    Attributes
    ----------
    log_likelihood : torch.Tensor
        log p(x|z_k), (K, n); minus the loss, for ``gibbs``.
    cost : torch.Tensor
        The divergence of q from π, (n,), or log π(z_k) - log q(z_k|x), (K, n).
    """

    log_likelihood: Tensor
    cost: Tensor


class VAE(nn.Module):
    """A variational autoencoder with any posterior-prior pairing.

    Parameters
    ----------
    config : TrainConfig
        Network, pairing and likelihood; weights are drawn from the seed's own stream.
    shape : tuple[int, int, int]
        (c, h, w) of an image.
    train : torch.Tensor, optional
        Images (n, pixels), around whose best constant image the untrained decoder starts.

    Attributes
    ----------
    width : int
        Numbers in the largest layer of the decoder, for one sample of one image.
    """

    def __init__(self, config: TrainConfig, shape: Shape, train: Tensor | None = None) -> None:
        super().__init__()
        self.config, self.shape = config, shape
        self.pairing = Pairing.parse(config.pairing)
        self.likelihood: Likelihood
        if config.objective == "gibbs":
            self.likelihood = Tempered(config.likelihood, config.inverse_temperature)
        else:
            self.likelihood = likelihood(config.likelihood)
        outputs, latents = self.likelihood.channels * math.prod(shape), len(self.pairing)
        self.width = max(outputs, config.hidden) * (MAPS // 4 if config.network == "conv" else 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_of(config.seed, "weights"))
            self.latents: LatentLayer
            if config.flow:
                self.latents = FlowLayer(self.pairing, config.flow, config.hidden)
            else:
                self.latents = LatentLayer(self.pairing, *config.divergence)
            size = (config.hidden, config.depth, config.activation)
            if config.network == "conv":
                self.encoder = conv_encoder(shape, self.latents.inputs, *size)
                self.decoder = conv_decoder(latents, shape, self.likelihood.channels, *size)
            else:
                self.encoder = mlp(math.prod(shape), self.latents.inputs, *size)
                self.decoder = mlp(latents, outputs, *size)
            if config.initialisation == "xavier":
                xavier(self.encoder)
                xavier(self.decoder)
        if train is not None:
            set_output_bias(self.decoder, self.likelihood.bias(train))

    def posterior(self, x: Tensor) -> tuple[Tensor, ...]:
        """Location and log scale of the posterior, each (n, latents), of images (n, pixels); a flow's context, too."""
        return self.latents.posterior(_full_precision(self.encoder(x)))

    def outputs(self, z: Tensor) -> Tensor:
        """Decoder outputs (..., channels·pixels) of latents (..., latents)."""
        return _full_precision(self.decoder(z))

    def conditional(self, x: Tensor, z: Tensor) -> Tensor:
        """Conditional log-likelihood log p(x|z_k), (K, n), of images (n, pixels) and latents (K, n, latents).

        Without gradients in the memory of one chunk; with them, see :func:`vae.importance.weigh`.
        """
        few = len(z) if torch.is_grad_enabled() else at_once(self, len(x))
        parts = [-self.likelihood.nll(x, self.decoder(part)) for part in z.split(few)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def terms(
        self, x: Tensor, samples: int = 1, generator: torch.Generator | None = None, analytic: bool = True
    ) -> Terms:
        """What objectives are made of, for images ``x`` (n, pixels) and ``samples`` draws for each."""
        z, cost = self.latents(*self.posterior(x), samples=samples, generator=generator, analytic=analytic)
        return Terms(self.conditional(x, z), cost)

    def forward(
        self, x: Tensor, generator: torch.Generator | None = None, beta: float | None = None
    ) -> tuple[Tensor, Terms]:
        """The configured objective, (n,) nats per sample, and its terms, for images ``x`` (n, pixels).

        Its gradient is that of the configured estimator. ``beta`` takes the place of the configured weight.
        """
        config, objective = self.config, OBJECTIVES[self.config.objective]
        reparam = config.gradient == "reparam"
        analytic = objective.analytic and reparam
        order = None
        if config.gradient == "dreg":
            order = objective.order if config.alpha is None else config.alpha
        log_likelihood, cost = weigh(self, x, config.samples, generator, analytic, reparam, order)
        if objective.analytic and not analytic:
            cost = -cost.mean(0)  # the divergence by samples
        terms = Terms(log_likelihood, cost)
        return objective.bound(*terms, config.alpha, config.beta if beta is None else beta), terms

    def flat(self, x: Tensor) -> Tensor:
        """Images (n, pixels), (n, c, h, w) or, of one channel, (n, h, w) as (n, pixels) of the weights' type.

        Raises
        ------
        DataError
            If they are no tensor of real numbers, or have another shape than the model's.
        """
        pixels = math.prod(self.shape)
        _check_tensor("images are", x)
        accepted = [(pixels,), self.shape, *([self.shape[1:]] if self.shape[0] == 1 else [])]
        if x.ndim < 2 or tuple(x.shape[1:]) not in accepted:
            raise DataError(f"images of shape {tuple(x.shape)}; this model takes (n, {pixels}) or (n, *{self.shape})")
        weight = next(self.parameters())
        return x.reshape(len(x), pixels).to(weight)

    def encode(self, x: Tensor) -> tuple[Tensor, ...]:
        """Location and log scale of the posterior of images, each (n, latents), and a flow's context; differentiable.

        ``model.latents.median(*model.encode(x))`` is a point for each image.
        """
        return self.posterior(self.flat(x))

    def decode(self, z: Tensor) -> Tensor:
        """Expected images (..., c, h, w) of latents (..., latents); differentiable.

        Raises
        ------
        DataError
            If they are no tensor of real numbers, or not so many latents.
        """
        _check_tensor("latents are", z)
        if z.ndim < 1 or z.shape[-1] != len(self.pairing):
            raise DataError(f"latents of shape {tuple(z.shape)}; this model takes (..., {len(self.pairing)})")
        return self.likelihood.mean(self.outputs(z)).unflatten(-1, self.shape)

    @torch.no_grad()
    def sample(self, n: int, seed: int = 0) -> Tensor:
        """Expected images (n, c, h, w) of latents drawn each from its own prior.

        Raises
        ------
        ConfigError
            If ``n`` or ``seed`` is not a whole number of at least 0.
        """
        n, seed = whole("n", n), whole("seed", seed)
        weight = next(self.parameters())
        z = prior_sample(self.pairing, n, generator=generator(seed, "generation"), dtype=weight.dtype)
        return self.decode(z.to(weight.device))

    def log_likelihood(self, x: Tensor, samples: int = 50, seed: int = 0) -> Tensor:
        """Importance-weighted bound of log p(x) with K = ``samples``, (n,) nats per image.

        With bounded or one-sided posteriors it bounds the part of p(x) that their support reaches.

        Raises
        ------
        ConfigError
            If ``samples`` is not a whole number of at least 1, or ``seed`` of at least 0.
        DataError
            If they are no images of this model's shape.
        """
        samples, seed = whole("samples", samples, 1), whole("seed", seed)
        return estimate(self, self.flat(x), samples, seed).weighted


def _check_tensor(what: str, x: object) -> None:
    if not isinstance(x, Tensor):
        raise DataError(f"{what} {_short(x)}; this model takes a torch.Tensor")
    if x.is_complex():
        raise DataError(f"{what} of type {x.dtype}; this model takes real numbers")


def _short(x: object) -> str:
    """A value as an error names it: a word or a number itself, of anything larger the type."""
    return repr(x) if x is None or isinstance(x, (str, int, float)) else f"of type {type(x).__name__}"


def _full_precision(x: Tensor) -> Tensor:
    """Divergences and likelihoods stay in float32 where the matrix products are in bfloat16."""
    return x.float() if x.dtype == torch.bfloat16 else x
