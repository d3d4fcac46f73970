"""Who proposes trials and who stops them early: Optuna's samplers and pruners by name."""

from __future__ import annotations

import optuna
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

SAMPLERS = ("tpe", "cmaes", "gp", "nsgaii", "nsgaiii", "random", "brute")
PRUNERS = ("hyperband", "median", "halving", "none")

REDUCTION = 3
"""Hyperband's eta: of the trials that reach a rung, one in three goes on."""
FIRST_RUNG = 4
"""Epochs before which the order of two models says little about how they will end."""
STARTUP = 4
"""Trials, the starting points among them, before TPE proposes."""


def make_sampler(name: str, seed: int) -> BaseSampler:
    """A sampler that depends on nothing but the trials in the study and the seed."""
    assert name == "tpe"
    return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, n_startup_trials=STARTUP, seed=seed)


def make_pruner(name: str, epochs: int) -> BasePruner:
    """A pruner over the epochs of a trial."""
    assert name == "hyperband"
    return optuna.pruners.HyperbandPruner(
        min_resource=min(FIRST_RUNG, epochs), max_resource=epochs, reduction_factor=REDUCTION
    )
