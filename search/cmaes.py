"""CMA-ES that knows nothing but the trials of its study.

Optuna's own keeps its state in the database as a pickle, and to load one is to run whatever code somebody put there.
Here the state is computed anew for each proposal from all trials in order: an update takes microseconds, and a search
that was killed goes on as it would have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cmaes
import numpy as np
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from search.space.space import START

SPREAD = 1 / 6
"""First standard deviation, in units of each parameter's range."""


class CmaEs(BaseSampler):
    """Covariance matrix adaptation (Hansen 2016) over ranges, through the package cmaes.

    The first distribution is around the best starting point. Generations are the trials proposed since, by number, as
    many at a time as the algorithm asks for; only their order of merit counts, and a trial that was pruned comes
    after all that were not, by how long it lasted.

    Parameters
    ----------
    distributions : mapping
        The space: ranges alone.
    seed : int
        Of this proposal.
    """

    def __init__(self, distributions: Mapping[str, BaseDistribution], seed: int) -> None:
        self._ranges = {name: d for name, d in distributions.items() if not d.single()}
        self._seed = seed
        self._independent = RandomSampler(seed=seed)  # for ranges of one value alone

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._ranges

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        # Not get_trials: with Hyperband that would be the trials of one bracket.
        states = (TrialState.COMPLETE, TrialState.PRUNED)
        trials = [t for t in study._get_trials(deepcopy=False, states=states, use_cache=False) if t.values]
        maximize = study.direction == StudyDirection.MAXIMIZE
        ranked = sorted(trials, key=lambda t: _merit(t, maximize), reverse=True)
        merit = {t.number: -float(rank) for rank, t in enumerate(ranked)}  # minus, since what is told is maximised
        first = next((t for t in ranked if START in t.user_attrs), None)
        mean = self._inside(first) if first else np.full(len(self._ranges), 0.5)
        bounds = np.array([[0.0, 1.0]] * len(self._ranges))
        optimizer = cmaes.CMA(mean, SPREAD, bounds, seed=self._seed)
        proposed = [t for t in sorted(trials, key=lambda t: t.number) if START not in t.user_attrs]
        size = optimizer.population_size
        for end in range(size, len(proposed) + 1, size):
            generation = proposed[end - size : end]
            optimizer.tell([(self._inside(t), -merit[t.number]) for t in generation])
        return {name: _outside(d, u) for (name, d), u in zip(self._ranges.items(), optimizer.ask(), strict=True)}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        return self._independent.sample_independent(study, trial, param_name, param_distribution)

    def _inside(self, trial: FrozenTrial) -> np.ndarray:
        """A trial as a point of the unit cube."""
        return np.array([_inside(d, trial.params[name]) for name, d in self._ranges.items()])


def _merit(trial: FrozenTrial, maximize: bool) -> tuple[bool, int, float, int]:
    value = trial.values[0] if maximize else -trial.values[0]
    complete = trial.state == TrialState.COMPLETE
    return (complete, 0 if complete else trial.last_step or 0, value, -trial.number)


def _ends(distribution: BaseDistribution) -> tuple[float, float]:
    """Both ends of a range, on the scale on which it is searched, with half a step beyond: each step has its part."""
    assert isinstance(distribution, IntDistribution | FloatDistribution)
    half = (distribution.step or 0.0) / 2
    low, high = distribution.low - half, distribution.high + half
    return (math.log(low), math.log(high)) if distribution.log else (low, high)


def _inside(distribution: BaseDistribution, value: float) -> float:
    low, high = _ends(distribution)
    scaled = math.log(value) if getattr(distribution, "log", False) else value
    return (scaled - low) / (high - low)


def _outside(distribution: BaseDistribution, unit: float) -> int | float:
    assert isinstance(distribution, IntDistribution | FloatDistribution)
    low, high = _ends(distribution)
    value = low + float(unit) * (high - low)
    value = math.exp(value) if distribution.log else value
    if distribution.step:
        value = distribution.low + distribution.step * round((value - distribution.low) / distribution.step)
    value = min(max(value, distribution.low), distribution.high)
    return int(value) if isinstance(distribution, IntDistribution) else value
