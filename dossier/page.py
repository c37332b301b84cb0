"""The document: one HTML file that needs nothing else, which is also what the PDF is made from."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from fiduciary.dossier import back, sections
from fiduciary.dossier.chart import chart
from fiduciary.dossier.claims import Answer, Dossier
from fiduciary.dossier.markup import Markup, tag, text
from fiduciary.dossier.rules import WORDS
from fiduciary.dossier.sections import principal_name
from fiduciary.dossier.sheet import sheet

PAPERS = {"a4": "A4", "letter": "letter"}
"""Name → size as CSS names it; margins suit both."""


def page(dossier: Dossier, paper: str = "a4") -> str:
    """The file's text.

    Its Content-Security-Policy names its style by its hash, and allows no script and no request at all.
    """
    style = Path(__file__).with_name("style.css").read_text("utf-8")
    style = f"@page {{ size: {PAPERS[paper]}; }}\n{style}"
    title = f"Adoption dossier: {dossier.model}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content=f"fiduciary {dossier.version}"),
        tag("meta", name="dcterms.created", content=dossier.generated),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the recommendation", href="#decision", class_="skip"),
        _cover(dossier),
        tag(
            "main",
            sheet(dossier),
            _front(dossier),
            _map(dossier),
            _contents(dossier),
            tag(
                "p",
                "On paper only what is not in order is listed below, and where that is much, problems alone; "
                "all findings and sources stand in dossier.html and dossier.json.",
                class_="paper",
            ),
            *(sections.phase(dossier, k, name) for k, name in enumerate(dossier.atlas.phases, 1)),
            back.method(dossier),
            back.glossary(),
            back.sources(dossier),
        ),
        tag(
            "footer",
            tag("p", "Nothing in this document was fetched from elsewhere, and nothing leaves it."),
        ),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def policy(style: str) -> str:
    """Content-Security-Policy that lets exactly this style in, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    parts = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(parts)


def _cover(dossier: Dossier) -> Markup:
    trained = None
    if dossier.base is not None:
        trained = tag("p", "made from ", tag("strong", dossier.base), class_="base")
    day, _, _ = dossier.generated.partition("T")
    return tag(
        "header",
        tag("p", "Adoption dossier", class_="kind"),
        tag("h1", dossier.model),
        trained,
        tag(
            "p",
            "Held against the principal ",
            tag("strong", principal_name(dossier)),
            f". Made on {day} by fiduciary {dossier.version}. Intervals hold with {dossier.level:.0%} "
            "confidence.",
            class_="about",
        ),
    )


def _front(dossier: Dossier) -> Markup:
    return tag(
        "section",
        tag("h2", "Six questions", id="front-title"),
        *(_answer(dossier, k, answer) for k, answer in enumerate(dossier.front)),
        id="front",
        aria_labelledby="front-title",
        tabindex="-1",
    )


def _answer(dossier: Dossier, place: int, answer: Answer) -> Markup:
    claims = [dossier.claim(name) for name in answer.claims]
    told = [
        tag(
            "li",
            tag("span", claim.statement, data_claim=claim.id),
            text(" ", tag("span", f"({claim.interval})", class_="interval", data_interval=claim.id))
            if claim.interval
            else None,
        )
        for claim in claims
    ]
    return tag(
        "article",
        tag("h3", answer.question),
        tag(
            "p",
            tag("span", answer.word, class_=f"word {answer.verdict}", data_front=place),
            " ",
            tag("span", WORDS[answer.verdict], class_=f"badge {answer.verdict}")
            if answer.verdict != "information"
            else None,
            class_="verdict-line",
        ),
        tag(
            "div",
            tag("ul", told) if told else None,
            tag("p", answer.remark, data_front=place) if answer.remark else None,
            tag("pre", tag("code", answer.command), data_front=place, tabindex="0")
            if answer.command
            else None,
            class_="told",
        ),
        class_="answer",
    )


def _map(dossier: Dossier) -> Markup:
    return tag(
        "section",
        tag("h2", "Where something may be hidden", id="map"),
        tag("figure", chart(dossier), tag("figcaption", "One cell a problem of the adoption, by its phase.")),
        aria_labelledby="map",
    )


def _contents(dossier: Dossier) -> Markup:
    phases = enumerate(dossier.atlas.phases, 1)
    rows = [tag("li", tag("a", name, href=f"#phase-{k}")) for k, name in phases]
    rows += [tag("li", tag("a", name, href=f"#{key}")) for key, name in back.PARTS.items()]
    return tag("nav", tag("h2", "Contents", id="contents"), tag("ol", rows), aria_labelledby="contents")
