"""What the page draws besides the table: dose–response, prices, inventories, axiom cards, reachable sets."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from fiduciary.economics.axioms.chooser import fitted
from fiduciary.eval_logs import UnusableLog, read_log, read_sample
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.columns import CHOICE, INVENTORIES
from fiduciary.leaderboard.rows import Row
from fiduciary.scorers.axioms.card import card, card_rows
from fiduciary.scorers.axioms.table import axiom_table
from fiduciary.scorers.duopoly_pricing.scorer import STORE
from fiduciary.scorers.duopoly_pricing.table import read_run
from fiduciary.scorers.reachable.report import find
from fiduciary.scorers.reachable.table import framed_table

PATHS = 3
"""Runs of a row whose prices are drawn."""

UNSAID = ("messages", "events", "attachments")
"""Fields of samples that no figure needs."""

_DOSE = re.compile(r"(?:^|/)dose-(\d+(?:\.\d+)?)$")


def figures(board: Board, ids: Mapping[str, str]) -> dict[str, Any]:
    """Every kind, each a list, empty where logs hold nothing of it."""
    return {
        "dose_response": _doses(board, ids),
        "price_paths": [path for row in board.rows for path in _paths(row, ids)],
        "inventories": [found for row in board.rows for found in _profiles(board, row, ids)],
        "axioms": [card for row in board.rows for card in _axioms(row, ids)],
        "reachable": [found for row in board.rows for found in _reachable(row, ids, board.level)],
    }


def _doses(board: Board, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Models called ``dose-X``, an adapter's update times X, with their base at X = 0."""
    series: dict[str, list[tuple[float, Row]]] = {}
    for row in board.rows:
        match = _DOSE.search(row.name)
        if match is not None and row.base is not None and CHOICE in row.runs:
            series.setdefault(row.base, []).append((float(match[1]), row))
    out = []
    for base, doses in series.items():
        if not any(dose == 0 for dose, _ in doses):
            doses.append((0.0, board.row(base)))
        points = []
        for dose, row in sorted(doses, key=lambda pair: pair[0]):
            cells, answers = board.cells[row.name], board.answers.get(row.name)
            if answers is not None and answers.fit is not None:
                points.append(
                    {
                        "x": dose,
                        "theta": answers.fit.theta,
                        "distance": cells[f"{CHOICE}.distance"].value,
                        "regret": cells[f"{CHOICE}.regret"].value,
                    }
                )
        out.append(
            {"model": ids[base], "target": board.principal.name or "the given principal", "points": points}
        )
    return out


def _paths(row: Row, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    run = row.runs.get("duopoly_pricing")
    if run is None:
        return []
    out = []
    for sample_id in list(run.log.header.eval.dataset.sample_ids or [])[:PATHS]:
        try:
            sample = read_sample(run.file, sample_id, UNSAID)
            found = read_run(sample.store.get(STORE), sample.metadata)
        except Exception:  # a limit left it out, or it is not as the task writes it
            continue
        if found is None:
            continue
        scale = found.market.price_scale
        out.append(
            {
                "model": ids[row.name],
                "label": str(sample_id),
                "prices": found.unit_prices.T.round(5),
                "nash": float(found.solved.nash_prices[0] / scale),
                "monopoly": float(found.solved.monopoly_prices[0] / scale),
            }
        )
    return out


def _profiles(board: Board, row: Row, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    out = []
    base = board.cells.get(row.base or "", {})
    for instrument in INVENTORIES:
        if instrument not in row.runs:
            continue
        scales = []
        ends = [math.inf, -math.inf]
        for column in board.columns:
            if column.task != instrument or column.metric in (None, "missing"):
                continue
            cell, of_base = board.cells[row.name].get(column.key), base.get(column.key)
            if cell is not None:
                ends = [min(ends[0], column.floor), max(ends[1], column.ceiling)]
                scales.append(
                    {
                        "name": column.title,
                        "value": cell.value,
                        "low": cell.low,
                        "high": cell.high,
                        "base": of_base.value if of_base else None,
                    }
                )
        out.append({"model": ids[row.name], "instrument": instrument, "range": ends, "scales": scales})
    return out


def _axioms(row: Row, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The axiom card of a row."""
    if (run := row.runs.get("axioms")) is None:
        return []
    try:
        table = axiom_table(read_log(run.file, UNSAID))
    except (UnusableLog, ValueError):  # not as the task writes it
        return []
    chooser = fitted(table.answers) if table.grounds.withheld is None else None
    return [{"model": ids[row.name], "findings": card_rows(card(table, chooser))}]


def _reachable(row: Row, ids: Mapping[str, str], level: float) -> list[dict[str, Any]]:
    """The preference under each context that has an estimate, or why the answers are no ground for any."""
    if (run := row.runs.get("reachable")) is None:
        return []
    try:
        table = framed_table(read_log(run.file, UNSAID))
    except (UnusableLog, ValueError):  # not as the task writes it
        return []
    out: dict[str, Any] = {"model": ids[row.name], "withheld": None, "spread": None, "contexts": []}
    if (withheld := table.grounds().withheld) is not None:
        return [out | {"withheld": withheld}]
    found = find(table, level)
    if found.reach is not None:
        reach = found.reach.spread
        out["spread"] = {"value": reach.value, "low": reach.low, "high": reach.high}
    out["contexts"] = [
        {"name": name, "kind": table.kinds[name], "theta": fit.theta} for name, fit in found.fits.items()
    ]
    return [out]
