"""From the task to the numbers in a log, on scripted models and on players whose preferences are known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import inspect_ai
import numpy as np
import pytest
from inspect_ai import score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    TopLogprob,
    get_model,
)

from fiduciary.economics.games import fit_social_preference
from fiduciary.report import main
from fiduciary.scorers.economic_games.table import choices, plays
from fiduciary.solvers.economic_games import GAME_ELICITATIONS
from fiduciary.subjects.economic_games.sheet_text import read_game
from fiduciary.tasks.economic_games.task import economic_games

ROUNDING = 1e-4
"""Of estimates from exact probabilities."""

Run = Callable[..., EvalLog]

SUMMARY = 27
"""The most numbers that the 18 games put under a run: 7 rates, 8 for the preference, 7, 3, 1 and 1."""


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = [s for s in log.results.scores if s.name == "game_play"]
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def answer(action: int, chance: int) -> Callable[[list[ChatMessage], GenerateConfig], str]:
    """A model that always takes one action (1: the cooperative one) and always states one chance of it."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        seen = read_game([m.text for m in messages if m.role == "user"])
        assert seen is not None
        said = {
            "decision": lambda line: seen.names[_role(seen, line.node)][action],
            "belief": lambda line: f"{chance if line.action == 1 else 100 - chance}%",
            "points": lambda line: "0",
        }
        return "\n".join(f"{line.number}: {said[line.kind](line)}" for line in seen.lines)

    return respond


def _role(seen: Any, node: int) -> int:
    return int(seen.game.tree.nodes[node].role)


@pytest.mark.parametrize(("labels", "beliefs"), [("neutral", "before"), ("labelled", "after")])
def test_what_is_said_is_what_is_scored(run: Run, labels: str, beliefs: str) -> None:
    """Whatever comes first and whatever the actions are called."""
    log = run(economic_games(repeats=2, labels=labels, beliefs=beliefs, elicitation="text"), answer(1, 80))
    shown = [play.presentation for play in plays(log)]
    assert all(0 < sum(one[thing] for one in shown) < len(shown) for thing in shown[0])
    for play in plays(log):
        assert set(play.plan.values()) == {1.0}
        assert all(value == pytest.approx(0.8) for value in play.belief.values())
        assert play.shares == (1.0,) + (0.0,) * (2 ** len(play.plan) - 1)
    found = metrics(log)
    assert found["first_move"] == found["give_back"] == found["accept_unequal"] == 1
    assert found["missing"] == 0 and found["rules_right"] < 0.1
    assert found["temptation_slope"] == 0


def test_a_selfish_model_has_its_best_replies_counted(run: Run) -> None:
    asked = economic_games(games="trust", repeats=6, elicitation="text")
    assert metrics(run(asked, answer(0, 0)))["best_response"] == 1
    assert metrics(run(asked, answer(1, 0)))["best_response"] == 0


@pytest.mark.parametrize("elicitation", GAME_ELICITATIONS)
def test_without_noise_a_set_of_preferences_is_no_estimate(elicitation: str) -> None:
    [log] = inspect_ai.eval(
        economic_games(repeats=2, elicitation=elicitation),
        model=get_model("subject/economicus", memoize=False, lam=0),
        score_display=False,
    )
    found = metrics(log)
    assert found["reads"] == 1
    assert found["best_response"] == pytest.approx(1) and found["lam"] == 0
    assert all(math.isnan(found[name]) for name in ("alpha", "beta", "kappa", "kappa_stderr"))


def by_letter(letters: str) -> Callable[[list[ChatMessage], GenerateConfig], str]:
    """A model that reads nothing: at random the action at the first or the second place, and any chance."""
    rng = np.random.default_rng(0)

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        seen = read_game([m.text for m in messages if m.role == "user"])
        assert seen is not None

        def said(line: Any) -> str:
            names = {"J": "JM", "K": "KN"}[rng.choice(list(letters))]
            return names[_role(seen, line.node)] if line.kind == "decision" else str(rng.integers(101))

        return "\n".join(f"{line.number}: {said(line)}" for line in seen.lines)

    return respond


