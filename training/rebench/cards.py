"""What was measured, written into an adapter's own folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiduciary.training.adapter_card import MEASURED
from fiduciary.training.card_parts import front, split
from fiduciary.training.errors import TrainingError
from fiduciary.training.evaluation_metadata import model_index
from fiduciary.training.rebench.adapter_files import FACTS
from fiduciary.training.rebench.choices import Comparison, Estimate, Verdict
from fiduciary.training.rebench.games_report import as_json, of_adapter
from fiduciary.training.rebench.games_report import lines as games_lines
from fiduciary.training.rebench.plan import Contender
from fiduciary.training.rebench.report import HEADINGS, cells, comparison_json, moved, p_value, plain, table

if TYPE_CHECKING:
    from fiduciary.training.rebench.run import Outcome

CARD = "README.md"


def check_card(folder: Path) -> tuple[str, str]:
    """The card's text before and after what was measured, both with their markers.

    Raises:
        TrainingError: the folder has no card of this project.
    """
    card = folder / CARD
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    before, begin, rest = text.partition(MEASURED[0])
    _, end, after = rest.partition(MEASURED[1])
    if not begin or not end or not (folder / FACTS).is_file():
        raise TrainingError(f"{folder} has no card made by this project: leave --write-cards out.")
    return before + begin, end + after


def fill(outcome: Outcome, contender: Contender) -> None:
    """Put an adapter's part of the comparison into its model card and its ``training.json``.

    Raises:
        TrainingError: the folder has no card of this project.
    """
    folder = contender.adapter
    assert folder is not None
    before, after = check_card(folder)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    facts["measured"] = plain(
        {
            "engine": outcome.engine,
            "comparisons": [_own(comparison_json(one), contender.name) for one in outcome.comparisons],
            "games": [as_json(of_adapter(one, contender.name)) for one in outcome.games],
            "shifts": {
                label: [vars(s) for s in found if s.name == contender.name]
                for label, found in outcome.shifts.items()
            },
        }
    )
    text = "\n".join([before, *_section(outcome, contender.name), after])
    _replace(folder / CARD, _with_results(text, facts))
    _replace(folder / FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _with_results(text: str, facts: dict[str, Any]) -> str:
    """The card with the results in its metadata too, if it has metadata."""
    head, body = split(text)
    if not head:
        return text
    index = model_index(facts)
    head = {name: value for name, value in head.items() if name != "model-index"}
    return front(head | ({"model-index": index} if index else {})) + body


def _section(outcome: Outcome, name: str) -> list[str]:
    lines = [
        f"Beside the base, on the same problems, from {outcome.engine}. Standard errors in brackets.",
        "",
    ]
    head = ("task", "", *HEADINGS, "missing")
    rows: list[list[str]] = []
    for one in outcome.comparisons:
        for estimate in (one.estimates[0], _named(one, name)):
            rows.append(
                [
                    f"{one.task}, by {one.elicitation}",
                    estimate.name,
                    *cells(estimate),
                    f"{estimate.missing / estimate.n:.1%}",
                ]
            )
    if not outcome.comparisons:
        return [*lines, *_games(outcome, name)]
    lines += [*table(head, rows), ""]
    rows, untested = [], []
    for one in outcome.comparisons:
        verdict = next(v for v in one.verdicts if v.name == name)
        rows.append([f"{one.task}, by {one.elicitation}", *_against(verdict)])
        untested += [f"{one.task}, by {one.elicitation}, {why}." for why in verdict.untested]
    head = (
        "task",
        "Σ abs(θ − target)",
        "best choices",
        "loss share",
        "H1: as the base, p",
        "H2: the target, p",
    )
    return [*lines, *table(head, rows), "", *untested, *_games(outcome, name)]


def _games(outcome: Outcome, name: str) -> list[str]:
    """The same of the games that were played, one heading lower than in the comparison."""
    found = (line for one in outcome.games for line in games_lines(of_adapter(one, name)))
    return [f"#{line}" if line.startswith("#") else line for line in found]


def _against(verdict: Verdict) -> list[str]:
    tests = [p_value(verdict.h1, verdict.h1_holm), p_value(verdict.h2)]
    if verdict.best is None or verdict.loss_share is None:
        return ["", "", "", *tests]
    before, after = verdict.distance
    return [
        f"{before:.3f} → {after:.3f}",
        moved(verdict.best, 100, " %"),
        moved(verdict.loss_share, 100, " %"),
        *tests,
    ]


def _named(one: Comparison, name: str) -> Estimate:
    return next(estimate for estimate in one.estimates if estimate.name == name)


def _own(comparison: dict[str, Any], name: str) -> dict[str, Any]:
    base = next(iter(comparison["estimates"]))
    estimates = {key: comparison["estimates"][key] for key in (base, name)}
    return comparison | {
        "estimates": estimates,
        "adapters": {name: comparison["adapters"][name]},
        "missing": {name: comparison["missing"][name]},
    }


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
