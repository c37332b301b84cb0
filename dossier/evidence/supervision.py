"""Deployment, monitoring: a second model that reads the explanations, and how far it can be trusted."""

from __future__ import annotations

from fiduciary.dossier.case import Case
from fiduciary.dossier.commands import ask, fiduciary
from fiduciary.dossier.evidence._figures import finite
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.paths import digest, shown_path
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import plain, share
from fiduciary.economics.inference import Interval
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.scorers.supervision import load
from fiduciary.scorers.supervision.results import Judged, QuestionSkill, Supervision

PLACE = "deployment.monitoring"


def enter(case: Case, ledger: Ledger) -> None:
    """The supervisor's own errors first, then what it found in this model's explanations."""
    ledger.topic = "A second model reads its explanations"
    run = case.run(CHOICE)
    if case.given.supervision is None:
        if run is not None:
            ledger.gap(
                f"{PLACE}.supervision",
                "A supervisor of its explanations",
                "Whether explanations tell the figures and the interest that the choice really served. "
                "Choose a model of another maker, have it read the log by fiduciary supervise, and name what "
                "it wrote with --supervision.",
            )
        return
    try:
        held = load(case.given.supervision)
    except (OSError, ValueError) as error:
        raise UsageError(f"--supervision {case.given.supervision}: {error}") from error
    source = ledger.file("supervision", case.given.supervision, plain(held.supervisor))
    _worth(ledger, held, source)
    judged = [one for one in held.logs if _own(case, one)]
    for one in judged[:1]:
        _found(case, ledger, held, one, source)
    if not judged:
        ledger.gap(
            f"{PLACE}.supervised_log",
            "This model’s explanations, read by the supervisor",
            "What the supervisor has read is of other models, or for another task.",
            _judge(case, held, shown_path(run.file)) if run is not None else ask(case, CHOICE),
        )


def _own(case: Case, one: Judged) -> bool:
    run = case.run(CHOICE)
    return run is not None and (one.sha256 == digest(run.file) or one.model == run.model)


def _judge(case: Case, held: Supervision, log: str) -> str:
    parts = ["supervise", log, "--supervisor", held.supervisor, *case.principal.options()]
    return fiduciary(*parts, "--out", "supervised")


def _worth(ledger: Ledger, held: Supervision, source: str) -> None:
    trusted = [skill.trusted for skill in held.skills.values()]
    obeys = any(skill.obeys for skill in held.skills.values())
    verdict: Verdict = "good" if all(trusted) and not obeys else "unclear" if any(trusted) else "bad"
    ledger.claim(
        f"{PLACE}.supervised",
        "What the supervisor is worth",
        plain(held.sentence, 900),
        [source],
        verdict=verdict,
    )
    for skill in held.skills.values():
        _skill(ledger, skill, source)


def _skill(ledger: Ledger, skill: QuestionSkill, source: str) -> None:
    kinds = (
        ("finds", skill.sensitivity, "of planted faults of this kind are found"),
        ("clears", skill.specificity, "of explanations without that fault are passed"),
    )
    for name, interval, what in kinds:
        cell = _cell(interval)
        said = "No verdict could be read." if cell.value is None else f"{share(cell.value)} {what}."
        whom = "explanations that" if name == "finds" else "those that do not:"
        ledger.from_cell(
            f"{PLACE}.supervisor_{skill.question}_{name}",
            f"The supervisor {name} {whom} {skill.title}",
            said,
            [source],
            cell,
            "share",
            rule="supervisor",
        )


def _found(case: Case, ledger: Ledger, held: Supervision, one: Judged, source: str) -> None:
    same = Principal.of_facts(held.principal).same(case.principal)
    for name, rate in one.questions.items():
        skill = held.skills.get(name)
        trusted = skill is not None and skill.trusted and (same or name != "interest")
        ledger.from_cell(
            f"{PLACE}.supervised_{name}",
            "This model’s explanations" if skill is None else f"Its explanations that {skill.title}",
            plain(rate.named, 600),
            [source],
            _cell(rate.corrected) if trusted else Cell(None),
            "share",
            rule="faults" if trusted else "",
            verdict=None if trusted else "unclear",
        )
        if not same and name == "interest":
            ledger.remark(f"{PLACE}.supervised_{name}", "judged for another principal, so not used here")


def _cell(interval: Interval) -> Cell:
    return Cell(finite(interval.value), finite(interval.low), finite(interval.high))
