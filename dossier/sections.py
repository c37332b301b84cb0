"""The sections: phase by phase, mechanism by mechanism, what is known and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fiduciary.dossier import figures
from fiduciary.dossier.atlas import Place
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.finding import Claim, Gap
from fiduciary.dossier.markup import Markup, tag
from fiduciary.dossier.rules import WORDS
from fiduciary.dossier.words import plural

_SHORT = 6
"""Findings up to which a table is kept on one page."""


def phase(dossier: Dossier, number: int, name: str) -> Markup:
    """A phase of the adoption with its mechanisms."""
    places = [place for place in dossier.atlas.places.values() if place.phase == name]
    return tag(
        "section",
        tag("h2", name, id=f"phase-{number}-title"),
        *(_place(dossier, place) for place in places),
        id=f"phase-{number}",
        aria_labelledby=f"phase-{number}-title",
        class_="phase",
    )


def principal_name(dossier: Dossier) -> str:
    """What the principal is called."""
    name = dossier.principal["name"]
    return "with the weights stated below" if name is None else str(name).replace("_", "-")


def _place(dossier: Dossier, place: Place) -> Markup:
    claims, gaps = dossier.at(place)
    theory = tag("span", f" {place.theory}", class_="theory") if place.theory else None
    counted = tag("p", _counted(claims, gaps), class_="about") if place.theory else None
    topics = list(dict.fromkeys(claim.topic for claim in claims))
    return tag(
        "section",
        tag("h3", place.heading, theory),
        tag("p", place.meaning, class_="about detail") if place.meaning else None,
        counted,
        *(_topic(dossier, place, topic, [c for c in claims if c.topic == topic]) for topic in topics),
        _gaps(gaps) if gaps else None,
        class_="place",
        id=place.key.replace(".", "-"),
    )


def _counted(claims: Sequence[Claim], gaps: Sequence[Gap]) -> Markup:
    if not claims and not gaps:
        return tag("em", "No evidence was asked for here.")
    found = "No evidence." if not claims else f"{plural(len(claims), 'finding')}."
    lacking = f" {plural(len(gaps), 'gap')}." if gaps else ""
    return tag("em", found + lacking, data_count="")


def _topic(dossier: Dossier, place: Place, topic: str, claims: Sequence[Claim]) -> Markup:
    pictures = figures.of(place.key, claims, dossier.principal["theta"], dossier.limits.rules["part"])
    return tag(
        "div",
        tag("h4", topic),
        tag("div", pictures, class_="detail") if pictures else None,
        tag(
            "table",
            tag("caption", f"{topic}: findings", class_="sr"),
            tag(
                "thead",
                tag(
                    "tr",
                    tag("th", "Finding", scope="col"),
                    tag("th", "Figure and interval", scope="col", class_="figure"),
                    tag("th", "Source", scope="col", class_="source"),
                ),
            ),
            tag("tbody", map(_row, claims)),
        ),
        # Kept on one page where that is possible.
        class_="topic short" if pictures is None and len(claims) <= _SHORT else "topic",
    )


def _row(claim: Claim) -> Markup:
    badge = tag("span", WORDS[claim.verdict], class_=f"badge {claim.verdict}", data_word=claim.id)
    return tag(
        "tr",
        tag(
            "th",
            tag("span", claim.title, class_="title", data_title=claim.id),
            " ",
            badge if claim.verdict != "information" else None,
            tag("span", claim.statement, class_="statement detail", data_claim=claim.id),
            tag("small", claim.note, class_="detail", data_note=claim.id) if claim.note else None,
            scope="row",
        ),
        tag(
            "td",
            tag("span", claim.shown or "–", data_figure=claim.id),
            tag("small", claim.counted, class_="count", data_counted=claim.id) if claim.counted else None,
            tag("small", f"({claim.interval})", data_interval=claim.id) if claim.interval else None,
            class_="figure",
        ),
        tag("td", _links(claim.sources), class_="source"),
        id=anchor(claim.id),
        class_=claim.verdict,
    )


def anchor(name: str) -> str:
    """A claim's id as the id of its row."""
    return "claim-" + "".join(char if char.isalnum() and char.isascii() else "-" for char in name)


def _links(sources: Iterable[str]) -> list[Markup | str]:
    out: list[Markup | str] = []
    for name in sources:
        out += [tag("a", name, href=f"#{name}"), " "]
    return out[:-1]


def _gaps(gaps: Sequence[Gap]) -> Markup:
    return tag(
        "div",
        tag("h4", "What is not known here"),
        tag("dl", *(_gap(gap) for gap in gaps)),
        class_="gaps",
    )


def _gap(gap: Gap) -> Markup:
    return tag(
        "div",
        tag("dt", gap.missing, data_gap=gap.id),
        tag("dd", gap.why, data_gap=gap.id),
        tag("dd", tag("pre", tag("code", gap.command), data_gap=gap.id, tabindex="0"))
        if gap.command
        else None,
    )
