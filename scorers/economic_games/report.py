"""What a log of economic games has to tell about the player.

Missing answers, the questions about the rules (reported apart: nobody is left out), cooperation at every
decision beside what the player expects of the others and what its best replies to these beliefs would be, the
social preference with intervals and what identifies it, the share of best replies, and how cooperation moves
with the payoffs. Human figures stand beside the games that have any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.games import FORMS, HOMO_ECONOMICUS
from fiduciary.economics.inference import mean, ratio, share
from fiduciary.scorers.economic_games.estimates import best_replies, fitted, incentives, preference
from fiduciary.scorers.economic_games.grounds import grounds, withheld
from fiduciary.scorers.economic_games.human_play import HUMANS
from fiduciary.scorers.economic_games.metrics import WHOLE, decided
from fiduciary.scorers.economic_games.player_types import types
from fiduciary.scorers.economic_games.table import Play, choices, plays
from fiduciary.scorers.reports import Cell, Figures, Options, Report, Section, Told, reading, report_of

ORDERS = {
    "first": ("Player 1's cooperative action shown second", 0),
    "second": ("Player 2's cooperative action shown second", 1),
    "points": ("Player 2's points named first", None),
    "roles": ("Player 2's decisions asked first", None),
}
"""What is counterbalanced: its words, and the role whose decisions it concerns, None for both."""


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its plays."""
    found = plays(log)
    return Told(log, _report(log, found, options.level), found)


def together(logs: Sequence[Told], options: Options) -> list[Report]:
    """The report on the types of players among the logs, where ``options.types`` asks for it.

    Raises:
        UsageError: as many types cannot be told from these logs.
    """
    if options.types is None:
        return []
    return [types([one.log for one in logs], [one.found for one in logs], options.types, options.seed)]


def _report(log: EvalLog, found: Sequence[Play], level: float) -> Report:
    own = grounds(found)
    body: list[Figures | str] = [*_answers(found), *_other_games(found, level)]
    if own is not None:
        sequential = [play for play in found if play.sequential]
        body.append(_cooperation(sequential, level, humans=own.withheld is None))
        if own.withheld is not None:
            body.append(f"no social preference, best replies or effects of payoffs: {own.withheld}")
        else:
            body.append(_order_effects(sequential, level))
            body += _estimates(sequential, level)
    return report_of(log, Section(reads=reading(own), missing=_missing(found), body=tuple(body)))


def _missing(found: Sequence[Play]) -> str:
    parts = []
    for what, reasons in (
        ("decision", [play.reason for play in found]),
        ("belief", [play.belief_reason for play in found]),
    ):
        counts = Counter(reason for reason in reasons if reason is not None)
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.most_common()) or "none"
        parts.append(f"plays with a missing {what}: {counts.total()} of {len(found)}: {listed}")
    lines = Counter(f"{key}: {reason}" for play in found for key, reason in play.lines_missing.items())
    if lines:
        parts.append("by line: " + ", ".join(f"{line} {count}" for line, count in lines.most_common(8)))
    return "; ".join(parts)


def _answers(found: Sequence[Play]) -> Iterator[str]:
    """What labels left out, and answers about the rules."""
    outside = [play.mass_outside for play in found if np.isfinite(play.mass_outside)]
    if outside:
        yield f"probability of tokens other than labels: mean {np.mean(outside):.3f}, most {max(outside):.3f}"
    rules = Counter(right for play in found for right in play.rules.values())
    if rules:
        failed = sum(any(right is not True for right in play.rules.values()) for play in found)
        yield (
            f"questions about the rules: {rules[True]} right, {rules[False]} wrong, "
            f"{rules[None]} unreadable; {failed} of {len(found)} plays with a failure (none is left out)"
        )


