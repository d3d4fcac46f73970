"""``AutoVAE``: the search as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, DensityMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data
from torch import Tensor

from divergences.ops import latent, log_ratio, prior_sample, standard_noise
from search.config import SearchConfig
from search.errors import SearchError
from search.estimator.folder import load_estimator, save_estimator
from search.estimator.in_memory import TRIALS, search_in_memory
from search.estimator.units import Array, Units
from vae.data import DataSplits
from vae.importance import CHUNK
from vae.randomness import generator
from vae.training import FitResult

SCALED, UNSCALED = ("normal", "laplace"), ("bernoulli", "continuous_bernoulli", "beta")
"""Likelihoods of real-valued data, which are scaled for them, and of data in [0, 1], which are taken as they are."""
LIKELIHOODS = ("auto", *SCALED, *UNSCALED)
MOST_LATENTS = 20
BATCHES = 10
"""Optimiser steps per epoch of small data; those of at least a thousand rows have batches of a hundred."""


class AutoVAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator):
    """A variational autoencoder whose posterior-prior pairs are found by a search.

    Rows are samples of real-valued columns, or images with values in [0, 1]. ``fit`` holds out some rows, runs the
    trials of the search on the others, and keeps the model with the best evidence lower bound on those held out.

    Parameters
    ----------
    n_latents : int, optional
        Number of latents; by default as many as columns, at most 20.
    budget : tuple of int, or float
        Trials and epochs per trial, or seconds. With seconds, results depend on how fast the machine is.
    pairs : str or sequence of str
        Posterior/prior pairs that a latent may get, such as ``"N/N,La/N"``; a single one leaves the network's width and
        the learning rate to be searched.
    likelihood : str
        ``normal`` or ``laplace`` with a learned scale for real-valued columns, which are scaled for it; ``bernoulli``,
        ``continuous_bernoulli`` or ``beta`` for values in [0, 1], which are not. ``auto`` takes ``bernoulli`` where
        every value is in [0, 1] and most are 0 or 1 (binary data, ink on paper), else ``normal``.
    validation_fraction : float
        Share of the rows that is held out, at least one row.
    importance_samples : int
        Posterior samples behind ``score_samples``.
    random_state : int, numpy.random.RandomState or None
        Of the rows held out, the proposals, the networks and the noise.

    Attributes
    ----------
    vae_ : vae.VAE
        The model, in double precision.
    pairing_ : str
        What the search found, such as ``"Lo/N:10,La/N:6,La/La:4"``.
    likelihood_ : str
        What ``auto`` stands for.
    validation_bound_ : float
        Evidence lower bound of the rows held out, nats per sample in the data's units.
    result_ : vae.FitResult
        How its training went.
    trials_ : list of search.records.Record
        All trials; their values are in the scaled units.
    data_crc32_ : int
        Checksum of the scaled rows.
    units_ : search.units.Units
        How columns are scaled.
    n_features_in_ : int
    feature_names_in_ : numpy.ndarray
        Where X has column names.

    Notes
    -----
    Scores of the same likelihood can be compared, also with other density models of the same data. ``bernoulli`` on
    grey levels is no density; its scores compare with nothing else. A learned scale is at least 1/100 of a column's
    range, about, so that columns that determine each other do not give infinite densities.
    """

    def __init__(
        self,
        n_latents: int | None = None,
        *,
        budget: tuple[int, int] | float = (10, 50),
        pairs: str | Sequence[str] = SearchConfig.pairs,
        likelihood: str = "auto",
        validation_fraction: float = 0.1,
        importance_samples: int = 100,
        random_state: Any = None,
    ) -> None:
        self.n_latents = n_latents
        self.budget = budget
        self.pairs = pairs
        self.likelihood = likelihood
        self.validation_fraction = validation_fraction
        self.importance_samples = importance_samples
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> AutoVAE:
        """Search on rows X (n, features); ``y`` is not used. A fit that fails or is interrupted leaves nothing fitted.

        Raises
        ------
        SearchError
            If a parameter is outside its domain, X outside the likelihood's, or no trial could be trained.
        divergences.ops.DivergenceError
            If a pair is unknown, or infinite for all parameters.
        """
        self.__dict__.pop("vae_", None)  # an earlier model would not belong to what is set from here on
        x = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self._check()
        random = check_random_state(self.random_state)
        seed = int(random.randint(2**31 - 1))
        self.likelihood_ = _likelihood(self.likelihood, x)
        self.units_ = Units.of(x) if self.likelihood_ in SCALED else Units.identity(x.shape[1])
        data = self._splits(torch.from_numpy(self.units_.inside(x)).float(), random)
        seconds, trials, epochs = self._plan()
        config = SearchConfig(
            dataset="array",
            pairs=self.pairs if isinstance(self.pairs, str) else ",".join(self.pairs),
            latents=self.n_latents or min(MOST_LATENTS, x.shape[1]),
            likelihood=self.likelihood_,
            trials=trials,
            epochs=epochs,
            batch_size=max(1, min(SearchConfig.batch_size, len(data.train) // BATCHES)),
            seed=seed,
        )
        outcome = search_in_memory(config, data, seconds)
        self.data_crc32_, self.trials_ = data.fingerprint(), outcome.records
        return self._take(outcome.best)

    def _take(self, result: FitResult) -> AutoVAE:
        self.result_ = result
        self.vae_ = result.model.double()
        self.pairing_ = self.vae_.config.pairing
        self.validation_bound_ = result.best_validation + self._log_jacobian
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Medians of the posteriors of rows X (n, features): (n, n_latents)."""
        x = self._inside(X)
        with torch.no_grad():
            medians = [self.vae_.latents.median(*self.vae_.encode(part)) for part in x.split(self._rows(1))]
        return torch.cat(medians).numpy()

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Expected rows (n, features), in the data's units, of latents X (n, n_latents)."""
        check_is_fitted(self)
        z = check_array(X, dtype=np.float64)
        if z.shape[1] != self._n_features_out:
            raise SearchError(f"X has {z.shape[1]} columns; accepted are the {self._n_features_out} latents")
        with torch.no_grad():
            means = self.vae_.decode(torch.tensor(z)).flatten(1)
        return self.units_.outside(means.numpy())

    def score_samples(self, X: ArrayLike) -> Array:
        """Importance-weighted bound of log p(x), (n,) nats per sample in the data's units (Burda et al. 2016).

        All rows share the noise behind their posterior samples, so that a row's score does not depend on its company.
        """
        x = self._inside(X)
        model, samples = self.vae_, self.importance_samples
        source = generator(self.vae_.config.seed, "evaluation")
        noise = standard_noise(model.pairing, (samples, 1), generator=source, dtype=torch.float64)
        scores = []
        with torch.no_grad():
            for part in x.split(self._rows(samples)):
                loc, log_scale = model.encode(part)
                z, _ = latent(model.pairing, loc, log_scale, noise.expand(-1, len(part), -1))
                weights = model.conditional(model.flat(part), z) + log_ratio(model.pairing, z, loc, log_scale)
                scores.append(weights.logsumexp(0) - np.log(samples))
        return torch.cat(scores).numpy() + self._log_jacobian

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean of :meth:`score_samples`, nats per sample; ``y`` is not used."""
        return float(self.score_samples(X).mean())

    def sample(self, n_samples: int = 1, random_state: Any = None, *, noise: bool = True) -> Array:
        """Draw rows (n_samples, features), in the data's units, from the model.

        Parameters
        ----------
        n_samples : int
            How many.
        random_state : int, numpy.random.RandomState or None
            By default the estimator's own.
        noise : bool
            Draw from the likelihood, or, as is usual for images, take its mean.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise SearchError(f"n_samples is {n_samples!r}; accepted is a positive integer")
        random = check_random_state(self.random_state if random_state is None else random_state)
        source = generator(int(random.randint(2**31 - 1)), "generation")
        with torch.no_grad():
            z = prior_sample(self.vae_.pairing, int(n_samples), generator=source, dtype=torch.float64)
            outputs = self.vae_.outputs(z)
            likelihood = self.vae_.likelihood
            inside = likelihood.sample(outputs, source) if noise else likelihood.mean(outputs)
        return self.units_.outside(inside.numpy())

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to a folder, which ``vae.load`` takes for the model inside, too.

        Raises
        ------
        SearchError
            If the place is taken by something else than a saved estimator.
        vae.OutputError
            If it cannot be written.
        """
        check_is_fitted(self)
        save_estimator(Path(path).expanduser(), self)

    @classmethod
    def load(cls, path: str | Path) -> AutoVAE:
        """Read what :meth:`save` wrote; nothing is unpickled.

        Raises
        ------
        SearchError, vae.CheckpointError
            If the folder is no saved estimator, is damaged, or belongs to another version.
        """
        result, params, fitted = load_estimator(Path(path).expanduser())
        self = cls(**params)
        for name, value in fitted.items():
            setattr(self, name, value)
        return self._take(result)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vae_")

    @property
    def _n_features_out(self) -> int:
        return len(self.vae_.pairing)

    @property
    def _log_jacobian(self) -> float:
        return self.units_.log_jacobian if self.likelihood_ in SCALED else 0.0

    def _rows(self, samples: int) -> int:
        """Rows whose decoder outputs for so many samples fit into bounded memory."""
        return max(1, CHUNK // (2 * self.vae_.width * samples))

    def _inside(self, X: ArrayLike) -> Tensor:
        check_is_fitted(self)
        x = torch.from_numpy(self.units_.inside(validate_data(self, X, dtype=np.float64, reset=False)))
        if self.likelihood_ in UNSCALED:
            self.vae_.likelihood.check_targets(x)
        return x

    def _check(self) -> None:
        for name, value in (("n_latents", self.n_latents), ("importance_samples", self.importance_samples)):
            if not (_positive(value) or (name == "n_latents" and value is None)):
                raise SearchError(f"{name} is {value!r}; accepted is a positive integer")
        if not (isinstance(self.pairs, Iterable) and all(isinstance(pair, str) for pair in self.pairs)):
            raise SearchError(f"pairs is {self.pairs!r}; accepted is a list such as N/N,La/N")
        if self.likelihood not in LIKELIHOODS:
            raise SearchError(f"likelihood is {self.likelihood!r}; accepted are {', '.join(LIKELIHOODS)}")
        if not (isinstance(self.validation_fraction, Real) and 0 < self.validation_fraction < 1):
            raise SearchError(f"validation_fraction is {self.validation_fraction!r}; accepted is between 0 and 1")
        if isinstance(self.budget, tuple | list):
            valid = len(self.budget) == 2 and all(map(_positive, self.budget))
        else:
            valid = isinstance(self.budget, Real) and 0 < self.budget < float("inf")
        if not valid:
            raise SearchError(f"budget is {self.budget!r}; accepted is (trials, epochs), or a number of seconds")

    def _plan(self) -> tuple[float | None, int, int]:
        """Seconds, trials, epochs; the latter two are placeholders where there are seconds."""
        if isinstance(self.budget, tuple | list):
            return None, int(self.budget[0]), int(self.budget[1])
        return float(self.budget), TRIALS, 1

    def _splits(self, x: Tensor, random: np.random.RandomState) -> DataSplits:
        order = torch.from_numpy(random.permutation(len(x)))
        held = min(len(x) - 1, max(1, round(self.validation_fraction * len(x))))
        side = int(x.shape[1] ** 0.5)
        square = self.likelihood_ in UNSCALED and side * side == x.shape[1]
        shape = (1, side, side) if square else (1, 1, x.shape[1])
        return DataSplits(x[order[held:]], x[order[:held]], x[:0], shape, "array")


def _positive(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def _likelihood(name: str, x: Array) -> str:
    """What ``auto`` stands for, or the name, held against the data."""
    within = bool(((x >= 0) & (x <= 1)).all())
    if name == "auto":
        return "bernoulli" if within and ((x == 0) | (x == 1)).mean() > 0.5 else "normal"
    if name in UNSCALED and not within:
        raise SearchError(f"likelihood {name!r} takes values in [0, 1]; X spans [{x.min():g}, {x.max():g}]")
    return name
