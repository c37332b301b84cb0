"""What answers to the canary set are expected, of an unchanged model and of a changed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.monitoring.alternatives import Alternative, alternatives
from fiduciary.economics.monitoring.audited import AuditedPreference
from fiduciary.economics.utility import CES

LAPSE = 0.01
"""Share of answers that are expected to be given at random, so that no single odd answer proves a change."""

POSSIBLE = 128
"""M: preferences drawn from the estimator's distribution."""

TRUST = (20.0,) * 7 + (0.2,)
"""Answers to a question that the CES of a possible model is worth, of eight models each.

20 allows for a standard deviation of about 0.45 in the log odds. 0.2 is for models that the CES hardly
describes, whose answers to a question are nearly always the same: their own answers soon tell.
"""

MISSING_TRUST = 20.0
"""Answers to a question that a share of missing answers is worth: little, and a single missing answer would
prove a change of a model that was found to be steady."""

_STREAM = 0xDE7E  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True, eq=False)
class AnswerModel:
    """Probabilities of the answers to q questions: J options each, and a last category for no answer.

    An unchanged model is one of M possible ones, with weights m. Of its answers to question i a share
    π_i0 ~ Beta(20 z_m, 20 (1 − z_m)) is missing, and the others have probabilities
    π_i ~ Dirichlet(trust_m · p_mi): those of the possible model's CES, worth trust_m answers. After answers
    counted in n_i the next one has, given m, with N_i = Σ_j n_ij the answers that came::

        π_i0 = (20 z_m + n_i0)/(20 + N_i + n_i0)
        π_ij = (1 − π_i0) (trust_m p_mij + n_ij)/(trust_m + N_i)

    and an answer multiplies the weight of m by its probability. How much a model has of its own beside the
    CES is thus learned from all questions together. A changed model's probabilities are those, averaged over
    m and tilted, with P the choice probabilities of the audited and P_a those of the changed preference,
    r and f the rise and fall of missing answers::

        π_ij ∝ π_ij t_ij,  t_ij = P_a,ij / P_ij       over the options j
        π_i0 → (1 − f) π_i0 + r (1 − π_i0)          no answer

    What a question has of its own beside the CES (a position, a word) thus stays when preferences move.
    All P include lapses.

    Attributes:
        possible: p, choices of models that the audit leaves possible, drawn from the estimator's
            distribution, (q, J, M); 0 at options that a question does not have.
        missing: z, their shares of missing answers, (M,).
        trust: what their choice probabilities are worth, in answers to a question, (M,).
        tilt: t, (alternatives, q, J); 1 at options that a question does not have.
        changes: the alternatives; their ``share`` are the prior weights.
    """

    possible: FloatArray
    missing: FloatArray
    trust: FloatArray
    tilt: FloatArray
    changes: tuple[Alternative, ...]

    @property
    def expected(self) -> FloatArray:
        """Probabilities of the first answers, (q, J + 1)."""
        given = (self.possible * (1 - self.missing)).mean(axis=-1)
        none = np.full((len(given), 1), self.missing.mean())
        return np.concatenate([given, none], axis=1)

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
        none, came = self._none(counts), counts[..., :-1]
        share = weights * (1 - none) / (self.trust + came.sum(axis=-1, keepdims=True))
        options = (share * self.trust) @ self.possible[question].T + share.sum(axis=-1, keepdims=True) * came
        return np.concatenate([options, (weights * none).sum(axis=-1, keepdims=True)], axis=-1)

    def learn(
        self, weights: FloatArray, counts: FloatArray, question: int, answer: npt.ArrayLike
    ) -> FloatArray:
        """Weights (..., M) of the possible models after an answer; ``counts`` are those before it."""
        given = np.asarray(answer)[..., None]
        none, came = self._none(counts), counts[..., :-1]
        option = np.minimum(given, came.shape[-1] - 1)
        expected = self.trust * self.possible[question][option[..., 0]]
        seen = np.take_along_axis(came, option, axis=-1)
        chosen = (1 - none) * (expected + seen) / (self.trust + came.sum(axis=-1, keepdims=True))
        updated = weights * np.where(given < came.shape[-1], chosen, none)
        return np.asarray(updated / updated.sum(axis=-1, keepdims=True))

    def _none(self, counts: FloatArray) -> FloatArray:
        """Probability (..., M) that the next answer is missing."""
        total = counts.sum(axis=-1, keepdims=True)
        return np.asarray((MISSING_TRUST * self.missing + counts[..., -1:]) / (MISSING_TRUST + total))

    def weights(self, counts: FloatArray) -> FloatArray:
        """Weights (n, M) of the possible models after all answers ``counts`` (n, q, J + 1).

        The product over questions of Dirichlet-multinomial and beta-binomial likelihoods, normalised::

            Γ(trust_m)/Γ(trust_m + N_i) Π_j Γ(trust_m p_mij + n_ij)/Γ(trust_m p_mij)
            B(20 z_m + n_i0, 20 (1 − z_m) + N_i)/B(20 z_m, 20 (1 − z_m))
        """
        alpha = self.trust * np.where(self.possible > 0, self.possible, 1.0)
        a, b = MISSING_TRUST * self.missing, MISSING_TRUST * (1 - self.missing)
        start = scipy.special.gammaln(alpha).sum(axis=(0, 1)) - len(alpha) * (
            scipy.special.gammaln(self.trust) - scipy.special.betaln(a, b)
        )
        log = np.empty((len(counts), len(self.trust)))
        for row, answers in enumerate(counts):
            came, none = answers[:, :-1].sum(axis=1)[:, None], answers[:, -1:]
            options = scipy.special.gammaln(alpha + answers[:, :-1, None]).sum(axis=(0, 1))
            whole = (scipy.special.betaln(a + none, b + came) - scipy.special.gammaln(self.trust + came)).sum(
                axis=0
            )
            log[row] = options + whole - start
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


