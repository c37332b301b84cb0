"""The learner of the first stage: boosted trees of scikit-learn, an extra, loaded where it is needed."""

from __future__ import annotations

from importlib.util import find_spec

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.instruments.learned import Predict

DEPTH = 2  # two instruments at a time, such as a group and a wording
LEAST_ROWS = 10  # in a leaf: a cell of the design with fewer says nothing of its own
TREES = 30


INSTALL = "pip install 'scikit-learn>=1.9'"
"""What brings it where it is not there."""


def available() -> bool:
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


def boosted(z: FloatArray, d: FloatArray) -> Predict:
    """Boosted regression trees of a treatment (n,) on instruments (n, q).

    Nothing is drawn: the same rows give the same trees.
    """
    from sklearn.ensemble import GradientBoostingRegressor

    trees = GradientBoostingRegressor(
        n_estimators=TREES, max_depth=DEPTH, min_samples_leaf=LEAST_ROWS, random_state=0
    )
    predict: Predict = trees.fit(z, d).predict
    return predict
