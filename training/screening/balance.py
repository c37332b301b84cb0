"""Imbalance: places, labels, categories, lengths, options that are worse in every respect."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import scipy

from fiduciary.economics import inference
from fiduciary.economics.arrays import BoolArray
from fiduciary.training.screening import choices
from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import (
    EXAMPLES,
    FINE,
    NOTE,
    PROBLEM,
    Check,
    Example,
    not_applicable,
    plain,
)

SIGNIFICANT = 0.001
LARGE_V = 0.1
"""Cramér's V above which an imbalance of places is a problem."""

_CATEGORIES = 20


def places(rows: Rows) -> Check:
    """Whether options are chosen wherever they stand."""
    name, title = "places", "Places of chosen options"
    if not choices.are_choices(rows.asked, rows.response):
        return not_applicable(name, title, "Rows ask for no choice between lettered options.")
    good = range(rows.n) if rows.label is None else np.flatnonzero(rows.label).tolist()
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for k in good:
        chosen = choices.place(rows.asked[k], rows.response[k])
        if chosen is not None:
            counts[len(choices.labels(rows.asked[k]))][chosen] += 1
    if not counts:
        return not_applicable(name, title, "No response marked as good names an option.")
    statistic = degrees = total = 0.0
    worst, worst_share, worst_n, even = "", 0.0, 1, 0.5
    table = {}
    for k, found in sorted(counts.items()):
        n = sum(found.values())
        shares = [found[place] / n for place in range(k)]
        statistic += sum((found[place] - n / k) ** 2 / (n / k) for place in range(k))
        degrees += k - 1
        total += n
        table[str(k)] = [found[place] for place in range(k)]
        share = max(shares)
        if n >= 20 and share * k > worst_share / even:
            worst, worst_share, worst_n, even = f"{shares.index(share) + 1} of {k}", share, n, 1 / k
    p = float(scipy.stats.chi2.sf(statistic, degrees))
    # Effect of a χ² test over several tables: 0 for none, about the relative excess of a place else.
    v = float(np.sqrt(statistic / total / max(1.0, degrees / len(counts))))
    interval = inference.clopper_pearson(worst_share * worst_n, worst_n)
    return Check(
        name,
        title,
        PROBLEM if p < SIGNIFICANT and v > LARGE_V else NOTE if p < SIGNIFICANT else FINE,
        f"The place chosen most is {worst or 'none'}, in {worst_share:.1%} of rows with that many options "
        f"({even:.1%} if places did not matter; p = {p:.2g}).",
        f"p < {SIGNIFICANT:g} and Cramér's V > {LARGE_V:g}",
        "χ² test of equal shares within each number of options",
        int(total),
        worst_share,
        low=interval.low,
        high=interval.high,
        p=p,
        baseline=even,
        details={"chosen": table, "cramers_v": v},
    )


def labels(rows: Rows) -> Check:
    """Whether good and bad completions are about as frequent."""
    name, title = "labels", "Labels"
    if rows.label is None:
        return not_applicable(name, title, "The data have no labels.")
    share = float(np.mean(rows.label))
    interval = inference.clopper_pearson(share * rows.n, rows.n)
    rare = min(share, 1 - share)
    return Check(
        name,
        title,
        PROBLEM if rare < 0.1 else NOTE if rare < 0.3 else FINE,
        f"{share:.1%} of {rows.n:,} completions are labelled good.",
        "fewer than 10 % of either kind",
        "share with Clopper & Pearson's interval",
        rows.n,
        share,
        low=interval.low,
        high=interval.high,
        baseline=0.5,
    )


def categories(rows: Rows) -> Check:
    """Whether further columns have one value nearly everywhere."""
    name, title = "categories", "Categories of further columns"
    counts = {column: Counter(values) for column, values in rows.extra.items()}
    few_valued = {c: n for c, n in counts.items() if 1 < len(n) <= _CATEGORIES and not _option(c)}
    if not few_valued:
        return not_applicable(name, title, "The data have no further columns with a few values.")
    commonest = {column: count.most_common(1)[0] for column, count in few_valued.items()}
    column = max(commonest, key=lambda one: commonest[one][1])
    value, n = commonest[column]
    share = n / rows.n
    return Check(
        name,
        title,
        NOTE if share > 0.95 else FINE,
        f"The most uneven of {len(few_valued)} columns is {plain(column, 40)}: {plain(str(value), 40)} in "
        f"{share:.1%} of rows.",
        "never a problem by itself; a note above 95 %",
        "counts",
        rows.n,
        share,
        details={
            plain(c, 40): {plain(str(v), 40): k for v, k in n.most_common()} for c, n in few_valued.items()
        },
    )