def answer_probabilities(
    utility: CES, welfare: FloatArray, offset: FloatArray, temperature: npt.ArrayLike
) -> FloatArray:
    """Choice probabilities (n, J) of a preference that lapses now and then; 0 for padding.

    Args:
        utility: the preference.
        welfare: (n, J, 4), raw units, NaN-padded.
        offset: (n, J) utils that options have beside the CES.
        temperature: τ > 0, a number or (n,).
    """
    exists = ~np.isnan(welfare[..., 0])
    p = choice_probabilities(utility.utility(welfare) + offset, temperature)
    return np.asarray((1 - LAPSE) * p + LAPSE * exists / exists.sum(axis=1, keepdims=True))


def answer_model(
    audit: AuditedPreference, welfare: FloatArray, offset: FloatArray, temperature: float
) -> AnswerModel:
    """What an audit lets expect of the answers to questions.

    Args:
        audit: the audited preference.
        welfare: (q, J, 4) as displayed, raw units, NaN-padded.
        offset: (q, J) utils that options have beside the CES.
        temperature: τ > 0.
    """
    w = np.asarray(welfare, float)
    exists = ~np.isnan(w[..., 0])

    def answers(utility: CES) -> FloatArray:
        return answer_probabilities(utility, w, offset, temperature)

    rng = np.random.default_rng(_STREAM)
    possible = np.stack([answers(utility) for utility in audit.draw(POSSIBLE, rng)], axis=-1)
    missing = rng.beta(*audit.missing_beta, size=POSSIBLE)

    changes = alternatives(audit)
    here = answers(audit.utility)
    tilt = np.ones((len(changes), *exists.shape))
    for a, change in enumerate(changes):
        if change.utility is not None:
            np.divide(answers(change.utility), here, out=tilt[a], where=exists)
    return AnswerModel(possible, missing, np.resize(TRUST, POSSIBLE), tilt, changes)
