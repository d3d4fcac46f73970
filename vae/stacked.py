"""The networks and latents of several VAEs of one shape as one batched computation.

Weights of the M models are stacked, (M, out, in), and multiplied as batches of matrices. Their latents lie side by side
as one layer of M·latents, sorted by pair, so that the divergence takes one kernel for each pair however many models
have it, and is then summed for each model. No number of one model enters another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

from divergences.ops import Pairing, divergence_per_latent, log_ratio, standard_noise
from divergences.ops.table import is_scale_family
from vae.model import VAE
from vae.objectives import OBJECTIVES
from vae.posterior import PosteriorMap

BETAS = (0.9, 0.999)
"""Of Adam, as by Torch's default."""
KNOWN = ("exp_avg", "exp_avg_sq", "step")
"""What Adam knows of each weight, by Torch's names."""


class StackedNetwork:
    """Networks of linear layers and activations, one for each model.

    Parameters
    ----------
    networks : sequence of torch.nn.Sequential
        One for each model, of the same shape.
    device : torch.device
        Where the stacked weights live.
    """

    def __init__(self, networks: Sequence[nn.Sequential], device: torch.device) -> None:
        self.activations = [None if isinstance(part, nn.Linear) else part for part in networks[0]]
        self.names = [name for name, _ in networks[0].named_parameters()]
        columns = zip(*(network.parameters() for network in networks), strict=True)
        self.weights = [torch.stack([w.detach() for w in each]).to(device).requires_grad_() for each in columns]

    def __call__(self, x: Tensor) -> Tensor:
        """Map (M, n, in) to (M, n, out)."""
        weights = iter(self.weights)
        for activation in self.activations:
            if activation is None:
                weight, bias = next(weights), next(weights)
                x = torch.baddbmm(bias.unsqueeze(1), x, weight.transpose(1, 2))
            else:
                x = activation(x)
        return x


