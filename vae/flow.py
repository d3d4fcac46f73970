"""Inverse autoregressive flow on a posterior (Kingma et al. 2016), on any base family.

z_0 is a sample of the base, a location-scale family. Step t maps z_(t-1) to σ_t z_(t-1) + (1 - σ_t) m_t, where entry i
of m_t and σ_t depends on the entries of z_(t-1) before it and on the image, by a masked network as in MADE (Germain et
al. 2015). Its Jacobian is triangular: log q(z_T|x) = log q_0(z_0|x) - Σ_t Σ_i log σ_ti. Every other step goes through
the latents in reverse.

σ is in (0, 1) and m bounded, so that no tail grows: a pair whose divergence is finite stays finite.

The divergence of q from π has no closed form, but that of the base has: KLD(q‖π) = KLD(q_0‖π) + E[log π(z_0) -
log π(z_T) - Σ_t Σ_i log σ_ti], of which samples have to estimate only what the flow changes. Where it changes nothing,
the estimate is exact; without the control variate the noise of the prior's term makes a flow learn worse than its base.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from divergences.ops import Pairing, posterior_log_prob, prior_log_prob
from divergences.ops.table import support
from vae.errors import ConfigError
from vae.latent_layer import LatentLayer

OPEN = 3.0
"""Bias of the gates: at the start a step changes little (σ = 0.95)."""
ROUNDING = 16
"""Rounding errors that may remain where a linear system is solved."""


def check_flow(pairing: Pairing, objective: str) -> None:
    """Refuse what a flow cannot be combined with.

    Raises
    ------
    ConfigError
        If a prior is not on the whole line, which a flow may leave, or if the objective needs an analytic divergence.
    """
    for segment in pairing.segments:
        if support(segment.prior) != (-inf, inf):
            raise ConfigError(
                f"a flow may carry samples of the pair {segment.pair} out of the {segment.prior} prior's support; "
                f"expected a prior on the whole line, or flow 0"
            )
    if objective == "gvi":
        raise ConfigError("a flow has no analytic discrepancy, which gvi needs; expected another objective, or flow 0")


class MaskedLinear(nn.Linear):
    """A linear layer some of whose weights are always zero; ``mask`` is (outputs, inputs)."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.mask, self.bias)


