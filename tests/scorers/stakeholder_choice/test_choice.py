"""The score of a choice: mapped back to the problem's own order, or missing with a reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai.scorer import Score, Scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.choice_problem import REQUIRED, MissingMetadata
from fiduciary.scorers.stakeholder_choice.choice import chosen_option
from fiduciary.scorers.stakeholder_choice.consistency import consistency
from fiduciary.scorers.stakeholder_choice.explanation_agreement import explanation_agreement
from fiduciary.scorers.stakeholder_choice.statement_agreement import statement_agreement

Run = Callable[[Scorer, TaskState], Score]
Make = Callable[..., TaskState]
Metadata = Callable[..., list[dict[str, Any]]]


def test_a_choice_is_mapped_back_to_the_problems_own_order(
    state: Make, score: Run, metadata: Metadata
) -> None:
    for about in metadata(24):
        for place in range(about["n_options"]):
            text = f"Therefore, I choose: Option {'ABCDE'[place]}."
            found = score(chosen_option(), state(about, text))
            assert found.value == 1.0
            assert found.answer == "ABCDE"[place]
            assert found.metadata
            assert found.metadata["chosen"] == about["order"][place]
            assert found.metadata["shown"] == place
            assert found.metadata["strict"] is True
            assert found.metadata["reason"] is None
            assert found.metadata["temperature"] == about["temperature"]
            assert "probabilities" not in found.metadata


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("I choose nothing in particular.", {}, "off protocol"),
        ("On the one hand", {"stop_reason": "max_tokens"}, "truncated"),
        ("", {"stop_reason": "content_filter"}, "refused"),
        ("", {"error": "the server is gone"}, "error"),
    ],
)
def test_a_missing_answer_has_a_reason(
    state: Make, score: Run, metadata: Metadata, text: str, options: dict[str, Any], reason: str
) -> None:
    found = score(chosen_option(), state(metadata(1)[0], text, **options))
    assert found.value == 0.0
    assert found.answer is None
    assert found.metadata
    assert (found.metadata["chosen"], found.metadata["shown"]) == (-1, -1)
    assert found.metadata["reason"] == reason


def test_what_the_explanation_argues_for_is_recorded(state: Make, score: Run, metadata: Metadata) -> None:
    about = metadata(1)[0]
    text = "Option B is the best choice.\n\nTherefore, I choose: Option A."
    found = score(chosen_option(), state(about, text))
    assert found.metadata
    assert found.metadata["argued"] == about["order"][1]
    contradiction = score(explanation_agreement(), state(about, text))
    assert contradiction.value == 0.0
    agreement = score(explanation_agreement(), state(about, text.replace("Option A", "Option B")))
    assert agreement.value == 1.0
    silent = score(explanation_agreement(), state(about, "Therefore, I choose: Option B."))
    assert math.isnan(silent.as_float())


def test_probabilities_are_mapped_back_and_censored_labels_stay_unknown(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = next(m for m in metadata(24, elicitation="choose") if m["n_options"] == 3)
    about["order"] = [2, 0, 1]
    logs = {"A": math.log(0.6), "B": math.log(0.2), "Well": math.log(0.1)}
    found = score(chosen_option(), state(about, "A", logprobs=logs, stop_reason="max_tokens"))
    assert found.metadata
    assert found.metadata["probabilities"] == [pytest.approx(0.25), None, pytest.approx(0.75)]
    assert found.metadata["mass_outside"] == pytest.approx(0.2)
    assert found.metadata["chosen"] == 2
    assert found.value == 1.0


def test_a_letter_out_of_its_own_place_names_the_option_shown_there(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = next(m for m in metadata(24) if m["n_options"] == 3) | {"labels": "CAB", "order": [2, 0, 1]}
    logs = {" A": math.log(0.7), " B": math.log(0.1), " C": math.log(0.2)}
    found = score(chosen_option(), state(about | {"elicitation": "choose"}, "A", logprobs=logs))
    assert found.metadata
    assert found.metadata["probabilities"] == pytest.approx([0.7, 0.1, 0.2])
    text = "The second one it is.\n\nTherefore, I choose: Option C."
    said = score(chosen_option(), state(about | {"elicitation": "text"}, text))
    assert said.metadata
    assert said.metadata["chosen"] == 2


def test_probabilities_are_an_answer_even_when_the_drawn_token_is_none(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = metadata(1, elicitation="choose")[0]
    found = score(chosen_option(), state(about, "Well", logprobs={"A": -1.0, "B": -1.0, "Well": -2.0}))
    assert found.value == 1.0
    assert found.metadata
    assert (found.metadata["chosen"], found.metadata["reason"]) == (-1, None)


def test_without_log_probabilities_the_answer_is_missing(state: Make, score: Run, metadata: Metadata) -> None:
    about = metadata(1, elicitation="choose")[0]
    found = score(chosen_option(), state(about, "A"))
    assert found.value == 0.0
    assert found.metadata
    assert found.metadata["reason"] == "no log-probabilities"


def test_labels_that_hold_little_of_the_probability_are_no_answer(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = metadata(1, elicitation="choose")[0]
    logs = {"A": math.log(0.2), "B": math.log(0.2), "The": math.log(0.6)}
    found = score(chosen_option(), state(about, "A", logprobs=logs))
    assert found.value == 0.0 and found.metadata
    assert found.metadata["reason"] == "outside the labels"
    assert found.metadata["mass_outside"] == pytest.approx(0.6)


def test_what_an_explanation_states_is_compared_with_what_follows_it(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = next(m for m in metadata(24, elicitation="explain", temperature=0.5) if m["n_options"] == 2)
    logs = {"A": math.log(0.8), "B": math.log(0.2)}

    def explained(letter: str, logprobs: dict[str, float] | None = logs) -> TaskState:
        return state(about, f"It suits all.\n\nTherefore, I choose: Option {letter}.", logprobs=logprobs)

    found = score(statement_agreement(), explained("A"))
    assert found.value == 1.0
    assert found.metadata
    # At τ = 0.5 probabilities are squared: .64 against .04.
    assert found.metadata["expected"] == pytest.approx(0.64 / 0.68)
    assert found.metadata["probability_of_choice"] == pytest.approx(0.8)
    assert score(statement_agreement(), explained("B")).value == 0.0
    assert math.isnan(score(statement_agreement(), explained("A", None)).as_float())


@pytest.mark.parametrize(
    ("text", "stop_reason", "state_", "reason"),
    [
        ("It suits all.", "stop", "complete", None),
        ("It suits", "max_tokens", "cut off", "truncated"),
        ("I cannot choose for others.", "stop", "refused", "refused"),
        ("I cannot ignore employees.\n\nTherefore, I choose: Option B.", "stop", "complete", None),
        ("<think>Hm.</think>", "stop", "thought only", "thought only"),
    ],
)
def test_a_forced_label_does_not_fill_in_for_a_missing_explanation(
    state: Make, score: Run, metadata: Metadata, text: str, stop_reason: str, state_: str, reason: str | None
) -> None:
    """Probabilities are kept with every explanation; only complete ones are answers."""
    about = metadata(1, elicitation="explain")[0]
    logs = {"A": math.log(0.8), "B": math.log(0.2)}
    found = score(chosen_option(), state(about, text, logprobs=logs, stop_reason=stop_reason))
    assert found.metadata
    assert (found.metadata["state"], found.metadata["reason"]) == (state_, reason)
    assert "probabilities" in found.metadata and found.value == float(reason is None)


@pytest.mark.parametrize("scorer", [chosen_option(), consistency("study1"), explanation_agreement()])
def test_a_foreign_log_is_refused_by_the_names_of_what_it_lacks(
    state: Make, score: Run, metadata: Metadata, scorer: Scorer
) -> None:
    about = metadata(1)[0]
    del about["welfare"], about["order"]
    with pytest.raises(
        MissingMetadata, match=r"its metadata lack welfare, order\. .*tasks/stakeholder_choice"
    ):
        score(scorer, state(about, "A"))
    with pytest.raises(MissingMetadata, match=", ".join(REQUIRED)):
        score(scorer, state({}, "A"))


def test_metadata_that_contradict_each_other_are_refused(state: Make, score: Run, metadata: Metadata) -> None:
    about = metadata(1)[0] | {"order": [0, 0]}
    with pytest.raises(ValueError, match=r"n_options is \d, but welfare has shape .* and order is \[0, 0\]"):
        score(chosen_option(), state(about, "A"))
