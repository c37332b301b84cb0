"""The table of LLM ATLAS as a map: phases are columns, problems cells, with the state of their evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from fiduciary.dossier.atlas import Place
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.finding import Claim, Gap
from fiduciary.dossier.markup import Markup, tag
from fiduciary.dossier.words import plural

_WIDTH, _GAP, _LINE, _TOP = 148, 8, 11, 42
_PER_LINE, _HEADING = 27, 24
_STATES = {
    "problem": ("#fbe8e7", "#a01c22", "problem found"),
    "unclear": ("#fdf1d8", "#7a4a00", "not settled"),
    "good": ("#e5f3ea", "#176336", "in order"),
    "told": ("#ffffff", "#545b64", "stated"),
    "none": ("#f3f5f6", "#545b64", "no evidence"),
}
"""State → fill, ink, and the word that says the same."""


def state(claims: Sequence[Claim], gaps: Sequence[Gap]) -> str:
    """The state of a problem's evidence: the worst that was found, or that there is none."""
    verdicts = {claim.verdict for claim in claims}
    if not claims:
        return "none"
    if "bad" in verdicts:
        return "problem"
    if "unclear" in verdicts:
        return "unclear"
    if "good" in verdicts:
        return "unclear" if gaps else "good"
    return "unclear" if gaps else "told"


def chart(dossier: Dossier) -> Markup:
    """The map as an ``svg`` element, whose title says in words all that it shows."""
    columns = [
        [place for place in dossier.atlas.places.values() if place.phase == phase]
        for phase in dossier.atlas.phases
    ]
    drawn: list[Markup] = []
    said: list[str] = []
    tallest = 0
    for k, (phase, places) in enumerate(zip(dossier.atlas.phases, columns, strict=True)):
        x, y = k * (_WIDTH + _GAP), _TOP
        drawn += _lines(x, 14, textwrap.wrap(phase, _HEADING), 11, "#1a1d21", bold=True)
        for place in places:
            claims, gaps = dossier.at(place)
            lines, height = _cell(place, claims, gaps, x, y)
            drawn += lines
            y += height + _GAP
            words = _STATES[state(claims, gaps)][2]
            said.append(f"{phase}, {place.heading}: {words}, {_counts(claims, gaps)}")
        tallest = max(tallest, y)
    width = len(columns) * (_WIDTH + _GAP) - _GAP
    title = f"Map of the adoption: {'; '.join(said)}"
    return tag(
        "svg",
        tag("title", title, id="map-title"),
        *drawn,
        viewBox=f"0 0 {width} {tallest - _GAP}",
        role="img",
        aria_labelledby="map-title",
        font_family="Liberation Sans, Arial, Helvetica, sans-serif",
    )


def _cell(
    place: Place, claims: Sequence[Claim], gaps: Sequence[Gap], x: int, y: int
) -> tuple[list[Markup], int]:
    fill, ink, word = _STATES[state(claims, gaps)]
    heading = textwrap.wrap(place.heading, _HEADING)
    theory = textwrap.wrap(place.theory or "nothing is hidden yet", _PER_LINE + 2)
    counts = textwrap.wrap(_counts(claims, gaps), _PER_LINE + 2)
    height = 14 + _LINE * (len(heading) + len(theory) + len(counts) + 1) + 6
    box = tag(
        "rect",
        x=x + 1,
        y=y + 1,
        width=_WIDTH - 2,
        height=height - 2,
        rx=4,
        fill=fill,
        stroke=ink,
        stroke_width=1,
    )
    at = y + 15
    lines = _lines(x + 8, at, heading, 10, "#1a1d21", bold=True)
    at += _LINE * len(heading) + 1
    lines += _lines(x + 8, at, theory, 8, "#545b64")
    at += _LINE * len(theory) + 2
    lines += _lines(x + 8, at, [word], 10, ink, bold=True)
    lines += _lines(x + 8, at + _LINE + 1, counts, 8, "#1a1d21")
    return [box, *lines], height


def _counts(claims: Sequence[Claim], gaps: Sequence[Gap]) -> str:
    bad = sum(claim.verdict == "bad" for claim in claims)
    parts = [plural(len(claims), "finding")]
    parts += [plural(bad, "problem")] if bad else []
    parts += [plural(len(gaps), "gap")] if gaps else []
    return ", ".join(parts)


def _lines(
    x: int, y: int, lines: Sequence[str], size: int, colour: str, *, bold: bool = False
) -> list[Markup]:
    weight = "bold" if bold else None
    return [
        tag("text", line, x=x, y=y + k * _LINE, font_size=size, fill=colour, font_weight=weight)
        for k, line in enumerate(lines)
    ]
