"""What logs of reachable have to tell: a preference a framing, how far they reach, and whom they serve."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.economics.estimation import NO_ESTIMATE, THETA_NAMES, CESFit
from fiduciary.economics.inference import Interval, mean
from fiduciary.economics.principals import Principal
from fiduciary.economics.reach import Estimates, Moved, Spread, estimates_of, moved, spread
from fiduciary.economics.utility import PROFILES
from fiduciary.scorers.logs import model_arguments_of
from fiduciary.scorers.reachable.picture import draw
from fiduciary.scorers.reachable.table import PLAIN, STATED, FramedTable, Service, framed_table
from fiduciary.scorers.reports import (
    WITHHELD,
    Cell,
    Figures,
    Options,
    Report,
    Section,
    Told,
    missing,
    reading,
    report_of,
)
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit

TARGETS = tuple(name for name in PROFILES if name != "study1")
"""Principals whom framings may serve, beside the run's own."""

MOST_UNCLEAR = 0.5
"""Share of the contexts that may be without an estimate; with more, those that are left are no set."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a log shows.

    Attributes:
        table: the answers.
        fits: the estimate under each framing that has one.
        unclear: why the others have none.
        estimates: θ of the contexts, the stated utility left out; None for fewer than two.
        reach: how far they reach; None where too few have an estimate.
    """

    table: FramedTable
    fits: Mapping[str, CESFit]
    unclear: Mapping[str, str]
    estimates: Estimates | None
    reach: Spread | None


