"""What answers to the canary set are expected, of an unchanged model and of a changed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from economics.logit import choice_probabilities
from economics.monitoring.alternatives import Alternative, alternatives
from economics.monitoring.audited import AuditedPreference
from economics.utility import CES

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LAPSE = 0.01
"""Share of answers that are expected to be given at random, so that no single odd answer proves a change."""

POSSIBLE = 128
"""M: preferences drawn from the estimator's distribution."""

_STREAM = 0xDE7E  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True, eq=False)
class AnswerModel:
    """Probabilities of the answers to q questions: J options each, and a last category for no answer.

    Of an unchanged model it is known that it is one of M possible ones, with weights m, and that its
    answers to question i have probabilities π_i ~ Dirichlet(trust · p_mi): those of the possible model's
    CES, worth ``trust`` answers. After answers counted in n_i the next one has probabilities
    (trust · Σ_m weight_m p_mi + n_i)/(trust + Σ n_i), and an answer y multiplies the weight of m by
    trust · p_miy + n_iy. A changed model's probabilities are those, tilted, with P the choice probabilities
    of the audited and P_a those of the changed preference, r and f the rise and fall of missing answers::

        π_ij ∝ π_ij t_ij,  t_ij = P_a,ij / P_ij       over the options j
        π_i0 → (1 − f) π_i0 + r (1 − π_i0)          no answer

    What a question has of its own beside the CES (a position, a word) thus stays when preferences move.
    All P include lapses.

    Attributes:
        possible: p, answers of models that the audit leaves possible, drawn from the estimator's
            distribution, (q, J + 1, M); 0 at options that a question does not have.
        trust: what a CES's own probabilities are worth, in answers to a question.
        tilt: t, (alternatives, q, J); 1 at options that a question does not have.
        changes: the alternatives; their ``share`` are the prior weights.
    """

    possible: FloatArray
    trust: float
    tilt: FloatArray
    changes: tuple[Alternative, ...]

    @property
    def expected(self) -> FloatArray:
        """Probabilities of the first answers, (q, J + 1)."""
        return np.asarray(self.possible.mean(axis=-1))

    @property
    def shares(self) -> FloatArray:
        """Prior shares of the alternatives, (alternatives,)."""
        return np.array([a.share for a in self.changes])

    @property
    def rise(self) -> FloatArray:
        """r of every alternative."""
        return np.array([a.rise for a in self.changes])

    @property
    def fall(self) -> FloatArray:
        """f of every alternative."""
        return np.array([a.fall for a in self.changes])

    def prediction(self, weights: FloatArray, counts: FloatArray, question: int) -> FloatArray:
        """Probabilities (..., J + 1) of the next answer to a question.

        Args:
            weights: of the possible models, (..., M), sum 1.
            counts: answers to this question so far, (..., J + 1).
            question: which question.
        """
        seen = counts.sum(axis=-1, keepdims=True)
        mean = np.einsum("...m,jm->...j", weights, self.possible[question])
        return np.asarray((self.trust * mean + counts) / (self.trust + seen))

    def learn(
        self, weights: FloatArray, counts: FloatArray, question: int, answer: npt.ArrayLike
    ) -> FloatArray:
        """Weights (..., M) of the possible models after an answer; ``counts`` are those before it."""
        given = np.asarray(answer)
        seen = np.take_along_axis(counts, given[..., None], axis=-1)
        updated = weights * (self.trust * self.possible[question][given] + seen)
        return np.asarray(updated / updated.sum(axis=-1, keepdims=True))

    def weights(self, counts: FloatArray) -> FloatArray:
        """Weights (n, M) of the possible models after all answers ``counts`` (n, q, J + 1).

        The Dirichlet-multinomial likelihood Π_ij Γ(trust p_mij + n_ij)/Γ(trust p_mij), normalised.
        """
        alpha = self.trust * np.where(self.possible > 0, self.possible, 1.0)
        start = gammaln(alpha)
        log = np.stack([(gammaln(alpha + n[..., None]) - start).sum(axis=(0, 1)) for n in counts])
        likelihood = np.exp(log - log.max(axis=1, keepdims=True))
        return np.asarray(likelihood / likelihood.sum(axis=1, keepdims=True))

    def changed(self, prediction: FloatArray, question: int) -> FloatArray:
        """Probabilities of the same answer under every alternative, (..., alternatives, J + 1)."""
        options, none = prediction[..., None, :-1], prediction[..., None, -1]
        tilted = options * self.tilt[:, question]
        missing = (1 - self.fall) * none + self.rise * (1 - none)
        tilted = tilted / tilted.sum(axis=-1, keepdims=True) * (1 - missing)[..., None]
        return np.concatenate([tilted, missing[..., None]], axis=-1)

    def ratios(self, prediction: FloatArray, question: int, answer: npt.ArrayLike) -> FloatArray:
        """Likelihood ratios of an answer, every alternative against no change.

        Args:
            prediction: (..., J + 1), as :meth:`prediction` gives it.
            question: which question.
            answer: (...), option, or J for no answer.

        Returns:
            (..., alternatives).
        """
        given = np.asarray(answer)
        tilt = self.tilt[:, question]  # (A, J)
        options, none = prediction[..., :-1], prediction[..., -1:]
        still = (1 - self.rise) * (1 - none) + self.fall * none  # share of answers that come, (..., A)
        mean = np.einsum("...j,aj->...a", options, tilt)
        chosen = np.minimum(given, tilt.shape[1] - 1)
        of_option = tilt.T[chosen] * still / mean
        of_none = (1 - still) / none
        return np.asarray(np.where((given == tilt.shape[1])[..., None], of_none, of_option))


def answer_model(
    audit: AuditedPreference, welfare: FloatArray, offset: FloatArray, temperature: float, trust: float
) -> AnswerModel:
    """What an audit lets expect of the answers to questions.

    Args:
        audit: the audited preference.
        welfare: (q, J, 4) as displayed, raw units, NaN-padded.
        offset: (q, J) utils that options have beside the CES.
        temperature: τ > 0.
        trust: as in :class:`AnswerModel`.
    """
    w = np.asarray(welfare, float)
    exists = ~np.isnan(w[..., 0])
    lapses = LAPSE * exists / exists.sum(axis=1, keepdims=True)

    def answers(utility: CES) -> FloatArray:
        p = choice_probabilities(utility.utility(w) + offset, temperature)
        return np.asarray((1 - LAPSE) * p + lapses)

    rng = np.random.default_rng(_STREAM)
    given = np.stack([answers(utility) for utility in audit.draw(POSSIBLE, rng)], axis=-1)
    missing = np.broadcast_to(rng.beta(*audit.missing_beta, size=POSSIBLE), (len(w), 1, POSSIBLE))
    possible = np.concatenate([given * (1 - missing), missing], axis=1)

    changes = alternatives(audit)
    here = answers(audit.utility)
    tilt = np.ones((len(changes), *exists.shape))
    for a, change in enumerate(changes):
        if change.utility is not None:
            np.divide(answers(change.utility), here, out=tilt[a], where=exists)
    return AnswerModel(possible, trust, tilt, changes)
