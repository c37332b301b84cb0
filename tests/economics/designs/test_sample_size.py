"""The sample-size calculator promises standard errors that fits then have."""

import numpy as np
import pytest

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.designs.adaptive import FIRST
from fiduciary.economics.designs.prior import prior_criterion
from fiduciary.economics.designs.sample_size import DESIGNS, precision, problems_needed
from fiduciary.economics.designs.stream import Stream
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import stack
from fiduciary.economics.utility import CES, profile

INTERIOR = CES((0.30, 0.25, 0.25, 0.20), 0.25)


@pytest.mark.parametrize(("design", "error"), [("random", 0.035), ("efficient", 0.02)])
def test_promised_standard_error_is_the_sampling_deviation(design, error):
    n = problems_needed(INTERIOR, error, design=design, trade_offs="joint")
    chosen = None if design == "random" else prior_criterion(TEMPERATURES, "joint")
    welfare = stack([one.problem for one in Stream(0, "joint").take(n, chosen)])
    weights = []
    for seed in range(60):
        rng = np.random.default_rng([seed, 7])
        tau = rng.permutation(np.resize(TEMPERATURES, n))
        choices = draw_choices(INTERIOR.utility(welfare), tau, rng)
        weights.append(fit_ces(welfare, choices, tau).theta)
    assert np.std(weights, axis=0, ddof=1).max() == pytest.approx(error, rel=0.3)


def test_designs_that_choose_need_many_times_fewer_problems():
    random, efficient, adaptive = (problems_needed(INTERIOR, 0.01, design=d) for d in DESIGNS)
    assert random > 2 * efficient > 2.5 * adaptive


def test_the_first_batch_of_an_adaptive_design_is_that_of_an_efficient_one():
    efficient, adaptive = (precision(INTERIOR, design=d) for d in ("efficient", "adaptive"))
    assert adaptive.standard_errors(FIRST) == pytest.approx(efficient.standard_errors(FIRST))
    assert adaptive.standard_errors(3 * FIRST)["theta"] < efficient.standard_errors(3 * FIRST)["theta"]


def test_half_the_error_takes_four_times_the_problems():
    assert problems_needed(INTERIOR, 0.01) == pytest.approx(4 * problems_needed(INTERIOR, 0.02), rel=0.01)


def test_missing_answers_have_to_be_made_up_for():
    assert problems_needed(INTERIOR, 0.01, missing_rate=0.5) == pytest.approx(
        2 * problems_needed(INTERIOR, 0.01), rel=0.01
    )


def test_log_probabilities_need_fewer_unless_the_model_strays():
    text = problems_needed(INTERIOR, 0.02)
    near = problems_needed(INTERIOR, 0.02, elicitation="choose", disturbance=0.2)
    far = problems_needed(INTERIOR, 0.02, elicitation="choose", disturbance=3.0)
    assert near < text / 10 < far


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"standard_error": 0}, "standard_error must be > 0"),
        ({"parameter": "eta"}, "parameter must be 'theta', 'rho' or 'gamma'"),
        ({"elicitation": "telepathy"}, "elicitation must be 'text' or 'choose'"),
        ({"design": "clever"}, "design must be one of random, efficient, adaptive"),
        ({"missing_rate": 1.0}, "missing_rate must lie in"),
        ({"disturbance": -1}, "disturbance must be >= 0"),
        ({"utility": profile("for_profit")}, "only in the interior"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"utility": CES((0.25,) * 4, 0.5), "standard_error": 0.01, **change}
    with pytest.raises(ValueError, match=message):
        problems_needed(**arguments)