@pytest.mark.parametrize("letters", ["J", "JK"])
def test_whoever_does_not_read_gets_that_sentence_and_no_figures(
    run: Run, letters: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log = run(economic_games(repeats=2, elicitation="text"), by_letter(letters))
    found = metrics(log)
    assert found["reads"] == 0 and found["missing"] == 0 and 0 < found["first_move"] < 1
    for name in ("alpha", "beta", "kappa", "lam", "best_response", "temptation_slope"):
        assert math.isnan(found[name]), name
    assert main([log.location, "--types", "1"]) == 0
    printed = capsys.readouterr().out
    assert "not shown to read: its answers" in printed
    assert "Social preferences" not in printed and "humans" not in printed
    assert "no 1 types: mockllm/model cannot be a group: not shown to read" in printed


def test_a_player_of_two_games_is_not_measured(run: Run) -> None:
    found = metrics(run(economic_games(games="trust", repeats=2), "subject/economicus"))
    assert math.isnan(found["reads"]) and math.isnan(found["best_response"])


def test_missing_answers_are_counted_and_nothing_else_changes(run: Run) -> None:
    def respond(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput | str:
        last = messages[-1].text
        if "State your decision" in last and "90 points" in messages[0].text:
            return "1: both\n2: I would rather not"
        if "some questions about its rules" in last:
            return ModelOutput(model="mockllm/model", choices=[], error="server gone")
        return answer(1, 60)(messages, config)

    log = run(economic_games(games="trust", repeats=2, elicitation="text"), respond)
    found = metrics(log)
    assert found["missing"] == 0.5 and found["missing_no_answer"] == 0.5
    assert found["invest"] == 1 and found["rules_right"] == 0
    read = plays(log)
    assert {play.reason for play in read} == {None, "no answer"}
    assert all(play.lines_missing[f"checks.{name}"] == "error" for play in read for name in play.rules)
    assert choices(read).n == 6


def test_labels_are_read_in_any_presentation_and_what_is_beside_them_is_counted(run: Run) -> None:
    """A model that takes the cooperative action with .6 and says something else with .2."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput | str:
        seen = read_game([m.text for m in messages if m.role == "user"])
        assert seen is not None
        if seen.choice is None:
            return answer(1, 50)(messages, config)
        assert messages[-1].role == "assistant" and config.max_tokens == 1
        mass = {
            f" {x}": 0.6 if a else 0.2 for x, a in zip(seen.choice.letters, seen.choice.actions, strict=True)
        }
        top = [TopLogprob(token=t, logprob=math.log(p)) for t, p in (mass | {"The": 0.2}).items()]
        output = ModelOutput.from_content("mockllm/model", top[0].token, stop_reason="max_tokens")
        output.choices[0].logprobs = Logprobs(
            content=[Logprob(token=top[0].token, logprob=top[0].logprob, top_logprobs=top)]
        )
        return output

    log = run(economic_games(repeats=1, labels="labelled", elicitation="choose"), respond)
    for play in plays(log):
        assert play.plan == pytest.approx(dict.fromkeys(play.plan, 0.75))
        assert play.shares is not None and play.shares[0] == pytest.approx(0.75 ** len(play.plan))
        assert play.mass_outside == pytest.approx(0.2)
    found = metrics(log)
    assert found["first_move"] == pytest.approx(0.75) and found["mass_outside"] == pytest.approx(0.2)
    assert found["missing"] == 0


def test_without_beliefs_there_is_no_estimate_and_no_missing_answer(run: Run) -> None:
    found = metrics(
        run(economic_games(games="prisoners_dilemma", repeats=4, beliefs="none"), "subject/moralis")
    )
    assert found["missing"] == 0
    assert math.isnan(found["kappa"]) and math.isnan(found["best_response"])
    assert 0 < found["first_move"] < 1


def test_the_summary_is_short_and_the_other_games_have_their_own(run: Run) -> None:
    assert len(metrics(run(economic_games(repeats=1), "subject/economicus"))) <= SUMMARY
    others = metrics(run(economic_games(games="dictator,beauty_contest", repeats=2), "subject/economicus"))
    missing = {"missing", "missing_stderr", "missing_alike"}
    assert set(others) == {"gift_share", "guess", *missing, "rules_right"}
    assert others["rules_right"] == 1


def test_payoffs_of_ones_own_are_played(run: Run) -> None:
    log = run(economic_games(games="ultimatum", payoffs=[70, 45, 5, 30], repeats=4), "subject/economicus")
    assert {play.game for play in plays(log)} == {"ultimatum_own"}
    assert metrics(log)["missing"] == 0


def test_epochs_draw_again(run: Run) -> None:
    asked = economic_games(games="prisoners_dilemma", repeats=2, elicitation="text")
    log = run(asked, "subject/economicus", epochs=2)
    read = plays(log)
    assert len({play.repeat for play in read}) == 4
    by_epoch = [
        [play.shares for play in sorted(read, key=lambda p: (p.game, p.repeat)) if play.repeat[1] == epoch]
        for epoch in (1, 2)
    ]
    assert by_epoch[0] != by_epoch[1]


def test_the_same_command_gives_the_same_plays(run: Run) -> None:
    def actions() -> list[Any]:
        asked = economic_games(games="trust,dictator", repeats=2, elicitation="text")
        log = run(asked, "subject/moralis")
        return [(p.game, p.repeat, p.plan) for p in plays(log)]

    assert actions() == actions()


@pytest.mark.parametrize("elicitation", GAME_ELICITATIONS)
def test_a_log_alone_is_enough_to_score_again(run: Run, tmp_path: Path, elicitation: str) -> None:
    log = run(
        economic_games(repeats=2, games="canonical,dictator", elicitation=elicitation),
        "subject/inequity_averse",
        log_dir=str(tmp_path),
    )
    again = read_eval_log(log.location)
    scored = score(again, resolve_scorers(again, None, {}), action="overwrite", display="none")
    assert metrics(scored) == pytest.approx(metrics(log), nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize("elicitation", GAME_ELICITATIONS)
@pytest.mark.parametrize(
    ("subject", "arguments", "truth"),
    [
        ("economicus", {}, {"lam": 6.0}),
        ("moralis", {"kappa": 0.6, "lam": 5}, {"kappa": 0.6, "lam": 5.0}),
        ("inequity_averse", {"alpha": 0.5, "beta": 0.2}, {"alpha": 0.5, "beta": 0.2, "lam": 6.0}),
    ],
)
def test_a_preference_comes_back(
    subject: str, arguments: Any, truth: dict[str, float], elicitation: str
) -> None:
    """α, β, κ and λ within three standard errors from 18 games × 10, or within the interval at a bound.

    The probabilities of one exact logit leave no error but rounding, with which the bounds are widened.
    """
    [log] = inspect_ai.eval(
        economic_games(repeats=10 if elicitation == "text" else 1, elicitation=elicitation),
        model=get_model(f"subject/{subject}", memoize=False, **arguments),
        score_display=False,
    )
    assert log.status == "success"
    fit = fit_social_preference(choices(plays(log)))
    for name in ("alpha", "beta", "kappa", "lam"):
        true = truth.get(name, 0.0)
        if fit.status(name) == "ok":
            assert abs(fit.estimate(name) - true) <= 3 * fit.se(name) + ROUNDING, name
        else:
            low, high, _ = fit.interval(name, 0.99)
            assert low - ROUNDING <= true <= high + ROUNDING, name
