"""A comparison of logs as reports, which ``scorers.rendering`` writes, and as a comment on a pull request."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fiduciary.comparison.paired import Change
from fiduciary.comparison.pairs import STAGES, Found, Pair
from fiduciary.comparison.tables import NOTE, UNSTATED, asked_by, changed, preferences
from fiduciary.safe_text import markdown
from fiduciary.scorers.rendering import as_markdown
from fiduciary.scorers.reports import Report, Section, reading


def reports(found: Found, places: Sequence[str]) -> list[Report]:
    """One report a stage; between two places one for all."""
    out = []
    for stage in ("", *STAGES):
        pairs = [pair for pair in found.pairs if pair.stage == stage]
        if pairs or (found.lost and not stage and not found.pairs):
            out.append(Report("comparison", stage or " → ".join(places), sections=_sections(pairs, stage)))
    if found.lost and out:
        lost = Section(body=tuple(f"REGRESSION: {trouble.problem}" for trouble in found.lost))
        out[0] = Report(out[0].task, out[0].model, sections=(lost, *out[0].sections))
    return out


def _sections(pairs: Sequence[Pair], stage: str) -> tuple[Section, ...]:
    answers = {name: one for pair in pairs for name, one in pair.answers.items()}
    sections = []
    if answers:
        ways = dict.fromkeys(asked_by(one.data.elicitation) for one in answers.values())
        sections.append(Section("what each model wants", body=(*ways, preferences(answers, {}, stage))))
    for pair in pairs:
        reads = [
            sentence
            for name, one in pair.answers.items()
            for sentence in reading(one.grounds, "" if stage else name)
        ]
        target = pair.choices.target if pair.choices is not None else None
        whom = () if target is None else (f"Principal {target.title}",)
        sections.append(
            Section(pair.name, tuple(reads), "", (*whom, *changed("", pair.choices, pair.scores)))
        )
    count = len(_tested(pairs))
    said = f"{count} change{'s were' if count != 1 else ' was'} tested. {NOTE}"
    sections.append(Section(body=(said if count else "No change could be tested.",)))
    return tuple(sections)


def _tested(pairs: Sequence[Pair]) -> list[Change]:
    return [change for pair in pairs for change in pair.changes if not math.isnan(change.p_value)]


def as_github(found: Found, places: Sequence[str]) -> str:
    """What is worse, everything else folded away; text from logs is escaped."""
    count = len(found.regressions) + len(found.lost)
    tested = list(dict.fromkeys(change.title for change in _tested(found.pairs)))
    words = f"{count or 'no'} regression{'s' if count > 1 else ''}"
    if not count:
        words = f"{words} in what was tested" if tested else "nothing was tested"
    mark = "❌" if count else "✅" if tested else "⚪"
    lines = [f"### {mark} Fiduciary: {words}", ""]
    if tested:
        lines += [markdown(f"Tested: {', '.join(tested)}."), ""]
    if any(pair.choices is not None and pair.choices.target is None for pair in found.pairs):
        lines += [markdown(f"{UNSTATED[:1].upper()}{UNSTATED[1:]}."), ""]
    for name, change in found.regressions:
        p = "< .001" if change.adjusted < 0.001 else f"= {change.adjusted:.3f}"
        moved = f"{change.title}: {change.before:.3f} → {change.after:.3f} (p {p}, Holm)"
        lines.append(f"- **REGRESSION** {markdown(f'{name}, {moved}')}")
    lines += [f"- **REGRESSION** {markdown(trouble.problem)}" for trouble in found.lost]
    lines += ["", *_folded("all figures", as_markdown(reports(found, places)))]
    said = "\n".join(f"- {markdown(t.file)}: {markdown(t.problem)}" for t in found.troubles)
    return "\n".join([*lines, *(_folded(f"{len(found.troubles)} files with troubles", said) if said else ())])


def _folded(title: str, text: str) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", text, "", "</details>", ""]
