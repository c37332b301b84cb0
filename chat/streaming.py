"""One message to all models at once: their replies come in beside each other, each with its own end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from fiduciary.chat.conversation import (
    COMPLETE,
    FAILED,
    MAX_REPLY,
    Conversation,
    Message,
    Models,
    Reply,
    Settings,
)
from fiduciary.errors import UsageError

SECONDS_BETWEEN = 0.1
"""A page that is drawn anew for every token costs more than the tokens."""


@dataclass(frozen=True)
class Piece:
    """What a server sends of one reply: text, and once why it ended and what it counted."""

    text: str = ""
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


Ask = Callable[[str, list[Message], Settings], AsyncGenerator[Piece, None]]
"""Name, context, settings → the pieces of the reply."""


async def fan_out(
    conversation: Conversation,
    ask: Ask,
    stop: asyncio.Event | None = None,
    seconds_between: float = SECONDS_BETWEEN,
) -> AsyncGenerator[Conversation, None]:
    """Put the last message to every model; yield the conversation as the replies grow.

    A model whose request fails keeps what it wrote, with the reason; the others go on. The last
    conversation that is yielded is never busy. When the generator is closed, or ``stop`` is set,
    requests that are still open are given up, so that the server ends them too.

    Args:
        conversation: one whose last message was not answered yet (``Conversation.asked``).
        ask: opens one model's reply.
        stop: set to end all replies as they are.
        seconds_between: shortest time between two conversations that are yielded.
    """
    stop = stop or asyncio.Event()
    latest: dict[str, Reply] = {}
    changed = asyncio.Event()

    async def one(name: str) -> None:
        reply, started = Reply(), time.monotonic()
        try:
            pieces = ask(name, conversation.context(name), conversation.turns[-1].settings)
            async with aclosing(pieces):
                async for piece in pieces:
                    latest[name] = reply = _grown(reply, piece)
                    if len(reply.text) > MAX_REPLY:  # no number of tokens that can be asked for is so long
                        reply = replace(reply, text=reply.text[:MAX_REPLY])
                        raise UsageError(f"the reply was cut off after {MAX_REPLY:,} characters")
                    changed.set()
            reply = replace(reply, state=COMPLETE)
        except Exception as error:  # whatever it is, it is this column's alone
            why = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
            reply = replace(reply, state=FAILED, error=why)
        latest[name] = replace(reply, seconds=round(time.monotonic() - started, 3))
        changed.set()

    tasks = [asyncio.create_task(one(name)) for name in conversation.models.names]
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set() and not all(task.done() for task in tasks):
            news = asyncio.create_task(changed.wait())
            await asyncio.wait({news, stopping}, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            changed.clear()
            conversation = conversation.with_replies(latest)
            if conversation.busy and not stop.is_set():
                yield conversation
                await asyncio.wait({stopping}, timeout=seconds_between)
    finally:
        for task in (*tasks, stopping):
            task.cancel()
        # Waits until the connections are closed: only then does the server stop writing.
        await asyncio.gather(*tasks, stopping, return_exceptions=True)
    yield conversation.with_replies(latest).stopped()


def _grown(reply: Reply, piece: Piece) -> Reply:
    return replace(
        reply,
        text=reply.text + piece.text,
        finish=reply.finish if piece.finish is None else piece.finish,
        tokens_in=reply.tokens_in if piece.tokens_in is None else piece.tokens_in,
        tokens_out=reply.tokens_out if piece.tokens_out is None else piece.tokens_out,
    )


class Session:
    """What one browser tab holds: its conversation, and the means to stop it.

    Args:
        models: who is talked to.
    """

    def __init__(self, models: Models) -> None:
        self.conversation = Conversation(models)
        self._stop: asyncio.Event | None = None

    async def send(
        self,
        ask: Ask,
        message: str,
        settings: Settings,
        problem: dict[str, str | int] | None = None,
        seconds_between: float = SECONDS_BETWEEN,
    ) -> AsyncGenerator[Conversation, None]:
        """Send a message; yield the conversation as it grows, and keep it.

        Ends without a word more once the conversation was reset.

        Raises:
            UsageError: as :meth:`Conversation.asked`.
        """
        asked = self.conversation.asked(message, settings, problem)
        self.conversation = asked
        self._stop = stop = asyncio.Event()
        yield asked
        growing = fan_out(asked, ask, stop, seconds_between)
        try:
            async with aclosing(growing):
                async for conversation in growing:
                    if self._stop is not stop:
                        return
                    self.conversation = conversation
                    yield conversation
        finally:
            # Also where the browser went away in the middle: nothing streams any more.
            if self._stop is stop:
                self.conversation = self.conversation.stopped()

    def stop(self) -> None:
        """End the replies that still come in; what has come of them stays."""
        if self._stop is not None:
            self._stop.set()

    def reset(self) -> None:
        """Forget every turn of every model, and give up what still comes in."""
        self.stop()
        self._stop = None
        self.conversation = Conversation(self.conversation.models)
