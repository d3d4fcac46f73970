"""The search as a scikit-learn estimator."""

from search.estimator.estimator import AutoVAE

__all__ = ["AutoVAE"]
