"""The table as plain data for the page: numbers, None for what is not finite, text that is never markup."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.utility import PROFILES
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.choices import ASKED
from fiduciary.leaderboard.columns import Column
from fiduciary.leaderboard.example import example
from fiduciary.leaderboard.figures import figures
from fiduciary.leaderboard.rows import Row
from fiduciary.safe_text import visible

FORMAT = 1


def payload(board: Board, logs: Mapping[str, str] | None = None, commit: str | None = None) -> dict[str, Any]:
    """Everything that the page shows.

    Args:
        board: the table.
        logs: file → its address relative to the page, where it was put beside it.
        commit: of the checkout that made the page.
    """
    ids = {row.name: f"m{k}" for k, row in enumerate(board.rows)}
    tasks = {row.name: list(row.runs) for row in board.rows}
    found = plain(
        {
            "format": FORMAT,
            "title": board.title,
            "generated": board.generated,
            "version": package_version(),
            "commit": commit,
            "models": [_model(row, ids, logs or {}) for row in board.rows],
            "columns": [_column(column) for column in board.columns],
            "cells": {
                ids[row.name]: {
                    column.key: _cell(board.cells[row.name][column.key], column, tasks[row.name])
                    for column in board.columns
                    if column.key in board.cells[row.name]
                }
                for row in board.rows
            },
            "profiles": {
                name: {
                    "theta": list(utility.theta),
                    "rho": None if max(utility.theta) == 1 else utility.rho,
                    "title": name.replace("_", "-"),
                }
                for name, utility in PROFILES.items()
            },
            "principal": {
                "name": board.principal.name,
                "theta": list(board.principal.utility.theta),
                "rho": board.principal.utility.rho,
            },
            "stakeholders": list(STAKEHOLDERS),
            "example": example(board),
            **_choices(board, ids),
            "asked": sorted({ASKED[one.data.elicitation] for one in board.answers.values()}),
            "unranked": [
                {"model": ids[name], "why": one.why}
                for name, one in board.answers.items()
                if name not in board.ranked
            ],
            "ranking": _ranking(board, ids),
            "figures": figures(board, ids),
            "troubles": [{"file": t.file, "problem": t.problem} for t in board.published_troubles],
        },
        visible,
    )
    return dict(found)


def writable(text: str) -> str:
    """Text without half a character, which names of files may hold, and which cannot be written as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def plain(value: Any, text: Callable[[str], str] = writable) -> Any:
    """The same with Python's own types, text that can be written, and None for numbers that JSON lacks.

    Args:
        value: whatever is to be JSON.
        text: what becomes of text; addresses of logs stay addresses.
    """
    if isinstance(value, Mapping):
        return {
            plain(str(key), text): plain(item, writable if key == "log" else text)
            for key, item in value.items()
        }
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return [plain(item, text) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), text)
    if isinstance(value, np.generic):
        return plain(value.item(), text)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def package_version() -> str:
    """Version of this suite."""
    try:
        return version("fiduciary")
    except PackageNotFoundError:
        return "unknown"


def _model(row: Row, ids: Mapping[str, str], logs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": ids[row.name],
        "name": row.name,
        "kind": row.kind,
        "base": ids.get(row.base) if row.base else None,
        "note": row.note,
        "runs": [
            {
                "task": task,
                "log": logs.get(run.file),
                "viewer": None,
                "created": run.created,
                "status": run.log.header.status,
                "version": run.version,
                "seed": run.seed,
                "elicitation": run.elicitation,
                "n": run.samples,
                "commit": run.commit,
                "tokens_in": run.tokens[0],
                "tokens_out": run.tokens[1],
                "cost": run.cost,
            }
            for task, run in row.runs.items()
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    names = ("key", "task", "group", "title", "unit", "better", "format", "description")
    return {name: getattr(column, name) for name in names}


def _cell(cell: Cell, column: Column, tasks: list[str]) -> dict[str, Any]:
    run = tasks.index(column.task) if column.task in tasks else None
    return {**vars(cell), "run": run}


def _choices(board: Board, ids: Mapping[str, str]) -> dict[str, Any]:
    """Problems, and what was chosen: an index where each problem has one answer, else shares."""
    problems = board.problems
    if problems is None:
        return {"problems": None, "choices": {}, "shares": {}}
    choices, shares = {}, {}
    for name, found in problems.shares.items():
        answered = np.asarray(np.isfinite(found).any(axis=1))
        if name in problems.single:
            best = np.argmax(np.nan_to_num(found, nan=-1.0), axis=1)
            choices[ids[name]] = np.where(answered, best, -1)
        else:
            shares[ids[name]] = [
                [round(float(s), 8) for s in row[: len(options)]] if there else None
                for row, options, there in zip(found, problems.welfare, answered, strict=True)
            ]
    return {
        "problems": {
            "ids": list(problems.ids),
            "groups": problems.groups.tolist(),
            "shift": problems.shift,
            "welfare": [options.tolist() for options in problems.welfare],
        },
        "choices": choices,
        "shares": shares,
    }


def _ranking(board: Board, ids: Mapping[str, str]) -> dict[str, Any] | None:
    ranking = board.ranking
    if ranking is None:
        return None
    order = sorted(range(len(board.ranked)), key=lambda k: (math.isnan(ranking.mean[k]), ranking.mean[k]))
    # A model without an answer has no rank.
    there = np.where(ranking.rank > 0, 1.0, np.nan)
    return {
        "level": ranking.level,
        "models": [ids[board.ranked[k]] for k in order],
        "mean": ranking.mean[order],
        "stderr": ranking.stderr[order],
        **{
            name: [None if math.isnan(x) else int(x) for x in (getattr(ranking, name) * there)[order]]
            for name in ("rank", "low", "high")
        },
    }
