"""A comparison as a comment on a pull request."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fiduciary.economics.principals import Principal
from fiduciary.leaderboard.outputs import number
from fiduciary.safe_text import markdown

if TYPE_CHECKING:
    from fiduciary.leaderboard.compare import Change, Compared


def as_github(found: Compared, principal: Principal) -> str:
    """Whether both sides read, then regressions, everything else folded away; text from logs is escaped."""
    changes, lost, troubles = found.changes, found.lost, found.troubles
    regressed = [c for c in changes if c.verdict == "REGRESSION"]
    moved = [c for c in changes if c.verdict in ("better", "changed")]
    others = [c for c in changes if c not in regressed and c not in moved]
    count = len(regressed) + len(lost)
    tested = sum(not math.isnan(c.p_value) for c in changes)
    words = "no regression" if count == 0 else f"{count} regression{'s' if count > 1 else ''}"
    lines = [
        f"### {'❌' if count else '✅'} Fiduciary: {words}",
        "",
        *(f"- {markdown(sentence)}" for sentence in found.grounds),
        *([""] if found.grounds else []),
        f"Principal {markdown(principal.title)}. {tested} tests, two-sided, 5 % after Holm's correction "
        "over all of them.",
        "",
        *(f"- {markdown(trouble.problem)}" for trouble in lost),
    ]
    if lost:
        lines.append("")
    lines += [*_table([*regressed, *moved]), ""]
    lines += _folded(f"{len(others)} metrics without a shown change", _table(others))
    lines += _folded(
        f"{len(troubles)} files with troubles",
        [f"- {markdown(t.file)}: {markdown(t.problem)}" for t in troubles],
    )
    return "\n".join(lines)


def _table(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    lines = ["| model | metric | A | B | B − A (s.e.) | p, Holm | verdict | test |", "|" + "---|" * 8]
    for c in changes:
        form = c.column.format
        spread = "" if math.isnan(c.stderr) else f" ({number(c.stderr, form)})"
        p = "–" if math.isnan(c.adjusted) else "< .001" if c.adjusted < 0.001 else f"{c.adjusted:.3f}"
        cells = [
            markdown(c.model),
            markdown(f"{c.column.task}, {c.column.title}"),
            markdown(number(c.before, form)),
            markdown(number(c.after, form)),
            markdown(f"{number(c.difference, form)}{spread}"),
            p.replace("<", "&lt;"),
            f"**{c.verdict}**" if c.verdict == "REGRESSION" else c.verdict,
            c.test,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]
