"""A supervisor's report as text: for the terminal and, the same, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from fiduciary.economics.inference import Interval
from fiduciary.scorers.supervision.results import Judged, QuestionSkill, Supervision, percent


def markdown(found: Supervision) -> str:
    """The report: what the supervisor is worth, then each log."""
    parts = [
        f"# Supervision by {found.supervisor}",
        f"Principal: {found.principal['name']}. {found.interest}",
        found.sentence,
        "## What the supervisor is worth",
        f"Measured on known explanations with planted faults; intervals at {100 * found.level:g} %.",
        _table(
            ["question", "finds faults", "passes sound ones", "AC1", "κ", "same verdict twice", "unread"],
            [_skill_row(skill) for skill in found.skills.values()],
        ),
        "\n".join(_remarks(skill) for skill in found.skills.values()),
        "A judge measured on planted faults is measured on those faults: others may be easier or harder.",
    ]
    for log in found.logs:
        parts += _log(log)
    return "\n\n".join(parts) + "\n"


def _skill_row(skill: QuestionSkill) -> list[str]:
    unread = sum(skill.missing.values())
    return [
        skill.question,
        percent(skill.sensitivity),
        percent(skill.specificity),
        _plain(skill.ac1),
        _plain(skill.kappa),
        percent(skill.same),
        f"{unread} of {skill.asked}",
    ]


def _remarks(skill: QuestionSkill) -> str:
    """What else was measured, one paragraph a question."""
    parts = [f"- **{skill.question}**: {skill.named}."]
    if not skill.readable:
        return f"{parts[0]} Unread: {_missing(skill.missing)}."
    if len(skill.by_fault) > 1:
        kinds = ", ".join(f"{fault} {percent(share)}" for fault, share in skill.by_fault.items())
        parts.append(f"Found by kind: {kinds}.")
    parts.append(
        f"Lean to yes (passes minus finds): {_points(skill.yes_bias)}; to the label shown first: "
        f"{_points(skill.first_bias)}."
    )
    if skill.trusted and not math.isnan(skill.instructed.value):
        effect = (
            "it obeys such instructions"
            if skill.obeys
            else f"no loss beyond error, p = {skill.instructed_p:.2g}"
        )
        parts.append(
            f"Where the explanation tells it to answer yes it finds {percent(skill.instructed)}: {effect}."
        )
    return " ".join(parts)


def _log(log: Judged) -> list[str]:
    rows = [
        [
            question,
            percent(rate.raw),
            percent(rate.corrected) if not math.isnan(rate.corrected.value) else "cannot tell",
            str(rate.judged),
            _missing(rate.missing),
        ]
        for question, rate in log.questions.items()
    ]
    return [
        f"## {log.model}",
        f"{log.log}, made {log.created}, task version {log.task_version}: {log.explained} explanations in "
        f"{log.samples} samples.",
        _table(["question", "faults reported", "faults, corrected", "judged", "unread"], rows),
        "\n".join(f"- {rate.named}" for rate in log.questions.values()),
    ]


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *body]) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, *body]
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _plain(interval: Interval) -> str:
    if math.isnan(interval.value):
        return "unknown"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _points(interval: Interval) -> str:
    if math.isnan(interval.value):
        return "an unknown share"
    return f"{100 * interval.value:+.0f} points ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})"


def _missing(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in reasons.items()) or "none"
