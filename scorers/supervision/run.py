"""Known cases first, then the logs: one supervisor, one event loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspect_ai import score_async
from inspect_ai.log import EvalLog, write_eval_log
from inspect_ai.model import Model

from fiduciary._inspect import platform_init
from fiduciary.economics.principals import Principal
from fiduciary.safe_text import json_text
from fiduciary.scorers.rendering import as_markdown
from fiduciary.scorers.supervision.known import known_log
from fiduciary.scorers.supervision.measure import SCORER, judged, skills
from fiduciary.scorers.supervision.picture import draw
from fiduciary.scorers.supervision.report import report
from fiduciary.scorers.supervision.results import FILE, Supervision
from fiduciary.scorers.supervision.scorer import ROLE, supervised
from fiduciary.whole_files import whole_folder, write_whole

KNOWN_FILE = "known.eval"
JUDGED_FOLDER = "judged"
REPORT, PICTURE = "supervision.md", "supervision.png"


async def supervise(
    logs: Sequence[EvalLog],
    supervisor: Model,
    held: Principal,
    known: int,
    seed: int,
    level: float,
    questions: str,
) -> tuple[Supervision, EvalLog, list[EvalLog]]:
    """Measure a supervisor on known cases, then let it judge logs.

    Args:
        logs: of stakeholder_choice, with explanations; they are not changed.
        supervisor: the model that judges.
        held: whose interest explanations are held against.
        known: number of known cases.
        seed: of known cases and of the order of labels.
        level: of intervals.
        questions: keys of ``prompts.QUESTIONS``, separated by commas.

    Returns:
        The report, the log of known cases, and copies of the logs, both with the verdicts.

    Raises:
        ValueError: logs from which no known case can be made.
    """
    platform_init()
    theta, rho = list(held.utility.theta), held.utility.rho

    async def scored(log: EvalLog, retest: bool) -> EvalLog:
        arguments = {"principal": held.name} if held.name else {"theta": theta, "rho": rho}
        return await score_async(
            log,
            [supervised(**arguments, questions=questions, seed=seed, retest=retest)],
            # The judged model is only named: nothing asks it again.
            model=supervisor,
            model_roles={ROLE: supervisor},
            action="append",
            display="none",
        )

    cases = await scored(await known_log(logs, held, known, seed), True)
    errors = skills(cases, level)
    copies = [await scored(_unjudged(log), False) for log in logs]
    told = Supervision(
        supervisor=str(supervisor),
        principal=held.facts(),
        interest=held.words(),
        level=level,
        seed=seed,
        known_log=KNOWN_FILE,
        skills=errors,
        logs=tuple(judged(log, errors, level) for log in copies),
    )
    return told, cases, copies


def write(folder: Path, found: Supervision, known: EvalLog, logs: Sequence[EvalLog]) -> None:
    """Write the report as JSON, Markdown and a picture, and all verdicts as logs."""
    with whole_folder(folder, (FILE, REPORT, PICTURE, KNOWN_FILE, JUDGED_FOLDER)) as place:
        (place / JUDGED_FOLDER).mkdir()
        write_whole(place / FILE, json_text(found.to_json(), indent=1) + "\n")
        write_whole(place / REPORT, as_markdown([report(found)]))
        draw(found, place / PICTURE)
        write_eval_log(known, str(place / KNOWN_FILE))
        for number, log in enumerate(logs):
            # Logs of several folders may share a name.
            write_eval_log(log, str(place / JUDGED_FOLDER / f"{number:02d}-{Path(log.location).name}"))


def _unjudged(log: EvalLog) -> EvalLog:
    """A log without the verdicts of an earlier supervisor, which would keep the scorer's name."""
    samples = [
        sample.model_copy(update={"scores": {k: v for k, v in (sample.scores or {}).items() if k != SCORER}})
        for sample in log.samples or []
    ]
    results = log.results
    if results is not None:
        results = results.model_copy(update={"scores": [s for s in results.scores if s.name != SCORER]})
    return log.model_copy(update={"samples": samples, "results": results})
