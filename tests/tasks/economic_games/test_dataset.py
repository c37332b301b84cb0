"""Samples: balanced presentations, the same from the same seed, and arguments refused with a reason."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.economic_games.dataset import presentations
from fiduciary.tasks.economic_games.task import economic_games


def samples(**arguments: Any) -> list[Any]:
    return list(economic_games(**arguments).dataset)


def test_the_default_is_the_published_design() -> None:
    found = samples()
    assert len(found) == 18 * 20
    assert Counter(s.metadata["form"] for s in found) == {
        "prisoners_dilemma": 120,
        "trust": 120,
        "ultimatum": 120,
    }
    assert len({s.id for s in found}) == len(found)
    for s in found:
        steps = ["plan", "plan-1", "plan-0"]
        if s.metadata["form"] == "prisoners_dilemma":
            steps += ["plan-11", "plan-10", "plan-01", "plan-00"]
        assert list(s.metadata["questions"]) == ["beliefs", *steps, "checks"]
        assert list(s.metadata["options"]) == steps


def test_a_whole_plan_is_one_question_as_a_text_and_where_it_is_a_number() -> None:
    for found in (
        samples(elicitation="text", repeats=1),
        samples(games="dictator,beauty_contest", repeats=1),
    ):
        for s in found:
            assert list(s.metadata["questions"]) == ["beliefs", "plan", "checks"]
            assert (s.metadata["options"], s.metadata["elicitation"]) == ({}, "text")


@pytest.mark.parametrize("repeats", [1, 2, 7, 20])
def test_everything_comes_first_in_half_of_the_repeats(repeats: int) -> None:
    shown = presentations(repeats, 3, "trust_1")
    for factor in ("first", "second", "points", "roles"):
        assert abs(2 * sum(getattr(p, factor) for p in shown) - repeats) <= 1


def test_presentations_are_shuffled_apart() -> None:
    """Over many games the four are uncorrelated."""
    pairs = [(p.first, p.points) for game in range(40) for p in presentations(20, 0, f"game_{game}")]
    same = sum(a == b for a, b in pairs) / len(pairs)
    assert abs(same - 0.5) < 0.08


def test_the_same_arguments_give_the_same_samples() -> None:
    def told(found: list[Any]) -> str:
        return json.dumps([(s.id, s.input, s.metadata) for s in found])

    assert told(samples(repeats=3)) == told(samples(repeats=3))
    assert told(samples(repeats=3)) != told(samples(repeats=3, seed=1))


def test_a_game_does_not_depend_on_which_others_are_asked() -> None:
    alone = {s.id: s.metadata for s in samples(games="trust_2", repeats=4)}
    among = {s.id: s.metadata for s in samples(games="all", repeats=4)}
    assert alone and all(among[name] == metadata for name, metadata in alone.items())


@pytest.mark.parametrize(
    ("words", "count"),
    [("canonical", 18), ("all", 22), ("trust", 6), ("trust,ultimatum_2", 7), (["dictator", "stag_hunt"], 2)],
)
def test_games_by_name(words: Any, count: int) -> None:
    assert len(samples(games=words, repeats=1)) == count


def test_payoffs_of_ones_own() -> None:
    [sample] = samples(games="trust", payoffs=["70", "40", "20.5", "-5"], repeats=1)
    assert sample.metadata["parameters"] == {"T": 70.0, "R": 40.0, "P": 20.5, "S": -5.0}
    assert "gets -5 points" in sample.input and "gets 20.5 points" in sample.input


def test_beliefs_before_after_and_not_at_all() -> None:
    after, none = (
        samples(games="trust_1", repeats=1, beliefs=when, elicitation="text")[0].metadata
        for when in ("after", "none")
    )
    assert list(after["questions"]) == ["plan", "beliefs", "checks"]
    assert list(none["questions"]) == ["plan", "checks"]
    assert none["items"]["beliefs"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"games": "chess"}, "games must be one or several"),
        ({"elicitation": "explain"}, "elicitation must be one of choose, text, auto"),
        ({"elicitation": "choose", "beliefs": "after"}, "beliefs must be before or none where decisions"),
        ({"elicitation": "choose", "explain": True}, "explain must be false where decisions"),
        ({"beliefs": "during"}, "beliefs must be one of before, after, none"),
        ({"labels": "loaded"}, "labels must be one of neutral, labelled"),
        ({"repeats": 0}, "repeats must be a whole number of at least 1"),
        ({"temperature": -1}, "temperature must be a finite number >= 0"),
        ({"temperature": "inf"}, "temperature must be a finite number >= 0"),
        ({"explain": "yes"}, "explain must be true or false"),
        ({"payoffs": "90,45,15,10"}, "games must be one of prisoners_dilemma, trust, ultimatum when payoffs"),
        ({"games": "dictator", "payoffs": "1,2,3,4"}, "games must be one of prisoners_dilemma"),
        ({"games": "trust", "payoffs": "90,45"}, "payoffs must be four numbers T, R, P, S"),
        ({"games": "trust", "payoffs": "90,45,x,1"}, "payoffs must be four numbers T, R, P, S"),
        ({"games": "trust", "payoffs": "90,inf,15,10"}, "payoffs must be four numbers T, R, P, S"),
        ({"games": "trust", "payoffs": "45,90,15,10"}, "T > R > P > S, but T is not above R"),
        ({"games": "ultimatum", "payoffs": "90,45,15,10"}, "T > R > S > P, but S is not above P"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        economic_games(**arguments)
