"""Grades for people and programs: terminal, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fiduciary.cards.checklist import checklist
from fiduciary.cards.grading import CONTRADICTED, NOT_STATED, PARTLY, STATED, Graded, ItemGrade
from fiduciary.safe_text import markdown, one_line

_STYLES = {STATED: "green", PARTLY: "yellow", NOT_STATED: "red", CONTRADICTED: "bold red"}
_BESIDE = 4
"""Cards in one table of the terminal."""


def as_json(graded: Graded) -> dict[str, Any]:
    """A grade as plain values. Quotes are untrusted text without control characters."""
    card = graded.card
    return {
        "file": one_line(card.file),
        "name": card.name,
        "kind": card.kind,
        "points": graded.points,
        "of": graded.of,
        "score": graded.score,
        "sentence": graded.sentence,
        "groups": [vars(group) for group in graded.groups],
        "items": [_item(one) for one in graded.items],
        "claims": [vars(claim) for claim in graded.claims],
        "troubles": list(card.troubles),
    }


def document(all_graded: Sequence[Graded]) -> dict[str, Any]:
    """Everything for a file, with the references of the sources."""
    whole = checklist()
    return {
        "kind": "fiduciary.cards",
        "version": 1,
        "checklist": {"version": whole.version, "sources": dict(whole.sources), "groups": dict(whole.groups)},
        "cards": [as_json(graded) for graded in all_graded],
    }


def as_markdown(all_graded: Sequence[Graded]) -> str:
    """A section a card: groups, what is lacking, claims, and where each item is stated."""
    lines = ["# Cards", ""]
    for graded in all_graded:
        lines += [
            f"## {markdown(graded.card.name)}",
            "",
            f"`{one_line(graded.card.file).replace('`', '')}`. {graded.sentence}",
            "",
        ]
        lines += [f"- {markdown(trouble)}" for trouble in graded.card.troubles]
        lines += [""] * bool(graded.card.troubles)
        lines += ["| | | verdict |", "|---|---|---|"]
        lines += [f"| {g.title} | {g.points:g} of {g.of} | {g.verdict} |" for g in graded.groups]
        lines += [
            "",
            "| item | asks | status | where, or what is lacking | sources |",
            "|---|---|---|---|---|",
        ]
        for answer in graded.items:
            where = [f"line {e.line}: {markdown(e.quote)}" for e in answer.found]
            where += [f"lacking: {markdown(text)}" for text in answer.lacking]
            row = (
                answer.item.id,
                answer.item.asks,
                answer.status,
                "; ".join(where),
                ", ".join(answer.item.sources),
            )
            lines.append(f"| {' | '.join(row)} |")
        if graded.claims:
            lines += ["", "| claim | the card states | beside it | file | |", "|---|---|---|---|---|"]
            for claim in graded.claims:
                texts = map(markdown, (claim.what, claim.stated, claim.found, claim.file))
                lines.append(f"| {' | '.join(texts)} | {'holds' if claim.holds else 'contradicted'} |")
        lines.append("")
    lines += ["## Sources", "", *(f"- {key}: {text}" for key, text in checklist().sources.items()), ""]
    return "\n".join(lines)


def show(all_graded: Sequence[Graded], console: Console) -> None:
    """Groups of all cards beside each other, then what each card lacks."""
    for start in range(0, len(all_graded), _BESIDE):
        _overview(all_graded[start : start + _BESIDE], console)
    for graded in all_graded:
        console.print(Text(one_line(graded.card.file), style="bold"), soft_wrap=True)
        _line(console, graded.sentence)
        for trouble in graded.card.troubles:
            _line(console, trouble, "yellow")
        for claim in graded.contradicted:
            text = f"line {claim.line}: {claim.what} is stated as {claim.stated}; {claim.file}: {claim.found}"
            _line(console, one_line(text), _STYLES[CONTRADICTED])
        for one in graded.missing:
            if one.lacking:
                lacks = one_line("; ".join(one.lacking))
                _line(console, f"{one.item.id}, {one.status}: {lacks}", _STYLES[one.status])
        console.print()


def _overview(some: Sequence[Graded], console: Console) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("", no_wrap=True)
    for graded in some:
        folder = Path(graded.card.file).resolve().parent.name
        table.add_column(Text(one_line(folder)[:16]), justify="right", no_wrap=True)
    for key, title in checklist().groups.items():
        cells = []
        for graded in some:
            group = next((g for g in graded.groups if g.group == key), None)
            text = f"{group.points:g} of {group.of}" if group else "–"
            cells.append(Text(text, style=_STYLES[group.verdict] if group else ""))
        table.add_row(title, *cells)
    table.add_section()
    table.add_row("All items", *(Text(f"{g.points:g} of {g.of}", style="bold") for g in some))
    console.print(table)
    console.print()


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, 2)))


def _item(one: ItemGrade) -> dict[str, Any]:
    return {
        "id": one.item.id,
        "group": one.item.group,
        "asks": one.item.asks,
        "reveals": one.item.reveals,
        "sources": list(one.item.sources),
        "status": one.status,
        "points": one.points,
        "found": [vars(entry) for entry in one.found],
        "lacking": list(one.lacking),
    }
