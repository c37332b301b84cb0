"""Logs of accounts with planted faults, made by the real task."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from fiduciary.economics.principals import Principal
from fiduciary.scorers.supervision.results import Supervision
from fiduciary.scorers.supervision.run import supervise
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

MakeLog = Callable[..., EvalLog]
Supervise = Callable[..., tuple[Supervision, EvalLog, list[EvalLog]]]

NONPROFIT = {"theta": [0, 0.4, 0.4, 0.2], "rho": 0.25}


@pytest.fixture(scope="session")
def account_log(tmp_path_factory: pytest.TempPathFactory) -> MakeLog:
    """A finished log: ``account_log(n=40, misquotes=.3, …)``; ``task`` holds the task's arguments.

    Made once for the same arguments, in a folder of its own: no supervisor may change a log.
    """
    made: dict[str, EvalLog] = {}

    def make(
        n: int = 40, task: dict[str, Any] | None = None, subject: str = "account", **given: Any
    ) -> EvalLog:
        name = repr((n, task, subject, sorted(given.items())))
        if name not in made:
            arguments = {**NONPROFIT, **given} if subject == "account" else given
            (made[name],) = inspect_eval(
                stakeholder_choice(n=n, **{"elicitation": "text", **(task or {})}),
                model=get_model(f"subject/{subject}", **arguments),
                log_dir=str(tmp_path_factory.mktemp("judged")),
                display="none",
            )
        return made[name]

    return make


@pytest.fixture
def supervised_by() -> Supervise:
    """Run the whole of it in process: ``supervised_by([log], known=…, sensitivity=…)``."""

    def run(
        logs: list[EvalLog],
        known: int = 20,
        seed: int = 0,
        questions: str = "argues,figures,interest",
        **errors: Any,
    ) -> tuple[Supervision, EvalLog, list[EvalLog]]:
        judge = get_model("subject/supervisor", **errors)
        held = Principal.named("nonprofit")
        return anyio.run(
            partial(supervise, logs, judge, held, known=known, seed=seed, level=0.95, questions=questions)
        )

    return run
