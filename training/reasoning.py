"""What a manager says who argues for one option: a few sentences made from the figures shown.

The writer is not told whether its response will be the chosen one. It knows the problem, the option, the
weights of the preference and a template that suits the option, so that nothing but the option and its figures
can tell a chosen response from a rejected one: both share the template. What it calls a merit is one: a group
that the preference weighs, and that gains more than under the average of the other options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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

VOICES = ("varied", "terse", "listing")
"""``varied``: one of many templates. ``terse``: one fixed sentence with the four gains, for small models.
``listing``: for each group that the preference weighs the gain under every option, side by side, and the
greatest; it argues for none, so that a model that cannot compare figures across a page learns to copy them
first and to compare them where they stand together."""

_OPENINGS = (
    "I set the options side by side, group by group. ",
    "Every option serves some groups better than others, so the size of each difference matters. ",
    "I looked at what each group would gain before deciding. ",
    "No option is without its price. ",
    "The figures have to be weighed against one another. ",
    "",
)

_BODIES: tuple[tuple[str, int, bool], ...] = (
    (
        "Against the average of the other options, {here} changes the gain of {a} by {da} and that of {z} by "
        "{dz}. I consider that exchange worth making.",
        1,
        True,
    ),
    (
        "Under {here}, the gains would be {w0} for {n0}, {w1} for {n1}, {w2} for {n2} and {w3} for {n3}. I "
        "would not trade this mix for any other on offer.",
        0,
        False,
    ),
    (
        "The gain of {a} decides the matter for me: it would be {wa} here, while the other options give {oa} "
        "on average. The gain of {z} would then be {wz}, which I accept.",
        1,
        False,
    ),
    (
        "What matters most to me are the {wa} for {a} and the {wb} for {b}. The other options together "
        "average {oa} and {ob}, and the figure for {z}, {wz}, does not change my view.",
        2,
        False,
    ),
    (
        "For {a} the options range from {lo_a} to {hi_a}, and {here} puts the figure at {wa}. For {z} they "
        "range from {lo_z} to {hi_z}, and it would be {wz}.",
        0,
        False,
    ),
    (
        "The price of {here} shows in the gain of {z}, which would be {wz}. Its merit shows in the gains of "
        "{a} and {b}, which would be {wa} and {wb}.",
        2,
        True,
    ),
    (
        "Measured by the difference to the average alternative, {here} means {da} for {a}, {db} for {b} and "
        "{dz} for {z}. On that account I know where I stand.",
        2,
        True,
    ),
    (
        "Someone who thinks of {z} alone would point to the option that gives them {hi_z}. I think of {a}, "
        "for whom the figure would be {wa} and the average of the other options is {oa}.",
        1,
        False,
    ),
)
"""Texts, how many merits they name (``{a}``, ``{b}``), and whether ``{z}`` must lose by the option."""

_CLOSINGS = (
    "I favour {here}.",
    "{here} is the best choice overall.",
    "All in all, the best option is {here}.",
    "On balance I prefer {here}.",
    "Taken together, {here} offers the best balance.",
    "For these reasons I recommend {here}.",
)


@dataclass(frozen=True)
class Template:
    """A text with slots for letters, names and amounts.

    Attributes:
        text: with slots.
        merits: how many groups it names as gaining.
        price: whether it names one as losing.
    """

    text: str
    merits: int = 0
    price: bool = False


TEMPLATES: tuple[Template, ...] = tuple(
    Template(f"{opening}{body} {closing}", merits, price)
    for body, merits, price in _BODIES
    for opening in _OPENINGS
    for closing in _CLOSINGS
)
"""All texts of the varied voice."""

TERSE = Template(
    "{here} is the best choice overall: {n0} {w0} {n1} {w1} {n2} {w2} {n3} {w3} together outweigh what the "
    "other options give."
)

LISTING = Template("{each}")

_VOICES = {"varied": TEMPLATES, "terse": (TERSE,), "listing": (LISTING,)}


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


def respond(shown: Shown, place: int, elicitation: str, template: Template, weights: Sequence[float]) -> str:
    """The response that argues for the option at a place and closes with it.

    Args:
        shown: the problem as the prompt shows it.
        place: 0-based place of the option argued for.
        elicitation: ``explain`` or ``text``, or ``choose`` for the closing sentence alone: the task begins it
            for the model, also behind an explanation, and reads its label, so that the label is taught where
            it is read.
        template: one that suits the option (:func:`suitable`); unused for ``choose``.
        weights: θ of the preference that the response is to argue from.
    """
    closing = f"{CLOSING} {shown.labels[place]}."
    if elicitation == "choose":
        return closing
    return f"{template.text.format(**_slots(shown, place, weights))}\n\n{closing}"


def templates(voice: str) -> tuple[Template, ...]:
    """The templates of a voice."""
    return _VOICES[voice]


def suitable(
    voice: Sequence[Template], shown: Shown, places: Sequence[int], weights: Sequence[float]
) -> list[Template]:
    """Templates that say nothing untrue of any of the options at these places.

    Each names no more merits than the option has: groups with a weight that gain, as shown, more than under
    the average of the other options. And it speaks of a price only where some group gains less.
    """
    known = [_merits(shown, place, weights) for place in places]
    return [
        template
        for template in voice
        if all(len(merits) >= template.merits and (loses or not template.price) for merits, loses in known)
    ]


def _merits(shown: Shown, place: int, weights: Sequence[float]) -> tuple[list[int], bool]:
    """Weighed groups that gain by the option, the greatest weighted gain first, and whether any loses."""
    difference = _difference(shown, place)
    unit = 10.0 ** -WORDINGS[shown.wording].decimals
    visible = np.round(difference / unit)
    gains = [k for k in _ranked(difference, weights) if weights[k] > 0 and visible[k] > 0]
    return gains, bool((visible < 0).any())


def _difference(shown: Shown, place: int) -> FloatArray:
    """Gain of each group over the average of the other options, raw units."""
    welfare = shown.welfare
    others = (welfare.sum(axis=0) - welfare[place]) / (len(welfare) - 1)
    return np.asarray(welfare[place] - others)


def _ranked(difference: FloatArray, weights: Sequence[float]) -> list[int]:
    """Groups that count first, by weighted gain; then the others, by gain."""
    weighted = [-(weight or 1.0) * gain for weight, gain in zip(weights, difference, strict=True)]
    return sorted(range(len(weighted)), key=lambda k: (weights[k] <= 0, weighted[k]))


def _slots(shown: Shown, place: int, weights: Sequence[float]) -> dict[str, str]:
    compact = WORDINGS[shown.wording].decimals == COMPACT_DECIMALS
    amount, change = (_hundreds, _hundreds_change) if compact else (_dollars, _dollars_change)
    names = groups_in_sentences(shown.wording)
    own = shown.welfare[place].tolist()
    difference = _difference(shown, place)
    average = (shown.welfare[place] - difference).tolist()
    low, high = shown.welfare.min(axis=0).tolist(), shown.welfare.max(axis=0).tolist()
    first, second, *others = _ranked(difference, weights)
    if difference[second] < 0:
        others.append(second)
    last = min(others, key=lambda k: float(difference[k]))
    slots = {"here": f"Option {shown.labels[place]}"}
    for key, k in zip("abz", (first, second, last), strict=True):
        slots[key] = names[k]
        slots[f"w{key}"] = amount(own[k])
        slots[f"d{key}"] = change(float(difference[k]))
        slots[f"o{key}"] = amount(average[k])
        slots[f"lo_{key}"], slots[f"hi_{key}"] = amount(low[k]), amount(high[k])
    for k, figure in enumerate(own):
        slots[f"n{k}"], slots[f"w{k}"] = names[k], amount(figure)
    slots["each"] = " ".join(
        _listed(names[k], [amount(figure) for figure in shown.welfare[:, k].tolist()], shown, k)
        for k in sorted(range(len(weights)), key=lambda k: -weights[k])
        if weights[k] > 0
    )
    return slots


def _listed(name: str, amounts: Sequence[str], shown: Shown, group: int) -> str:
    figures = ", ".join(f"{label} {amount}" for label, amount in zip(shown.labels, amounts, strict=False))
    most = int(np.argmax(shown.welfare[:, group]))
    greatest = f"The greatest is {amounts[most]}, under {shown.labels[most]}."
    return f"The gain of {name} would be: {figures}. {greatest}"


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
