"""The calibrated rate is the rate: simulated again, with other draws and by the detector itself."""

import numpy as np
import pytest

from fiduciary.economics.monitoring import calibrate
from fiduciary.economics.monitoring.calibration import draw_unchanged, misfit, sharpened

RATE = 1 / 25


@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_rate_in_a_small_simulation(detector, shared):
    """Audits by the detector itself, of models that it never saw; some 100 alarms expected."""
    found = calibrate(detector, RATE, shared_noise=shared)
    assert found.rate_se < 0.15 * RATE
    watched = detector.with_threshold(found.threshold)
    rng = np.random.default_rng(99)
    alarms, audits = 0, 0
    for truth in draw_unchanged(detector, 40, rng):
        state = watched.start()
        for _ in range(60):
            factor = np.full(len(truth), np.exp(shared * rng.standard_normal()))
            cumulative = sharpened(truth, factor).cumsum(axis=1)
            drawn = (rng.random((len(truth), 1)) * cumulative[:, -1:] >= cumulative).sum(axis=1)
            none = truth.shape[1] - 1
            state = watched.audit(state, [-1 if y == none else int(y) for y in drawn])
            audits += 1
            if state.alarmed:
                alarms += 1
                state = watched.restart(state)
    assert alarms / audits == pytest.approx(RATE, rel=1 / 3)


def test_rarer_alarms_take_a_higher_threshold_about_in_proportion(detector):
    few, many = calibrate(detector, 1 / 4000), calibrate(detector, 1 / 400)
    assert few.threshold / many.threshold == pytest.approx(10, rel=0.35)
    # Pollak (1987): the threshold is below the answers between alarms, by the overshoot.
    assert 0.2 < few.threshold / (4000 * detector.q) < 1


def test_same_seed_same_threshold(detector):
    first, other = calibrate(detector, 0.01, seed=5), calibrate(detector, 0.01, seed=6)
    assert calibrate(detector, 0.01, seed=5) == first
    assert first.threshold != other.threshold
    assert other.threshold == pytest.approx(first.threshold, rel=0.3)


def test_unchanged_models_answer_as_the_audit_expects_on_average(detector):
    truth = draw_unchanged(detector, 4000, np.random.default_rng(0))
    np.testing.assert_allclose(truth.sum(axis=-1), 1)
    np.testing.assert_allclose(truth.mean(axis=0), detector.model.expected, atol=0.015)


def test_noise_that_an_audit_shares_takes_a_higher_threshold(detector):
    assert calibrate(detector, 0.01, shared_noise=0.5).threshold > 1.3 * calibrate(detector, 0.01).threshold
    with pytest.raises(ValueError, match="shared_noise must be finite and >= 0, got -1"):
        calibrate(detector, 0.01, shared_noise=-1)


def test_sharpening_leaves_order_and_missing_answers_alone():
    p = np.array([[0.5, 0.3, 0.0, 0.2]])
    np.testing.assert_allclose(sharpened(p, np.ones(1)), p)
    sharp = sharpened(p, np.array([2.0]))
    np.testing.assert_allclose(sharp, [[0.8 * 25 / 34, 0.8 * 9 / 34, 0, 0.2]])


def test_misfit_has_the_spread_of_a_dirichlet():
    p = np.tile([0.5, 0.3, 0.2, 0.0], (20_000, 1))
    drawn = misfit(p, 20.0, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.var(axis=0), p[0] * (1 - p[0]) / 21, atol=2e-4)
    assert np.all(drawn[:, 3] == 0)


@pytest.mark.parametrize("rate", [0.0, 0.2, 1e-9, np.nan])
def test_bad_rate_is_named(detector, rate):
    with pytest.raises(ValueError, match="rate must lie"):
        calibrate(detector, rate)
