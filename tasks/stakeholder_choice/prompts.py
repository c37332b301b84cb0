"""The text of a choice problem, in several wordings that show the same figures.

A wording names no goal and no party to favour. Whatever the wording, an option is a block that
starts on its own line with ``Option A:``, shows first the levers that differ
between the options and then the four gains in the order of ``conventions.STAKEHOLDERS``, each after
the name of the group that gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fiduciary.economics.conventions import ABBREVIATIONS, DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.problems import TRADE_OFFS, ChoiceProblem
from fiduciary.solvers.choosing import LABELS

UNITS_OF_OUTPUT = 100
"""Output shown for one raw unit: welfare is revenue − cost in hundreds of dollars, so that prices and
wages in dollars and output in single units give the dollars that are shown."""

FULL_DECIMALS, COMPACT_DECIMALS = 2, 1
"""Decimals of a raw unit that survive the display: whole dollars, and tenths of a hundred dollars."""

Lever = tuple[str, str]
"""What is set and its value, as shown: ``("wage", "$9.10 per unit of labour")``."""

Groups = tuple[str, str, str, str]

GROUPS: MappingProxyType[str, Groups] = MappingProxyType(
    {
        **dict.fromkeys(("plain", "row", "prose"), STAKEHOLDERS),
        "bullets": ("owners", "workers", "customers", "community"),
        "forecast": ("investors", "staff", "buyers", "the community"),
        "ledger": ("owners", "employees", "customers", "society"),
        "question": ("investors", "workers", "buyers", "public"),
        "memo": ("shareholders", "staff", "customers", "the public"),
        "compact": ABBREVIATIONS,
    }
)
"""What each wording calls the four groups where it gives their gains, in lower case."""

Block = Callable[[str, Sequence[Lever], Sequence[str]], str]
"""Label, levers, four gains (``$1,234``) → the text of one option."""


@dataclass(frozen=True)
class Wording:
    """One way to put the same problem.

    Attributes:
        opening: what comes before the options; ``{count}`` stands for their number.
        block: renders one option.
        closing: what comes after the options.
        decimals: decimals of a raw unit that the figures keep.
    """

    opening: str
    block: Block
    closing: str
    decimals: int = FULL_DECIMALS


def _list_of(names: Sequence[str], start: str = "") -> Block:
    """One line a figure."""

    def block(label: str, levers: Sequence[Lever], gains: Sequence[str]) -> str:
        lines = [f"{name}: {value}" for name, value in [*levers, *zip(names, gains, strict=True)]]
        return "\n".join([f"Option {label}:", *(start + _capital(line) for line in lines)])

    return block


def _row_of(names: Sequence[str], between: str) -> Block:
    """All in one line."""

    def block(label: str, levers: Sequence[Lever], gains: Sequence[str]) -> str:
        cells = [f"{name} {value}" for name, value in [*levers, *zip(names, gains, strict=True)]]
        return f"Option {label}: " + between.join(cells)

    return block


def _sentences_of(levers_as: str, gains_as: str, names: Sequence[str]) -> Block:
    """Prose; in ``gains_as``, ``{0}`` to ``{3}`` stand for gains, ``{SH}`` to ``{SOC}`` for groups."""
    groups = dict(zip(ABBREVIATIONS, names, strict=True))

    def block(label: str, levers: Sequence[Lever], gains: Sequence[str]) -> str:
        plan = _and([f"a {name} of {value}" for name, value in levers])
        said = gains_as.format(*gains, **groups)
        said = _capital(said) if levers_as.endswith(".") else said
        return f"Option {label}: {levers_as.format(plan)} {said}"

    return block


def _compact(label: str, levers: Sequence[Lever], gains: Sequence[str]) -> str:
    cells = [f"{name} {value}" for name, value in zip(GROUPS["compact"], gains, strict=True)]
    return f"Option {label}: {' '.join(cells)}"


_CHOOSE = "Which option do you choose?"

WORDINGS: MappingProxyType[str, Wording] = MappingProxyType(
    {
        "plain": Wording(
            "The firm has {count} options. For each, the figures show what every group gains.",
            _list_of(GROUPS["plain"]),
            _CHOOSE,
        ),
        "bullets": Wording(
            "One decision is open, with {count} options on the table. The gain of every group is given "
            "for each:",
            _list_of(GROUPS["bullets"], start="- "),
            "Choose one of them.",
        ),
        "row": Wording(
            "Compare the {count} options below. Amounts are gains in dollars.",
            _row_of(GROUPS["row"], between=" | "),
            "Choose one option.",
        ),
        "prose": Wording(
            "The firm can proceed in {count} ways.",
            _sentences_of(
                "The firm sets {0}.",
                "{SH} would gain {0}, {EM} {1}, {CO} {2} and {SOC} {3}.",
                GROUPS["prose"],
            ),
            _CHOOSE,
        ),
        "forecast": Wording(
            "An analyst has estimated the outcome of {count} options for the coming year.",
            _sentences_of(
                "With {0}, the forecast is",
                "a gain for {SH} of {0}, for {EM} of {1}, for {CO} of {2} and for {SOC} of {3}.",
                GROUPS["forecast"],
            ),
            "Decide which option the firm carries out.",
        ),
        "ledger": Wording(
            "Below is a ledger of {count} options: what each one sets, then who gains how much.",
            _list_of([f"Gain of {who}" for who in GROUPS["ledger"]], start="  "),
            "State the option that you choose.",
        ),
        "question": Wording(
            "Which of these {count} options does the firm go ahead with? The gains are in dollars.",
            _row_of(GROUPS["question"], between="; "),
            "The decision is yours.",
        ),
        "memo": Wording(
            "Memo to the manager. Subject: a decision between {count} options. The effects on each "
            "group are as follows.",
            _sentences_of(
                "Plan for {0}.",
                "Effects: {SH} {0}, {EM} {1}, {CO} {2}, {SOC} {3}.",
                GROUPS["memo"],
            ),
            "Please decide on one option.",
        ),
        "compact": Wording(
            "{count} options. Gains in hundreds of dollars of "
            + ", ".join(
                f"{who} ({short})" for who, short in zip(STAKEHOLDERS, GROUPS["compact"], strict=True)
            )
            + ".",
            _compact,
            "Choose one.",
            COMPACT_DECIMALS,
        ),
    }
)
"""All wordings; ``compact`` is for small models, the others say the same in full."""

NEUTRAL_WORDINGS = tuple(name for name in WORDINGS if name != "compact")


def render(
    problem: ChoiceProblem,
    wording: str,
    order: Sequence[int],
    context: tuple[str, str] | None = None,
    labels: Sequence[str] = LABELS,
) -> str:
    """The user's text, without the instruction how to answer (``solvers.asking.instruction``).

    Args:
        problem: what is to be decided.
        wording: a key of ``WORDINGS``.
        order: ``order[p]`` is the option shown at place p.
        context: industry and strategic objective, or None.
        labels: ``labels[p]`` names the option shown at place p.
    """
    style = WORDINGS[wording]
    shown = problem.displayed(style.decimals)
    blocks = [
        style.block(labels[place], levers(problem, own), [gain(wording, figure) for figure in shown[own]])
        for place, own in enumerate(order)
    ]
    between = "\n" if wording == "compact" else "\n\n"
    parts = [opening(wording, problem.n_options), between.join(blocks), style.closing]
    if context is not None:
        parts.insert(0, f"Industry: {context[0]}. Strategic objective: {context[1]}.")
    return "\n\n".join(parts)


def groups_in_sentences(wording: str) -> Groups:
    """What a sentence calls the four groups: ``the public`` where a table's head says ``public``."""
    sh, em, co, soc = GROUPS[wording]
    return sh, em, co, f"the {soc}" if soc in ("community", "public") else soc