class AutoregressiveStep(nn.Module):
    """One step of the flow.

    Parameters
    ----------
    latents, context, hidden : int
        Numbers of latents, of inputs from the encoder, and of units of the two hidden layers.
    reverse : bool
        Whether an entry depends on those after it rather than on those before it.
    """

    def __init__(self, latents: int, context: int, hidden: int, reverse: bool) -> None:
        super().__init__()
        place = torch.arange(latents)
        place = place.flip(0) if reverse else place
        # A hidden unit of degree d sees the context and d entries; the output at place i sees degrees up to i.
        inputs, units = torch.cat([place + 1, torch.zeros(context, dtype=torch.long)]), torch.arange(hidden) % latents
        self.layers = nn.ModuleList(
            MaskedLinear((after[:, None] >= before).float()) for before, after in pairwise([inputs, units, units])
        )
        self.output = MaskedLinear((place.repeat(2)[:, None] >= units).float())
        with torch.no_grad():
            self.output.weight *= 0.1
            self.output.bias.zero_()

    def forward(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Map z (..., latents), with context (..., inputs), to the new z and log σ, both (..., latents).

        The sum of log σ is the logarithm of the Jacobian's determinant; σ is its diagonal.
        """
        h = torch.cat([z, context.expand(*z.shape[:-1], -1)], -1)
        for layer in self.layers:
            h = torch.tanh(layer(h))
        shift, gate = self.output(h).chunk(2, -1)
        log_keep = F.logsigmoid(gate + OPEN)
        keep = log_keep.exp()
        return keep * z + (1 - keep) * shift, log_keep

    def carry(self, z: Tensor, context: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The new z, and the gradient of log q there, from z and the gradient of log q before the step.

        All are (..., latents), and the parameters of step and context fixed. With J the Jacobian, log q changes by
        -log|det J|, and its gradient v goes over into u = J^-T (v - ∇ log|det J|). J = D + N has a diagonal D and a
        strictly triangular N, so that u ← D^-1 (v - Nᵀu) is exact after as many rounds as there are latents, and to
        rounding after fewer where the latents depend little on one another; the steps need not be inverted.
        """
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            after, log_keep = self(z, context.detach())
            (of_determinant,) = torch.autograd.grad(log_keep.sum(), z, retain_graph=True)
            right, diagonal = gradient - of_determinant, log_keep.detach().exp()
            solution = right / diagonal
            for _ in range(z.shape[-1] - 1):
                (product,) = torch.autograd.grad(after, z, solution, retain_graph=True)
                rest = right - product
                solution = solution + rest / diagonal
                if float(rest.norm()) <= ROUNDING * torch.finfo(z.dtype).eps * float(right.norm()):
                    break
        return after.detach(), solution


class FlowLayer(LatentLayer):
    """A latent layer whose posterior is an inverse autoregressive flow on the pairing's posterior families.

    Parameters
    ----------
    pairing : divergences.ops.Pairing
        The base family and the prior of each latent.
    steps : int
        Steps of the flow.
    hidden : int
        Units of each of its hidden layers.
    """

    def __init__(self, pairing: Pairing, steps: int, hidden: int) -> None:
        super().__init__(pairing)
        latents = len(pairing)
        self.context = latents
        self.steps = nn.ModuleList(AutoregressiveStep(latents, self.context, hidden, t % 2 == 1) for t in range(steps))

    @property
    def inputs(self) -> int:
        return 2 * len(self.pairing) + self.context

    def posterior(self, encoded: Tensor) -> tuple[Tensor, ...]:
        """Location and log scale of the base, and the context, of encoder outputs (..., inputs)."""
        base, context = encoded.split([2 * len(self.pairing), self.context], -1)
        return *super().posterior(base), torch.tanh(context)

    def forward(  # type: ignore[override]
        self,
        loc: Tensor,
        log_scale: Tensor,
        context: Tensor,
        samples: int = 1,
        generator: torch.Generator | None = None,
        analytic: bool = False,
        score: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Draw latents.

        Parameters and results are those of :meth:`LatentLayer.forward`, with these differences: the cost if
        ``analytic`` is analytic for the base alone, and for what the flow adds the mean over the samples; ``score``
        says whether log q(z|x) depends on parameters directly, those of the flow included.
        """
        start, base = super().forward(loc, log_scale, samples, generator)
        z, log_det = self._flow(start, context)
        if analytic:
            added = prior_log_prob(self.pairing, start) - prior_log_prob(self.pairing, z) - log_det
            return z, base + added.mean(0)
        log_q = posterior_log_prob(self.pairing, start, loc, log_scale) - log_det
        if not score and z.requires_grad:
            # The value of log q, and its gradient with respect to z alone.
            log_q = log_q.detach() + ((z - z.detach()) * self._gradient(start, loc, log_scale, context)).sum(-1)
        return z, prior_log_prob(self.pairing, z) - log_q

    def median(self, loc: Tensor, log_scale: Tensor, context: Tensor) -> Tensor:  # type: ignore[override]
        """Where the flow takes the base's median, (n, latents)."""
        return self._flow(super().median(loc, log_scale), context)[0]

    def _flow(self, z: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Map samples of the base to z and log|det|."""
        total = torch.zeros_like(z[..., 0])
        # The log determinant is part of a bound: in full precision, whatever the matrix products around are in.
        with torch.autocast(z.device.type, enabled=False):
            for step in self.steps:
                z, log_keep = step(z, context)
                total = total + log_keep.sum(-1)
        return z, total

    def _gradient(self, start: Tensor, loc: Tensor, log_scale: Tensor, context: Tensor) -> Tensor:
        """Gradient of log q(z|x) with respect to z at fixed parameters, (K, n, latents), where ``start`` flows to."""
        z = start.detach()
        # Graphs that end here are nobody else's: their tensors are kept as they are, under a checkpoint, too.
        kept = torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor)
        with torch.autocast(z.device.type, enabled=False), kept:
            with torch.enable_grad():
                z.requires_grad_()
                log_q = posterior_log_prob(self.pairing, z, loc.detach(), log_scale.detach())
                (gradient,) = torch.autograd.grad(log_q.sum(), z)
            for step in self.steps:
                assert isinstance(step, AutoregressiveStep)
                z, gradient = step.carry(z, context, gradient)
        return gradient
