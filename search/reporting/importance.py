"""Which parameters decide how good a trial is, by two decompositions of the trials' values."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import optuna
from optuna.importance import BaseImportanceEvaluator, FanovaImportanceEvaluator, PedAnovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

from search.storage.store import Store

LEAST = 8
"""Complete trials below which a decomposition of their values says nothing."""
TOP = 5
"""Trials that PED-ANOVA takes for the best, or a tenth of all, if that is more."""


@dataclass(frozen=True)
class Importance:
    """What one parameter explains.

    Attributes
    ----------
    name : str
        The parameter.
    fanova : float
        Share of the variance over the whole space (Hutter et al. 2014), by a random forest.
    ped_anova : float
        Share of what tells the best trials from the others (Watanabe et al. 2023).
    """

    name: str
    fanova: float
    ped_anova: float


def importances(store: Store) -> list[Importance]:
    """Importances for the first objective, largest first; empty where too few trials would tell."""
    values = [trial.values[0] for trial in store.trials(TrialState.COMPLETE)]
    if len(values) < LEAST or len(set(values)) == 1 or not store.config.search_space.distributions:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PED-ANOVA is experimental, and takes low targets for good: so they are here
        fanova = _shares(store, FanovaImportanceEvaluator(seed=store.config.seed))
        top = min(0.5, max(0.1, TOP / len(values)))
        ped_anova = _shares(store, PedAnovaImportanceEvaluator(target_quantile=top))
    found = [Importance(name.replace("_", " "), share, ped_anova.get(name, 0.0)) for name, share in fanova.items()]
    return sorted(found, key=lambda importance: -importance.fanova)


def _shares(store: Store, evaluator: BaseImportanceEvaluator) -> dict[str, float]:
    sign = store.config.objectives[0].sign

    def target(trial: FrozenTrial) -> float:
        return -sign * trial.values[0]

    return optuna.importance.get_param_importances(store.study, evaluator=evaluator, target=target)
