"""Who proposes trials and who stops them early: Optuna's samplers and pruners by name.

What Optuna cannot serve is refused here; left alone it would draw at random, or stop in the middle of a search.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler
from optuna.study import Study
from optuna.trial import FrozenTrial

from search.cmaes import CmaEs
from search.errors import SearchError
from search.space.settings import describe
from search.space.space import Space
from search.yardsticks import Metric

SAMPLERS = ("tpe", "cmaes", "gp", "nsgaii", "nsgaiii", "random", "brute")
PRUNERS = ("hyperband", "median", "halving", "none")

REDUCTION = 3
"""Eta of Hyperband and successive halving: of the trials that reach a rung, one in three goes on."""
FIRST_RUNG = 4
"""Epochs before which the order of two models says little about how they will end."""
STARTUP = 4
"""Complete trials, starting points among them, before TPE and GP propose and the median prunes."""
POPULATION = 8
"""Trials of each generation of NSGA-II and III; the first one is of starting points and random ones."""


class BruteForce(optuna.samplers.BruteForceSampler):
    """Every point of a finite space once, in random order; how many trials there are is the search's own affair."""

    def after_trial(self, *_: Any) -> None:
        """Do not stop a study at its last point, which Optuna allows in its own loop only."""


class Tpe(optuna.samplers.TPESampler):
    """Multivariate TPE in a known space; Optuna's own compares the spaces of all trials before each proposal."""

    def __init__(self, distributions: Mapping[str, BaseDistribution], seed: int) -> None:
        super().__init__(multivariate=True, constant_liar=True, n_startup_trials=STARTUP, seed=seed)
        self._free = {name: d for name, d in sorted(distributions.items()) if not d.single()}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """All that is free, by name."""
        return dict(self._free)


def make_sampler(name: str, seed: int, space: Space) -> BaseSampler:
    """A sampler that depends on nothing but the trials in the study and the seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # of brute force and NSGA-III
        return _sampler(name, seed, space)


def _sampler(name: str, seed: int, space: Space) -> BaseSampler:
    samplers = optuna.samplers
    match name:
        case "tpe":
            return Tpe(space.distributions, seed)
        case "cmaes":
            return CmaEs(space.distributions, seed)
        case "gp":
            return samplers.GPSampler(n_startup_trials=STARTUP, seed=seed)
        case "nsgaii":
            return samplers.NSGAIISampler(population_size=POPULATION, seed=seed)
        case "nsgaiii":
            return samplers.NSGAIIISampler(population_size=POPULATION, seed=seed)
        case "brute":
            return BruteForce(seed=seed)
    return samplers.RandomSampler(seed=seed)


def make_pruner(name: str, epochs: int) -> BasePruner:
    """A pruner over the epochs of a trial."""
    first = min(FIRST_RUNG, epochs)
    match name:
        case "hyperband":
            return HyperbandPruner(min_resource=first, max_resource=epochs, reduction_factor=REDUCTION)
        case "median":
            return MedianPruner(n_startup_trials=STARTUP, n_warmup_steps=first)
        case "halving":
            return SuccessiveHalvingPruner(min_resource=first, reduction_factor=REDUCTION)
    return NopPruner()


def refuse_pruner(name: str, objectives: Sequence[Metric]) -> None:
    """Refuse a pruner that would have nothing to look at.

    Raises
    ------
    SearchError
        If there are several objectives, or the only one is not measured after every epoch.
    """
    if name == "none":
        return
    if len(objectives) > 1:
        names = ", ".join(metric.name for metric in objectives)
        raise SearchError(
            f"pruner {name} needs one objective, and there are {len(objectives)}: {names}; add --pruner none"
        )
    if not objectives[0].per_epoch:
        raise SearchError(
            f"pruner {name} looks at every epoch, and {objectives[0].label} is measured once, at the end of a trial; "
            "add --pruner none"
        )


def refuse_sampler(name: str, space: Space, objectives: Sequence[Metric], trials: int) -> None:
    """Refuse a sampler that would draw at random, or not at all, in a space or with several objectives.

    Raises
    ------
    SearchError
        With the parameter that is in the way and what serves in its place.
    """
    distributions = space.distributions
    choices = [key for key, d in distributions.items() if isinstance(d, CategoricalDistribution)]
    if name == "cmaes" and choices:
        what = (
            "a pair for each latent"
            if space.encoding == "per-latent"
            else f"{choices[0]} ({describe(distributions[choices[0]])})"
        )
        raise SearchError(f"sampler cmaes needs ranges, and {what} is a choice; take tpe, or fix it")
    if name == "cmaes" and len(objectives) > 1:
        raise SearchError(f"sampler cmaes has one objective, and there are {len(objectives)}; take tpe, nsgaii or gp")
    if name in ("cmaes", "brute") and not distributions:
        raise SearchError(f"sampler {name} has nothing to search: every setting is fixed")
    if name == "nsgaiii" and len(objectives) == 1:
        raise SearchError("sampler nsgaiii spreads trials over a front of several objectives; with one take nsgaii")
    if name in ("nsgaii", "nsgaiii") and trials <= POPULATION:
        raise SearchError(
            f"sampler {name} draws its first generation of {POPULATION} at random, and trials is {trials}; take more, "
            "or --sampler random"
        )
    if name == "brute":
        endless = [key for key, d in distributions.items() if isinstance(d, FloatDistribution) and d.step is None]
        if endless:
            raise SearchError(
                f"sampler brute needs a finite space, and {endless[0]} is any number in a range; take per-latent "
                "in place of counts, and a list or a step for the rest"
            )
        if (size := math.prod(map(_size, distributions.values()))) < trials:
            raise SearchError(f"the space has {size} points, and trials is {trials}; sampler brute takes each once")


def _size(distribution: Any) -> int:
    """Number of values of a finite distribution."""
    if isinstance(distribution, CategoricalDistribution):
        return len(distribution.choices)
    assert isinstance(distribution, IntDistribution | FloatDistribution)
    return round((distribution.high - distribution.low) / (distribution.step or 1)) + 1
