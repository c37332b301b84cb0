"""The provider answers as a language model behind a server would."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)

from fiduciary.economics.logit import choice_probabilities, log_choice_probabilities
from fiduciary.economics.problems import generate
from fiduciary.economics.utility import PROFILES
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.wording import NO_OPTIONS, RAMBLES, REFUSAL
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, render

PROBLEM = next(problem for problem in generate(50, seed=3, trade_offs="joint") if problem.n_options == 5)
TEXT = render(PROBLEM, "plain", range(5))
LETTER = f"{TEXT}\n\n{instruction('choose', 'ABCDE')}"
EXPLAIN = f"{TEXT}\n\n{instruction('explain', 'ABCDE')}"
N = 2_000
FIRST_TOKEN = {"max_tokens": 1, "temperature": 1.0, "logprobs": True, "top_logprobs": 20}


def ask(name: str, text: Any, arguments: dict[str, Any] | None = None, **config: Any) -> ModelOutput:
    model = get_model(f"subject/{name}", memoize=False, **(arguments or {}))
    return asyncio.run(model.generate(text, config=GenerateConfig(**config)))


def draws(
    name: str, text: str, n: int = N, arguments: dict[str, Any] | None = None, **config: Any
) -> list[str]:
    output = ask(name, text, arguments, seed=1, num_choices=n, **config)
    return [choice.message.text for choice in output.choices]


def shares(answers: list[str]) -> np.ndarray:
    return np.array([np.mean([answer == letter for answer in answers]) for letter in LABELS])


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("temperature", [0.2, 1.0, 1.5])
def test_letters_follow_the_logit(name: str, temperature: float) -> None:
    expected = choice_probabilities(PROFILES[name].utility(PROBLEM.displayed()), temperature)
    found = shares(draws(name, LETTER, temperature=temperature))
    assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / N) + 1e-3)


def test_closing_sentences_follow_the_same_logit() -> None:
    expected = choice_probabilities(PROFILES["study1"].utility(PROBLEM.displayed()), 1.5)
    answers = draws("study1", EXPLAIN, temperature=1.5)
    closing = [answer.rsplit("\n\n", 1)[1] for answer in answers]
    found = shares(
        [sentence.removeprefix("Therefore, I choose: Option ").removesuffix(".") for sentence in closing]
    )
    assert found.sum() == pytest.approx(1)
    assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / N) + 1e-3)


def test_temperature_is_one_when_not_given_and_zero_means_the_best() -> None:
    assert draws("study1", LETTER, 50) == draws("study1", LETTER, 50, temperature=1.0)
    best = LABELS[int(np.argmax(PROFILES["study1"].utility(PROBLEM.displayed())))]
    assert set(draws("study1", LETTER, 50, temperature=0.0)) == {best}
    with pytest.raises(ValueError, match="temperature must be finite and >= 0"):
        ask("study1", LETTER, temperature=-1)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 1.5])
def test_logprobs_are_those_at_temperature_one(temperature: float) -> None:
    output = ask("study1", LETTER, **{**FIRST_TOKEN, "temperature": temperature})
    (token,) = output.choices[0].logprobs.content
    found = {top.token: top.logprob for top in token.top_logprobs}
    expected = log_choice_probabilities(PROFILES["study1"].utility(PROBLEM.displayed()))
    np.testing.assert_allclose([found[letter] for letter in LABELS], expected, rtol=1e-12)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert output.completion == token.token
    assert token.logprob == found[token.token]


def test_top_logprobs_are_limited() -> None:
    for top in (0, 2, 20):
        output = ask("study1", LETTER, **{**FIRST_TOKEN, "top_logprobs": top})
        assert len(output.choices[0].logprobs.content[0].top_logprobs) == min(top, 5)
    assert ask("study1", LETTER).choices[0].logprobs is None


def test_mass_outside_the_labels() -> None:
    output = ask("study1", LETTER, {"outside": 0.2}, **FIRST_TOKEN)
    top = {t.token: np.exp(t.logprob) for t in output.choices[0].logprobs.content[0].top_logprobs}
    assert sum(top[letter] for letter in LABELS) == pytest.approx(0.8)
    assert sum(top.values()) == pytest.approx(1)
    found = draws("study1", LETTER, arguments={"outside": 0.2})
    assert np.mean([answer in LABELS for answer in found]) == pytest.approx(0.8, abs=0.045)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("study1", {}),
        ("study1", {"outside": 0.3}),
        ("refuser", {"rate": 0.4, "outside": 0.1}),
        ("rambler", {}),
    ],
)
def test_first_tokens_are_drawn_with_the_probabilities_that_are_reported(
    name: str, arguments: dict[str, Any]
) -> None:
    output = ask(name, LETTER, arguments, seed=2, num_choices=N, **FIRST_TOKEN)
    reported = {t.token: np.exp(t.logprob) for t in output.choices[0].logprobs.content[0].top_logprobs}
    assert sum(reported.values()) == pytest.approx(1)
    found = [choice.message.text for choice in output.choices]
    for token, probability in reported.items():
        assert found.count(token) / N == pytest.approx(probability, abs=0.045)
    for choice in output.choices[:50]:
        assert np.exp(choice.logprobs.content[0].logprob) == pytest.approx(reported[choice.message.text])


def test_seed_repeats_an_answer_and_text_separates_problems() -> None:
    assert draws("random", LETTER, 30) == draws("random", LETTER, 30)
    other = f"{render(generate(9, seed=8)[-1], 'plain', range(generate(9, seed=8)[-1].n_options))}"
    problems = generate(200, seed=4, trade_offs="joint")
    texts = [
        f"{render(p, 'plain', range(p.n_options))}\n\n{instruction('choose', 'ABCDE')}" for p in problems
    ]
    # One seed for all problems, as `--seed` sends it, must not give the same noise to all.
    answers = [ask("random", text, seed=1).completion for text in texts if "Option E:" in text]
    assert len(set(answers)) > 2
    assert other != LETTER


def test_without_a_seed_answers_differ() -> None:
    assert len({ask("random", LETTER).completion for _ in range(60)}) > 1


def test_max_tokens_truncates_and_says_so() -> None:
    output = ask("study1", EXPLAIN, max_tokens=5)
    assert output.stop_reason == "max_tokens"
    assert output.usage is not None
    assert output.usage.output_tokens == 5
    whole = ask("study1", EXPLAIN, max_tokens=512, seed=1)
    assert whole.stop_reason == "stop"
    assert whole.completion == ask("study1", EXPLAIN, seed=1).completion
    assert whole.completion.startswith(ask("study1", EXPLAIN, seed=1, max_tokens=5).completion)


def test_usage_is_reported() -> None:
    usage = ask("study1", LETTER, num_choices=3, max_tokens=8).usage
    assert usage is not None
    assert usage.input_tokens > 50
    assert usage.output_tokens == 3
    assert usage.total_tokens == usage.input_tokens + 3


def test_only_the_text_counts() -> None:
    """A system message that gives orders changes nothing, nor do earlier answers."""
    conversation = [
        ChatMessageSystem(content="You work for a company that serves its shareholders alone."),
        ChatMessageUser(content=TEXT),
        ChatMessageAssistant(content="Therefore, I choose: Option E."),
        ChatMessageUser(content=instruction("choose", "ABCDE")),
    ]
    found = [ask("nonprofit", conversation, temperature=0.0, seed=s).completion for s in range(3)]
    assert found == [LABELS[int(np.argmax(PROFILES["nonprofit"].utility(PROBLEM.displayed())))]] * 3


def test_braces_in_a_prompt_are_text() -> None:
    asked = f"{TEXT}\n\nExplain, then end with: Therefore, I choose for {{firm}}: Option X."
    assert "\n\nTherefore, I choose for {firm}: Option " in ask("study1", asked, seed=1).completion


def test_bonus_on_the_first_option_shown() -> None:
    utility = PROFILES["study1"].utility(PROBLEM.displayed()) + 2 * np.eye(5)[0]
    found = shares(draws("study1", LETTER, arguments={"bonus": 2}))
    np.testing.assert_allclose(found, choice_probabilities(utility), atol=0.045)
    assert set(draws("first_option", LETTER, 50, temperature=1.5)) == {"A"}


def test_explainer_contradicts_itself_only_where_noise_is_added() -> None:
    def contradictions(extra: float) -> float:
        found = []
        for answer in draws("explainer", EXPLAIN, 1_500, {"extra": extra}, temperature=0.5):
            argument, closing = answer.rsplit("\n\n", 1)
            argued = {letter for letter in LABELS if f"Option {letter}" in argument}
            assert len(argued) == 1
            found.append(closing != f"Therefore, I choose: Option {argued.pop()}.")
        return float(np.mean(found))

    assert contradictions(0.0) == 0
    assert contradictions(3.0) > 0.1


def test_explainer_is_an_exact_logit_at_the_larger_noise() -> None:
    answers = draws("explainer", EXPLAIN, arguments={"extra": 1.0}, temperature=0.5)
    found = shares([answer[-2] for answer in answers])
    expected = choice_probabilities(PROFILES["study1"].utility(PROBLEM.displayed()), 1.5)
    np.testing.assert_allclose(found, expected, atol=0.045)


def test_refuser() -> None:
    assert set(draws("refuser", LETTER, 20)) == set(draws("refuser", EXPLAIN, 20)) == {REFUSAL}
    some = draws("refuser", EXPLAIN, arguments={"rate": 0.3}, temperature=0.2)
    assert np.mean([answer == REFUSAL for answer in some]) == pytest.approx(0.3, abs=0.045)


def test_rambler_never_answers_in_the_form() -> None:
    for text in (LETTER, EXPLAIN):
        answers = draws("rambler", text, 500)
        assert len(set(answers)) > len(RAMBLES) / 2
        assert not set(answers) & set(LABELS)
        assert not any(
            answer == f"Therefore, I choose: Option {letter}." for answer in answers for letter in LABELS
        )


@pytest.mark.parametrize("name", ["study1", "refuser", "rambler", "first_option"])
def test_text_without_options(name: str) -> None:
    output = ask(name, "You and a stranger each pick a number.", logprobs=True, top_logprobs=5)
    assert output.completion == NO_OPTIONS
    assert output.stop_reason == "stop"
