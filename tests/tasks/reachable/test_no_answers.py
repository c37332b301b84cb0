"""A model that answers nothing of use: the run ends, and no figure is made of it."""

from __future__ import annotations

from inspect_ai import eval

from fiduciary.tasks.reachable import reachable
from tests.tasks.mock import missing, saying


def test_what_is_no_answer_is_missing() -> None:
    model = saying("I would rather not say.", "mockllm/silent")
    [log] = eval(reachable(elicitation="text"), model=model, limit=2, score_display=False)
    assert missing(log)["framed_choice"] == 1.0
