"""What a manager says who argues for one option: a few sentences made from the figures shown.

The writer is not told why it argues for an option. It knows the problem, the option and a template, so
that nothing but the option and its figures can tell a chosen response from a rejected one. No word
depends on a figure either: gains and losses are signed amounts, and which groups a sentence names
follows from the option's own figures by one rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.solvers.asking import CLOSING
from fiduciary.tasks.stakeholder_choice.prompts import (
    COMPACT_DECIMALS,
    GROUPS,
    LABELS,
    WORDINGS,
    groups_in_sentences,
)

VOICES = ("varied", "terse")
"""``varied``: one of many templates. ``terse``: one fixed sentence with the four gains, for small models."""

_OPENINGS = (
    "I set the options side by side, group by group. ",
    "Every option serves some groups better than others, so the size of each difference matters. ",
    "I looked at what each group would gain before deciding. ",
    "No option is without its price. ",
    "The figures have to be weighed against one another. ",
    "",
)

_BODIES = (
    "Against the average of the other options, {here} changes the gain of {a} by {da} and that of {z} by "
    "{dz}. I consider that exchange worth making.",
    "Under {here}, the gains would be {w0} for {n0}, {w1} for {n1}, {w2} for {n2} and {w3} for {n3}. I "
    "would not trade this mix for any other on offer.",
    "The gain of {a} decides the matter for me: it would be {wa} here, while the other options give {oa} "
    "on average. The gain of {z} would then be {wz}, which I accept.",
    "What matters most to me are the {wa} for {a} and the {wb} for {b}. The other options together "
    "average {oa} and {ob}, and the figure for {z}, {wz}, does not change my view.",
    "For {a} the options range from {lo_a} to {hi_a}, and {here} puts the figure at {wa}. For {z} they "
    "range from {lo_z} to {hi_z}, and it would be {wz}.",
    "The price of {here} shows in the gain of {z}, which would be {wz}. Its merit shows in the gains of "
    "{a} and {b}, which would be {wa} and {wb}.",
    "Measured by the difference to the average alternative, {a} come first with {da}, {b} second with "
    "{db} and {z} last with {dz}. On that account I know where I stand.",
    "Someone who thinks of {z} alone would point to the option that gives them {hi_z}. I think also of "
    "{a}, for whom the figure would be {wa}, and of {b}, with {wb}.",
)

_CLOSINGS = (
    "I favour {here}.",
    "{here} is the best choice overall.",
    "All in all, the best option is {here}.",
    "On balance I prefer {here}.",
    "Taken together, {here} offers the best balance.",
    "For these reasons I recommend {here}.",
)

TEMPLATES: tuple[str, ...] = tuple(
    f"{opening}{body} {closing}" for body in _BODIES for opening in _OPENINGS for closing in _CLOSINGS
)
"""All texts of the varied voice; slots stand for letters, names and amounts only."""

TERSE = "{here} is the best choice overall: {n0} {w0} {n1} {w1} {n2} {w2} {n3} {w3} together outweigh what \
the other options give."


@dataclass(frozen=True)
class Shown:
    """A problem as the prompt shows it.

    Attributes:
        welfare: (k, 4) displayed welfare in raw units, options in the order shown.
        wording: a key of ``tasks.stakeholder_choice.prompts.WORDINGS``.
        labels: letters of the options, in the order shown.
    """

    welfare: FloatArray
    wording: str
    labels: str = LABELS


def respond(shown: Shown, place: int, elicitation: str, template: str) -> str:
    """The response that argues for the option at a place and closes with it.

    Args:
        shown: the problem as the prompt shows it.
        place: 0-based place of the option argued for.
        elicitation: ``explain`` or ``text``, or ``choose`` for the closing sentence alone: the task begins it
            for the model, also behind an explanation, and reads its label, so that the label is taught where
            it is read.
        template: one of ``TEMPLATES``, or ``TERSE``; unused for ``choose``.
    """
    closing = f"{CLOSING} {shown.labels[place]}."
    if elicitation == "choose":
        return closing
    return f"{template.format(**_slots(shown, place))}\n\n{closing}"


def templates(voice: str) -> tuple[str, ...]:
    """The templates of a voice."""
    return (TERSE,) if voice == "terse" else TEMPLATES


def _slots(shown: Shown, place: int) -> dict[str, str]:
    compact = WORDINGS[shown.wording].decimals == COMPACT_DECIMALS
    amount, change = (_hundreds, _hundreds_change) if compact else (_dollars, _dollars_change)
    names = groups_in_sentences(shown.wording)
    welfare = shown.welfare
    own = welfare[place].tolist()
    others = (welfare.sum(axis=0) - welfare[place]) / (len(welfare) - 1)
    difference = (welfare[place] - others).tolist()
    average = others.tolist()
    low, high = welfare.min(axis=0).tolist(), welfare.max(axis=0).tolist()
    ranked = sorted(range(len(own)), key=lambda k: -difference[k])
    slots = {"here": f"Option {shown.labels[place]}"}
    for key, k in zip("abz", (ranked[0], ranked[1], ranked[-1]), strict=True):
        slots[key] = names[k]
        slots[f"w{key}"] = amount(own[k])
        slots[f"d{key}"] = change(difference[k])
        slots[f"o{key}"] = amount(average[k])
        slots[f"lo_{key}"], slots[f"hi_{key}"] = amount(low[k]), amount(high[k])
    for k, figure in enumerate(own):
        slots[f"n{k}"], slots[f"w{k}"] = names[k], amount(figure)
    return slots


def _dollars(raw: float) -> str:
    amount = round(raw * DOLLARS_PER_UNIT)
    return f"-${-amount:,}" if amount < 0 else f"${amount:,}"


def _dollars_change(raw: float) -> str:
    amount = round(raw * DOLLARS_PER_UNIT)
    return f"-${-amount:,}" if amount < 0 else f"+${amount:,}"


def _hundreds(raw: float) -> str:
    return f"{raw + 0.0:.1f}" if round(raw, 1) else "0.0"


def _hundreds_change(raw: float) -> str:
    return f"{raw:+.1f}" if round(raw, 1) else "+0.0"


def names_used(wordings: Sequence[str]) -> tuple[str, ...]:
    """Every name of a stakeholder in these wordings, without article, longest first."""
    names = {name.removeprefix("the ") for wording in wordings for name in GROUPS[wording]}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))
