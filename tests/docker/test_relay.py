"""The relay in front of the servers, with servers that say who they are."""

from __future__ import annotations

import asyncio
import runpy
import socket
from pathlib import Path
from typing import Any

import pytest

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def module() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "docker" / "relay.py"))


class Replica:
    """Answers every line with its name and the line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken = 0
        self.hung_up = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        while line := await reader.readline():
            writer.write(self.name.encode() + b" " + line)
            await writer.drain()
        self.hung_up += 1
        writer.close()

    async def start(self) -> tuple[asyncio.Server, tuple[str, int]]:
        server = await asyncio.start_server(self.handle, HOST, 0)
        return server, server.sockets[0].getsockname()[:2]


async def relay_to(module: dict[str, Any], addresses: list[tuple[str, int]]) -> tuple[asyncio.Server, int]:
    relay = module["Relay"]("server", 1)

    async def replicas() -> list[tuple[str, int]]:
        return sorted(addresses, key=lambda address: relay.open[address])

    relay.replicas = replicas
    server = await asyncio.start_server(relay.handle, HOST, 0)
    return server, server.sockets[0].getsockname()[1]


async def ask(port: int, line: bytes = b"hello\n") -> tuple[bytes, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(line)
    return await asyncio.wait_for(reader.readline(), 5), writer


def test_carries_both_ways_and_spreads_connections(module: dict[str, Any]) -> None:
    async def run() -> None:
        a, b = Replica("a"), Replica("b")
        (_, at_a), (_, at_b) = await a.start(), await b.start()
        _, port = await relay_to(module, [at_a, at_b])
        answers = [await ask(port) for _ in range(6)]
        assert {answer for answer, _ in answers} == {b"a hello\n", b"b hello\n"}
        assert (a.taken, b.taken) == (3, 3)
        for _, writer in answers:
            writer.close()
        await asyncio.sleep(0.3)
        # A client that hangs up frees the server's work.
        assert (a.hung_up, b.hung_up) == (3, 3)

    asyncio.run(run())


def test_a_dead_replica_is_passed_over(module: dict[str, Any]) -> None:
    async def run() -> None:
        a = Replica("a")
        _, at_a = await a.start()
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind((HOST, 0))
            _, port = await relay_to(module, [taken.getsockname(), at_a])
            assert [(await ask(port))[0] for _ in range(3)] == [b"a hello\n"] * 3

    asyncio.run(run())


def test_without_a_server_the_client_is_told_to_try_again(module: dict[str, Any]) -> None:
    async def run() -> None:
        _, port = await relay_to(module, [])
        answer, _ = await ask(port, b"GET /v1/models HTTP/1.1\r\n\r\n")
        assert answer == b"HTTP/1.1 503 Service Unavailable\r\n"

    asyncio.run(run())
    head, _, body = module["UNAVAILABLE"].partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


def test_a_name_that_nobody_has_is_no_replica(module: dict[str, Any]) -> None:
    assert asyncio.run(module["Relay"]("name.invalid", 1).replicas()) == []
    assert asyncio.run(module["Relay"]("127.0.0.1", 7).replicas()) == [("127.0.0.1", 7)]


def test_healthy_means_that_it_answers(module: dict[str, Any]) -> None:
    """Also while no server does: that is the server's health, and asked for there."""

    async def run() -> None:
        server, port = await relay_to(module, [])
        assert await asyncio.to_thread(module["healthy"], port)
        server.close()
        await server.wait_closed()
        assert not await asyncio.to_thread(module["healthy"], port)

    asyncio.run(run())


def test_a_relay_that_hangs_is_not_healthy(module: dict[str, Any]) -> None:
    with socket.create_server((HOST, 0)) as silent:  # the system takes the connection, nobody else does
        limit = module["healthy"].__globals__
        limit["CONNECT_SECONDS"] = -2.9
        assert not module["healthy"](silent.getsockname()[1])
