"""Between the units of tabular data and the interval [0, 1] in which likelihoods live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.errors import SearchError

Array = NDArray[np.float64]

ROOM = 1.25
"""Half of the interval that a column is mapped onto, in its largest distance from its mean: room for what is new."""
FAR = 1e12
"""Where values far outside the interval are cut, so that their squares stay inside float32."""


@dataclass(frozen=True)
class Units:
    """An affine map of each column: ``inside = 1/2 + (x - centre) / (2 reach)``.

    Attributes
    ----------
    centre, reach : numpy.ndarray
        (columns,), in the data's units; a column's ``centre - reach`` becomes 0, its ``centre + reach`` 1.
    """

    centre: Array
    reach: Array

    @classmethod
    def identity(cls, columns: int) -> Units:
        """Of data that live in [0, 1] already."""
        return cls(np.full(columns, 0.5), np.full(columns, 0.5))

    @classmethod
    def of(cls, x: Array) -> Units:
        """Of real-valued data (n, columns); a constant column keeps its unit.

        Raises
        ------
        SearchError
            If a column's range is beyond double precision.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            centre = x.mean(0)
            reach = ROOM * np.abs(x - centre).max(0)
        if not np.isfinite(centre + reach).all():
            column = int(np.flatnonzero(~np.isfinite(centre + reach))[0])
            raise SearchError(
                f"column {column} reaches {np.abs(x[:, column]).max():g}; accepted are values below 1e300"
            )
        # What rounding alone makes of a constant is no range.
        varies = reach > 100 * np.finfo(float).eps * np.abs(centre)
        return cls(centre, np.where(varies, reach, 1.0))

    def inside(self, x: Array) -> Array:
        """From the data's units."""
        return np.clip(0.5 + (x - self.centre) / (2 * self.reach), -FAR, FAR)

    def outside(self, inside: Array) -> Array:
        """Back to the data's units."""
        return self.centre + (2 * inside - 1) * self.reach

    @property
    def log_jacobian(self) -> float:
        """What turns a log-density of :meth:`inside` into one of the data in their units, nats per sample."""
        return -float(np.log(2 * self.reach).sum())
