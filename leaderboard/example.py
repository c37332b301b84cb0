"""One real question out of the logs, for whoever has never seen what is asked."""

from __future__ import annotations

from typing import Any

from fiduciary.eval_logs import UnusableLog, read_sample
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.columns import INVENTORIES, TASKS

LONGEST = 6000
"""Characters of one message that are shown."""


def example(board: Board) -> dict[str, Any] | None:
    """A question as a model saw it: the first of the first task that has one; None where logs hold none.

    Returns:
        ``task``, and ``messages`` with ``role`` and ``text``, up to what the model itself wrote. Inventories
        are left out: their logs keep one text for many statements.
    """
    for task in TASKS:
        if task in INVENTORIES:
            continue
        for row in board.rows:
            if task not in row.runs:
                continue
            run = row.runs[task]
            for sample in (run.log.header.eval.dataset.sample_ids or [])[:1]:
                try:
                    messages = read_sample(run.file, sample, ("events",)).messages
                except (LookupError, UnusableLog):  # a limit left it out, or the file is damaged there
                    continue
                asked = _asked([(message.role, message.text) for message in messages])
                if asked:
                    return {"task": task, "messages": asked}
    return None


def _asked(messages: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Messages up to the first question, with the words that begin its answer; empty where there is none."""
    roles = [role for role, _ in messages]
    if "user" not in roles:
        return []
    end = roles.index("user") + 1
    # Two turns of the model's side: the first was put into its mouth.
    end += roles[end : end + 2] == ["assistant", "assistant"]
    return [
        {"role": role, "text": text if len(text) <= LONGEST else f"{text[:LONGEST]}…"}
        for role, text in messages[:end]
    ]