def _other_games(found: Sequence[Play], level: float) -> Iterator[Figures]:
    """Dictator, public goods, stag hunt, beauty contest, with human figures."""
    rows: list[tuple[Cell, ...]] = []
    notes = []
    for form, (name, decision, whole) in WHOLE.items():
        here = [play for play in found if play.form == form]
        values = decided(here).get(name, [])
        if not values:
            continue
        unit = f" of the {whole}" if whole else ""
        expected = [value for play in here if (value := play.belief.get(decision)) is not None]
        each = np.arange(len(values))
        typical = mean(values, each, level) if name == "guess" else share(values, 1.0, each, level)
        rows.append((f"{form}: {name}{unit}", typical, len(values), _mean(expected)))
        notes += [f"{form}, humans: {row}" for row in HUMANS.get(form, ())]
    if rows:
        head = ("decision", "mean", "n", "expects of the others")
        yield Figures("other games", head, tuple(rows), tuple(notes))


def _cooperation(found: Sequence[Play], level: float, *, humans: bool) -> Figures:
    """Rates at every node, beside beliefs, best replies and, if asked for, human figures."""
    rows: list[tuple[Cell, ...]] = []
    for name, form in FORMS.items():
        here = [play for play in found if play.form == name]
        for place, node in enumerate(form.nodes if here else ()):
            chosen = [(play, action) for play in here if (action := play.plan.get(node.name)) is not None]
            understood = [action for play, action in chosen if all(r is True for r in play.rules.values())]
            expected = [value for play in here if (value := play.belief.get(node.name)) is not None]
            best = [_best_action(play, place) for play in here if play.expected is not None]
            rate = share([action for _, action in chosen], 1.0, [play.game for play, _ in chosen], level)
            means = (_mean(understood), _mean(expected), _mean(best))
            rows.append((f"{name}, {node.name}", rate, len(chosen), *means))
    played = {play.form for play in found if humans}
    of_people = dict.fromkeys(row for form in FORMS if form in played for row in HUMANS.get(form, ()))
    return Figures(
        "cooperation",
        ("decision", "rate", "n", "rules right", "expects", "best reply"),
        tuple(rows),
        (
            f"standard errors, clustered by game, in round brackets, {level:.0%} intervals in square ones",
            "rules right: the rate among plays whose questions about the rules were all answered rightly; "
            "expects: mean stated belief",
            "best reply: the rate if every plan maximised its expected points under its own beliefs (ties "
            "evenly)",
            *(f"humans: {row}" for row in of_people),
        ),
    )


def _order_effects(found: Sequence[Play], level: float) -> Figures:
    """Whether what is shown first matters for the share of cooperative actions."""
    rows: list[tuple[Cell, ...]] = []
    alone = False
    for factor, (text, role) in ORDERS.items():
        used = [
            (play.presentation[factor], action, play.game)
            for play in found
            for node in FORMS[play.form].nodes
            if (role is None or node.role == role) and (action := play.plan.get(node.name)) is not None
        ]
        shown = np.array([row[0] for row in used], float)
        if not used or shown.min() == shown.max():
            continue
        x = shown - shown.mean()
        y = np.array([row[1] for row in used], float)
        slope = ratio(x * (y - y.mean()), x**2, [row[2] for row in used], level)
        alone |= slope.units < 2
        rows.append((text, slope if slope.units > 1 else None))
    return Figures(
        "order effects: change of the share of cooperative actions",
        ("what is shown first", "change"),
        tuple(rows),
        ("no effect can be told from one game",) if alone else (),
    )


def _estimates(found: Sequence[Play], level: float) -> Iterator[Figures | str]:
    if (why := withheld(found)) is not None:
        yield f"no social preference, best replies or effects of payoffs: of plans with beliefs, {why}"
        return
    try:
        data = choices(found)
    except ValueError as error:
        yield f"no social preference: {error}"
        return
    fit, failed = fitted(data)
    if fit is None:
        yield f"no social preference: {failed}"
    else:
        yield from preference(data, fit, level)
    yield best_replies(data, fit, level)
    yield incentives(data, level)


def _best_action(play: Play, place: int) -> float:
    """Share of cooperative actions at a node among the best replies to the play's own beliefs."""
    game, belief = play.material(), play.expected
    assert belief is not None
    best = HOMO_ECONOMICUS.best_plans(game, belief)
    return float(np.mean([plan[place] for plan in best]))


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
