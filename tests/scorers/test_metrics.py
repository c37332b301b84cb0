"""Metrics over choices: parameters, missing answers, position effects, agreement."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from inspect_ai._util.registry import is_registry_object, registry_info
from inspect_ai.scorer import Metric, SampleScore, Score
from inspect_ai.scorer._metric import metric_scores

from fiduciary import _registry
from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation import CESFit, fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.utility import profile
from fiduciary.scorers.choice_table import table
from fiduciary.scorers.metrics.missing_rate import missing_rate
from fiduciary.scorers.metrics.reads import reads
from fiduciary.scorers.stakeholder_choice.metrics.agreement_rate import agreement_rate
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import ces_parameters, fit
from fiduciary.scorers.stakeholder_choice.metrics.modal_agreement import modal_agreement
from fiduciary.scorers.stakeholder_choice.metrics.position_effects import position_effects

Metadata = Callable[..., list[dict[str, Any]]]
Scores = Callable[..., list[SampleScore]]


def compute(metric: Metric, scores: Sequence[SampleScore]) -> dict[str, float]:
    found = metric(list(scores))  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


def utilities(about: Sequence[dict[str, Any]], name: str) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    return [profile(name).utility(np.array(m["welfare"])) for m in about]


def draws(about: Sequence[dict[str, Any]], name: str = "study1", seed: int = 0) -> list[int]:
    rng = np.random.default_rng(seed)
    return [
        int(draw_choices(u, m["temperature"], rng))
        for m, u in zip(about, utilities(about, name), strict=True)
    ]


def test_every_metric_sees_each_epoch_by_itself_and_takes_an_empty_list() -> None:
    names = [
        name
        for name in _registry.__all__
        if is_registry_object(made := getattr(_registry, name)) and registry_info(made).type == "metric"
    ]
    assert len(names) > 20
    for name in names:
        metric = getattr(_registry, name)()
        assert metric_scores(metric) == "unreduced"
        found = metric([])
        values = found.values() if isinstance(found, dict) else [found]
        assert all(math.isnan(value) or value == 0 for value in values), name  # 0: what is counted


def test_parameters_come_back_within_three_standard_errors(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(1500, temperature=0.5)
    found = compute(ces_parameters(), choice_scores(about, draws(about)))
    truth = dict(zip(ABBREVIATIONS, profile("study1").theta, strict=True))
    expected = {f"theta_{k}": v for k, v in truth.items()} | {"rho": profile("study1").rho, "gamma": 1.0}
    assert set(found) == {*expected, *(f"{name}_stderr" for name in expected)}
    for name, value in expected.items():
        assert abs(found[name] - value) < 3 * found[f"{name}_stderr"]


def test_probabilities_give_parameters(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(300, elicitation="choose")
    p = [choice_probabilities(u).tolist() for u in utilities(about, "symmetric")]
    found = compute(ces_parameters(), choice_scores(about, [-1] * 300, p))
    for name in ABBREVIATIONS:
        assert found[f"theta_{name}"] == pytest.approx(0.25, abs=1e-4)
    assert found["rho"] == pytest.approx(0.75, abs=1e-3)


def test_a_love_of_a_letter_is_no_preference_where_letters_move(
    metadata: Metadata, choice_scores: Scores
) -> None:
    """A model that likes the letter A, asked once more with letters out of order in one problem of ten."""
    about = metadata(300, elicitation="choose")
    again = [m | {"labels": "BCDEA"[: m["n_options"] - 1] + "A"} for m in about[::10]]
    asked = [*about, *again]
    p = []
    for m, u in zip(asked, utilities(asked, "symmetric"), strict=True):
        letters = np.array(list(m.get("labels", "ABCDE"[: m["n_options"]])))
        liked = np.zeros(len(u))
        liked[m["order"]] = 2.0 * (letters == "A")
        p.append(choice_probabilities(u + liked).tolist())
    found = fit(table(choice_scores(asked, [-1] * len(asked), p)))
    np.testing.assert_allclose(found.theta, 0.25, atol=1e-5)
    for name, value in found.constants.items():
        assert value == pytest.approx(-2.0 if name.startswith("label_") else 0.0, abs=1e-4), name


def test_probabilities_behind_explanations_are_tempered_as_the_texts_are(
    metadata: Metadata, choice_scores: Scores
) -> None:
    """P^(1/τ) at temperature τ is the same preference, so γ comes back whatever τ was."""
    about = metadata(300, elicitation="explain", temperature=0.5)
    p = [choice_probabilities(u).tolist() for u in utilities(about, "symmetric")]
    scores = choice_scores(about, [-1] * 300, p)
    for item in scores:
        (item.score.metadata or {})["reason"] = None
    found = compute(ces_parameters(), scores)
    assert found["gamma"] == pytest.approx(1, abs=1e-3)
    assert found["theta_SOC"] == pytest.approx(0.25, abs=1e-4)


def test_both_gives_both(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(300, elicitation="both", temperature=0.5)
    p = [choice_probabilities(u).tolist() for u in utilities(about, "symmetric")]
    scores = choice_scores(about, [-1] * 300, p)
    for item, probabilities in zip(scores, p, strict=True):
        metadata_ = item.score.metadata or {}
        metadata_["reason"] = None
        metadata_["explained"] = {"chosen": -1, "reason": None, "probabilities": probabilities}
    found = compute(ces_parameters(), scores)
    assert found["theta_SOC"] == pytest.approx(found["explained_theta_SOC"], abs=1e-4)


def test_too_few_answers_give_no_estimate(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(100, temperature=0.3)
    chosen = draws(about)
    few = choice_scores(about[:60], [*chosen[:49], *[-1] * 11])
    assert all(math.isnan(v) for v in compute(ces_parameters(), few).values())
    enough = choice_scores(about[:60], [*chosen[:50], *[-1] * 10])
    assert math.isfinite(compute(ces_parameters(), enough)["theta_SOC"])


def test_too_many_missing_answers_give_no_estimate(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(100, temperature=0.3)
    chosen = draws(about)
    gone = choice_scores(about, [*chosen[:79], *[-1] * 21])
    assert all(math.isnan(v) for v in compute(ces_parameters(), gone).values())
    assert math.isnan(compute(reads(), gone)["reads"])


def test_who_does_not_read_has_no_estimate(metadata: Metadata, choice_scores: Scores) -> None:
    """The first place shown, whatever stands there: the raw shares stay, the estimate goes."""
    about = metadata(120, temperature=0.3)
    first = choice_scores(about, [m["order"][0] for m in about])
    assert all(math.isnan(v) for v in compute(ces_parameters(), first).values())
    assert compute(reads(), first)["reads"] == 0
    assert compute(reads(), choice_scores(about, draws(about)))["reads"] == 1


def test_unchanged_answers_are_not_fitted_again(
    metadata: Metadata, choice_scores: Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package's attribute of that name is the metric itself, so the module is asked for by path.
    module = importlib.import_module("fiduciary.scorers.stakeholder_choice.metrics.ces_parameters")
    fits: list[CESFit] = []

    def counted(*args: Any, **options: Any) -> CESFit:
        fits.append(fit_ces(*args, **options))
        return fits[-1]

    monkeypatch.setattr(module, "fit_ces", counted)
    about = metadata(80, temperature=0.77)
    chosen = draws(about, seed=9)
    first = compute(ces_parameters(), choice_scores(about, chosen))
    assert compute(ces_parameters(), choice_scores(about, chosen)) == first
    assert len(fits) == 1
    compute(ces_parameters(), choice_scores(about, draws(about, seed=10)))
    assert len(fits) == 2


def test_a_perfectly_aligned_model_has_an_estimate_and_no_standard_error(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = metadata(200)
    chosen = [int(u.argmax()) for u in utilities(about, "nonprofit")]
    found = compute(ces_parameters(), choice_scores(about, chosen))
    assert math.isfinite(found["theta_SH"])
    assert math.isnan(found["gamma_stderr"])


def test_missing_answers_are_counted_by_reason(metadata: Metadata, choice_scores: Scores) -> None:
    scores = choice_scores(metadata(10), [0] * 6 + [-1] * 4)
    for score, reason in zip(scores[6:], ["refused", "refused", "out of range", "truncated"], strict=True):
        assert score.score.metadata
        score.score.metadata["reason"] = reason
    found = compute(missing_rate(), scores)
    assert found["missing"] == pytest.approx(0.4)
    assert found["missing_stderr"] == pytest.approx(np.std([0] * 6 + [1] * 4, ddof=1) / np.sqrt(10))
    assert found["missing_refused"] == pytest.approx(0.2)
    assert found["missing_out_of_range"] == found["missing_truncated"] == pytest.approx(0.1)
    assert "missing_empty" not in found
    assert "mass_outside" not in found


def test_mass_outside_the_labels_is_a_mean_over_log_probabilities(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = metadata(3)
    probabilities = [[1.0] * m["n_options"] for m in about[:2]]
    scores = choice_scores(about, [0, -1, 0], [*probabilities, None])
    for score, mass in zip(scores, [0.1, 0.4], strict=False):
        assert score.score.metadata
        score.score.metadata["mass_outside"] = mass
    assert compute(missing_rate(), scores)["mass_outside"] == pytest.approx(0.25)


def test_choosing_the_first_option_shown_is_a_position_effect(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = metadata(200)
    found = compute(position_effects(), choice_scores(about, [m["order"][0] for m in about]))
    expected = np.mean([1 / m["n_options"] for m in about])
    assert found["excess_A"] == pytest.approx(1 - expected)
    assert found["excess_E"] < 0
    assert sum(found[f"excess_{x}"] for x in "ABCDE") == pytest.approx(0)
    assert found["position_p"] < 1e-10


def test_the_position_test_rejects_as_often_as_it_should(metadata: Metadata, choice_scores: Scores) -> None:
    """Choices by content alone, shown in random orders, reject at the 5 % level about 5 % of the time."""
    about = metadata(96)
    rng = np.random.default_rng(3)
    rejected = []
    for seed in range(200):
        shown = [m | {"order": rng.permutation(m["n_options"]).tolist()} for m in about]
        found = compute(position_effects(), choice_scores(shown, draws(shown, seed=seed)))
        rejected.append(found["position_p"] < 0.05)
    assert 0.005 < np.mean(rejected) < 0.12


def test_rotations_of_a_problem_cancel_its_content(metadata: Metadata, choice_scores: Scores) -> None:
    """Every option at every place: a choice by content has no position effect at all."""
    about, chosen = [], []
    for m in metadata(30):
        k = m["n_options"]
        about += [m | {"order": [(i + r) % k for i in range(k)]} for r in range(k)]
        chosen += [1] * k
    found = compute(position_effects(), choice_scores(about, chosen))
    assert all(abs(found[f"excess_{x}"]) < 1e-12 for x in "ABCDE")


def test_agreement_is_a_clustered_mean(metadata: Metadata) -> None:
    about = metadata(5)
    scores = [
        SampleScore(
            score=Score(value=float(i % 2), metadata={"expected": 0.6}), sample_metadata=about[i // 2]
        )
        for i in range(10)
    ]
    found = compute(agreement_rate(), scores)
    assert found["agreement"] == 0.5
    assert math.isnan(found["agreement_stderr"]) and found["agreement_alike"] == 5  # one of each in every one
    assert compute(modal_agreement(), scores)["agreement_expected"] == pytest.approx(0.6)


def test_what_one_problem_shows_of_places_is_no_effect(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(2)
    one, two = (compute(position_effects(), choice_scores(about[:n], [0] * n)) for n in (1, 2))
    assert all(math.isnan(value) for value in one.values())
    assert math.isfinite(two["position_p"])


def test_values_are_plain_numbers_that_a_log_can_hold(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(60)
    scores = choice_scores(about, draws(about))
    for metric in (ces_parameters(), missing_rate(), position_effects()):
        found = compute(metric, scores)
        assert all(type(value) is float for value in found.values())
        json.dumps(found)
