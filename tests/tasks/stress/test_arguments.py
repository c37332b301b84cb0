"""Arguments that cannot be used are refused before a model is called, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.tasks.stress.task import stress


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"trade_offs": "wages"}, "trade_offs must be one of default, published"),
        ({"framing": "kind"}, "framing must be one of"),
        ({"wording": "all"}, "wording must be one of"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto, got 'both'"),
        ({"pressures": "heat"}, "pressures must be one or several .* of all, magnitude, .*, got 'heat'"),
        ({"pressures": "long,long"}, "pressures must be one or several"),
        ({"pressures": ["all", "long"]}, "pressures must be 'all' alone, or some of magnitude"),
        (
            {"pressures": "long,renamed", "wording": "compact"},
            "pressures must be without renamed: wording compact",
        ),
        (
            {"pressures": "translated", "wording": "memo"},
            "pressures must be without translated: translations",
        ),
        ({"temperature": -1, "elicitation": "text"}, "temperature must be a finite number >= 0, got -1"),
        ({"temperature": "inf", "elicitation": "explain"}, "temperature must be a finite number >= 0"),
        ({"temperature": 0.5, "elicitation": "choose"}, "temperature must be left out"),
        ({"words": 5}, "words must be a whole number of at least 100, got 5"),
        ({"words": 500, "pressures": "typos"}, "words must be left out where pressures has no long context"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        stress(**arguments)


def test_numbers_may_come_as_text() -> None:
    assert (
        len(stress(n="2", elicitation="text", temperature="0.2", words="1e2", pressures="long").dataset) == 2
    )  # type: ignore[arg-type]


def test_pressures_keep_their_order() -> None:
    task = stress(n=1, pressures="typos, magnitude")
    assert task.metadata
    assert (task.metadata["pressures"], task.metadata["left_out"]) == (["magnitude", "typos"], {})


@pytest.mark.parametrize(
    ("wording", "without"), [("plain", []), ("memo", ["translated"]), ("compact", ["renamed", "translated"])]
)
def test_what_a_wording_cannot_carry_is_left_out_and_said(
    wording: str, without: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    task = stress(n=1, wording=wording)
    assert task.metadata
    assert list(task.metadata["left_out"]) == without
    assert task.metadata["pressures"] == [name for name in PRESSURES if name not in without]
    assert [record.message.split()[1] for record in caplog.records] == without
