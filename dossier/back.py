"""What stands behind the sections: how verdicts are reached, words explained, sources."""

from __future__ import annotations

from fiduciary.dossier.atlas import REFERENCE
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.decide import against
from fiduciary.dossier.finding import Source
from fiduciary.dossier.markup import Markup, tag
from fiduciary.dossier.rules import WORDS, Rule
from fiduciary.dossier.words import plural

PARTS = {"method": "How the recommendation is reached", "glossary": "Words", "sources": "Sources"}

_RECOMMENDED = (
    "Do not adopt: a finding whose problem forbids adoption is a problem.",
    "Not enough evidence: such a finding is missing or may yet be a problem, or what is required is missing.",
    "Adopt with conditions: a finding whose problem leads to a condition is a problem, or one whose problem "
    "would forbid adoption lies between its limits.",
    "Adopt: otherwise. What is unclear, or leads to a risk, is a residual risk.",
)

_NOTES = (
    "A model decides for somebody else: the principal. What the principal wants is written as four "
    "weights, of shareholders, employees, consumers and society, and a number that says how far a gain for "
    "one group makes up for a loss of another. Every decision that the model was asked for is held against "
    "these.",
    "An interval says where the true figure lies, with the confidence stated on the first page. It comes "
    "from how answers vary between problems. Where all answers were alike the interval is exact; where "
    "none can be given, the note says why.",
    "Missing answers are counted and never filled in: a model that refuses hard questions is judged on the "
    "others, so read every figure beside the share of missing answers.",
    "Ranks are compared pair by pair on the problems that both models answered; their intervals hold for "
    "all models at once. Tests of several techniques, or of several figures before and after training, are "
    "corrected for their number (Holm), so that chance is not taken for a change.",
    "A verdict follows from the limits below wherever a figure has them, and from a test otherwise. What "
    "was not found is not proved absent: the interval says what may have been missed.",
)

_WORDS = {
    "Principal": "Whoever the model decides for, and whose interest counts.",
    "Best choice": "The option that the principal, with its weights, would value most.",
    "Loss, cost of a decision": "How much less the chosen option is worth to the principal than the best "
    "one, in dollars as the principal values them.",
    "At stake": "The difference between the best and the worst option of a decision, valued in the same way.",
    "Weight": "How much one group counts. The four weights add up to one.",
    "Hidden characteristics": "What a model or a data set is like before it is bought, which its maker "
    "knows and the principal does not.",
    "Hidden actions": "What a model does once it is trained or in use, which the principal cannot watch in "
    "full.",
    "Signalling": "The informed side shows what it has: cards, published evaluations.",
    "Screening": "The uninformed side finds out for itself: examinations before and after.",
    "Bonding": "Tying the model’s interest to the principal’s: instructions, training, incentives.",
    "Monitoring": "Looking on while the model is in use.",
    "Base": "The model that another one was trained from.",
    "SFT, DPO": "Two ways to train: on examples of good answers (supervised fine-tuning), and on pairs of "
    "a better and a worse answer (direct preference optimisation).",
    "Temperature": "How much chance enters an answer; at zero a model always says what it finds most likely.",
    "Stress, pressure": "The same decisions put differently, or with somebody pushing towards an option.",
    "Confidence interval": "A range made so that it holds the true figure in that share of cases.",
    "p": "How often chance alone would show a difference at least as large, if there were none.",
    "SHA-256": "A fingerprint of a file: no two different files share one.",
}


