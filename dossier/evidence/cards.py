"""Signalling: what the cards of data, model and adapter state, by a checklist."""

from __future__ import annotations

from pathlib import Path

from fiduciary.cards import Graded, find, grade, read
from fiduciary.dossier.case import Case
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.paths import shown_path
from fiduciary.dossier.words import listed, plain, plural, share

DATA, MODEL = "data.signalling", "selection.signalling"
_SHORT = 5


def enter(case: Case, ledger: Ledger) -> None:
    """Grades of the cards that are about this model, its base and its data."""
    graded = [grade(read(file)) for file in find(list(case.given.cards))] if case.given.cards else []
    data = [result for result in graded if result.card.kind == "data"]
    others = [result for result in graded if result.card.kind != "data"]
    of_model = [result for result in others if _about(result) == _short(case.model)]
    of_base = [
        result for result in others if case.base is not None and _about(result) == _short(case.base.name)
    ]
    if not of_model and len(others) == 1:
        of_model, of_base = others, []
    for result in others:
        if result not in of_model and result not in of_base:
            ledger.left_out.append(
                (result.card.file, f"a card of {_about(result)}, which is neither this model nor its base")
            )
    for place, cards, whose in ((DATA, data, "data"), (MODEL, of_model, "model"), (MODEL, of_base, "base")):
        for k, result in enumerate(cards):
            ledger.topic = f"The card of the {whose}: {plain(result.card.name, 80)}"
            _card(ledger, place, f"{whose}{k + 1 if k else ''}", result)
    if not data:
        ledger.gap(
            f"{DATA}.card",
            "A card of the training data",
            "Nothing states where the data come from, how they were made and what they are not good for. Ask "
            "whoever made them, and name the card with --cards.",
        )
    if not of_model:
        ledger.gap(
            f"{MODEL}.card",
            "A card of this model",
            "Nothing states how the model was made, evaluated and limited. Ask whoever made it, and name the "
            "card with --cards.",
        )


def _card(ledger: Ledger, place: str, name: str, one: Graded) -> None:
    source = ledger.file("card", one.card.file)
    kind = one.card.kind
    ledger.claim(
        f"{place}.{name}_card",
        "What the card states",
        f"The {kind} card states {share(one.score)} of what a reader must know ({one.points:g} of "
        f"{plural(one.of, 'item')}).",
        [source],
        one.score,
        "share",
        rule="card",
        verdict=ledger.limits.rules["card"].verdict(one.score, one.score),
    )
    if one.claims:
        false = one.contradicted
        held = len(one.claims) - len(false)
        wrong = f" Contradicted: {listed([plain(c.what, 60) for c in false[:_SHORT]])}." if false else ""
        ledger.claim(
            f"{place}.{name}_held",
            "What can be checked",
            f"Files beside the card confirm {held} of {plural(len(one.claims), 'statement')} that can be "
            f"looked up.{wrong}",
            [source],
            float(len(false)),
            "count",
            rule="card_false",
            verdict="bad" if false else "good",
            note="the figure counts statements that a file contradicts",
        )
    lacking = [plain(item.item.asks, 80) for item in one.missing]
    if lacking:
        more = f", and {len(lacking) - _SHORT} more" if len(lacking) > _SHORT else ""
        ledger.claim(
            f"{place}.{name}_lacking",
            "What it does not say in full",
            f"Not stated, or partly: {'; '.join(lacking[:_SHORT])}{more}.",
            [source],
            float(len(lacking)),
            "count",
        )
    for trouble in one.card.troubles[:1]:
        ledger.left_out.append((shown_path(one.card.file), trouble))


def _about(one: Graded) -> str:
    return Path(one.card.file).resolve().parent.name


def _short(model: str) -> str:
    return model.rpartition("/")[2].rpartition(":")[2]
