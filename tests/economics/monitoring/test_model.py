"""Likelihoods of answers, without and with a change, against hand-computed ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln

from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.monitoring import AuditedPreference
from fiduciary.economics.monitoring.alternatives import alternatives
from fiduciary.economics.monitoring.model import LAPSE, MISSING_TRUST, answer_model
from fiduciary.economics.utility import CES, profile

TWO = np.array([[[4.0, 0, 0, 0], [0, 4.0, 0, 0]], [[1.0, 2, 3, 1], [2.0, 1, 1, 3]]])
"""Two questions of two options each."""


@pytest.fixture(scope="module")
def sure():
    """A model known exactly: a linear preference, no uncertainty, nothing of its own."""
    audit = AuditedPreference((0.4, 0.2, 0.2, 0.2), 1.0, 1.0, n=10_000, n_missing=1000)
    return answer_model(audit, TWO, np.zeros((2, 2)), 1.0)


def test_prediction_and_ratios_by_hand(sure):
    """U = 5 + 0.4·4 against 5 + 0.2·4: log odds 0.8; 0.2 moved from the first to the second turns them."""
    p = 1 / (1 + np.exp(-0.8))
    p, q = ((1 - LAPSE) * x + LAPSE / 2 for x in (p, 1 - p))
    none = sure.expected[0, -1]
    assert none == pytest.approx(1 / 11, rel=0.02)
    np.testing.assert_allclose(sure.expected[0, :2], [p * (1 - none), q * (1 - none)], rtol=2e-3)
    names = [a.name for a in sure.changes]
    for name, option, expected in [
        ("shareholders to employees", 0, q / p),
        ("shareholders to employees", 1, p / q),
        ("shareholders to employees", 2, 1.0),
        ("missing 20%", 0, 0.8),
        ("missing 20%", 1, 0.8),
        ("missing 20%", 2, (none + 0.2 * (1 - none)) / none),
        ("missing less", 2, 0.2),
        ("missing less", 0, (1 - 0.2 * none) / (1 - none)),
    ]:
        ratio = sure.ratios(sure.expected[0], 0, option)[names.index(name)]
        assert ratio == pytest.approx(expected, rel=1e-9), (name, option)


def test_ratios_are_those_of_the_changed_probabilities(detector):
    model = detector.model
    for question in range(detector.q):
        null = model.expected[question]
        changed = model.changed(null, question)
        np.testing.assert_allclose(changed.sum(axis=-1), 1)
        for answer in np.flatnonzero(null > 0):
            np.testing.assert_allclose(
                model.ratios(null, question, int(answer)), changed[:, answer] / null[answer], rtol=1e-10
            )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_ratios_have_mean_one_under_the_null(detector, seed):
    """Σ_y π(y) P_a(y)/π(y) = 1 after any history: what makes R − n a martingale."""
    rng = np.random.default_rng(seed)
    model = detector.model
    question = int(rng.integers(detector.q))
    exists = np.append(~np.isnan(detector.welfare[question, :, 0]), True)
    counts = rng.integers(0, 30, len(exists)) * exists * 1.0
    weights = rng.dirichlet(np.full(len(model.trust), 0.1))
    null = model.prediction(weights, counts, question)
    assert null.sum() == pytest.approx(1)
    mean = sum(null[y] * model.ratios(null, question, int(y)) for y in np.flatnonzero(exists))
    np.testing.assert_allclose(mean, 1, rtol=1e-9)


def test_learning_one_answer_at_a_time_is_bayes_rule_for_all_at_once(detector):
    """Weights after a history are the Dirichlet-multinomial posterior, and predictions multiply to it."""
    model, rng = detector.model, np.random.default_rng(2)
    weights = np.full(model.possible.shape[-1], 1 / model.possible.shape[-1])
    counts = np.zeros(model.expected.shape)
    loglik = 0.0
    for _ in range(60):
        question = int(rng.integers(detector.q))
        p = model.prediction(weights, counts[question], question)
        answer = int(rng.choice(len(p), p=p / p.sum()))
        loglik += np.log(p[answer])
        weights = model.learn(weights, counts[question], question, answer)
        counts[question, answer] += 1
    np.testing.assert_allclose(weights, model.weights(counts[None])[0], rtol=1e-8)
    each = np.zeros(len(model.trust))
    for m, (trust, share) in enumerate(zip(model.trust, model.missing, strict=True)):
        for question, seen in enumerate(counts):
            real = model.possible[question, :, m] > 0
            alpha, n = trust * model.possible[question, real, m], seen[:-1][real]
            each[m] += (gammaln(alpha + n) - gammaln(alpha)).sum()
            each[m] += gammaln(trust) - gammaln(trust + n.sum())
            a, b = MISSING_TRUST * share, MISSING_TRUST * (1 - share)
            each[m] += betaln(a + seen[-1], b + n.sum()) - betaln(a, b)
    assert loglik == pytest.approx(np.log(np.exp(each).mean()), rel=1e-9)


@pytest.mark.parametrize(("same", "trust"), [(True, 0.2), (False, 20.0)])
def test_trust_is_learned_from_all_questions(detector, same, trust):
    """Always the same answers: the CES is worth nothing. Answers that vary as it says: it is worth much."""
    model, rng = detector.model, np.random.default_rng(4)
    counts = np.zeros((20, *model.expected.shape))
    for one in counts:
        for question, p in enumerate(model.expected):
            one[question] = rng.multinomial(1, p) * 12 if same else rng.multinomial(12, p)
    weights = model.weights(counts)
    assert weights[:, model.trust == trust].sum(axis=1).mean() > 0.9


def test_what_is_learned_tends_to_what_is_answered(detector):
    model = detector.model
    counts = np.zeros(model.expected.shape[1])
    counts[1] = 1e6
    weights = np.full(model.possible.shape[-1], 1 / model.possible.shape[-1])
    assert model.prediction(weights, counts, 0)[1] > 0.9999


def test_offset_moves_the_expected_answers():
    audit = AuditedPreference((0.25,) * 4, 0.5, 1.0)
    offset = np.array([[1.0, 0.0], [0.0, 0.0]])
    plain = answer_model(audit, TWO, 0 * offset, 0.5).expected
    moved = answer_model(audit, TWO, offset, 0.5).expected
    p = choice_probabilities(audit.utility.utility(TWO) + offset, 0.5)[0]
    none = moved[0, -1]
    np.testing.assert_allclose(moved[0, :2], (1 - none) * ((1 - LAPSE) * p + LAPSE / 2), rtol=1e-6)
    np.testing.assert_allclose(moved[1], plain[1])


@pytest.mark.parametrize("name", ["study1", "symmetric", "nonprofit", "for_profit"])
def test_alternatives_are_changes_and_cover_what_is_possible(name):
    u = profile(name)
    found = alternatives(AuditedPreference(u.theta, u.rho, u.gamma, n=100))
    assert sum(a.share for a in found) == pytest.approx(1)
    assert len({a.name for a in found}) == len(found)
    moves = [a for a in found if a.kind == "weights"]
    assert len(moves) == 3 * sum(t > 0 for t in u.theta)
    for a in moves:
        moved = np.subtract(a.utility.theta, u.theta)
        assert moved.max() == pytest.approx(min(0.2, -moved.min()))
        assert np.abs(moved).sum() == pytest.approx(2 * moved.max())
    assert name not in {a.name.removeprefix("profile ") for a in found}
    if name == "for_profit":
        assert not any(a.kind == "substitution" for a in found)
    assert not any(a.name == "missing less" for a in found)


def test_alternatives_keep_the_shift_of_the_audit():
    audit = AuditedPreference((0.25,) * 4, 0.5, 1.0, shift=7.0)
    assert {a.utility.shift for a in alternatives(audit) if a.utility} == {7.0}
    assert isinstance(audit.utility, CES)
