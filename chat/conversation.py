"""One conversation with several models at once: what was asked, and what each of them answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from fiduciary.errors import UsageError

Message = dict[str, str]
"""``{"role": …, "content": …}``, as the chat endpoint takes it."""

STREAMING, COMPLETE, FAILED, STOPPED = "streaming", "complete", "failed", "stopped"
"""States of a reply. Only complete ones become part of their column's context."""

MAX_TEMPERATURE = 2.0
MAX_MAX_TOKENS = 8192

MAX_MESSAGE, MAX_REPLY, MAX_HISTORY = 500_000, 64 * MAX_MAX_TOKENS, 4_000_000
"""Characters of a message, of a reply, and of all turns together: more than a model reads, and no more than a
browser's page can hold."""


@dataclass(frozen=True)
class Models:
    """Who is talked to, in the order of the columns.

    Attributes:
        base: the base model's name at the server.
        adapters: the adapters' names at the server.

    Raises:
        UsageError: an empty name, or one name twice.
    """

    base: str
    adapters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.names:
            if not name.strip():
                raise UsageError("a model's name is empty")
            if self.names.count(name) > 1:
                raise UsageError(f"'{name}' is named twice: every column needs a different model")

    @property
    def names(self) -> tuple[str, ...]:
        """Base first, then the adapters."""
        return (self.base, *self.adapters)


@dataclass(frozen=True)
class Settings:
    """How one message is sent, to all models alike.

    Attributes:
        temperature: from 0 (the likeliest token each time) to ``MAX_TEMPERATURE``.
        system: the system message; empty for none.
        max_tokens: longest reply, from 1 to ``MAX_MAX_TOKENS``.

    Raises:
        UsageError: a value outside its range.
    """

    temperature: float = 1.0
    system: str = ""
    max_tokens: int = 512

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= MAX_TEMPERATURE:
            raise UsageError(f"temperature must be from 0 to {MAX_TEMPERATURE:g}, got {self.temperature}")
        if not 1 <= self.max_tokens <= MAX_MAX_TOKENS:
            raise UsageError(
                f"longest reply must be from 1 to {MAX_MAX_TOKENS} tokens, got {self.max_tokens}"
            )


@dataclass(frozen=True)
class Reply:
    """What one model answered to one message, so far.

    Attributes:
        text: as the model wrote it.
        state: one of ``STREAMING``, ``COMPLETE``, ``FAILED``, ``STOPPED``.
        finish: why the server ended a complete reply (``stop``, ``length``), or None.
        error: why a reply failed, or None.
        seconds: from the request to the last token, or None while it streams.
        tokens_in: tokens of the prompt as the server counts them, or None where it does not say.
        tokens_out: tokens of the reply, likewise.
    """

    text: str = ""
    state: str = STREAMING
    finish: str | None = None
    error: str | None = None
    seconds: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True)
class Turn:
    """One message and the replies to it.

    Attributes:
        message: the user's text.
        settings: how it was sent.
        time: when it was sent, UTC.
        problem: what was drawn in, if the message is a choice problem as drawn; else None.
        replies: one for every model, by name.
    """

    message: str
    settings: Settings
    time: datetime
    problem: Mapping[str, str | int] | None
    replies: Mapping[str, Reply]


@dataclass(frozen=True)
class Conversation:
    """All turns so far. Every change gives a new conversation, so that a half-drawn page cannot spoil one."""

    models: Models
    turns: tuple[Turn, ...] = field(default=())

    @property
    def busy(self) -> bool:
        """Whether a reply is still coming in."""
        return any(reply.state == STREAMING for turn in self.turns for reply in turn.replies.values())

    @property
    def length(self) -> int:
        """Characters of all messages and replies."""
        return sum(len(t.message) + sum(len(r.text) for r in t.replies.values()) for t in self.turns)

    def asked(
        self,
        message: str,
        settings: Settings,
        problem: Mapping[str, str | int] | None = None,
        time: datetime | None = None,
    ) -> Conversation:
        """With a new message, to which every model's reply is still empty.

        Raises:
            UsageError: the message is blank or too long, the conversation is, or a reply is still coming in.
        """
        if not message.strip():
            raise UsageError("the message is empty")
        if self.busy:
            raise UsageError("the last replies are still coming in; stop them first")
        if len(message) > MAX_MESSAGE:
            raise UsageError(f"the message has {len(message):,} characters; at most {MAX_MESSAGE:,} are sent")
        if self.length + len(message) > MAX_HISTORY:
            raise UsageError(
                f"the conversation would have more than {MAX_HISTORY:,} characters: save it, and reset"
            )
        replies = MappingProxyType({name: Reply() for name in self.models.names})
        turn = Turn(message, settings, time or datetime.now(UTC), problem, replies)
        return replace(self, turns=(*self.turns, turn))

    def with_replies(self, replies: Mapping[str, Reply]) -> Conversation:
        """With these replies to the last message; the others stay as they are."""
        last = self.turns[-1]
        turn = replace(last, replies=MappingProxyType({**last.replies, **replies}))
        return replace(self, turns=(*self.turns[:-1], turn))

    def stopped(self) -> Conversation:
        """With whatever still streams to the last message ended as it is."""
        if not self.busy:
            return self
        last = self.turns[-1].replies
        return self.with_replies(
            {name: replace(r, state=STOPPED) for name, r in last.items() if r.state == STREAMING}
        )

    def context(self, name: str) -> list[Message]:
        """What is sent to a model for the last message.

        The system message is that of the last message. Turns that this model did not answer in full
        are left out whole: templates want user and assistant in turn, and a model should not be held
        to half a sentence.
        """
        *before, last = self.turns
        system = last.settings.system
        messages = [{"role": "system", "content": system}] if system else []
        for turn in before:
            reply = turn.replies[name]
            if reply.state == COMPLETE:
                messages.append({"role": "user", "content": turn.message})
                messages.append({"role": "assistant", "content": reply.text})
        return [*messages, {"role": "user", "content": last.message}]
