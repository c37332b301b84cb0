"""Pumping for real: scripted models and known subjects, from the task to metrics in a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai import Task, score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig

from fiduciary.scorers.money_pump.table import pump_table
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.money_pump.task import money_pump

Run = Callable[..., EvalLog]

CHOICE = "Therefore, I choose: Option {}."
HELD = re.compile(r"committed itself to Option ([AB])")


def text_pump(**arguments: Any) -> Task:
    """A pump that reads answers from texts, which scripted models write."""
    return money_pump(elicitation="text", **arguments)


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = log.results.scores
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def scores(log: EvalLog) -> list[dict[str, Any]]:
    return [dict(s.scores["money_lost"].metadata or {}) for s in log.samples or [] if s.scores]


def for_shareholders(text: str) -> str:
    problem = read_options(text)
    assert problem is not None
    return problem.letters[int(problem.welfare[:, 0].argmax())]


def trader(trade: Callable[[int], str]) -> Callable[[list[ChatMessage], GenerateConfig], str]:
    """Answers pairs for the shareholders, and offer k (from 1) by ``trade(k)``: "trade", "keep" or a text."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        text = messages[-1].text
        held = HELD.search(text)
        if not held:
            return CHOICE.format(for_shareholders(text))
        said = trade(sum(message.role == "user" for message in messages))
        other = "B" if held[1] == "A" else "A"
        letter = {"trade": other, "keep": held[1]}.get(said)
        return said if letter is None else CHOICE.format(letter)

    return respond


def test_who_always_trades_pays_until_the_cap(run: Run) -> None:
    log = run(text_pump(n=2, repeats=1, fee=5, circles=2), trader(lambda k: "trade"))
    found = metrics(log)
    assert found["lost_other"] == 30
    assert found["circled"] == 1
    assert found["own_circles"] == 0, "its pair answers are consistent"
    for about in scores(log):
        assert (about["trades"], about["circles"], about["ended"]) == (6, 2, "cap")
        held = [offer["held"] for offer in about["offers"]]
        assert held == about["ring"] * 2
        assert [offer["paid"] for offer in about["offers"]] == [0, 5, 10, 15, 20, 25]


def test_it_is_one_conversation_that_states_the_fees(run: Run) -> None:
    log = run(text_pump(n=1, repeats=1, fee=12.5, circles=1, framing="for_profit"), trader(lambda k: "trade"))
    assert log.samples
    messages = log.samples[0].messages
    assert [message.role for message in messages] == ["system"] + ["user", "assistant"] * 3
    offers = [message.text for message in messages if message.role == "user"]
    assert all("for a fee of $12.5, " in offer for offer in offers)
    assert [re.findall(r"Fees paid so far: \$([\d.]+)\.", offer) for offer in offers] == [
        ["0"],
        ["12.5"],
        ["25"],
    ]
    assert scores(log)[0]["trades"] == 3


def test_each_offer_holds_what_was_traded_for(run: Run) -> None:
    """The figures of the option held are those of the option that the last trade brought."""
    log = run(text_pump(n=1, repeats=1, circles=2), trader(lambda k: "trade"))
    assert log.samples
    held: list[list[float]] = []
    offered: list[list[float]] = []
    for text in (message.text for message in log.samples[0].messages if message.role == "user"):
        problem, letter = read_options(text), HELD.search(text)
        assert problem is not None and letter is not None
        place = problem.letters.index(letter[1])
        held.append(problem.welfare[place].tolist())
        offered.append(problem.welfare[1 - place].tolist())
    assert held[1:] == offered[:-1]
    assert held[0] == offered[2] == held[3]


def test_who_never_trades_pays_nothing(run: Run) -> None:
    found = metrics(run(text_pump(n=9, repeats=1), trader(lambda k: "keep")))
    assert found["lost_other"] == found["circled"] == 0
    assert found["excess_p"] > 0.5


def test_an_answer_that_cannot_be_read_ends_a_pump_and_counts_nowhere(run: Run) -> None:
    log = run(text_pump(n=2, repeats=1), trader(lambda k: "trade" if k < 3 else "Perhaps."))
    found = metrics(log)
    assert found["broken_off"] == 1
    assert "lost_other" not in found and "lost_own" not in found
    assert [about["ended"] for about in scores(log)] == ["missing"] * 2
    assert pump_table(log).n == 0


