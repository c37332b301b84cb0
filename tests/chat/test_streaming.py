"""Columns beside each other: contexts, ends, failures and stops, without and with a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from fiduciary.chat.conversation import (
    COMPLETE,
    FAILED,
    STOPPED,
    Conversation,
    Message,
    Models,
    Settings,
)
from fiduciary.chat.server import asker
from fiduciary.chat.streaming import Ask, Piece, Session, fan_out
from fiduciary.errors import UsageError
from fiduciary.serving.endpoint import Endpoint
from tests.chat.conftest import KEY, Served

MODELS = Models("base", ("for-profit", "nonprofit"))


async def _echo(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
    for letter in f"{name}:{messages[-1]['content']}":
        yield Piece(letter)
    yield Piece(finish="stop", tokens_in=len(messages), tokens_out=1)


async def _all(growing: AsyncGenerator[Conversation, None]) -> list[Conversation]:
    return [conversation async for conversation in growing]


def _say(session: Session, ask: Ask, text: str, **settings: Any) -> list[Conversation]:
    return asyncio.run(_all(session.send(ask, text, Settings(**settings), seconds_between=0)))


def test_every_model_gets_the_message_and_its_own_past() -> None:
    seen: dict[str, list[Message]] = {}

    async def ask(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
        seen[name] = messages
        async for piece in _echo(name, messages, settings):
            yield piece

    session = Session(MODELS)
    _say(session, ask, "one", system="first")
    _say(session, ask, "two", system="second")
    for name in MODELS.names:
        assert seen[name] == [
            {"role": "system", "content": "second"},
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": f"{name}:one"},
            {"role": "user", "content": "two"},
        ]
    reply = session.conversation.turns[-1].replies["nonprofit"]
    assert (reply.text, reply.state, reply.finish) == ("nonprofit:two", COMPLETE, "stop")
    assert reply.tokens_in == 4 and reply.tokens_out == 1 and reply.seconds is not None


def test_reset_forgets_every_column_and_no_system_message_is_none_at_all() -> None:
    session = Session(MODELS)
    _say(session, _echo, "one", system="first")
    session.reset()
    assert session.conversation == Conversation(MODELS)
    _say(session, _echo, "two")
    for name in MODELS.names:
        assert session.conversation.context(name) == [{"role": "user", "content": "two"}]


def test_a_turn_that_failed_leaves_no_trace_in_its_column_only() -> None:
    async def ask(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
        yield Piece("half")
        if name == "base" and len(messages) == 1:
            raise UsageError("no")
        if name == "nonprofit" and len(messages) == 1:
            raise ZeroDivisionError("odd")
        yield Piece(" whole", finish="stop")

    session = Session(MODELS)
    _say(session, ask, "one")
    replies = session.conversation.turns[0].replies
    assert (replies["base"].text, replies["base"].state, replies["base"].error) == ("half", FAILED, "no")
    assert replies["nonprofit"].error == "ZeroDivisionError: odd"
    assert (replies["for-profit"].text, replies["for-profit"].state) == ("half whole", COMPLETE)
    asked = session.conversation.asked("two", Settings())
    assert len(asked.context("base")) == len(asked.context("nonprofit")) == 1
    assert len(asked.context("for-profit")) == 3


def test_columns_stream_beside_each_other() -> None:
    """A slow model holds nobody up: the others are complete while it still writes."""

    async def run() -> list[Conversation]:
        free = asyncio.Event()

        async def ask(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
            yield Piece(name)
            if name == "base":
                await free.wait()
            yield Piece("!", finish="stop")

        seen = []
        asked = Conversation(MODELS).asked("x", Settings())
        async for conversation in fan_out(asked, ask, seconds_between=0):
            seen.append(conversation)
            replies = conversation.turns[-1].replies
            if replies["for-profit"].state == replies["nonprofit"].state == COMPLETE:
                free.set()
        return seen

    seen = asyncio.run(asyncio.wait_for(run(), 10))
    assert any(
        [c.turns[-1].replies[n].text for n in MODELS.names] == ["base", "for-profit!", "nonprofit!"]
        for c in seen
    )
    assert not seen[-1].busy and seen[-1].turns[-1].replies["base"].text == "base!"


def _wait_forever(closed: list[str]) -> Ask:
    async def ask(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
        try:
            yield Piece(f"{name} begins")
            if name != "for-profit":
                await asyncio.Event().wait()
            yield Piece(finish="stop")
        finally:
            closed.append(name)

    return ask


@pytest.mark.parametrize("way", ["stop", "reset", "close"])
def test_stop_reset_and_a_closed_tab_give_up_open_requests(way: str) -> None:
    closed: list[str] = []

    async def run() -> tuple[Session, Conversation | None]:
        session, last = Session(MODELS), None
        sending = session.send(_wait_forever(closed), "x", Settings(), seconds_between=0)
        async for conversation in sending:
            last = conversation
            replies = conversation.turns[-1].replies
            if all(reply.text for reply in replies.values()) and replies["for-profit"].state == COMPLETE:
                if way == "close":
                    await sending.aclose()
                    break
                getattr(session, way)()
        return session, last

    session, last = asyncio.run(asyncio.wait_for(run(), 10))
    assert sorted(closed) == sorted(MODELS.names)
    assert not session.conversation.busy
    if way == "reset":
        assert session.conversation.turns == ()
        return
    replies = session.conversation.turns[-1].replies
    assert [replies[name].state for name in MODELS.names] == [STOPPED, COMPLETE, STOPPED]
    assert replies["base"].text == "base begins"
    if way == "stop":
        assert last == session.conversation


def test_a_second_message_waits_for_the_first() -> None:
    async def run() -> None:
        session = Session(MODELS)
        first = session.send(_wait_forever([]), "x", Settings())
        await anext(first)
        with pytest.raises(UsageError, match="still coming in"):
            await anext(session.send(_echo, "y", Settings()))
        await first.aclose()
        assert len(session.conversation.turns) == 1

    asyncio.run(run())


def test_an_empty_message_is_not_sent() -> None:
    with pytest.raises(UsageError, match="empty"):
        _say(Session(MODELS), _echo, " \n")


@pytest.mark.parametrize(
    "settings",
    [{"temperature": -0.1}, {"temperature": 2.1}, {"temperature": float("nan")}, {"max_tokens": 0}],
)
def test_settings_out_of_range(settings: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="must be from"):
        Settings(**settings)  # type: ignore[arg-type]


# With a server.


def _ask(served: Served, text: str = "Which option?", session: Session | None = None) -> Session:
    session = session or Session(MODELS)

    async def run() -> None:
        async for _ in session.send(asker(Endpoint(served.url, KEY)), text, Settings(0.5, "You manage.", 40)):
            pass

    asyncio.run(asyncio.wait_for(run(), 30))
    return session


def test_a_reply_is_asked_for_as_the_benchmark_asks(served: Served) -> None:
    session = _ask(served)
    assert {request["model"] for request in served.requests} == set(MODELS.names)
    for request in served.requests:
        assert request["messages"] == [
            {"role": "system", "content": "You manage."},
            {"role": "user", "content": "Which option?"},
        ]
        assert (request["temperature"], request["max_tokens"], request["stream"]) == (0.5, 40, True)
        assert (request["top_p"], request["top_k"], request["min_p"]) == (1.0, -1, 0.0)
    reply = session.conversation.turns[0].replies["for-profit"]
    assert reply.text == "for-profit heard: Which option?"
    assert (reply.state, reply.finish, reply.tokens_in, reply.tokens_out) == (COMPLETE, "stop", 7, 4)


@pytest.mark.parametrize(
    ("way", "said", "kept"),
    [
        ("context", "too long for the model's context", ""),
        ("gone", "does not serve 'for-profit' any more", ""),
        ("error", "EngineCore died", "for-profit heard:"),
        ("cut", "broke", "for-profit heard:"),
    ],
)
def test_a_failure_stays_in_its_column(served: Served, way: str, said: str, kept: str) -> None:
    served.broken["for-profit"] = way
    replies = _ask(served).conversation.turns[0].replies
    assert replies["for-profit"].state == FAILED
    assert said in str(replies["for-profit"].error) and "\n" not in str(replies["for-profit"].error)
    assert replies["for-profit"].text == kept
    assert replies["base"].state == replies["nonprofit"].state == COMPLETE


def test_a_server_that_is_gone_fails_every_column_and_the_next_message_can_be_sent(served: Served) -> None:
    session = _ask(served)
    served.shutdown()
    served.server_close()
    _ask(served, "again", session)
    for reply in session.conversation.turns[1].replies.values():
        assert "is it still running?" in str(reply.error)
    assert KEY not in str(session.conversation)


def test_stopping_closes_the_connection(served: Served) -> None:
    """So that the server stops generating."""
    served.waiting = {"base"}

    async def run() -> Session:
        session = Session(Models("base"))
        async for conversation in session.send(asker(Endpoint(served.url, KEY)), "x y z", Settings()):
            if conversation.turns[-1].replies["base"].text:
                session.stop()
        return session

    session = asyncio.run(asyncio.wait_for(run(), 30))
    assert session.conversation.turns[0].replies["base"].state == STOPPED
    assert served.dropped.wait(10)
