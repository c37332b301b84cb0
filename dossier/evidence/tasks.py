"""Model selection, screening: the other tasks of the suite, from the metrics that their logs hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fiduciary.dossier.case import Case
from fiduciary.dossier.commands import ask, reaches
from fiduciary.dossier.evidence._figures import differing, exact
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.words import Unit, figure, listed
from fiduciary.economics.principals import Principal
from fiduciary.eval_logs import UnusableLog
from fiduciary.leaderboard.cells import UNREAD, Cell
from fiduciary.leaderboard.choices import samples_of
from fiduciary.leaderboard.columns import COLUMNS, INVENTORIES, Column
from fiduciary.leaderboard.runs import Run

PLACE = "selection.screening"
DELEGATION = "delegation"


@dataclass(frozen=True)
class Told:
    """How a metric is told.

    Attributes:
        title: a few words.
        statement: a sentence with {} for the figure.
        rule: limits of its verdict, "" for none.
        two_sided: whether the limits hold for its size, whichever its sign.
    """

    title: str
    statement: str
    rule: str = ""
    two_sided: bool = False


TOLD: Mapping[str, Told] = MappingProxyType(
    {
        "transitivity.intransitive": Told(
            "Preferences in circles", "In {} of triples its preferences go round in a circle.", "circles"
        ),
        "transitivity.zeta": Told(
            "Coherence of its preferences",
            "Its preferences cohere to {} (Kendall’s ζ), where 1 is without any circle.",
        ),
        "transitivity.first_excess": Told(
            "Order of the options",
            "Asked in both orders, it prefers the option shown first by {}.",
            "place",
            True,
        ),
        "money_pump.own_circles": Told(
            "Circles that can be exploited",
            "In {} of cases its own answers went round in a circle, so that it could be charged for going "
            "round.",
            "circles",
        ),
        "money_pump.lost_other": Told(
            "Money lost without a circle", "Offered trades for a fee in other cases, it lost {} on average."
        ),
        "money_pump.lost_own": Told(
            "Money lost to its circles", "Where its answers went round in a circle, it lost {} on average."
        ),
        "menus.dominated": Told(
            "Worthless options chosen",
            "In {} of menus it took an option that another one beats for everybody.",
            "dominated",
        ),
        "menus.attraction": Told(
            "Decoys", "A worthless decoy beside an option raises its share by {}.", "decoy", True
        ),
        "menus.overload": Told(
            "Long menus", "Many options change its share of best choices by {}.", "decoy", True
        ),
        "axioms.violated": Told(
            "Axioms of choice that it violates",
            "Of six axioms of choice it is shown to violate {}, each by a test of its own.",
        ),
        "axioms.completeness": Told(
            "Answers at all", "Asked which option is better, it says which in {} of cases."
        ),
        "axioms.reflexivity": Told(
            "Identical options",
            "Between options that are the same it is indifferent to {}, where 100% is without any habit of "
            "place.",
        ),
        "axioms.monotonicity": Told(
            "More is better",
            "In {} of cases it takes the option that gives one group more and all others the same.",
        ),
        "axioms.continuity": Told(
            "One tipping point", "Along {} of paths of small steps it changes its mind no more than once."
        ),
        "delegation.loss_all": Told(
            "Loss of a whole chain", "Left to decide a firm’s whole chain of decisions, it loses {} a firm."
        ),
        "delegation.compounding": Told(
            "Losses that compound",
            "Of that, {} arise only because its decisions follow upon one another.",
        ),
        "delegation.break_even": Told(
            "When delegating pays",
            "Leaving all decisions to it pays where a human decision costs more than {}.",
        ),
        "instruments.first_stage": Told(
            "Arguments on request",
            "Asked to weigh a group, {} of its explanations argue for that group which otherwise would not.",
        ),
        "instruments.reduced_form": Told(
            "What arguments on request change",
            "By way of its explanation alone, a group that it is asked to weigh gains {} a decision.",
        ),
        "instruments.two_stage": Told(
            "What its arguments cause",
            "Where its explanation argues for a group, that group gains {} a decision because of it.",
        ),
        "allocation.afriat": Told(
            "Efficiency of its budgets",
            "Its splits of budgets are efficient to {}, where 1 is without waste.",
            "afriat",
        ),
        "economic_games.first_move": Told(
            "Cooperates first", "It cooperates first in {} of prisoner’s dilemmas."
        ),
        "economic_games.reply_to_C": Told(
            "Returns cooperation", "It answers cooperation by cooperation in {} of cases."
        ),
        "economic_games.reply_to_D": Told("Forgives", "It answers betrayal by cooperation in {} of cases."),
        "economic_games.invest": Told("Trusts", "It trusts its partner with money in {} of trust games."),
        "economic_games.give_back": Told("Gives back", "It gives back in {} of trust games."),
        "economic_games.offer_equal": Told(
            "Offers equal shares", "It offers an equal split in {} of ultimatum games."
        ),
        "economic_games.accept_unequal": Told(
            "Accepts unequal shares", "It accepts an unequal split in {} of cases."
        ),
        "economic_games.gift_share": Told("Gives", "As a dictator it gives away {} of the money."),
        "economic_games.contribution_share": Told(
            "Contributes", "It puts {} of its money into a common good."
        ),
        "economic_games.rules_right": Told(
            "Understands the rules", "It answers {} of questions about the rules rightly.", "understanding"
        ),
        "duopoly_pricing.delta": Told(
            "Collusion",
            "Two firms that it runs take {} of what a cartel would gain over competition.",
            "collusion",
        ),
        "duopoly_pricing.punishment": Told(
            "Retaliation", "Its next price answers {} of a competitor’s price cut."
        ),
        "moral_dilemmas.utilitarian": Told(
            "Sacrifices the passenger", "In {} of cases its car sacrifices the passenger to save pedestrians."
        ),
        "moral_dilemmas.employees_sacrificed": Told(
            "Lives for profit", "It gives up two employees for profit in {} of cases."
        ),
        "moral_dilemmas.lever_bias": Told(
            "Habit of acting",
            "It pulls the lever rather than leaving it by {}, whatever the lever does.",
            "place",
            True,
        ),
    }
)
"""Metrics that a dossier tells, by the table's keys; inventories are told by their scales' names."""

ABOUT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "transitivity": (
            "Whether its preferences go round in circles",
            "A chooser that goes round in circles serves nobody.",
        ),
        "money_pump": (
            "Whether it can be charged for going round",
            "What circles cost when somebody makes use of them.",
        ),
        "menus": ("Whether the menu changes its mind", "Decoys and long lists should not decide."),
        "axioms": (
            "Which axioms of choice it keeps",
            "Whether its answers complete, reflect, rise and tip as those of any chooser with a utility do.",
        ),
        "delegation": (
            "What a chain of decisions loses",
            "Whether small losses add up or compound when it decides again and again.",
        ),
        "instruments": (
            "Whether its explanations cause its choices",
            "An explanation that decorates a choice is no ground to trust it.",
        ),
        "allocation": (
            "Whether it can divide a budget",
            "Splits at changing prices show whether one preference is behind them.",
        ),
        "economic_games": (
            "How it treats others in games",
            "Trust, fairness and retaliation towards others.",
        ),
        "duopoly_pricing": (
            "Whether it colludes",
            "Two sellers run by one model may agree on prices without a word.",
        ),
        "moral_dilemmas": ("How it weighs lives", "Whether it gives people up for others, or for profit."),
        "hexaco100": (
            "How it describes its character",
            "Honesty-humility and the other five domains of the HEXACO model.",
        ),
        "dark_tetrad": (
            "Whether it describes itself as manipulative",
            "Four traits that go with harm to others.",
        ),
    }
)
"""Task → what it tells, and why that matters."""

_UNITS: Mapping[str, Unit] = MappingProxyType({"percent": "share", "dollars": "dollars", "0.000": "number"})
_SIGNED = "difference of shares"


def enter(case: Case, ledger: Ledger) -> None:
    """One claim a metric, one gap a task without a log; first of all where it is not shown to read."""
    beyond = [task for task in ABOUT if case.run(task) is None and not reaches(case, task)]
    if beyond:
        ledger.gap(
            f"{PLACE}.beyond",
            "What its wording does not reach",
            "It was asked in the wording for small models, which these tasks do not have: "
            f"{listed([task.replace('_', ' ') for task in beyond])}.",
        )
    for task, (what, why) in ABOUT.items():
        run = case.run(task)
        if task in beyond:
            continue
        if run is None or (task == DELEGATION and not _own(case, run)):
            ledger.gap(f"{PLACE}.{task}", what, why, ask(case, task))
            continue
        ledger.topic = what
        ledger.otherwise = differing(case, run)
        source = ledger.log(run)
        cells = case.board.cells[case.model]
        columns = [c for c in COLUMNS if c.task == task and c.scorer is not None and c.key in cells]
        if any(cells[column.key].note == UNREAD for column in columns):
            ledger.claim(
                f"{PLACE}.{task}_reads",
                f"Whether it reads: {task.replace('_', ' ')}",
                f"In {task.replace('_', ' ')} it is {UNREAD}: its answers are not shown to depend on what "
                "was asked.",
                [source],
                rule="reads",
                verdict="bad",
                note="so nothing that rests on its reading is shown",
            )
        for column in columns:
            _tell(ledger, column, cells[column.key], source)
        ledger.otherwise = ""


def _own(case: Case, run: Run) -> bool:
    """Whether a chain was asked for this principal: what it shows and loses is by the plan of its own."""
    try:
        (first, *_) = samples_of(run.file)
        return Principal.of_facts(first.metadata["principal"]).same(case.principal)
    except (UnusableLog, ValueError, KeyError, TypeError):  # not as the task writes it
        return False


def _tell(ledger: Ledger, column: Column, cell: Cell, source: str) -> None:
    told = TOLD.get(column.key)
    if column.key.endswith(".missing"):
        told = Told(
            f"Missing answers: {column.task.replace('_', ' ')}",
            f"In {column.task.replace('_', ' ')} {{}} of its answers are missing.",
            "unanswered",
        )
    elif column.task in INVENTORIES:
        told = Told(
            column.title[:1].upper() + column.title[1:],
            f"It describes its own {column.title} as {{}} on a scale from 1 to 5.",
        )
    if told is None or cell.value is None:
        return
    unit = unit_of(column)
    if column.unit == "share":
        cell = exact(cell)
    low, high = (cell.low, cell.high)
    if told.two_sided and low is not None and high is not None:
        low, high = (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    verdict = ledger.limits.rules[told.rule].verdict(low, high) if told.rule else None
    ledger.from_cell(
        f"{PLACE}.{column.key.replace('.', '_')}",
        told.title,
        told.statement.format(figure(cell.value, unit)),
        [source],
        cell,
        unit,
        rule=told.rule,
        verdict=verdict,
    )


def title_of(column: Column) -> str:
    """A metric's name where no heading stands above it."""
    if column.key.endswith(".missing"):
        return f"Missing answers: {column.title}"
    return column.title[:1].upper() + column.title[1:]


def unit_of(column: Column) -> Unit:
    """The unit that a column's figures are shown in."""
    if column.unit == _SIGNED:
        return "points"
    return _UNITS.get(column.format, "number")
