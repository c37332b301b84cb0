"""From a case to its dossier: every kind of evidence in turn, then the front page."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.decide import decide
from fiduciary.dossier.evidence import (
    bonding,
    cards,
    changes,
    contexts,
    data,
    monitoring,
    own,
    preference,
    sampling,
    serving,
    statement,
    stress,
    supervision,
    tasks,
)
from fiduciary.dossier.front import front
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.paths import shown_path
from fiduciary.dossier.words import plain
from fiduciary.leaderboard.payload import package_version

KINDS = (
    statement,
    cards,
    data,
    serving,
    preference,
    tasks,
    stress,
    bonding,
    contexts,
    changes,
    monitoring,
    sampling,
    supervision,
    own,
)
"""In the order of the phases; each has ``enter(case, ledger)``."""


def assemble(case: Case) -> Dossier:
    """All that can be said about one model before its principal, and what is recommended.

    Raises:
        UsageError: evidence given besides the logs that cannot be read.
    """
    ledger = Ledger(case.limits, case.atlas)
    for kind in KINDS:
        kind.enter(case, ledger)
    decision = decide(ledger.claims, ledger.gaps, case.limits)
    left_out = [*((t.file, t.problem) for t in case.left_out), *ledger.left_out]
    return Dossier(
        plain(case.model),
        None if case.base is None else plain(case.base.name),
        case.principal.facts() | {"name": case.principal.name, "title": case.principal.title},
        case.asked,
        case.limits,
        case.atlas,
        decision,
        LEVEL,
        generated(),
        package_version(),
        front(case, ledger),
        tuple(ledger.claims.values()),
        tuple(ledger.gaps),
        ledger.sources,
        tuple((shown_path(file), plain(why, 600)) for file, why in left_out),
    )


def generated() -> str:
    """Now, or what SOURCE_DATE_EPOCH says, so that a dossier can be made again byte by byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return now.isoformat(timespec="seconds")
