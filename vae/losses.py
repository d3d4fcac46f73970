"""Losses in place of a likelihood, for Gibbs posteriors: q minimises λ E_q[loss] + KLD(q‖π) (Alquier et al. 2016).

Any likelihood serves as a loss too, by its negative logarithm, which makes λ an inverse temperature in the narrow
sense. A loss of one's own joins by :func:`register_loss`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from vae.errors import ConfigError
from vae.likelihoods import LIKELIHOODS, Likelihood, Mse, likelihood

HUBER_EDGE = 0.1
"""Where the Huber loss turns from square to straight, in units of the grey range."""

LossFunction = Callable[[Tensor, Tensor], Tensor]


class Loss(Mse):
    """A loss between an image and a reconstruction in [0, 1], through the interface of a likelihood.

    Parameters
    ----------
    name : str
        As it is named in settings.
    function : callable
        ``function(x, image)`` of targets (..., d) and reconstructions (..., d) that broadcast: (...,), one number per
        sample, differentiable in ``image``.
    convention : str
        What it computes, for the notes of an evaluation.
    """

    def __init__(self, name: str, function: LossFunction, convention: str) -> None:
        self.name, self.function, self.convention = name, function, convention

    def nll(self, x: Tensor, outputs: Tensor) -> Tensor:
        return self.function(x, torch.sigmoid(outputs))


def _huber(x: Tensor, image: Tensor) -> Tensor:
    x, image = torch.broadcast_tensors(x, image)
    return F.huber_loss(x, image, reduction="none", delta=HUBER_EDGE).sum(-1)


def _log_cosh(x: Tensor, image: Tensor) -> Tensor:
    a = (x - image).abs()
    return (a + torch.log1p(torch.expm1(-2 * a) / 2)).sum(-1)


LOSSES: dict[str, Likelihood] = {
    loss.name: loss
    for loss in (
        Loss("squared", lambda x, y: (x - y).square().sum(-1), "the squared error, summed over pixels"),
        Loss(
            "huber",
            _huber,
            f"the Huber loss with its edge at {HUBER_EDGE}, summed over pixels",
        ),
        Loss("log_cosh", _log_cosh, "the logarithm of the error's cosh, summed over pixels"),
    )
}


def register_loss(name: str, function: LossFunction, convention: str = "") -> None:
    """Make a loss of one's own known under ``name``; a model trained with it needs the same call before it is loaded.

    Parameters
    ----------
    name, function, convention
        As of :class:`Loss`.

    Raises
    ------
    ConfigError
        If the name is that of another loss or a likelihood.
    """
    if name in LIKELIHOODS or name in LOSSES:
        raise ConfigError(f"the loss {name!r} is there already; known are {', '.join([*LIKELIHOODS, *LOSSES])}")
    LOSSES[name] = Loss(name, function, convention or f"the loss {name}")


class Tempered(Likelihood):
    """A loss times its inverse temperature.

    Parameters
    ----------
    name : str
        A loss, or a likelihood whose negative logarithm is the loss.
    inverse_temperature : float
        Factor λ.
    """

    def __init__(self, name: str, inverse_temperature: float) -> None:
        self.base = LOSSES[name] if name in LOSSES else likelihood(name)
        self.name, self.channels, self.inverse_temperature = name, self.base.channels, inverse_temperature
        what = self.base.convention or f"the negative log-likelihood of {name}"
        self.convention = f"{inverse_temperature:g} times {what}"

    def nll(self, x: Tensor, outputs: Tensor) -> Tensor:
        # A loss may be anybody's, and is computed in full precision.
        return self.inverse_temperature * self.base.nll(x, outputs.float() if outputs.dtype.itemsize < 4 else outputs)

    def mean(self, outputs: Tensor) -> Tensor:
        return self.base.mean(outputs)

    def sample(self, outputs: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return self.base.sample(outputs, generator)

    def bias(self, x: Tensor) -> Tensor:
        return self.base.bias(x)

    def check_targets(self, x: Tensor) -> None:
        self.base.check_targets(x)