class StackedVAE:
    """VAEs of one shape, which differ in pairing and weights.

    Parameters
    ----------
    models : sequence of VAE
        Fully connected, of one shape and objective, of the same number of latents, with reparameterised gradients and
        without flow; their weights are copied.
    device : torch.device
        Where to compute.
    """

    def __init__(self, models: Sequence[VAE], device: torch.device) -> None:
        first = models[0]
        self.config, self.likelihood, self.objective = (
            first.config,
            first.likelihood,
            OBJECTIVES[first.config.objective],
        )
        self.members, self.latents = len(models), len(first.pairing)
        self.pairings = [model.pairing for model in models]
        self.encoder = StackedNetwork([model.encoder for model in models], device)
        self.decoder = StackedNetwork([model.decoder for model in models], device)
        # Latents of all models, sorted by pair.
        labels = [(label, m, i) for m, model in enumerate(models) for i, label in enumerate(model.pairing.labels)]
        pairs = list(dict.fromkeys(label for label, _, _ in labels))
        labels.sort(key=lambda each: pairs.index(each[0]))
        families = [label.split("/") for label, _, _ in labels]
        self.pairing = Pairing((posterior, prior, 1) for posterior, prior in families)
        self.map = PosteriorMap(self.pairing, *first.config.divergence).to(device)
        located = [not is_scale_family(s.posterior) for s in self.pairing.segments for _ in range(s.count)]
        self.located = torch.tensor(located, device=device)
        place = torch.tensor([[m, i] for _, m, i in labels])
        encoded = 2 * self.latents * place[:, 0] + place[:, 1]  # in (model, location and log scale, latent)
        self.sorted_outputs = torch.cat([encoded, encoded + self.latents]).to(device)
        self.sorted = (self.latents * place[:, 0] + place[:, 1]).to(device)
        self.back = self.sorted.argsort()

    def bound(self, x: Tensor, sources: Sequence[torch.Generator], beta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The objective, the log-likelihood's mean over samples and the divergence, by model.

        Parameters
        ----------
        x : torch.Tensor
            Images (M, n, pixels).
        sources : sequence of torch.Generator
            Of each model's noise, drawn as the model alone would draw it.
        beta : torch.Tensor
            Weight of the divergence, (M, 1).

        Returns
        -------
        torch.Tensor
            Three of shape (M, n), nats per sample.
        """
        outputs = self.encoder(x).transpose(0, 1).flatten(1)
        loc, log_scale = self.map(outputs.index_select(-1, self.sorted_outputs))
        z = self._draw(loc, log_scale, sources)
        if self.objective.analytic:
            cost = self._by_model(
                divergence_per_latent(
                    self.config.divergence[0], self.pairing, loc, log_scale, self.config.divergence[1]
                )
            ).sum(-1)
        else:
            posterior = zip(self.pairings, z, self._by_model(loc), self._by_model(log_scale), strict=True)
            cost = torch.stack([log_ratio(*each) for each in posterior], 1)  # (K, M, n)
        decoded = self.decoder(z.flatten(1, 2)).unflatten(1, z.shape[1:3])
        log_likelihood = -self.likelihood.nll(x.unsqueeze(1), decoded).transpose(0, 1)  # (K, M, n)
        bound = self.objective.bound(log_likelihood, cost, self.config.alpha, beta)  # type: ignore[arg-type]
        return bound, log_likelihood.mean(0), cost if self.objective.analytic else -cost.mean(0)

    def _draw(self, loc: Tensor, log_scale: Tensor, sources: Sequence[torch.Generator]) -> Tensor:
        """Latents (M, K, n, latents)."""
        shape = (self.config.samples, len(loc))
        each = [
            standard_noise(pairing, shape, generator=source, dtype=loc.dtype, device=loc.device)
            for pairing, source in zip(self.pairings, sources, strict=True)
        ]
        noise = torch.cat(each, -1).index_select(-1, self.sorted)
        z = torch.addcmul(loc * self.located, torch.exp(log_scale), noise)
        return self._by_model(z)

    def _by_model(self, x: Tensor) -> Tensor:
        """Sorted latents (..., n, M·latents) as (M, ..., n, latents)."""
        return x.index_select(-1, self.back).unflatten(-1, (self.members, self.latents)).movedim(-2, 0)

    @property
    def weights(self) -> list[Tensor]:
        """All weights, each (M, ...)."""
        return [*self.encoder.weights, *self.decoder.weights]

    def state(self, member: int) -> dict[str, Tensor]:
        """A copy of one model's weights on the CPU, by their names in a :class:`vae.model.VAE`."""
        parts = (("encoder", self.encoder), ("decoder", self.decoder))
        return {
            f"{part}.{name}": weight[member].detach().to("cpu", copy=True)
            for part, network in parts
            for name, weight in zip(network.names, network.weights, strict=True)
        }


class StackedAdam:
    """Adam with a learning rate of its own for each model; its steps are those of ``torch.optim.Adam(fused=True)``.

    Parameters
    ----------
    weights : sequence of torch.Tensor
        Each (M, ...), with gradients.
    epsilon : float
        As of Adam.
    """

    def __init__(self, weights: Sequence[Tensor], epsilon: float) -> None:
        self.weights, self.epsilon = weights, epsilon
        self.moments = [[torch.zeros_like(w) for w in weights] for _ in range(2)]
        self.steps = [torch.zeros(len(w), device=w.device) for w in weights]
        self._slices = list(zip(*map(_members, (weights, *self.moments, self.steps)), strict=True))

    @torch.no_grad()
    def step(self, rates: Sequence[float]) -> None:
        """Take one step, with the learning rate of each model, and forget the gradients."""
        gradients = _members([w.grad for w in self.weights])  # type: ignore[misc]
        for rate, grads, (weights, first, second, steps) in zip(rates, gradients, self._slices, strict=True):
            adam(
                weights, grads, first, second, [], steps, fused=True, amsgrad=False, beta1=BETAS[0], beta2=BETAS[1],
                lr=rate, weight_decay=0.0, eps=self.epsilon, maximize=False,
            )  # fmt: skip
        for w in self.weights:
            w.grad = None

    def state(self, member: int) -> dict[str, Tensor]:
        """What it knows of one model, as :func:`vae.checkpoint.optimiser_tensors` returns it."""
        each = zip(*self.tensors(), strict=True)
        return {
            f"{i}.{name}": tensor[member].to("cpu", copy=True)
            for i, known in enumerate(each)
            for name, tensor in zip(KNOWN, known, strict=True)
        }

    def load(self, member: int, state: dict[str, Tensor]) -> None:
        """Restore what :meth:`state` returned."""
        for name, tensors in zip(KNOWN, self.tensors(), strict=True):
            for i, tensor in enumerate(tensors):
                tensor[member] = state[f"{i}.{name}"]

    def tensors(self) -> Iterator[list[Tensor]]:
        """All that a step depends on beside weights and gradients: three lists of tensors (M, ...)."""
        yield from (*self.moments, self.steps)


def _members(stacked: Sequence[Tensor]) -> list[list[Tensor]]:
    """The slices of each model."""
    return [[each.detach()[m] for each in stacked] for m in range(len(stacked[0]))]
