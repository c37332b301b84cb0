"""The card as rows: what a report, a page and a dossier draw."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from fiduciary.economics.axioms.card import findings
from fiduciary.economics.axioms.chooser import Chooser, beside
from fiduciary.economics.axioms.completeness import AXIOM as COMPLETENESS
from fiduciary.economics.axioms.finding import Finding
from fiduciary.scorers.axioms.table import AxiomTable

UNREAD = "does not read"


def card(table: AxiomTable, chooser: Chooser | None = None) -> tuple[Finding, ...]:
    """Every axiom's finding; all but completeness are withheld where the answers are no ground for them.

    A model that does not read prefers nothing: whatever axiom its answers seem to keep they keep by accident.

    Args:
        table: of a log.
        chooser: the consistent chooser fitted to the same answers; without one nothing stands beside.
    """
    on, also = table.grounds, None
    if on.withheld is None:
        also = beside(table.answers, chooser) if chooser is not None else None
        return findings(table.answers, also)
    why = UNREAD if on.unmeasured is None else on.unmeasured
    return tuple(f if f.axiom == COMPLETENESS else f.withheld(why) for f in findings(table.answers))


def card_rows(found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The card as plain data: axiom, share with its interval, beside, verdict, p_value, n and note.

    What there is not is None.
    """

    def known(value: float | None) -> float | None:
        return None if value is None or math.isnan(value) else float(value)

    rows = []
    for finding in found:
        whole = asdict(finding)
        share = whole.pop("share")
        rows.append(
            {
                **whole,
                "share": known(share["value"]),
                "low": known(share["low"]),
                "high": known(share["high"]),
                "beside": known(finding.beside),
                "p_value": known(finding.p_value),
            }
        )
    return rows
