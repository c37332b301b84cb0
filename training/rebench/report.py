"""A re-benchmark as people read it: terminal, Markdown and a picture; as programs do: JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fiduciary.comparison.choices import Comparison
from fiduciary.comparison.tables import NOTE, asked_by, changed, identified, played, preferences
from fiduciary.safe_text import json_text
from fiduciary.scorers.rendering import as_markdown
from fiduciary.scorers.reports import Figures, Report, Section
from fiduciary.training.rebench.along import along, panels
from fiduciary.training.rebench.picture import draw, draw_along
from fiduciary.training.rebench.record import as_json
from fiduciary.whole_files import whole_file, write_whole

if TYPE_CHECKING:
    from fiduciary.training.rebench.run import Outcome


def write(outcome: Outcome, out: Path) -> None:
    """Write ``comparison.json``, ``.md`` and ``.png``, and ``checkpoints.png``, each whole or not at all."""
    record = json_text(as_json(outcome, out), indent=2, allow_nan=False)
    write_whole(out / "comparison.json", record + "\n")
    write_whole(out / "comparison.md", markdown(outcome))
    if outcome.comparisons:
        with whole_file(out / "comparison.png") as place:
            draw(outcome.comparisons, place)
    if drawn := panels(outcome):
        with whole_file(out / "checkpoints.png") as place:
            draw_along(drawn, place)


def markdown(outcome: Outcome) -> str:
    """The whole comparison as Markdown."""
    return as_markdown([report(outcome)])


def report(outcome: Outcome) -> Report:
    """The whole comparison."""
    names = ", ".join(c.name for c in outcome.plan.contenders)
    first = [f"Answers from {outcome.engine}."]
    if outcome.sightings:
        applied = ", ".join(f"{s.name} {s.difference:.2f}" for s in outcome.sightings)
        first.append(f"Canary, largest difference of a log-probability from the base's: {applied}.")
    told = (Section(body=tuple(first)), *along(outcome), *sections(outcome))
    return Report("Re-benchmark of", names, sections=told)


def sections(outcome: Outcome) -> tuple[Section, ...]:
    """What was compared, task by task."""
    found = [*map(_choices, outcome.comparisons), *map(played, outcome.games)]
    for label, of in outcome.shifts.items():
        tables = tuple(part for name, changes in of.items() for part in changed(name, None, changes))
        if tables:
            found.append(Section(f"{label}: every score", body=tables))
    return (*found, Section(body=(NOTE,))) if outcome.comparisons else tuple(found)


def _choices(found: Comparison) -> Section:
    targets = {name: one.target for name, one in found.choices.items()}
    told = identified({name: found.identified[name] for name in targets if name in found.identified})
    body: list[Figures | str] = [preferences(found.answers, targets), *([told] if told else [])]
    for name, one in found.choices.items():
        body += changed(name, one)
    return Section(f"{found.task}, {asked_by(found.elicitation)}", body=tuple(body))
