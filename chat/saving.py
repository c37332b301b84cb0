"""A conversation as a file: JSON for programs, Markdown for people."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fiduciary.chat.conversation import FAILED, STOPPED, Conversation, Reply, Turn

FORMAT = 1


def to_json(conversation: Conversation, server: str, now: datetime | None = None) -> str:
    """The conversation with models, settings and times; read it with any JSON reader.

    Args:
        conversation: what to save.
        server: the server's address, without secrets.
        now: time of saving, UTC.
    """
    return json.dumps(_record(conversation, server, now or datetime.now(UTC)), ensure_ascii=False, indent=2)


def _record(conversation: Conversation, server: str, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "fiduciary": _version(),
        "saved": _iso(now),
        "server": server,
        "base": conversation.models.base,
        "adapters": list(conversation.models.adapters),
        "turns": [
            {
                "time": _iso(turn.time),
                "settings": asdict(turn.settings),
                "problem": None if turn.problem is None else dict(turn.problem),
                "message": turn.message,
                "replies": {name: asdict(turn.replies[name]) for name in conversation.models.names},
            }
            for turn in conversation.turns
        ],
    }


def to_markdown(conversation: Conversation, server: str, now: datetime | None = None) -> str:
    """The conversation to read; every text of user and models stands in a code block, as it was written.

    Args:
        conversation: what to save.
        server: the server's address, without secrets.
        now: time of saving, UTC.
    """
    models = conversation.models
    parts = [
        "# Conversation side by side",
        _bullets(
            [
                ("Saved", _iso(now or datetime.now(UTC))),
                ("Server", _code(server)),
                ("Base", _code(models.base)),
                ("Adapters", ", ".join(map(_code, models.adapters)) or "none"),
                ("Fiduciary", _version() or "unknown version"),
            ]
        ),
    ]
    for number, turn in enumerate(conversation.turns, 1):
        parts += _turn(number, turn, models.names)
    return "\n\n".join(parts) + "\n"


def file_name(conversation: Conversation, suffix: str) -> str:
    """``chat-20260102-030405.json``: the time of the first message, or now without one."""
    first = conversation.turns[0].time if conversation.turns else datetime.now(UTC)
    return f"chat-{first:%Y%m%d-%H%M%S}.{suffix}"


def _turn(number: int, turn: Turn, names: Sequence[str]) -> list[str]:
    settings = turn.settings
    facts = [
        ("Sent", _iso(turn.time)),
        ("Temperature", f"{settings.temperature:g}"),
        ("Longest reply", f"{settings.max_tokens} tokens"),
    ]
    if turn.problem is not None:
        problem = turn.problem
        facts.append(
            (
                "Problem",
                f"{problem['number']} of seed {problem['seed']} ({_code(str(problem['id']))}, "
                f"wording {problem['wording']}, version {problem['version']})",
            )
        )
    parts = [f"## {number}", _bullets(facts)]
    if settings.system:
        parts += ["System message:", _block(settings.system)]
    parts += ["Message:", _block(turn.message)]
    for name in names:
        parts += _reply(name, turn.replies[name])
    return parts


def _reply(name: str, reply: Reply) -> list[str]:
    parts = [f"### {_code(name)}", _block(reply.text)]
    notes = note(reply)
    if notes:
        # A reason can quote the server, and the server the prompt.
        parts.append(_code(notes))
    return parts


def note(reply: Reply) -> str:
    """One line about a reply: how it ended, where that is worth a word, how long it is and took."""
    said = []
    if reply.state == FAILED:
        said.append(f"failed: {reply.error}")
    elif reply.state == STOPPED:
        said.append("stopped")
    elif reply.finish == "length":
        said.append("cut off at the longest reply")
    if reply.tokens_out is not None:
        said.append(f"{reply.tokens_out} tokens")
    if reply.seconds is not None:
        said.append(f"{reply.seconds:.1f} s")
    return ", ".join(said)


def _bullets(facts: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in facts)


def _code(text: str) -> str:
    """One line of text that Markdown leaves alone."""
    text = " ".join(text.split()) or " "
    ticks = _fence(text, 1)
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _block(text: str) -> str:
    """Lines of text that Markdown leaves alone."""
    fence = _fence(text, 3)
    return f"{fence}text\n{text}\n{fence}"


def _fence(text: str, least: int) -> str:
    """More backticks in a row than the text holds anywhere."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _version() -> str | None:
    try:
        return version("fiduciary")
    except PackageNotFoundError:
        return None
