"""Evidence of the organisation's own, as its table states it."""

from __future__ import annotations

from fiduciary.dossier.case import Case
from fiduciary.dossier.ledger import Ledger


def enter(case: Case, ledger: Ledger) -> None:
    """One claim a finding, a gap for every problem of its own without one."""
    ledger.topic = "From the organisation’s own table"
    atlas = case.atlas
    for number, own in enumerate(atlas.own, 1):
        source = ledger.file("table", own.file)
        place = atlas.places[own.place]
        title = f"{place.heading}: own evidence"
        ledger.claim(
            f"{own.place}.own{number}", title, own.finding, [source], rule="own", verdict=own.verdict
        )
    found = {own.place for own in atlas.own}
    for place in ledger.added:
        if place.key not in found:
            ledger.gap(
                f"{place.key}.own", place.heading, f"Evidence would be: {place.evidence or 'not stated'}."
            )