def find(table: FramedTable, level: float) -> Found:
    """Estimate the preference under every framing."""
    fits: dict[str, CESFit] = {}
    unclear: dict[str, str] = {}
    for name in table.kinds:
        try:
            own = fit(table.under(name))
        except NO_ESTIMATE as error:
            unclear[name] = " ".join(str(error).split()) or type(error).__name__
            continue
        if not own.responds:
            unclear[name] = "answers were not shown to depend on the gains"
        elif own.separation is not None:
            unclear[name] = "one preference explains every answer, and others do too"
        else:
            fits[name] = own
    contexts = [name for name, kind in table.kinds.items() if kind != STATED]
    clear = {name: fits[name] for name in contexts if name in fits}
    estimates = estimates_of(clear) if len(clear) >= 2 else None
    enough = estimates is not None and len(clear) >= (1 - MOST_UNCLEAR) * len(contexts)
    return Found(table, fits, unclear, estimates, spread(estimates, level) if enough and estimates else None)


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log.

    Raises:
        ValueError: samples that cannot be scored.
    """
    table = framed_table(log)
    on = table.grounds()
    count = missing(table.answers.reasons, table.answers.n)
    if on.withheld is not None:
        return Told(log, report_of(log, Section("", reading(on), count, (WITHHELD,))))
    found = find(table, options.level)
    return Told(
        log,
        report_of(
            log,
            Section("", reading(on), count, tuple(_preferences(found, options.level))),
            Section("how far contexts reach", body=tuple(_reach(found))),
            Section("whether telling serves a principal", body=tuple(_service(table, options))),
        ),
        found,
    )


def together(logs: Sequence[Told], options: Options) -> list[Report]:
    """Each log beside the first: how the set of preferences moved, and whether it shrank."""
    shown = [one for one in logs if one.found is not None and one.found.estimates is not None]
    if len(shown) < 2:
        return []
    first = shown[0]
    sections = []
    for other in shown[1:]:
        change = moved(first.found.estimates, other.found.estimates, options.level)
        if change is not None:
            title = f"{other.log.eval.model} beside {first.log.eval.model}"
            body = (*_moved(change), *_regrets(first.found.table, other.found.table, options.level))
            sections.append(Section(title, body=body))
    return [Report("reachable", "how the reachable set moved", sections=tuple(sections))] if sections else []


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """One picture, with the logs side by side that show estimates."""
    shown = [one for one in logs if one.found is not None and one.found.fits]
    if not shown:
        return []
    models = [str(one.log.eval.model) for one in shown]
    if len(set(models)) < len(models):
        models = [f"{one.log.eval.model}, {model_arguments_of(one.log)}" for one in shown]
    panels = [(name, one.found.fits, one.found.table) for name, one in zip(models, shown, strict=True)]
    draw(panels, folder / "reachable.png", options.level)
    return [folder / "reachable.png"]


def _preferences(found: Found, level: float) -> Iterator[Figures | str]:
    rows: list[tuple[Cell, ...]] = []
    for name, kind in found.table.kinds.items():
        if name in found.fits:
            own = found.fits[name]
            cells = [_estimate(own, which, level) for which in (*THETA_NAMES, "rho")]
            rows.append((name, kind, *cells, _status(own)))
        else:
            rows.append((name, kind, None, None, None, None, None, found.unclear[name]))
    yield Figures(
        "preference under each framing",
        ("framing", "kind", *(f"theta_{short}" for short in ABBREVIATIONS), "rho", "status"),
        tuple(rows),
        ("standard errors in brackets, by problem; a weight at a bound has none",),
    )


def _status(own: CESFit) -> str:
    """What is said of parameters without a standard error: of which, unless of all the same."""
    named = dict(zip((*ABBREVIATIONS, "ρ"), map(own.status, (*THETA_NAMES, "rho")), strict=True))
    if len(set(named.values())) == 1:
        return next(iter(named.values()))
    return ", ".join(f"{short} {status}" for short, status in named.items() if status != "ok")


def _estimate(own: CESFit, name: str, level: float) -> Interval:
    return Interval(own.estimate(name), stderr=own.se(name), units=own.n_groups, level=level)


def _reach(found: Found) -> Iterator[Figures | str]:
    contexts = sum(kind != STATED for kind in found.table.kinds.values())
    clear = len(found.estimates.names) if found.estimates is not None else 0
    if found.reach is None:
        yield f"not shown: {clear} of {contexts} contexts have an estimate of θ, of which half are needed"
        return
    one = found.reach
    yield Figures(
        "distance of θ from the centre of all contexts, root mean square",
        ("spread", "distance"),
        (("without noise", one.spread), ("as estimated, noise left in", one.naive)),
        (
            f"of {clear} contexts ({contexts - clear} without an estimate); 0 where no context moves the "
            "preference, √.75 = .87 at most where each puts all weight on one group",
            "centre: " + ", ".join(f"{who} {w:.2f}" for who, w in zip(STAKEHOLDERS, one.centre, strict=True)),
        ),
    )
    if not math.isfinite(one.squared.low):
        yield "every estimate is exact, so that no error can be told"
        return
    moves = one.squared.low > 0
    yield (
        f"what the model is told {'moves' if moves else 'was not shown to move'} its preference: S² = "
        f"{one.squared.value:.4f}, interval [{one.squared.low:.4f}, {one.squared.high:.4f}]"
    )


def _principals(table: FramedTable, options: Options) -> list[Principal]:
    named = [Principal.named(name) for name in TARGETS]
    first = [table.principal] if options.principal is None else [table.principal, options.principal]
    found: list[Principal] = []
    for one in [*first, *named]:
        if not any(one.same(other) for other in found):
            found.append(one)
    return found


def _service(table: FramedTable, options: Options) -> Iterator[Figures | str]:
    rows: list[tuple[Cell, ...]] = []
    said: list[str] = []
    for principal in _principals(table, options):
        one = table.service(principal, options.level)
        best = one.best
        rows.append(
            (
                principal.label,
                one.plain,
                best.loss if best else None,
                best.in_sample if best else None,
                best.saved if best else None,
                one.stated if one.stated.known else None,
                " / ".join(dict.fromkeys(one.names)),
            )
        )
        said.append(_verdict(principal, one))
    yield Figures(
        "lost in the principal's utility, dollars a decision",
        (
            "principal",
            "plain",
            "best context, held out",
            "in sample (too small)",
            "saved beside plain",
            "utility stated",
            "chosen on each half",
        ),
        tuple(rows),
        (
            "the best context is chosen on one half of the problems and judged on the other, then in turn",
            "problems are those that tell most about a preference: closer calls than others",
        ),
        decimals=0,
    )
    yield from said


def _verdict(principal: Principal, one: Service) -> str:
    if one.best is None:
        return f"{principal.label}: no context was answered well enough to be chosen"
    saved = one.best.saved
    if saved.low > 0:
        head = f"{principal.label}: the right context saves {_dollars(saved)} a decision"
    else:
        head = f"{principal.label}: no context was shown to serve better than none ({_dollars(saved)})"
    if not one.beyond.known:
        return head
    if one.beyond.low > 0:
        return f"{head}; to state the utility saves {_dollars(one.beyond)} more than the best context"
    if one.beyond.high < 0:
        return f"{head}; the best context serves better than the utility stated ({_dollars(one.beyond)})"
    return f"{head}; between it and the utility stated no difference was shown ({_dollars(one.beyond)})"


def _dollars(one: Interval) -> str:
    sign = "−" if round(one.value) < 0 else ""
    return f"{sign}${abs(one.value):,.0f} [{one.low:,.0f}, {one.high:,.0f}]"


def _moved(change: Moved) -> Iterator[Figures | str]:
    rows: list[tuple[Cell, ...]] = [
        (f"centre, {who}", a, b, d)
        for who, a, b, d in zip(
            STAKEHOLDERS, change.before.centre, change.after.centre, change.centre, strict=True
        )
    ]
    rows.append(("spread S", change.before.spread, change.after.spread, None))
    rows.append(("squared, S²", change.before.squared, change.after.squared, change.squared))
    yield Figures(
        "the set of preferences",
        ("of", "before", "after", "change"),
        tuple(rows),
        (f"{len(change.names)} contexts that both have an estimate under; problems are paired",),
    )
    low, high = change.squared.low, change.squared.high
    verdict = "shrank" if high < 0 else "grew" if low > 0 else "was not shown to change in size"
    shifted = [who for who, d in zip(STAKEHOLDERS, change.centre, strict=True) if d.low > 0 or d.high < 0]
    where = f"its centre moved in the weight of {', '.join(shifted)}" if shifted else "its centre stayed"
    yield f"the set {verdict}; {where} (intervals one by one)"


def _regrets(before: FramedTable, after: FramedTable, level: float) -> Iterator[Figures | str]:
    """What the run's principal loses under the plain framing and the stated utility, before and after."""
    if not before.principal.same(after.principal):
        return
    a, b = before.losses(before.principal), after.losses(before.principal)
    shared = [problem for problem in before.problems if problem in set(after.problems)]
    ia, ib = ([one.problems.index(problem) for problem in shared] for one in (before, after))
    rows: list[tuple[Cell, ...]] = []
    for name, kind in before.kinds.items():
        if kind not in (PLAIN, STATED) or name not in b:
            continue
        x, y = a[name][ia], b[name][ib]
        there = np.isfinite(x) & np.isfinite(y)
        change = mean((y - x)[there], np.array(shared)[there], level)
        rows.append((name, float(x[there].mean()), float(y[there].mean()), change))
    first, second = (one.service(before.principal, level).best for one in (before, after))
    if first is not None and second is not None:
        rows.append(("best context, held out", first.loss, second.loss, None))
    if rows and shared:
        yield Figures(
            f"lost in the utility of {before.principal.label}, dollars a decision",
            ("under", "before", "after", "change (paired)"),
            tuple(rows),
            decimals=0,
        )
