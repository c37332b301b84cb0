"""Real logs of subjects, and copies of them in which one thing is different."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.transitivity.task import transitivity

N = 70

Change = Callable[[EvalLog], None]


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects' choices on the same problems, held against ``nonprofit``, and one's pairs."""
    folder = tmp_path_factory.mktemp("logs")
    for name in ("study1", "nonprofit"):
        _run(stakeholder_choice(n=N, elicitation="text", principal="nonprofit"), name, folder)
    _run(transitivity(n=3, repeats=1), "nonprofit", folder)
    return folder


@pytest.fixture
def copied(logs: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy the log of a model and task into a folder, changed."""

    def copy(model: str, change: Change, folder: str = "copies", task: str = "stakeholder_choice") -> Path:
        out = tmp_path / folder
        out.mkdir(exist_ok=True)
        log = next(
            log
            for file in sorted(logs.glob("*.eval"))
            if (log := read_eval_log(str(file))).eval.model == f"subject/{model}"
            and log.eval.task.endswith(task)
        )
        change(log)
        place = out / f"2026-01-01T00-00-00-00-00_{task.replace('_', '-')}_{len(list(out.iterdir()))}.eval"
        write_eval_log(log, str(place))
        return place

    return copy


def unchanged(log: EvalLog) -> None:
    """Change nothing."""


def unanswered(log: EvalLog) -> None:
    """Take all answers away, as a model that says nothing gives none."""
    for sample in log.samples or []:
        score = (sample.scores or {})["chosen_option"]
        score.value = 0.0
        score.metadata = (score.metadata or {}) | {"chosen": -1, "reason": "empty"}


def _run(task: object, name: str, folder: Path) -> None:
    (log,) = inspect_eval(
        task,  # type: ignore[arg-type]
        model=get_model(f"subject/{name}"),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success"