def lengths(rows: Rows) -> Check:
    """Whether the chosen response is the longer one."""
    name, title = "lengths", "Lengths"
    own = np.array([len(text) for text in rows.response], dtype=float)
    if rows.rejected is None:
        quartiles = [float(q) for q in np.quantile(own, [0.25, 0.5, 0.75])]
        return Check(
            name,
            title,
            FINE,
            f"Half of the responses have {quartiles[0]:,.0f} to {quartiles[2]:,.0f} characters.",
            "never a problem by itself",
            "quartiles",
            rows.n,
            quartiles[1],
            unit="characters",
            details={"quartiles": quartiles},
        )
    words = [(len(a.split()), len(b.split())) for a, b in zip(rows.response, rows.rejected, strict=True)]
    excess = np.array([a - b for a, b in words])
    characters = own - np.array([len(text) for text in rows.rejected])
    longer = inference.share(np.where(excess == 0, 0.5, excess > 0), 1.0, np.arange(rows.n))
    share, low, high = longer.value, longer.low, longer.high
    untied = int((excess != 0).sum())
    p = float(scipy.stats.binomtest(int((excess > 0).sum()), untied).pvalue) if untied else 1.0
    away = abs(share - 0.5)
    more = inference.mean(characters)
    always = "; it always is" if share == 1 else "; it never is" if share == 0 else ""
    extreme = np.argsort(-np.abs(excess), kind="stable")[:EXAMPLES].tolist() if away > 0.1 else []
    return Check(
        name,
        title,
        PROBLEM if away > 0.1 and min(abs(low - 0.5), abs(high - 0.5)) > 0.05 and p < SIGNIFICANT else FINE,
        f"The chosen response has more words in {share:.1%} of pairs (half of ties counted{always}) and "
        f"{more.value:+.1f} characters on average.",
        "more than 60 % or less than 40 % of pairs, beyond chance",
        "sign test over pairs whose numbers of words differ; Korn & Graubard's interval",
        rows.n,
        share,
        low=low,
        high=high,
        p=p,
        baseline=0.5,
        details={
            "characters_more": more.value,
            "characters_more_low": more.low if np.isfinite(more.low) else None,
            "characters_more_high": more.high if np.isfinite(more.high) else None,
            "ties": rows.n - untied,
        },
        examples=tuple(Example(k + 1, f"{words[k][0]} and {words[k][1]} words") for k in extreme),
    )


def dominated(rows: Rows) -> Check:
    """Whether responses choose, or reject, options that another one is better than."""
    name, title = "dominated", "Dominated options"
    chosen_, strictly, rejected, read = [], [], 0, 0
    if choices.are_choices(rows.asked, rows.response):
        for k in range(rows.n):
            welfare = choices.gains(rows.asked[k])
            if welfare is None:
                continue
            read += 1
            weak, strict = choices.dominated(welfare)
            if rows.label is None or rows.label[k]:
                chosen_ += [k] if _is(weak, rows.asked[k], rows.response[k]) else []
                strictly += [k] if _is(strict, rows.asked[k], rows.response[k]) else []
            rejected += rows.rejected is not None and _is(weak, rows.asked[k], rows.rejected[k])
    if read < 0.5 * rows.n:
        return not_applicable(name, title, "Prompts show no options with four figures each.")
    share, always, easy = len(chosen_) / read, len(strictly) / read, rejected / read
    interval = inference.clopper_pearson(len(chosen_), read)
    text = (
        f"{len(chosen_):,} of {read:,} chosen options give no group more than another one does and some "
        f"group less ({len(strictly):,} give every group less)"
    )
    text += f"; {easy:.1%} of the rejected ones do so." if rows.rejected is not None else "."
    noted = share > 0.01 or strictly or easy > 0.5
    return Check(
        name,
        title,
        PROBLEM if share > 0.05 or always > 0.001 else NOTE if noted else FINE,
        text,
        "more than 5 % of chosen options, or 0.1 % that give every group less; a note above 1 %, and above "
        "half of the rejected ones, which teach little",
        "gains are the last four figures of each option's block; a target that weighs some group with 0 is "
        "indifferent where only that group's gain differs",
        read,
        share,
        low=interval.low,
        high=interval.high,
        details={
            "chosen": len(chosen_),
            "chosen_strictly": len(strictly),
            "rejected": rejected,
            "read": read,
        },
        examples=tuple(Example(k + 1, plain(rows.asked[k])) for k in (strictly or chosen_)[:EXAMPLES]),
    )


def _is(worse: BoolArray, prompt: str, response: str) -> bool:
    place = choices.place(prompt, response)
    return place is not None and bool(worse[place])


def _option(column: str) -> bool:
    """Columns that name the option chosen or rejected, which have a check of their own."""
    return column.endswith("_option")
