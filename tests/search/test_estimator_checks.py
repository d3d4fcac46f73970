"""scikit-learn's own checks of its protocol, all of them.

One is skipped by scikit-learn itself, unless SCIPY_ARRAY_API=1 is set before the start: that of tensors in place of
NumPy's arrays.
"""

from sklearn.utils.estimator_checks import parametrize_with_checks

from search import AutoVAE


@parametrize_with_checks([AutoVAE(budget=(1, 2), pairs="La/N", importance_samples=5)])
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)