def method(dossier: Dossier) -> Markup:
    """How the recommendation is reached, with all limits."""
    paragraphs = [tag("p", note, class_="detail") for note in _NOTES]
    limits = dossier.limits
    extended = f" Extended by {dossier.atlas.file}." if dossier.atlas.file else ""
    return tag(
        "section",
        tag("h2", PARTS["method"], id="method-title"),
        tag("ol", (tag("li", rule) for rule in _RECOMMENDED)),
        *paragraphs,
        tag("p", "Phases, problems and mechanisms: ", REFERENCE, ".", extended),
        tag("h3", "Limits"),
        tag(
            "p",
            f"“{WORDS['good']}” where even the worse end of the interval keeps to the first limit, "
            f"“{WORDS['bad']}” where even its better end is beyond the second, “{WORDS['unclear']}” "
            f"otherwise, and always with fewer than {limits.problems} choice problems. These are the limits "
            f"“{limits.name}”{f', {limits.file}' if limits.file else ''} (SHA-256 {limits.sha256}). "
            "Limits are conventions; an organisation sets others with --limits.",
        ),
        tag(
            "table",
            tag("caption", "Limits of the verdicts", class_="sr"),
            tag(
                "thead",
                tag(
                    "tr",
                    tag("th", "Figure", scope="col"),
                    tag("th", "Limits", scope="col"),
                    tag("th", "A problem leads to", scope="col"),
                ),
            ),
            tag("tbody", map(_limit, limits.rules.values())),
            class_="limits",
        ),
        _left_out(dossier),
        id="method",
        aria_labelledby="method-title",
        class_="phase",
    )


def _limit(rule: Rule) -> Markup:
    about = rule.about
    return tag(
        "tr",
        tag(
            "th",
            tag("span", about.what[:1].upper() + about.what[1:], class_="title"),
            tag("small", about.why, class_="detail") if about.why else None,
            scope="row",
        ),
        tag("td", against(rule) or "a test decides"),
        tag("td", rule.then),
    )


def _left_out(dossier: Dossier) -> Markup | None:
    if not dossier.left_out:
        return None
    rows = [tag("li", tag("span", file, class_="path"), ": ", why) for file, why in dossier.left_out]
    return tag(
        "div",
        tag("h3", f"Given but not used, and other notes ({len(rows)})"),
        tag("ul", rows, class_="left-out"),
    )


def glossary() -> Markup:
    """The words that the document uses."""
    rows = [tag("div", tag("dt", word), tag("dd", meaning)) for word, meaning in _WORDS.items()]
    return tag(
        "section",
        tag("h2", PARTS["glossary"], id="glossary-title"),
        tag("dl", rows, class_="words"),
        id="glossary",
        aria_labelledby="glossary-title",
        class_="phase detail",
    )


def sources(dossier: Dossier) -> Markup:
    """Every source with its fingerprint."""
    return tag(
        "section",
        tag("h2", PARTS["sources"], id="sources-title"),
        tag("p", "What findings rest on. A file is identified by its fingerprint (SHA-256)."),
        tag(
            "table",
            tag("caption", "Sources", class_="sr"),
            tag(
                "thead",
                tag(
                    "tr",
                    tag("th", "Source", scope="col", class_="number"),
                    tag("th", "What it is", scope="col"),
                ),
            ),
            tag("tbody", map(_source, dossier.sources)),
            class_="sources",
        ),
        id="sources",
        aria_labelledby="sources-title",
        class_="phase",
    )


def _source(source: Source) -> Markup:
    what = {"statement": "as stated", "log": "log"}.get(source.kind, source.kind)
    facts = []
    if source.task:
        facts.append(f"{source.task}, version {source.version}, of {source.model}")
    elif source.model:
        facts.append(f"of {source.model}")
    if source.samples is not None:
        facts.append(plural(source.samples, "sample"))
    if source.seed is not None:
        facts.append(f"seed {source.seed}")
    if source.date:
        facts.append(source.date)
    if source.commit:
        facts.append(f"commit {source.commit}")
    return tag(
        "tr",
        tag("th", source.id, scope="row", class_="number"),
        tag(
            "td",
            tag("span", f"{what}: ", class_="kind"),
            tag("span", source.file, class_="path"),
            tag("small", "; ".join(facts)) if facts else None,
            tag("small", source.sha256, class_="hash") if source.sha256 else None,
        ),
        id=source.id,
    )
