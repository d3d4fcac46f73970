"""By what trials are compared, and what cannot be compared.

All figures are of validation images. Bounds of different likelihoods are in different units, since a probability is no
density; and each Rényi order has its own objective, highest where it was trained. So where the order is free, trials
are compared by one importance-weighted bound for all, and where the likelihood is free, by how much the samples look
like images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from search.errors import SearchError
from search.space.settings import describe, is_fixed
from search.space.space import Space, parse_pairs

SAMPLES = 50
"""Posterior samples per image behind the importance-weighted bound of a trial."""


@dataclass(frozen=True)
class Metric:
    """A figure that a search can be about.

    Attributes
    ----------
    name : str
        As in settings and files.
    label : str
        As in sentences and tables.
    unit : str
        Empty for a pure number.
    maximize : bool
        Whether more is better.
    across_orders, across_likelihoods : bool
        Whether it compares models that were trained with different Rényi orders, or likelihoods.
    per_epoch : bool
        Whether it can be had after every epoch, for a pruner to look at.
    """

    name: str
    label: str
    unit: str = ""
    maximize: bool = False
    across_orders: bool = True
    across_likelihoods: bool = True
    per_epoch: bool = False

    @property
    def direction(self) -> Literal["maximize", "minimize"]:
        """As Optuna has it."""
        return "maximize" if self.maximize else "minimize"

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.maximize else -1

    def show(self, value: float | None) -> str:
        """A value with its unit."""
        if value is None:
            return "no finite value"
        if self.unit == NATS:
            return f"{value:.2f} nats"
        return f"{value:.5g} {self.unit}".rstrip()


NATS = "nats per sample"
ELBO = Metric("elbo", "ELBO", NATS, True, across_orders=False, across_likelihoods=False, per_epoch=True)
METRICS = {
    metric.name: metric
    for metric in (
        ELBO,
        Metric("objective", "objective", NATS, True, across_orders=False, across_likelihoods=False, per_epoch=True),
        Metric("iw_bound", f"IW bound, K = {SAMPLES}", NATS, True, across_likelihoods=False, per_epoch=True),
        Metric("kid_efflite0", "KID (EfficientNet-Lite0)"),
        Metric("fid_efflite0", "FID (EfficientNet-Lite0)"),
        Metric("kid", "KID"),
        Metric("fid", "FID"),
        Metric("parameters", "parameters"),
        Metric("seconds", "training time", "s"),
    )
}
YARDSTICKS = ("elbo", "objective", "iw_bound", "kid_efflite0", "fid_efflite0", "kid", "fid")
"""Metrics that can be the only one."""


def default_yardstick(space: Space, objective: str) -> str:
    """The yardstick that suits what is searched."""
    if not is_fixed(space.likelihood):
        return "kid_efflite0"
    return "elbo" if objective == "elbo" else "iw_bound"


def refuse_incomparable(metric: Metric, space: Space, objective: str) -> None:
    """Refuse to compare trials by a figure that means something else, or nothing, for some of them.

    Raises
    ------
    SearchError
        If the likelihood or the Rényi order is searched, and the metric is not one across them; or there is an order,
        and the objective has none, or the other way round.
    divergences.ops.InfinitePairError
        If the ELBO of a pair is infinite that has a finite generalised objective.
    """
    if objective == "elbo" and space.alpha is not None:
        raise SearchError(f"alpha is {describe(space.alpha)}, and the objective elbo has no order; take vr or gvi")
    if objective != "elbo" and space.alpha is None:
        raise SearchError(f"the objective {objective} has an order, and the space none: a file has a line alpha: 0.5")
    if not (is_fixed(space.likelihood) or metric.across_likelihoods):
        raise SearchError(
            f"{metric.label}: bounds of different likelihoods ({describe(space.likelihood)}) are in different "
            "units and cannot be compared; take kid_efflite0, or fix the likelihood"
        )
    if not (is_fixed(space.alpha) or metric.across_orders):
        raise SearchError(
            f"{metric.label}: models of different orders ({describe(space.alpha)}) maximise different "
            "quantities, of which this is one; take iw_bound, or fix alpha"
        )
    if metric.name == "elbo":
        parse_pairs(",".join(space.pairs))
