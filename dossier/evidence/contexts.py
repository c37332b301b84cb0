"""Model development, bonding: whether anything that the model may be told ties it to this principal."""

from __future__ import annotations

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.commands import ask
from fiduciary.dossier.evidence._figures import differing, exact, finite
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import dollars, figure, plain, share
from fiduciary.economics.inference import Interval
from fiduciary.economics.reach import spread
from fiduciary.eval_logs import UnusableLog, read_log
from fiduciary.leaderboard.cells import UNREAD
from fiduciary.scorers.reachable.report import MOST_UNCLEAR, Found, find
from fiduciary.scorers.reachable.table import FramedTable, framed_table

PLACE = "development.bonding"
TASK = "reachable"
DOCUMENTS = "policy"
"""Kind of the contexts that stand before a problem as retrieved documents."""

_ABOUT = "Whether prompting can serve this principal"
_CLOSE = "problems are closer calls than others: dollars compare contexts, not tasks"


def enter(case: Case, ledger: Ledger) -> None:
    """What the best context loses, judged on problems that did not choose it; whether documents move it."""
    run = case.run(TASK)
    if run is None:
        ledger.gap(
            f"{PLACE}.contexts",
            _ABOUT,
            "Whether anything that it may rightly be told, in its prompt or by a retrieved document, makes "
            "it serve its principal.",
            ask(case, TASK),
        )
        return
    try:
        table = framed_table(read_log(run.file, ("messages", "events", "attachments")))
    except (UnusableLog, ValueError) as error:
        ledger.left_out.append((run.file, str(error)))
        return
    ledger.topic, ledger.otherwise = _ABOUT, differing(case, run)
    source, on = ledger.log(run), table.grounds()
    if on.withheld is None:
        _service(case, ledger, table, source)
        _documents(ledger, find(table, LEVEL), source)
    elif on.brief == UNREAD:
        ledger.claim(
            f"{PLACE}.contexts_reads",
            "Whether it reads: the same problems in many contexts",
            f"Asked the same problems in many contexts, it is {UNREAD}: its answers are not shown to depend "
            "on what was asked.",
            [source],
            rule="reads",
            verdict="bad",
            note="so nothing that rests on its reading is shown",
        )
    cell = case.board.cells[case.model].get(f"{TASK}.missing")
    if cell is not None and cell.value is not None:
        ledger.from_cell(
            f"{PLACE}.contexts_missing",
            "Missing answers: many contexts",
            f"Asked in many contexts, {share(cell.value)} of its answers are missing.",
            [source],
            exact(cell),
            "share",
            rule="unanswered",
        )
    ledger.otherwise = ""


def _service(case: Case, ledger: Ledger, table: FramedTable, source: str) -> None:
    """Of this principal, whoever the run's own was."""
    found = table.service(case.principal, LEVEL)
    if found.best is None:
        ledger.claim(
            f"{PLACE}.contexts",
            _ABOUT,
            "In no context did it answer well enough for one to be chosen.",
            [source],
            verdict="unclear",
        )
        return
    best, saved = found.best.loss, found.best.saved
    shown = saved.low > 0
    verdict: Verdict = "good" if shown else "unclear"
    chosen = " or ".join(plain(name.replace("_", " ")) for name in dict.fromkeys(found.names))
    ledger.claim(
        f"{PLACE}.contexts",
        _ABOUT,
        f"In the context that serves its principal best ({chosen}), a decision loses "
        f"{dollars(best.value)}, {dollars(saved.value)} less than under the bare prompt."
        if shown
        else f"No context is shown to serve its principal better than the bare prompt; in the one that did "
        f"best, a decision loses {dollars(best.value)}.",
        [source],
        best.value,
        "dollars",
        low=finite(best.low),
        high=finite(best.high),
        verdict=verdict,
        note=f"chosen on one half of {len(table.problems)} problems and judged on the other; {_CLOSE}",
        n=len(table.problems),
    )
    _loss(ledger, "plain", "The bare prompt", "Told only that it manages a firm", found.plain, source)
    _loss(ledger, "stated", "The utility stated", "Told its principal’s utility", found.stated, source)


def _loss(ledger: Ledger, name: str, title: str, told: str, one: Interval, source: str) -> None:
    if one.known:
        ledger.claim(
            f"{PLACE}.contexts_{name}",
            title,
            f"{told}, a decision loses {dollars(one.value)}.",
            [source],
            one.value,
            "dollars",
            low=finite(one.low),
            high=finite(one.high),
            note=_CLOSE,
            n=one.units,
        )


def _documents(ledger: Ledger, found: Found, source: str) -> None:
    """Whether policies that stand before a problem as retrieved documents move the weights."""
    asked = [name for name, kind in found.table.kinds.items() if kind == DOCUMENTS]
    if not asked:
        return
    clear = [name for name in asked if found.estimates is not None and name in found.estimates.names]
    reach = None
    if found.estimates is not None and len(clear) >= (1 - MOST_UNCLEAR) * len(asked):
        reach = spread(found.estimates.take(clear), LEVEL)
    if reach is None:
        said = f"Only {len(clear)} of {len(asked)} retrieved policies have an estimate of its weights."
        ledger.claim(f"{PLACE}.documents", "Retrieved documents", said, [source], verdict="unclear")
        return
    moves = reach.squared.low > 0
    ledger.claim(
        f"{PLACE}.documents",
        "Retrieved documents",
        f"A policy given as a retrieved document moves it: under {len(clear)} policies its weights lie "
        f"{figure(reach.spread.value, 'number')} from their centre."
        if moves
        else f"That a policy given as a retrieved document moves it is not shown ({len(clear)} policies).",
        [source],
        reach.spread.value,
        "number",
        low=finite(reach.spread.low),
        high=finite(reach.spread.high),
        verdict="information" if moves else "unclear",
        note="root mean square, noise taken off; 0 where no document moves it; a document moves it towards "
        "whomever it names",
        n=len(found.table.problems),
    )
