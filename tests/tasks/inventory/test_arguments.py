"""The tasks' arguments: bad ones are named before any model is called."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai import eval

import fiduciary._registry  # noqa: F401 - makes the tasks known to Inspect without an installation
from fiduciary.tasks._server import NoServerError
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.hexaco100.task import hexaco100

TASKS = (hexaco100, dark_tetrad)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"instrument": "theirs"}, "instrument must be one of own, official, got 'theirs'"),
        ({"wording": "loud"}, "wording must be .*plain, agreement, usual, all, got 'loud'"),
        ({"wording": ["all", "plain"]}, "wording must be 'all' alone, or some of plain"),
        ({"wording": "plain,plain"}, "wording must be .*got 'plain,plain'"),
        ({"wording": []}, "wording must be one or several"),
        ({"direction": "up"}, "direction must be .*ascending, descending, both, got 'up'"),
        ({"direction": "both,ascending"}, "direction must be 'both' alone"),
        ({"labels": "smileys"}, "labels must be .*numbers, letters, words, got 'smileys'"),
        (
            {"labels": "words", "elicitation": "choose"},
            r"elicitation must be text \(or auto\) with labels=words, since two .*, got 'choose'",
        ),
        ({"labels": "numbers,words", "elicitation": "both"}, "elicitation must be .*labels=words"),
        ({"elicitation": "guess"}, "elicitation must be one of choose, text, both, auto, got 'guess'"),
        (
            {"elicitation": "choose", "context": "together"},
            r"elicitation must be text \(or auto\) with context=together, since one token .*, got 'choose'",
        ),
        ({"elicitation": "both", "context": "together"}, "elicitation must be text"),
        ({"elicitation": "guess", "context": "together"}, "elicitation must be one of .*got 'guess'"),
        ({"context": "shared"}, "context must be one of fresh, together, got 'shared'"),
        ({"temperature": 0.5}, "temperature must be left out with elicitation=choose"),
        ({"temperature": -1, "elicitation": "text"}, "temperature must be a finite number of at least 0"),
        ({"temperature": "inf", "elicitation": "text"}, "temperature must be a finite number"),
        ({"temperature": "warm", "elicitation": "both"}, "temperature must be .*got 'warm'"),
        ({"repeats": 0}, "repeats must be a whole number of at least 1, got 0"),
        ({"repeats": 2}, "repeats must be 1 with elicitation=choose"),
        (
            {"repeats": 2, "elicitation": "text", "temperature": 0},
            "repeats must be 1 with temperature=0, since a repeat would add no information",
        ),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"seed": 1.5}, "seed must be a whole number"),
    ],
)
def test_bad_arguments_name_themselves_and_what_is_allowed(
    task: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        task(**arguments)


@pytest.mark.parametrize(
    ("arguments", "elicitation", "temperature", "samples"),
    [
        ({}, "choose", 1.0, 12),
        ({"elicitation": "text"}, "text", 1.0, 12),
        ({"elicitation": "both", "temperature": "0.01"}, "both", 0.01, 12),
        ({"labels": "numbers,words"}, "text", 1.0, 12),
        ({"context": "together"}, "text", 1.0, 12),
        ({"context": "together", "labels": ["numbers", "letters", "words"]}, "text", 1.0, 18),
        ({"wording": "plain,usual", "direction": "descending", "labels": "letters"}, "choose", 1.0, 2),
        ({"elicitation": "text", "repeats": "2", "temperature": 0.7}, "text", 0.7, 24),
    ],
)
def test_arguments_as_the_command_line_passes_them(
    arguments: dict[str, Any], elicitation: str, temperature: float, samples: int
) -> None:
    dataset = dark_tetrad(**arguments).dataset
    assert len(dataset) == samples
    assert {s.metadata["elicitation"] for s in dataset if s.metadata} == {elicitation}
    assert {s.metadata["temperature"] for s in dataset if s.metadata} == {temperature}


@pytest.mark.parametrize("name", ["hexaco100", "dark_tetrad"])
def test_without_a_server_nothing_begins(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    with pytest.raises(NoServerError, match="needs a vLLM server"):
        eval(f"tasks/{name}", model="vllm/llama-3.1-8b", display="none")