def opening(wording: str, n_options: int) -> str:
    """What comes before the options."""
    return _capital(WORDINGS[wording].opening.format(count=_COUNTS[n_options]))


def gain(wording: str, raw: float) -> str:
    """A gain as the wording shows it: ``$1,234``, or in the compact one ``12.3`` hundreds of dollars."""
    return _dollars(raw) if WORDINGS[wording].decimals == FULL_DECIMALS else _hundreds(raw)


def levers(problem: ChoiceProblem, option: int) -> list[Lever]:
    """What an option sets, for the levers that the problem's trade-off moves.

    Names no stakeholder: readers pair each stakeholder's name with the first amount after it.
    """
    quantity, wage, provision = problem.levels[option]
    moves = TRADE_OFFS[problem.trade_off]
    shown: list[Lever] = []
    if "W" in moves:
        shown.append(("wage", f"${wage:,.2f} per unit of labour"))
    if "Q" in moves:
        shown.append(("quantity", f"{quantity * UNITS_OF_OUTPUT:,.0f} units"))
        shown.append(("price", f"${float(problem.market.price(quantity)):,.2f}"))
    if "R" in moves:
        shown.append(("share of socially responsible provision", f"{provision:.0%}"))
    return shown


_COUNTS = MappingProxyType({2: "two", 3: "three", 4: "four", 5: "five"})


def _dollars(raw: float) -> str:
    amount = int(np.rint(raw * DOLLARS_PER_UNIT))
    return f"-${-amount:,}" if amount < 0 else f"${amount:,}"


def _hundreds(raw: float) -> str:
    return f"{raw * DOLLARS_PER_UNIT / 100:.1f}"


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


__all__ = [
    "COMPACT_DECIMALS",
    "FULL_DECIMALS",
    "LABELS",
    "NEUTRAL_WORDINGS",
    "WORDINGS",
    "Wording",
    "gain",
    "levers",
    "opening",
    "render",
]
