"""Differences between a base and other models as tables: text for people, rows for files."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.comparison import MIN_BLOCKS, Comparison, Difference
from fiduciary.economics.psychometrics.false_discovery import ALPHA
from fiduciary.economics.psychometrics.instruments import DOMAIN_NAMES
from fiduciary.economics.psychometrics.response_style import ResponseStyle, response_style
from fiduciary.economics.psychometrics.scoring import column_means
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.logs import Contender, Matched, identical_repeats
from fiduciary.scorers.inventory.table import Administration

TOP = 10
"""Shifts of items that the text lists."""

WHY_BLOCKS = (
    "A block (wording, direction of the scale, label style) is the unit. Repeats at a temperature near 0 "
    "give the same answers again: a Welch t-test over 100 of them finds any difference, however it came "
    "about, and its p-value means nothing. The sign-flip test over blocks asks whether a difference holds "
    "whatever the presentation."
)

_NEARLY_THE_SAME = 0.95


@dataclass(frozen=True)
class Change:
    """A base and another model, compared.

    Attributes:
        base, tuned: the two.
        matched: their blocks.
        comparison: the differences.
    """

    base: Contender
    tuned: Contender
    matched: Matched
    comparison: Comparison


def title(scale: str) -> str:
    """A domain's letter with its name; any other name as it is."""
    return f"{scale} {DOMAIN_NAMES[scale]}" if scale in DOMAIN_NAMES else scale


def measured(contenders: Sequence[Contender]) -> str:
    """For each model whether it reads and was measured, with the reasons of its missing answers."""
    lines = []
    for one in contenders:
        lines += [wrapped(f"{one.name}: {sentence}") for sentence in grounds(one.data).sentences]
        if (counted := one.data.reasons()) and grounds(one.data).withheld:
            reasons = ", ".join(f"{name} {count}" for name, count in counted.most_common())
            lines.append(f"{one.data.missing:.1%} of the answers of {one.name} are missing ({reasons})")
    return "\n".join(lines)


def summary(changes: Sequence[Change]) -> str:
    """The study's table: for each model how many items deviate from the base, and the largest shift."""
    first = changes[0].comparison.at("item")
    base = changes[0].base.data
    keyed = base.key.keyed(base.agreement)
    lines = [
        f"Items of {base.about['task']} that deviate from {changes[0].base.name}",
        f"  base item mean {_mean(column_means(keyed)):.3f} keyed, "
        f"{_mean(column_means(base.agreement)):.3f} as answered",
        f"  {'model':<34}{'deviate':>9}{'before':>8}{'equiv.':>8}{'item mean':>11}  largest shift",
        f"  {'':<34}{'BH .05':>9}{'BH':>8}{'':>8}{'keyed':>11}",
    ]
    for change in changes:
        items = change.comparison.at("item")
        kept = [d for d in items if np.isfinite(d.difference)]
        before = sum(d.p_value <= ALPHA for d in kept)
        mean = _mean(column_means(change.tuned.data.key.keyed(change.tuned.data.agreement)))
        largest = max(kept, key=lambda d: abs(d.difference), default=None)
        shift = "none" if largest is None else f"{largest.difference:+.2f}, {_item(change, largest)}"
        lines.append(
            f"  {_cut(change.tuned.name, 33):<34}{f'{sum(d.changed() for d in items)} of {len(first)}':>9}"
            f"{before:>8}{sum(d.equivalent() for d in items):>8}{mean:>11.3f}  {shift}"
        )
    return dashes("\n".join(lines))


def describe(change: Change) -> str:
    """One model against the base: domains, facets, and the items that moved most."""
    comparison, about = change.comparison, change.base.data.about
    lowest = min(d.floor for d in comparison.differences)
    parts = [
        f"{change.tuned.name} against {change.base.name}",
        f"  {about['task']}, {about['instrument']['name']} statements, "
        f"elicitation {about['elicitation']}, context {about['context']}",
        f"  {comparison.n} matched blocks: no p-value can be below {lowest:.2g}",
        f"  response style: {_style(change.base)} -> {_style(change.tuned)}",
        *(f"  NOTE: {note}" for note in notes(change)),
        "",
        _table("Domains (Holm)", comparison.at("domain"), [title(d.name) for d in comparison.at("domain")]),
    ]
    if facets := comparison.at("facet"):
        parts += ["", _table("Facets (Benjamini–Hochberg)", facets, [d.name for d in facets])]
    items = sorted(
        (d for d in comparison.at("item") if np.isfinite(d.difference)), key=lambda d: -abs(d.difference)
    )
    changed = sum(d.changed() for d in items)
    parts += [
        "",
        _table(
            f"Items (Benjamini–Hochberg): {changed} of {len(comparison.at('item'))} deviate; "
            f"the {TOP} largest shifts",
            items[:TOP],
            [_item(change, d) for d in items[:TOP]],
        ),
    ]
    return dashes("\n".join(parts))


