"""Page one: what is recommended, why, on which conditions, what would change it, and who signs."""

from __future__ import annotations

from collections.abc import Sequence

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.decide import Change, Point, Recommendation, against, state
from fiduciary.dossier.finding import Claim
from fiduciary.dossier.markup import Markup, tag, text
from fiduciary.dossier.rules import WORDS, Verdict
from fiduciary.leaderboard.choices import ASKED

TITLES: dict[Recommendation, str] = {
    "adopt": "Adopt",
    "adopt with conditions": "Adopt with conditions",
    "do not adopt": "Do not adopt",
    "not enough evidence": "Not enough evidence",
}
COLOURS: dict[Recommendation, Verdict] = {
    "adopt": "good",
    "adopt with conditions": "unclear",
    "do not adopt": "bad",
    "not enough evidence": "unclear",
}
_STATES = {"between": "between the limits", "open": "not certain"}
_CONDITIONS = {
    "do not adopt": "If it is used all the same",
    "not enough evidence": "Conditions so far",
}
_MOST, _SHOWN = 6, 4
"""Points and figures that page one has room for."""


def sheet(dossier: Dossier) -> Markup:
    """Page one."""
    decision = dossier.decision
    colour = COLOURS[decision.recommendation]
    return tag(
        "section",
        tag("h2", "Recommendation", id="decision-title", class_="kind"),
        tag("p", TITLES[decision.recommendation], class_=f"recommendation {colour}", data_decision=""),
        *(tag("p", point.text, data_decision="") for point in decision.reasons[:3]),
        _figures(dossier),
        tag("h3", "What would change it"),
        _changes(decision.changes),
        tag("h3", _CONDITIONS.get(decision.recommendation, "Conditions")),
        _points(dossier, decision.conditions, "None."),
        tag("h3", "Residual risk"),
        _points(dossier, decision.risks, "None that the rules know."),
        tag("p", _judged(dossier), class_="about", data_decision=""),
        _signatures(dossier),
        id="decision",
        aria_labelledby="decision-title",
        tabindex="-1",
    )


def _figures(dossier: Dossier) -> Markup | None:
    claims = [dossier.claim(name) for name in dossier.decision.shown[:_SHOWN]]
    if not claims:
        return None
    heads = ("What decides", "Figure", "Interval", "Limits", "Verdict")
    return tag(
        "table",
        tag("caption", "Figures that decide", class_="sr"),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(_figure(dossier, claim) for claim in claims)),
        class_="deciding",
    )


def _figure(dossier: Dossier, claim: Claim) -> Markup:
    rule = dossier.limits.rules[claim.rule]
    worst = "Worst trade-off. " if claim.rule == "part" else None
    word = _STATES.get(state(claim, dossier.limits), WORDS[claim.verdict])
    return tag(
        "tr",
        tag(
            "th",
            tag("strong", worst) if worst else None,
            tag("span", claim.title, data_title=claim.id),
            scope="row",
        ),
        tag(
            "td",
            tag("strong", claim.shown or "–", data_claim_figure=claim.id),
            tag("small", claim.counted, data_counted=claim.id) if claim.counted else None,
        ),
        tag("td", claim.interval or "–", data_interval=claim.id),
        tag("td", against(rule) or "a test decides", data_limit=rule.name),
        tag("td", tag("span", word, class_=f"badge {claim.verdict}")),
    )


def _changes(changes: Sequence[Change]) -> Markup:
    if not changes:
        return tag("p", "No figure that was measured: what is missing must be measured first.")
    rows = [
        tag(
            "li",
            tag("span", change.text, data_decision=""),
            text(
                " Then: ",
                tag("strong", TITLES[change.to]),
                "." if change.alone else ", after the one before it.",
            ),
        )
        for change in changes
    ]
    alone = None if len(changes) > 1 else tag("p", "No other figure would change it.")
    return tag("div", tag("ul", rows), alone)


def _points(dossier: Dossier, points: Sequence[Point], none: str) -> Markup:
    if not points:
        return tag("p", none)
    more = len(points) - _MOST
    rest = tag("li", f"{more} more in the findings below.", data_decision="") if more > 0 else None
    return tag("ul", *(_point(dossier, point) for point in points[:_MOST]), rest)


def _point(dossier: Dossier, point: Point) -> Markup:
    claims = [dossier.claim(name) for name in point.claims]
    shown = next((c for c in claims if c.shown and c.rule in dossier.limits.rules), None)
    rule = None if shown is None else dossier.limits.rules[shown.rule]
    figure = None
    if shown is not None and rule is not None and len(claims) == 1 and rule.bad is not None:
        limits = f"{shown.shown} ({shown.counted})" if shown.counted else shown.shown
        figure = tag(
            "span", f" {shown.title}: {limits}; {against(rule)}.", class_="measured", data_decision=""
        )
    return tag("li", tag("span", point.text, data_decision=""), figure)


def _judged(dossier: Dossier) -> str:
    limits = dossier.limits
    which = f"“{limits.name}”" + (f" ({limits.file}, SHA-256 {limits.sha256[:12]}…)" if limits.file else "")
    asked = "" if dossier.asked is None else f": {ASKED[dossier.asked]}"
    how = (
        f"as it will be asked in use, {limits.elicitation}{asked}"
        if limits.way is not None
        else f"as it was asked, {dossier.asked or 'not at all'}{asked}; how it will be asked was not stated"
    )
    return f"Judged by {which}, {how}."


def _signatures(dossier: Dossier) -> Markup:
    owner = dossier.limits.owner
    lines = [("Owner", owner), ("Decision", ""), ("Date", ""), ("Signature", "")]
    cells = [
        tag("div", tag("dt", name), tag("dd", value or "\u00a0", data_decision="")) for name, value in lines
    ]
    return tag("dl", *cells, class_="signatures")
