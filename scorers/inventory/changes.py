"""What changed between a base and other models that answered the same inventory, as a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import Interval
from fiduciary.economics.psychometrics.comparison import MIN_BLOCKS, Comparison, Difference, compare
from fiduciary.economics.psychometrics.false_discovery import ALPHA
from fiduciary.economics.psychometrics.response_style import response_style
from fiduciary.economics.psychometrics.scoring import column_means
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.logs import Contender, Matched, identical_repeats, match
from fiduciary.scorers.inventory.report import flagged, reasons, title
from fiduciary.scorers.reports import Cell, Figures, Report, Section, reading

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


def changes(models: Sequence[Contender], bound: float, level: float) -> list[Change]:
    """The base against each other model, as far as there are grounds for figures of both.

    Args:
        models: the base, then the others.
        bound: of equivalence, points of the scale.
        level: of intervals.

    Raises:
        UsageError: two models that do not compare.
    """
    base, *others = models
    found = []
    for other in others:
        matched = match(base, other)
        if any(grounds(one.data).withheld for one in (base, other)):
            continue
        result = compare(matched.base, matched.tuned, base.data.key, bound=bound, level=level)
        found.append(Change(base, other, matched, result))
    return found


def report(models: Sequence[Contender], found: Sequence[Change]) -> Report:
    """The report on models of one inventory, the base first, and their changes."""
    about = models[0].data.about
    lost = [
        f"{one.data.missing:.1%} of the answers of {one.name} are missing ({reasons(one.data)})"
        for one in models
        if one.data.missing > 0
    ]
    reads = tuple(sentence for one in models for sentence in reading(grounds(one.data), one.name))
    parts: tuple[Figures | str, ...] = ("so nothing is compared",)
    if found:
        parts = (_summary(found), *_how_to_read(found[0].comparison))
    return Report(
        about["task"],
        ", ".join(one.name for one in models[1:]),
        f"against {models[0].name}: {about['instrument']['name']} statements, elicitation "
        f"{about['elicitation']}, context {about['context']}",
        ", ".join(one.location for one in models),
        ", ".join(sorted({str(one.data.about["version"]) for one in models})),
        ", ".join(sorted({one.status for one in models})),
        (Section("", reads, "; ".join(lost), parts), *map(_section, found)),
    )


def _summary(found: Sequence[Change]) -> Figures:
    """For each model how many items deviate from the base, and the largest shift."""
    base = found[0].base
    rows: list[tuple[Cell, ...]] = []
    for change in found:
        items = change.comparison.at("item")
        kept = [d for d in items if np.isfinite(d.difference)]
        largest = max(kept, key=lambda d: abs(d.difference), default=None)
        tuned = change.tuned.data
        rows.append(
            (
                change.tuned.name,
                sum(d.changed() for d in items),
                len(items),
                sum(d.p_value <= ALPHA for d in kept),
                sum(d.equivalent() for d in items),
                _mean(column_means(tuned.key.keyed(tuned.agreement))),
                None if largest is None else largest.difference,
                None if largest is None else _item(change, largest),
            )
        )
    keyed = base.data.key.keyed(base.data.agreement)
    return Figures(
        f"Items of {base.data.about['task']} that deviate from {base.name}",
        (
            *("model", f"deviate, BH {ALPHA:g}", "of", "before BH", "equivalent", "item mean, keyed"),
            *("largest shift", "of item"),
        ),
        tuple(rows),
        (
            f"base item mean {_mean(column_means(keyed)):.3f} keyed, "
            f"{_mean(column_means(base.data.agreement)):.3f} as answered",
        ),
    )


def _section(change: Change) -> Section:
    """One model against the base: domains, facets, and items from the largest shift on."""
    comparison = change.comparison
    lowest = min(d.floor for d in comparison.differences)
    body: list[Figures | str] = [
        f"{comparison.n} matched blocks: no p-value can be below {lowest:.2g}",
        f"response style: {_style(change.base)} -> {_style(change.tuned)}",
        *(f"NOTE: {note}" for note in _notes(change)),
    ]
    domains, facets, items = (comparison.at(level) for level in ("domain", "facet", "item"))
    body.append(_differences("domains (Holm)", domains, [title(d.name) for d in domains]))
    if facets:
        body.append(_differences("facets (Benjamini–Hochberg)", facets, [d.name for d in facets]))
    ranked = sorted(items, key=lambda d: -abs(d.difference) if np.isfinite(d.difference) else 1.0)
    deviate = f"{sum(d.changed() for d in items)} of {len(items)} deviate"
    body.append(
        _differences(
            f"items (Benjamini–Hochberg): {deviate}; the largest shifts first",
            ranked,
            [_item(change, d) for d in ranked],
        )
    )
    return Section(f"{change.tuned.name} against {change.base.name}", body=tuple(body))


def _differences(heading: str, differences: Sequence[Difference], labels: Sequence[str]) -> Figures:
    return Figures(
        heading,
        ("scale", "base", "model", "change", "g", "p", "p, adjusted", "p, equivalent", "blocks", "verdict"),
        tuple(
            (
                label,
                d.base,
                d.tuned,
                Interval(d.difference, d.low, d.high, units=d.n),
                Interval(d.effect, d.effect_low, d.effect_high, units=d.n),
                d.p_value,
                d.p_adjusted,
                d.p_equivalent,
                d.n,
                d.verdict(),
            )
            for d, label in zip(differences, labels, strict=True)
        ),
    )


def _notes(change: Change) -> Iterator[str]:
    """What limits this comparison."""
    n = change.comparison.n
    if n < MIN_BLOCKS:
        yield (
            f"{n} blocks are fewer than {MIN_BLOCKS}: one item that changed alone could not be "
            "significant after correction; ask with more wordings, both directions and two label styles"
        )
    if change.matched.left_out:
        yield f"{change.matched.left_out} blocks that only one of the two has are left out"
    if change.base.data.missing > 0 or change.tuned.data.missing > 0:
        yield "only what both answered is compared"
    for contender in (change.base, change.tuned):
        data = contender.data
        same = identical_repeats(data)
        if not data.sampled and np.isfinite(same):
            yield f"repeats of {contender.name} are averaged: they are no draws at this temperature"
        elif same >= _NEARLY_THE_SAME:
            yield (
                f"{same:.0%} of the answers of {contender.name} are the same in every repeat: "
                "these repeats say little about other presentations"
            )


def _how_to_read(comparison: Comparison) -> tuple[str, ...]:
    return (
        "Scores 1 to 5, keyed: more is more of the trait.",
        f"change: with its {comparison.level:.0%} interval, Student's t over blocks. g: Hedges' g, matched.",
        "p: sign-flip test, two-sided; adjusted within its family (Holm over domains, "
        "Benjamini–Hochberg over facets and over items; its discrete form for whole answers).",
        f"verdict: changed (adjusted p <= {ALPHA:g}); equivalent (shown to lie within "
        f"±{comparison.bound:g} by two one-sided tests, same correction); undecided (neither: "
        "more blocks would tell).",
        WHY_BLOCKS,
    )


def _style(contender: Contender) -> str:
    style = response_style(contender.data.shares, contender.data.order)
    flag = "" if style.flag == "none" else f", flag: {flagged(contender.data, style)}"
    return f"acquiescence {style.acquiescence:.2f}, entropy {contender.data.entropy():.2f} bits{flag}"


def _item(change: Change, difference: Difference) -> str:
    data = change.base.data
    i = data.key.numbers.index(int(difference.name))
    sign = "R" if data.key.reversed[i] else ""
    return f"{difference.name}{sign} {data.key.facet[i]}"


def _mean(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")
