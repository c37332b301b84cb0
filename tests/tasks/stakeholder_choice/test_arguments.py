"""The task's arguments: bad ones are named before any model is called."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai._util.registry import registry_params

from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"n": "many"}, "n must be a whole number of at least 1, got 'many'"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"trade_offs": "profit"}, "trade_offs must be one of default, published, .*joint, got 'profit'"),
        ({"trade_offs": ["wage", "tax"]}, "trade_offs must be .*several of wage, .*got \\['wage', 'tax'\\]"),
        ({"framing": "martian"}, "framing must be one of neutral, for_profit, .*got 'martian'"),
        ({"context": "yes please"}, "context must be true or false, got 'yes please'"),
        ({"context": True}, "context must be false with framing=neutral"),
        ({"wording": "loud"}, "wording must be .*plain, .*compact, all, got 'loud'"),
        ({"wording": ["all", "plain"]}, "wording must be 'all' alone"),
        (
            {"elicitation": "guess"},
            "elicitation must be one of choose, .*auto, got 'guess'",
        ),
        ({"order": "random"}, "order must be one of shuffle, given, rotations, got 'random'"),
        ({"temperatures": 0}, "temperatures must be plan, crossed, one number > 0, .*got 0"),
        ({"temperatures": [0.5, -1]}, "temperatures must be .*got \\[0.5, -1\\]"),
        ({"temperatures": [0.5, 0.5]}, "temperatures must be .*several that differ"),
        ({"temperatures": "warm"}, "temperatures must be .*got 'warm'"),
        ({"temperatures": "plan,0.3"}, "temperatures must be .*got 'plan,0.3'"),
        ({"temperatures": ["crossed", "plan"]}, "temperatures must be .*got \\['crossed', 'plan'\\]"),
        ({"temperatures": []}, "temperatures must be "),
        (
            {"temperatures": 0.5, "elicitation": "choose"},
            "temperatures must be left out with",
        ),
        (
            {"principal": "saint"},
            "principal must be one of study1, .*nonprofit, got 'saint'",
        ),
        ({"theta": "0.5,0.5,0.5,0.5", "rho": 1}, "theta must be four weights >= 0 that sum to 1"),
        ({"theta": [1, 0, 0], "rho": 1}, "theta must be four weights"),
        ({"theta": [1, 0, 0, 0], "rho": 1.2}, r"rho must be a number of at most 1 \(-inf .*, got 1.2"),
        ({"theta": [1, 0, 0, 0]}, "rho must be given together with"),
        ({"rho": 0.5}, "theta must be given together with"),
        ({"theta": [1, 0, 0, 0], "rho": 1, "principal": "study1"}, "principal must be left out"),
    ],
)
def test_bad_arguments_name_themselves_and_what_is_allowed(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stakeholder_choice(**arguments)


@pytest.mark.parametrize(
    ("temperatures", "values", "crossed", "samples"),
    [
        ("plan", [0.2, 0.5, 1.0], False, 4),
        ("crossed", [0.2, 0.5, 1.0], True, 12),
        (0.1, [0.1], False, 4),
        ("0.1,1", [0.1, 1.0], False, 4),
        (["crossed", "0.1", "1"], [0.1, 1.0], True, 8),
        (["plan"], [0.2, 0.5, 1.0], False, 4),
    ],
)
def test_temperature_plans(temperatures: Any, values: list[float], crossed: bool, samples: int) -> None:
    task = stakeholder_choice(n=4, temperatures=temperatures, elicitation="text")
    assert task.metadata == {
        "temperatures": values,
        "crossed": crossed,
        "elicitation": "text",
        "explained": 0,
    }
    assert len(task.dataset) == samples


@pytest.mark.parametrize(
    ("arguments", "against"),
    [
        ({}, {"principal": "study1"}),
        ({"framing": "nonprofit_justify"}, {"principal": "nonprofit"}),
        ({"framing": "nonprofit", "principal": "for_profit"}, {"principal": "for_profit"}),
        (
            {"theta": ["0.25", "0.25", "0.5", "0"], "rho": "-inf"},
            {"theta": [0.25, 0.25, 0.5, 0.0], "rho": float("-inf")},
        ),
    ],
)
def test_choices_are_held_against_the_framings_principal_unless_told(
    arguments: dict[str, Any], against: dict[str, Any]
) -> None:
    task = stakeholder_choice(n=1, **arguments)
    assert task.scorer
    assert registry_params(task.scorer[1]) == against


def test_the_task_carries_its_version_and_leaves_the_length_to_the_user() -> None:
    task = stakeholder_choice(n=1)
    assert task.version == "2-A"
    assert task.config.max_tokens == 512
    assert stakeholder_choice(n=1, elicitation="choose").config.max_tokens == 1
