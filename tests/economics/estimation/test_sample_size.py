"""The sample-size calculator promises standard errors that fits then have."""

import numpy as np
import pytest

from fiduciary.economics.estimation import fit_ces, problems_needed
from fiduciary.economics.utility import CES, profile


def test_promised_standard_error_is_the_sampling_deviation(simulate, interior):
    n = problems_needed(interior, 0.035, trade_offs="joint")
    weights = [fit_ces(*simulate(interior, n, "joint", seed)).theta for seed in range(80)]
    assert np.std(weights, axis=0, ddof=1).max() == pytest.approx(0.035, rel=0.3)


def test_half_the_error_takes_four_times_the_problems(interior):
    assert problems_needed(interior, 0.01) == pytest.approx(4 * problems_needed(interior, 0.02), rel=0.01)


def test_missing_answers_have_to_be_made_up_for(interior):
    assert problems_needed(interior, 0.01, missing_rate=0.5) == pytest.approx(
        2 * problems_needed(interior, 0.01), rel=0.01
    )


def test_log_probabilities_need_fewer_unless_the_model_strays(interior):
    text = problems_needed(interior, 0.02)
    near = problems_needed(interior, 0.02, elicitation="choose", disturbance=0.2)
    far = problems_needed(interior, 0.02, elicitation="choose", disturbance=3.0)
    assert near < text / 10 < far


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"standard_error": 0}, "standard_error must be > 0"),
        ({"parameter": "eta"}, "parameter must be 'theta', 'rho' or 'gamma'"),
        ({"elicitation": "telepathy"}, "elicitation must be 'text' or 'choose'"),
        ({"missing_rate": 1.0}, "missing_rate must lie in"),
        ({"disturbance": -1}, "disturbance must be >= 0"),
        ({"utility": profile("for_profit")}, "only in the interior"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"utility": CES((0.25,) * 4, 0.5), "standard_error": 0.01, **change}
    with pytest.raises(ValueError, match=message):
        problems_needed(**arguments)
