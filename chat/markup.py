"""One column as HTML. Whatever a user, a model or a server wrote is text in it, to the letter.

Gradio's own chat component passes replies on as HTML that it has sanitised, also where Markdown is
switched off: a picture's address in a reply would be fetched, and a reply could not be read as written.
"""

from __future__ import annotations

from html import escape

from fiduciary.chat.conversation import FAILED, STREAMING, Conversation, Reply
from fiduciary.chat.saving import note


def column(conversation: Conversation, name: str) -> str:
    """The HTML of one model's column."""
    role = "base" if name == conversation.models.base else "adapter"
    said = [
        part
        for turn in conversation.turns
        for part in (_article("user", "You", turn.message, ""), _reply(name, turn.replies[name]))
    ]
    log = f'<div role="log" aria-label="{escape(name)}" aria-live="off" tabindex="0">{"".join(said)}</div>'
    return f'<section class="column"><h2>{escape(name)} <small>{role}</small></h2>{log}</section>'


def columns(conversation: Conversation) -> list[str]:
    """The HTML of every column, in order."""
    return [column(conversation, name) for name in conversation.models.names]


def _reply(name: str, reply: Reply) -> str:
    if reply.state == STREAMING:
        return _article("model", name, f"{reply.text}…", "")
    ended = note(reply)
    kind = "trouble" if reply.state == FAILED else "note"
    return _article("model", name, reply.text, f'<p class="{kind}">{escape(ended)}</p>' if ended else "")


def _article(kind: str, who: str, text: str, below: str) -> str:
    inside = f'<div class="text">{escape(text)}</div>{below}'
    return f'<article class="{kind}" aria-label="{escape(who)}">{inside}</article>'
