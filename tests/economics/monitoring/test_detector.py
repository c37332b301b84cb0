"""The sequential test: by hand, through restarts, and on models that hold, change or fall silent."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fiduciary.economics.monitoring import Detector, State, build_detector
from fiduciary.economics.monitoring.model import POSSIBLE
from tests.economics.monitoring.conftest import TAU

THRESHOLD = 6000.0


def simulate(detector, state, rounds, rng, probabilities):
    """Audits of a model with these answer probabilities (q, J + 1); stops at the alarm."""
    none = probabilities.shape[1] - 1
    for _ in range(rounds):
        drawn = [int(rng.choice(none + 1, p=p / p.sum())) for p in probabilities]
        state = detector.audit(state, [-1 if y == none else y for y in drawn])
        if state.alarmed:
            break
    return state


def changed(detector, name):
    """Answer probabilities (q, J + 1) of one alternative."""
    model = detector.model
    which = [a.name for a in model.changes].index(name)
    return np.array([model.changed(model.expected[q], q)[which] for q in range(detector.q)])


def test_recursion_is_the_sum_over_all_times_of_the_change(detector):
    """R_a = Σ_s Π_{u ≥ s} ratios, its moments weigh s by the audit, and R = Σ w_a R_a."""
    model, rng = detector.model, np.random.default_rng(0)
    state, ratios, audits = detector.start(), [], []
    weights, counts = np.full(POSSIBLE, 1 / POSSIBLE), state.counts.copy()
    for audit in range(1, 4):
        answers = [int(rng.integers(k)) for k in detector.options]
        answers[3], answers[5] = -1, None
        state = detector.audit(state, answers)
        for question, answer in enumerate(answers):
            if answer is None:
                continue
            y = counts.shape[1] - 1 if answer == -1 else answer
            ratios.append(model.ratios(model.prediction(weights, counts[question], question), question, y))
            weights = model.learn(weights, counts[question], question, y)
            counts[question, y] += 1
            audits.append(audit)
    suffix = np.cumprod(np.array(ratios)[::-1], axis=0)[::-1]
    when = np.array(audits)[:, None]
    np.testing.assert_allclose(state.evidence, suffix.sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(state.first, (suffix * when).sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(state.second, (suffix * when**2).sum(axis=0), rtol=1e-10)
    assert state.statistic == pytest.approx(model.shares @ state.evidence)
    assert (state.audits, state.asked, int(state.counts.sum())) == (3, 33, 33)


def test_statistic_less_the_number_of_answers_is_a_martingale(detector):
    """Over what the audit leaves open, R after n answers has mean n."""
    model, rng = detector.model, np.random.default_rng(3)
    size, n = 20_000, 8
    every = np.arange(size)
    which = rng.integers(model.possible.shape[-1], size=size)
    weights = np.full((size, model.possible.shape[-1]), 1 / model.possible.shape[-1])
    evidence = np.zeros((size, len(model.changes)))
    counts = np.zeros((size, *model.expected.shape))
    for step in range(n):
        question = step % 2  # questions come again, so that learning matters
        seen = counts[:, question]
        p = model.prediction(np.eye(len(model.trust))[which], seen, question)
        answer = (rng.random((size, 1)) * p.sum(axis=1, keepdims=True) >= p.cumsum(axis=1)).sum(axis=1)
        evidence = (evidence + 1) * model.ratios(model.prediction(weights, seen, question), question, answer)
        weights = model.learn(weights, seen, question, answer)
        counts[every, question, answer] += 1
    usual = [a.kind == "noise" for a in model.changes]  # whose ratios have short tails
    mean = evidence[:, usual].mean(axis=0)
    error = evidence[:, usual].std(axis=0) / np.sqrt(size)
    assert np.all(np.abs(mean - n) < 4 * error)
    assert error.max() < 0.3


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("employees to shareholders", "weight has moved from employees to shareholders"),
        ("shareholders to society", "weight has moved from shareholders to society"),
        ("missing 20%", "answers that used to come no longer do"),
        ("more random", "its choices have become more random"),
    ],
)
def test_a_change_is_found_named_and_dated(detector, name, phrase):
    watched = detector.with_threshold(THRESHOLD)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        state = simulate(watched, watched.start(), 10, rng, watched.model.expected)
        assert not state.alarmed
        assert "nothing shows" in watched.finding(state).sentence
        state = simulate(watched, state, 40, rng, changed(watched, name))
        finding = watched.finding(state)
        assert state.alarmed and finding.changed
        assert finding.share == 1
        assert abs(finding.change_audit - 11) <= max(2.5, 3 * finding.change_audit_sd)
        kinds = {a.name: a.kind for a in watched.model.changes}
        assert finding.kind == kinds[name]
        if finding.alternatives[0][0] == name:
            assert phrase in finding.sentence
        assert name in [n for n, _ in finding.alternatives[:3]]
        assert sum(p for _, p in finding.alternatives) == pytest.approx(1)


def test_state_survives_a_restart_to_the_last_digit(detector):
    watched = detector.with_threshold(THRESHOLD)
    rng = np.random.default_rng(8)
    state = simulate(watched, watched.start(), 3, rng, watched.model.expected)
    again = State.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False)))
    other = Detector.from_json(json.loads(json.dumps(watched.to_json(), allow_nan=False)))
    assert other.threshold == watched.threshold and other.options == watched.options
    answers = [0] * watched.q
    assert other.audit(again, answers).to_json() == watched.audit(state, answers).to_json()
    assert other.finding(again) == watched.finding(state)


def test_enrolment_counts_and_tests_nothing(detector):
    watched = detector.with_threshold(1e-3)
    state = watched.learn(watched.start(), [0, -1, None] + [0] * (detector.q - 3))
    assert (state.audits, state.asked, state.statistic, state.alarmed) == (0, 0, 0.0, False)
    assert state.counts.sum() == detector.q - 1
    assert state.counts[1, -1] == 1
    assert watched.finding(state).sentence == "Nothing has been asked yet."


def test_outages_are_no_evidence(detector):
    state = detector.audit(detector.start(), [0] * detector.q)
    silent = detector.audit(state, [None] * detector.q)
    assert silent.statistic == state.statistic and silent.asked == state.asked
    assert silent.audits == state.audits + 1


def test_alarm_is_latched_until_restarted(detector):
    watched = detector.with_threshold(1e-3)
    state = watched.audit(watched.start(), [0] * detector.q)
    assert state.alarm == 1
    later = watched.audit(state, [1] * detector.q)
    assert later.alarm == 1
    fresh = watched.restart(later)
    assert not fresh.alarmed and fresh.statistic == 0
    np.testing.assert_array_equal(fresh.counts, later.counts)
    assert fresh.audits == later.audits


def test_a_change_that_nobody_attends_to_stays_finite(detector):
    watched = detector.with_threshold(THRESHOLD)
    start = watched.audit(watched.start(), [0] * watched.q)
    loud = replace(
        start, evidence=start.evidence + 1e99, first=start.first + 3e99, second=start.second + 9e99
    )
    state = watched.audit(loud, [-1] * watched.q)
    finding = watched.finding(State.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False))))
    assert state.evidence.max() <= 1e100
    assert finding.changed and finding.kind == "missing"
    assert finding.change_audit == pytest.approx(3, abs=0.1)


def test_divergence_is_positive_and_grows_with_the_change(detector):
    divergence = detector.divergence()
    assert min(divergence.values()) > 0
    assert divergence["missing 60%"] > divergence["missing 20%"] > divergence["missing 5%"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [([0], "one entry for each"), ([9] + [0] * 11, "must lie in"), ([-2] + [0] * 11, "-1")],
)
def test_bad_answers_are_named(detector, answers, message):
    with pytest.raises(ValueError, match=message):
        detector.audit(detector.start(), answers)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"temperature": 0}, "temperature"), ({"problems": []}, "problems")],
)
def test_bad_arguments_are_named(audited, canary, change, message):
    arguments = {"problems": canary.problems, "temperature": TAU, **change}
    with pytest.raises(ValueError, match=message):
        build_detector(audited, **arguments)


def test_bad_threshold_is_named(detector):
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="threshold"):
            detector.with_threshold(bad)


@pytest.mark.parametrize("entry", ["welfare", "audited", "temperature", "threshold", "offset"])
def test_a_store_that_lacks_an_entry_is_named(detector, entry):
    stored = detector.to_json()
    del stored[entry]
    with pytest.raises(ValueError, match="not a stored detector"):
        Detector.from_json(stored)


def test_a_store_of_other_alternatives_is_refused(detector):
    stored = detector.to_json()
    stored["alternatives"] = stored["alternatives"][1:]
    with pytest.raises(ValueError, match="start anew"):
        Detector.from_json(stored)


@pytest.mark.parametrize(
    "change",
    [{"evidence": [1.0]}, {"statistic": "x"}, {"audits": -1}, {"counts": [1]}, {"first": [float("nan")]}],
)
def test_a_damaged_state_is_named(detector, change):
    with pytest.raises(ValueError, match=r"not a stored state|could not convert"):
        State.from_json({**detector.start().to_json(), **change})


def test_a_model_with_rules_of_its_own_raises_no_alarm(detector):
    """Always the same option, whatever the CES expects, and after a hundred audits one answer is missing."""
    watched = detector.with_threshold(THRESHOLD)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        answers = [int(rng.choice(len(p) - 1, p=p[:-1] / p[:-1].sum())) for p in watched.model.expected]
        state = watched.start()
        for _ in range(5):
            state = watched.learn(state, answers)
        for _ in range(100):
            state = watched.audit(state, answers)
        state = watched.audit(state, [-1, *answers[1:]])
        assert not state.alarmed
        for _ in range(4):
            state = watched.audit(state, [(y + 1) % k for y, k in zip(answers, watched.options, strict=True)])
        assert state.alarmed