def notes(change: Change) -> Iterable[str]:
    """What limits this comparison."""
    n = change.comparison.n
    if n < MIN_BLOCKS:
        yield (
            f"{n} blocks are fewer than {MIN_BLOCKS}: one item that changed alone could not be "
            "significant after correction; ask with more wordings, both directions and two label styles"
        )
    if change.matched.left_out:
        yield f"{change.matched.left_out} blocks that only one of the two has are left out"
    for contender in (change.base, change.tuned):
        if contender.data.missing > 0:
            reasons = ", ".join(f"{name} {count}" for name, count in contender.data.reasons().most_common())
            yield (
                f"{contender.data.missing:.1%} of the answers of {contender.name} are missing ({reasons}); "
                "only what both answered is compared"
            )
        data = contender.data
        same = identical_repeats(data)
        if not data.sampled and np.isfinite(same):
            yield f"repeats of {contender.name} are averaged: they are not draws at this temperature"
        elif same >= _NEARLY_THE_SAME:
            yield (
                f"{same:.0%} of the answers of {contender.name} are the same in every repeat: "
                "these repeats say little about other presentations"
            )


def rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """All differences, one row each, for a CSV file."""
    return [
        {"base": change.base.name, "model": change.tuned.name, **asdict(d), "verdict": d.verdict()}
        for change in changes
        for d in change.comparison.differences
    ]


def reading(comparison: Comparison) -> str:
    """How to read the tables."""
    return "\n".join(
        wrapped(text)
        for text in (
            "Scores 1 to 5, keyed: more is more of the trait.",
            f"interval: {comparison.level:.0%}, Student's t over blocks. g: Hedges' g, matched.",
            "p: sign-flip test, two-sided; adjusted within its family (Holm over domains, "
            "Benjamini–Hochberg over facets and over items; its discrete form for whole answers).",
            f"verdict: changed (adjusted p <= {ALPHA:g}); equivalent (shown to lie within "
            f"±{comparison.bound:g} by two one-sided tests, same correction); undecided (neither: "
            "more blocks would tell).",
            WHY_BLOCKS,
        )
    )


def dashes(text: str) -> str:
    """The text with a dash of the same width for every number that there is none of."""
    return re.sub(r"[+-]?\bnan\b", lambda found: "–".rjust(len(found[0])), text)


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph in lines for the terminal."""
    return textwrap.fill(text, 108, initial_indent=indent, subsequent_indent=indent)


def _table(heading: str, differences: Sequence[Difference], labels: Sequence[str]) -> str:
    lines = [
        heading,
        f"  {'':<40}{'base':>6}{'model':>7}{'change':>8}  {'interval':<16}{'g':>7}{'p':>9}{'adjusted':>10}"
        "  verdict",
    ]
    for d, label in zip(differences, labels, strict=True):
        interval = f"[{d.low:+.2f}, {d.high:+.2f}]"
        lines.append(
            f"  {_cut(label, 39):<40}{d.base:>6.2f}{d.tuned:>7.2f}{d.difference:>+8.2f}  {interval:<16}"
            f"{d.effect:>7.1f}{d.p_value:>9.2g}{d.p_adjusted:>10.2g}  {d.verdict()}"
        )
    return "\n".join(lines)


def _mean(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")


def flagged(data: Administration, style: ResponseStyle) -> str:
    """The flag, and what else may be behind it."""
    either = style.flag in ("always agrees", "always disagrees") and not any(data.key.reversed)
    return style.flag + (" (or the traits themselves: no item is reversed)" if either else "")


def _style(contender: Contender) -> str:
    style = response_style(contender.data.shares, contender.data.order)
    flag = "" if style.flag == "none" else f", flag: {flagged(contender.data, style)}"
    return f"acquiescence {style.acquiescence:.2f}, entropy {contender.data.entropy():.2f} bits{flag}"


def _item(change: Change, difference: Difference) -> str:
    data = change.base.data
    i = data.key.numbers.index(int(difference.name))
    sign = "R" if data.key.reversed[i] else ""
    return f"{difference.name}{sign} {data.key.facet[i]}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
