"""The logistic distribution, which ``torch.distributions`` does not have."""

from __future__ import annotations

import math
from numbers import Number

import torch
from torch import Tensor
from torch.distributions import constraints
from torch.distributions.distribution import Distribution
from torch.distributions.utils import broadcast_all

from divergences.ops.noise import draw

Shape = torch.Size | list[int] | tuple[int, ...]


class Logistic(Distribution):
    """Logistic distribution with density ``exp(-t) / (scale (1 + exp(-t))²)``, ``t = (value - loc) / scale``.

    Parameters
    ----------
    loc : Tensor or float
        Location: mean, median and mode.
    scale : Tensor or float
        Scale, positive; the standard deviation is ``scale * pi / sqrt(3)``.
    validate_args : bool, optional
        As in :class:`torch.distributions.Distribution`.

    Examples
    --------
    >>> torch.distributions.kl_divergence(Logistic(0.0, 1.0), Logistic(0.0, 1.0))
    tensor(0.)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}  # noqa: RUF012
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        shape = torch.Size() if isinstance(loc, Number) and isinstance(scale, Number) else self.loc.size()
        super().__init__(shape, validate_args=validate_args)

    def expand(self, batch_shape: Shape, _instance: Logistic | None = None) -> Logistic:
        new = self._get_checked_instance(Logistic, _instance)
        new.loc = self.loc.expand(batch_shape)
        new.scale = self.scale.expand(batch_shape)
        super(Logistic, new).__init__(torch.Size(batch_shape), validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return self.scale * (math.pi / math.sqrt(3.0))

    @property
    def variance(self) -> Tensor:
        return self.stddev.square()

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return self.loc + self.scale * draw("logistic", shape, dtype=self.loc.dtype, device=self.loc.device)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        # Even in t, so that neither tail overflows.
        distance = ((value - self.loc) / self.scale).abs()
        return -distance - 2 * torch.log1p(torch.exp(-distance)) - torch.log(self.scale)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return torch.sigmoid((value - self.loc) / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * (torch.log(value) - torch.log1p(-value))

    def entropy(self) -> Tensor:
        return 2 + torch.log(self.scale)
