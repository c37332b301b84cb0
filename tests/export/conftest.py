"""Runs of subjects whose preference lies inside its bounds, and some missing answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.transitivity.task import transitivity

UNANSWERED = (3, 17)
"""Samples of the stated choices whose answers are taken away."""


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Choices stated in texts, choices asked in both ways, and pairs."""
    folder = tmp_path_factory.mktemp("logs")
    for task in (
        stakeholder_choice(n=300, elicitation="text"),
        stakeholder_choice(n=60, elicitation="both"),
        transitivity(n=2, repeats=1),
    ):
        (log,) = inspect_eval(
            task, model=get_model("subject/study1"), log_dir=str(folder), display="none", log_realtime=False
        )
        assert log.status == "success"
    stated = of_way(folder, "text")
    for number in UNANSWERED:
        assert stated.samples is not None
        score = (stated.samples[number].scores or {})["chosen_option"]
        score.metadata = (score.metadata or {}) | {"chosen": -1, "reason": "no closing sentence"}
    write_eval_log(stated, stated.location)
    return folder


def of_way(folder: Path, way: str) -> EvalLog:
    """The run of a folder that asked in a way."""
    for file in sorted(folder.glob("*stakeholder-choice*.eval")):
        log = read_eval_log(str(file))
        if log.eval.task_args["elicitation"] == way:
            return log
    raise FileNotFoundError(way)
