"""A latent layer that has not yet decided for its pairs: the relaxation behind the one-shot search.

What is relaxed
---------------
Latent i takes pair k with probability w_ik, by a choice c_i of its own, drawn anew for every image. For given choices c
the model is the irregular VAE of that pairing, and the objective is the expectation over them,

    J(w) = E_c[ELBO_c] = E_c E_q[log p(x|z)] - Σ_i Σ_k w_ik D_ik,

with D_ik the divergence of pair k at latent i: the divergence enters exactly, for all pairs at once. (A *mixed* latent
Σ_k w_ik z_ik would not do: neither is the divergence of a sum of variables a sum, nor does such a model turn into an
irregular one before the last moment.) J is a bound for every w: E_c[ELBO_c] <= E_c[log p_c(x)] <= log Σ_c w(c) p_c(x),
the likelihood of the mixture of all pairings in proportion to w. At one-hot weights it is the ELBO of that pairing.

Along each latent's weights J is linear, so that its best point is a pairing. The way there is annealed: the weights
maximise J + τ Σ_i H(w_i), entropy included, which is w_ik ∝ exp(G_ik / τ) with the *payoff* G_ik = ∂J/∂w_ik in nats,
the expected bound if latent i takes pair k and all others choose as before; τ falls from 1 nat to almost none.

How the payoffs are learned
---------------------------
Their divergence part is exact. For the reconstruction f(k) = log p(x|z_1, .., z_ik, .., z_L) every pair's z_ik comes
from the same uniform number through its own quantile function, so that values of different pairs are close, and

    f(k) - f(j) ≈ (f'(z_ik) + f'(z_ij)) / 2 · (z_ik - z_ij),

the trapezoidal rule, whose error is of third order in the distance. The mean over j ~ w is

    f(k) - Σ_j w_j f(j) ≈ E_c[f'(z_c) (z_k - z_c)] / 2 + E_c[f'(z_k) (z_k - z̄) | c = k] / 2,    z̄ = Σ_j w_j z_j,

of which one backward pass gives every term, for all latents (the estimator of Liu et al. 2023, "Bridging discrete and
backpropagation", applied to payoffs). Gradients of encoder and decoder are those of J itself, without bias.

What pairs share
----------------
Encoder and decoder are shared. In the decoder's coordinates all priors have the median and the quartiles of the
standard normal, in the encoder's all posteriors (a Gumbel's median stays off by a share of its scale, and an
exponential has no location at all); from and to them each latent has a learned affine map for each pair.
Affine maps next to linear layers merge with them, so that :meth:`MixtureLayer.merge` makes an ordinary VAE of the
result, with the same outputs.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from divergences.ops import Pairing, divergence_per_latent, prior_quantile
from divergences.ops.table import is_scale_family
from vae.posterior import PosteriorMap


class MixtureLayer(nn.Module):
    """Latents that each choose among pairs.

    Parameters
    ----------
    pairs : sequence of str
        Distinct pairs, such as ``["N/N", "La/N"]``.
    latents : int
        Number of latents.
    memory : int
        Calls over which payoffs are averaged: the weight of an observation falls by e after so many more.

    Attributes
    ----------
    weights : torch.Tensor
        Probability of each pair, (pairs, latents); columns add up to one.
    payoffs : torch.Tensor
        What each pair would bring, nats per sample up to a constant for each latent, (pairs, latents).

    Raises
    ------
    divergences.ops.DivergenceError
        If a family is unknown or a pair is infinite for every location and scale.
    """

    weights: Tensor
    means: Tensor
    sums: Tensor
    drawn: Tensor
    centre: Tensor
    located: Tensor

    def __init__(self, pairs: Sequence[str], latents: int, memory: int = 50) -> None:
        super().__init__()
        self.pairs, self.latents, self.decay = tuple(pairs), latents, 1 - 1 / memory
        self.pairing = Pairing.from_counts(dict.fromkeys(pairs, latents))
        self.map = PosteriorMap(self.pairing)
        shape = (len(self.pairs), latents)
        segments = self.pairing.segments
        own = [Pairing([(s.posterior, s.posterior, 1)]) for s in segments]
        self._families = list(dict.fromkeys(own))
        self._family = [self._families.index(each) for each in own]
        centres, widths = zip(*(_median_and_width(Pairing([(s.prior, s.prior, 1)])) for s in segments), strict=True)
        _, spreads = zip(*(_median_and_width(each) for each in own), strict=True)
        centre, width, spread = (torch.tensor(each)[:, None].repeat(1, latents) for each in (centres, widths, spreads))
        # From the encoder's (location, log scale) to the pair's, and from the pair's z to the decoder's.
        self.mixing = nn.Parameter(torch.stack([width, 0 * width, 0 * width, 1 + 0 * width]))
        self.offset = nn.Parameter(torch.stack([centre, torch.log(width / spread)]))
        self.gain = nn.Parameter(1 / width)
        self.shift = nn.Parameter(torch.zeros(shape))
        self.register_buffer("centre", centre)
        located = torch.tensor([not is_scale_family(s.posterior) for s in segments], dtype=centre.dtype)
        self.register_buffer("located", located[:, None].repeat(1, latents))
        self.register_buffer("weights", torch.full(shape, 1 / len(self.pairs)))
        for name in ("means", "sums", "drawn"):
            self.register_buffer(name, torch.zeros(shape))

    @property
    def inputs(self) -> int:
        """Encoder outputs per row."""
        return 2 * self.latents

    @property
    def payoffs(self) -> Tensor:
        """What each pair would bring, nats per sample up to a constant for each latent, (pairs, latents)."""
        # A pair that was not drawn lately is not credited with what it brought long ago: the count starts from one.
        return self.means + self.sums / (self.drawn + 1)

    def anneal(self, temperature: float) -> None:
        """Let the weights maximise bound and entropy at a temperature in nats; at 0 the best pair takes all."""
        if temperature > 0:
            self.weights.copy_(torch.softmax(self.payoffs / temperature, 0))
        else:
            best = self.payoffs.argmax(0, keepdim=True)
            self.weights.zero_().scatter_(0, best, 1.0)

    def choices(self) -> list[str]:
        """The pair of highest weight of each latent."""
        return [self.pairs[k] for k in self.weights.argmax(0).tolist()]

    def posterior(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Location and log scale of every pair, each (n, pairs, latents), of encoder outputs (n, 2·latents)."""
        u, r = encoded.unsqueeze(-2).chunk(2, -1)
        a, b, c, d = self.mixing
        loc, raw = a * u + b * r + self.offset[0], c * u + d * r + self.offset[1]
        loc, log_scale = self.map(torch.cat([loc.flatten(1), raw.flatten(1)], -1))
        return loc.view_as(raw), log_scale.view_as(raw)

    def forward(self, encoded: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Draw pairs and latents; with gradients, observe payoffs on the way back.

        The loss is to be minus the *mean* over rows of the bound.

        Parameters
        ----------
        encoded : torch.Tensor
            Encoder outputs (n, 2·latents).
        generator : torch.Generator, optional
            Of choices and noise.

        Returns
        -------
        inputs : torch.Tensor
            Of the decoder, (n, latents).
        nats : torch.Tensor
            Σ_ik w_ik D_ik, (n,) nats per sample.
        """
        loc, log_scale = self.posterior(encoded)
        divergence = divergence_per_latent("kld", self.pairing, loc.flatten(1), log_scale.flatten(1)).view_as(loc)
        nats = (divergence * self.weights).sum((1, 2))
        z = self.located * loc + torch.exp(log_scale) * self._noise(loc, generator)
        values = self.gain * (z - self.centre) + self.shift
        choice = torch.multinomial(self.weights.T, len(loc), replacement=True, generator=generator).T.unsqueeze(1)
        inputs = values.gather(1, choice)
        if inputs.requires_grad:
            self._observe(inputs, values.detach(), divergence.detach(), choice)
        return inputs.squeeze(1), nats

    def _noise(self, like: Tensor, generator: torch.Generator | None) -> Tensor:
        """Standard variates (n, pairs, latents) of the posteriors, all from one uniform number per row and latent."""
        shape = (len(like), self.latents)
        p = torch.rand(shape, generator=generator, dtype=torch.float64, device=like.device).clamp_(2.0**-54)
        each = [prior_quantile(family, p.unsqueeze(-1)).squeeze(-1).to(like.dtype) for family in self._families]
        return torch.stack([each[k] for k in self._family], 1)

    def _observe(self, inputs: Tensor, values: Tensor, divergence: Tensor, choice: Tensor) -> None:
        """Note what every pair would have brought, once the gradient at the decoder's inputs is there."""
        n, weights = len(values), self.weights.clone()

        def note(gradient: Tensor) -> None:
            slope = -n * gradient / 2  # of log p(x|z), halved
            means = (slope * (values - inputs.detach()) - divergence).mean(0)
            chosen = torch.zeros_like(values).scatter_(1, choice, 1.0)
            sums = (chosen * slope * (values - (weights * values).sum(1, keepdim=True))).sum(0)
            self.means.lerp_(means, 1 - self.decay)
            self.sums.mul_(self.decay).add_(sums)
            self.drawn.mul_(self.decay).add_(chosen.sum(0))

        inputs.register_hook(note)

    @torch.no_grad()
    def merge(self, last: nn.Linear, first: nn.Linear) -> Pairing:
        """Merge the chosen pairs' affine maps with the layers around them, in place, latents sorted into segments.

        Parameters
        ----------
        last : torch.nn.Linear
            Of the encoder, to (location, log scale).
        first : torch.nn.Linear
            Of the decoder.

        Returns
        -------
        Pairing
            Under which a :class:`vae.latent_layer.LatentLayer` in between gives the same outputs.
        """
        chosen = self.weights.argmax(0)
        counts = torch.bincount(chosen, minlength=len(self.pairs))
        by_count = sorted(range(len(self.pairs)), key=lambda k: -int(counts[k]))
        order = torch.tensor([i for k in by_count for i in (chosen == k).nonzero().flatten().tolist()])
        k = chosen[order]
        a, b, c, d = self.mixing[:, k, order]
        for tensor, offset in ((last.weight, torch.zeros(2, 1, 1)), (last.bias, self.offset[:, k, order, None])):
            u, r = tensor.view(2, self.latents, -1)[:, order]
            mixed = torch.stack([a[:, None] * u + b[:, None] * r, c[:, None] * u + d[:, None] * r]) + offset
            tensor.copy_(mixed.view_as(tensor))
        columns = first.weight[:, order]
        first.bias.add_(columns @ (self.shift - self.gain * self.centre)[k, order])
        first.weight.copy_(columns * self.gain[k, order])
        return Pairing.from_counts({self.pairs[k]: int(counts[k]) for k in by_count})


def _median_and_width(own: Pairing) -> tuple[float, float]:
    """Median of a family's standard member, and the distance of its quartiles in units of the standard normal's."""
    low, median, high = (
        prior_quantile(own, torch.tensor([[0.25], [0.5], [0.75]], dtype=torch.float64)).flatten().tolist()
    )
    return median, (high - low) / (2 * 0.6744897501960817)
