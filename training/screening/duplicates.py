"""Rows that repeat others, exactly or nearly, and rows that contradict others."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from fiduciary.training.screening.near import THRESHOLD, near_pairs
from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import EXAMPLES, FINE, NOTE, PROBLEM, Check, Example, plain

MOST = 0.01
"""Share of repeated rows above which they are a problem."""

MOST_CONTRADICTIONS = 0.001


def normal(text: str) -> str:
    """Text without differences that do not show: NFKC, case folded, spaces as one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def exact(rows: Rows) -> Check:
    """Rows that are equal to an earlier one after :func:`normal`."""
    first: dict[tuple[str, ...], int] = {}
    again = []
    prompts: defaultdict[str, int] = defaultdict(int)
    for k, key in enumerate(_keys(rows)):
        prompts[key[0]] += 1
        if key in first:
            again.append((k, first[key]))
        else:
            first[key] = k
    share = len(again) / rows.n
    repeated = rows.n - len(prompts) if any(prompts) else 0
    return Check(
        "exact_duplicates",
        "Exact duplicates",
        _verdict(share),
        f"{len(again):,} of {rows.n:,} rows repeat an earlier one; {repeated:,} repeat a prompt.",
        f"more than {MOST:.0%} of rows",
        "prompt and responses equal after NFKC, case folding and joining of spaces",
        rows.n,
        share,
        details={"rows": len(again), "repeated_prompts": repeated},
        examples=tuple(Example(k + 1, plain(rows.response[k]), j + 1) for k, j in again[:EXAMPLES]),
    )


def near(rows: Rows) -> Check:
    """Rows, and prompts, that nearly repeat an earlier one."""
    keys = _keys(rows)
    whole = _near([" \n ".join(key) for key in keys])
    prompts = _near([key[0] for key in keys]) if any(key[0] for key in keys) else {}
    # A prompt that comes back word for word is not nearly the same, and may have other responses.
    share = len(whole) / rows.n
    also = len([k for k in prompts if k not in whole])
    shown = sorted({**prompts, **whole}.items())[:EXAMPLES]
    return Check(
        "near_duplicates",
        "Near duplicates",
        _verdict(max(share, also / rows.n)),
        f"{len(whole):,} of {rows.n:,} rows are nearly an earlier one; {also:,} more have nearly its prompt.",
        f"more than {MOST:.0%} of rows",
        f"Jaccard similarity of shingles of five words at least {THRESHOLD:g}, found by MinHash; shingles in "
        f"more than 1 % of rows are templates and do not count",
        rows.n,
        share,
        details={"rows": len(whole), "prompts": len(prompts), "threshold": THRESHOLD},
        examples=tuple(
            Example(k + 1, f"similarity {similarity:.2f}: {plain(rows.asked[k] or rows.response[k])}", j + 1)
            for k, (j, similarity) in shown
        ),
    )


def contradictions(rows: Rows) -> Check:
    """The same prompt with the same responses the other way round, or a response preferred to itself."""
    title, name = "Contradictions", "contradictions"
    pairs: list[tuple[int, int]] = []
    if rows.rejected is not None:
        seen: dict[tuple[str, ...], int] = {}
        for k, (prompt, chosen, rejected) in enumerate(_keys(rows)):
            if chosen == rejected:
                pairs.append((k, k))
            elif (prompt, rejected, chosen) in seen:
                pairs.append((k, seen[prompt, rejected, chosen]))
            seen.setdefault((prompt, chosen, rejected), k)
        what = "chosen and rejected are swapped in another row with the same prompt, or are equal"
    elif rows.label is not None:
        labelled: dict[tuple[str, ...], tuple[int, bool]] = {}
        for k, (key, label) in enumerate(zip(_keys(rows), rows.label, strict=True)):
            if key in labelled and labelled[key][1] != label:
                pairs.append((k, labelled[key][0]))
            labelled.setdefault(key, (k, label))
        what = "the same completion of the same prompt is labelled good and bad"
    else:
        answers: defaultdict[str, set[str]] = defaultdict(set)
        for key in _keys(rows):
            if key[0]:
                answers[key[0]].add(key[1])
        several = sum(len(responses) > 1 for responses in answers.values())
        return Check(
            name,
            title,
            FINE,
            f"{several:,} prompts have more than one response, and the data do not say which is better.",
            "not a problem by itself",
            "prompts equal after normalisation",
            rows.n,
            several / rows.n,
            details={"prompts_with_several_responses": several},
        )
    share = len(pairs) / rows.n
    return Check(
        name,
        title,
        PROBLEM if share > MOST_CONTRADICTIONS else NOTE if pairs else FINE,
        f"{len(pairs):,} of {rows.n:,} rows contradict another or themselves: {what}.",
        f"more than {MOST_CONTRADICTIONS:.1%} of rows",
        "prompt and responses equal after NFKC, case folding and joining of spaces",
        rows.n,
        share,
        details={"rows": len(pairs)},
        examples=tuple(Example(k + 1, plain(rows.response[k]), j + 1) for k, j in pairs[:EXAMPLES]),
    )


def _keys(rows: Rows) -> list[tuple[str, ...]]:
    parts = [rows.prompt, rows.response, *([rows.rejected] if rows.rejected is not None else [])]
    return [tuple(map(normal, texts)) for texts in zip(*parts, strict=True)]


def _near(texts: Sequence[str]) -> dict[int, tuple[int, float]]:
    """Row → an earlier one that it nearly repeats, and their similarity; of equal texts the first counts."""
    place: dict[str, int] = {}
    for k, text in enumerate(texts):
        place.setdefault(text, k)
    rows = list(place.values())
    return {
        rows[k]: (rows[j], similarity) for k, (j, similarity) in near_pairs([texts[r] for r in rows]).items()
    }


def _verdict(share: float) -> str:
    return PROBLEM if share > MOST else NOTE if share else FINE


def words(text: str) -> list[str]:
    """Words and figures of a text; a figure keeps its separators."""
    return re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*", text)
