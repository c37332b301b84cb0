"""Arguments that cannot be used are refused before a model is called, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from fiduciary.tasks.transitivity.task import transitivity


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"m": 2}, "m must be a whole number of at least 3, got 2"),
        ({"m": 7}, "m must be from 3 to 6, or 7 with large=true"),
        ({"m": 8, "large": True}, "m must be from 3 to 6, or 7 with large=true"),
        ({"m": 7, "large": True, "dominance": True}, "m must be from 3 to 6 with dominance=true"),
        ({"repeats": 0}, "repeats must be a whole number of at least 1, got 0"),
        ({"repeats": 2, "elicitation": "choose"}, "repeats must be 1 with elicitation=choose"),
        ({"temperature": -1}, "temperature must be a finite number >= 0, got -1"),
        ({"temperature": "inf"}, "temperature must be a finite number >= 0"),
        ({"temperature": 0.5, "elicitation": "choose"}, "temperature must be left out"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto, got 'both'"),
        ({"framing": "kind"}, "framing must be one of"),
        ({"wording": "all"}, "wording must be one of"),
        ({"dominance": "yes"}, "dominance must be true or false"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        transitivity(**arguments)


def test_numbers_may_come_as_text() -> None:
    assert len(transitivity(n="2", m="4", repeats="1e0", temperature="1").dataset) == 2  # type: ignore[arg-type]
