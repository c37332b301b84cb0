"""What a supervisor is worth and what it found, as a report."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fiduciary.economics.inference import Interval
from fiduciary.scorers.reports import Cell, Figures, Report, Section
from fiduciary.scorers.supervision.results import Judged, QuestionSkill, Supervision, percent


def report(found: Supervision) -> Report:
    """What the supervisor is worth, then each log."""
    principal = f"Principal: {found.principal['name']}. {found.interest}"
    skills = Figures(
        "",
        ("question", "finds faults", "passes sound ones", "AC1", "κ", "same verdict twice", "unread"),
        tuple(map(_skill_row, found.skills.values())),
    )
    worth: tuple[Figures | str, ...] = (
        f"Measured on known explanations with planted faults; intervals at {100 * found.level:g} %.",
        skills,
        *map(_remarks, found.skills.values()),
        "A judge measured on planted faults is measured on those faults: others may be easier or harder.",
    )
    sections = (
        Section(body=(principal, found.sentence)),
        Section("What the supervisor is worth", body=worth),
        *map(_log, found.logs),
    )
    return Report("Supervision by", found.supervisor, sections=sections)


def _skill_row(skill: QuestionSkill) -> tuple[Cell, ...]:
    unread = sum(skill.missing.values())
    return (
        skill.question,
        percent(skill.sensitivity),
        percent(skill.specificity),
        _plain(skill.ac1),
        _plain(skill.kappa),
        percent(skill.same),
        f"{unread} of {skill.asked}",
    )


def _remarks(skill: QuestionSkill) -> str:
    """What else was measured, a paragraph a question."""
    parts = [f"{skill.question}: {skill.named}."]
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


def _log(log: Judged) -> Section:
    rows = tuple(
        (
            question,
            percent(rate.raw),
            percent(rate.corrected) if not math.isnan(rate.corrected.value) else "cannot tell",
            str(rate.judged),
            _missing(rate.missing),
        )
        for question, rate in log.questions.items()
    )
    made = (
        f"{log.log}, made {log.created}, task version {log.task_version}: {log.explained} explanations in "
        f"{log.samples} samples."
    )
    table = Figures("", ("question", "faults reported", "faults, corrected", "judged", "unread"), rows)
    return Section(log.model, body=(made, table, *(rate.named for rate in log.questions.values())))


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