def test_no_ring_without_answers(run: Run) -> None:
    log = run(text_pump(n=1, repeats=1), lambda messages, config: "No.")
    found = metrics(log)
    assert found["no_ring"] == found["missing"] == found["missing_off_protocol"] == 1
    assert not any(HELD.search(message.text) for sample in log.samples or [] for message in sample.messages)


def test_no_ring_from_answers_in_one_order_only(run: Run) -> None:
    """What was answered in one order could be a habit of place: it draws no circle."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        problem = read_options(messages[-1].text)
        assert problem is not None
        better = problem.letters[int(problem.welfare[:, 0].argmax())]
        return CHOICE.format("A") if better == "A" else "No."

    found = metrics(run(text_pump(n=2, repeats=1), respond))
    assert (found["no_ring"], found["missing"]) == (1, 0.5)


def test_seven_options_by_asking_for_them(run: Run) -> None:
    found = metrics(run(text_pump(n=1, m=7, repeats=1, circles=1, large=True), trader(lambda k: "trade")))
    assert (found["lost_other"], found["missing"]) == (30, 0)


def test_cyclic_is_pumped_round_its_own_circles(run: Run) -> None:
    log = run(text_pump(n=16, temperature=0.1), "subject/cyclic")
    found = metrics(log)
    assert found["own_circles"] > 0
    assert found["lost_own"] == 90, "it is sure of itself, and fees do not touch what it looks at"
    assert found["lost_own_consistent"] < 15
    assert found["excess_p"] < 0.001


def test_a_consistent_subject_is_not_pumped(run: Run) -> None:
    log = run(text_pump(n=10, repeats=1, temperature=0.1), "subject/study1")
    found = metrics(log)
    assert found["own_circles"] == found["circled"] == 0
    assert found["excess_p"] > 0.01


@pytest.mark.parametrize("elicitation", ["choose", "explain"])
def test_drawn_labels_are_counted(run: Run, elicitation: str) -> None:
    """Repeats ask again with another seed; ring, trades and the consistent chooser rest on the same draws."""
    log = run(money_pump(n=6, elicitation=elicitation, repeats=3), "subject/random")
    assert metrics(log)["missing"] == 0
    again = [s.store["answers"] for s in log.samples or []]
    for about, answers in zip(scores(log), again, strict=True):
        wins = np.array(about["first_wins"])
        assert (wins == wins.round()).all() and np.max(about["asked"]) == 3
        shares = []
        for held, offered in zip(about["ring"], about["ring"][1:] + about["ring"][:1], strict=True):
            shares.append((wins[offered, held] + 3 - wins[held, offered]) / 6)
        assert about["shares"] == pytest.approx(shares)
        drawn = [record["logprobs"]["content"][0]["token"] for record in answers.values()]
        assert set(drawn) == {"A", "B"}
        last, token = about["offers"][-1], drawn[-1]
        traded = (token == "A") == last["offered_first"]
        assert last["answer"] == ("traded" if traded else "kept")
    assert not all(w in (0, 3) for about in scores(log) for row in about["first_wins"] for w in row)


def test_the_conversation_holds_the_turns_as_they_were_continued(run: Run) -> None:
    log = run(money_pump(n=3, repeats=1, elicitation="choose"), "subject/random")
    for sample in log.samples or []:
        turns = [message.text for message in sample.messages if message.role == "assistant"]
        assert turns and all(re.fullmatch(r"Therefore, I choose: Option [AB]", turn) for turn in turns)


def test_a_log_alone_can_be_scored_again(run: Run) -> None:
    log = run(money_pump(n=3, repeats=1), "subject/random")
    before = metrics(log)
    assert metrics(score(log, resolve_scorers(log), action="overwrite", display="none")) == pytest.approx(
        before, nan_ok=True
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"fee": 0}, "fee must be dollars, finite and > 0, got 0"),
        ({"fee": "inf"}, "fee must be dollars"),
        ({"circles": 0}, "circles must be a whole number of at least 1"),
        ({"repeats": 0}, "repeats must be a whole number of at least 1"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto"),
        ({"elicitation": "choose", "temperature": 0.1}, "temperature must be left out"),
        ({"m": 7}, "m must be from 3 to 6, or 7 with large=true"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        money_pump(**arguments)
