"""One or two data sets under one vector of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.estimation.likelihood import CESLikelihood, Evaluation
from fiduciary.economics.estimation.optimise import Region


@dataclass(frozen=True)
class Joint:
    """The sum of log-likelihoods whose parameters may be shared.

    Attributes:
        parts: the likelihoods.
        where: the coordinates of each part in the common vector.
        codes: the number of each part's clusters in the union of all clusters.
        size: length p of the common vector.
        n_groups: number of clusters G in the union.
    """

    parts: tuple[CESLikelihood, ...]
    where: tuple[IntArray, ...]
    codes: tuple[IntArray, ...]
    size: int
    n_groups: int

    def alone(self, k: int) -> Joint:
        """The k-th part by itself, its clusters numbered as in the union."""
        size = self.parts[k].size
        return Joint((self.parts[k],), (np.arange(size),), (self.codes[k],), size, self.n_groups)

    def loglik(self, x: FloatArray) -> float:
        """The log-likelihood alone."""
        return sum(part.loglik(x[at]) for part, at in zip(self.parts, self.where, strict=True))

    def evaluate(self, x: FloatArray, *, scores: bool = False) -> Evaluation:
        """Log-likelihood, gradient, Fisher information and, on request, scores by cluster."""
        p = self.size
        value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
        by_group = np.zeros((self.n_groups if scores else 0, p))
        for part, at, codes in zip(self.parts, self.where, self.codes, strict=True):
            found = part.evaluate(x[at], scores=scores)
            value += found.loglik
            gradient[at] += found.gradient
            information[np.ix_(at, at)] += found.information
            if scores:
                by_group[np.ix_(codes, at)] += found.scores
        return Evaluation(value, gradient, information, by_group)

    def log_probabilities(self, x: FloatArray) -> FloatArray:
        """log P of every option of every part, end to end, (M,)."""
        return np.concatenate([_log_p(part, x[at]) for part, at in zip(self.parts, self.where, strict=True)])

    def expected(self, x: FloatArray) -> Joint:
        """The same problems, answered with the probabilities of ``x``."""
        parts = []
        for part, at in zip(self.parts, self.where, strict=True):
            answered = replace(part.data, weight=np.exp(_log_p(part, x[at])))
            parts.append(replace(part, data=answered))
        return replace(self, parts=tuple(parts))

    @property
    def quasi(self) -> bool:
        """Whether only the sandwich of the scores tells how they vary."""
        return any(part.data.quasi for part in self.parts)

    @property
    def weight(self) -> FloatArray:
        """Observed share of every option, (M,)."""
        return np.concatenate([part.data.weight for part in self.parts])

    @property
    def clusters(self) -> IntArray:
        """Cluster of every option, (M,)."""
        found = [
            np.repeat(codes[part.data.groups], part.data.counts)
            for part, codes in zip(self.parts, self.codes, strict=True)
        ]
        return np.concatenate(found)


@dataclass(frozen=True)
class Fitted:
    """A likelihood, where its parameters may lie, and its maximum there."""

    joint: Joint
    region: Region
    x: FloatArray


def join(parts: Sequence[CESLikelihood], shared: int = 0) -> Joint:
    """Put likelihoods together, the first ``shared`` coordinates being common to all of them.

    The common vector holds what is shared, then the rest of each. Clusters with equal labels are one cluster.
    """
    ends = np.cumsum([part.size - shared for part in parts]) + shared
    where = [
        np.concatenate([np.arange(shared), np.arange(end - part.size + shared, end)])
        for part, end in zip(parts, ends, strict=True)
    ]
    labels = [part.data.group_labels for part in parts]
    union, codes = np.unique(np.concatenate(labels), return_inverse=True)
    splits = np.split(codes, np.cumsum([len(own) for own in labels])[:-1])
    return Joint(tuple(parts), tuple(where), tuple(splits), int(ends[-1]), len(union))


def _log_p(likelihood: CESLikelihood, x: FloatArray) -> FloatArray:
    data = likelihood.data
    z = likelihood.utilities(x) / np.repeat(data.temperature ** x[-1], data.counts)
    z = z - np.repeat(np.maximum.reduceat(z, data.starts), data.counts)
    return np.asarray(z - np.repeat(np.log(np.add.reduceat(np.exp(z), data.starts)), data.counts))
