"""One address for the servers: relays each connection to the replica with the fewest open ones.

The servers are on a network that leads nowhere; this is what stands in both networks. It knows nothing of
HTTP but the answer for when no server takes the connection, so that a client tries again later.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
from collections import Counter

Address = tuple[str, int]
CONNECT_SECONDS = 5.0
UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 24\r\n\r\nno server is reachable.\n"
)


class Relay:
    """Relays to all addresses that a name has at the moment: containers come and go."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.open: Counter[Address] = Counter()

    async def replicas(self) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            return []
        return sorted({entry[4][:2] for entry in found}, key=lambda address: self.open[address])

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for address in await self.replicas():
                # Counted before it is open, so that connections that come together are spread too.
                self.open[address] += 1
                try:
                    with contextlib.suppress(OSError, TimeoutError):
                        up = await asyncio.wait_for(asyncio.open_connection(*address), CONNECT_SECONDS)
                        return await _join(reader, writer, *up)
                finally:
                    self.open[address] -= 1
            # The request is read first: closing on unread bytes would reset the connection.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1 << 16), 1)
            writer.write(UNAVAILABLE)
            await writer.drain()
        except OSError:
            pass  # the client has gone
        finally:
            writer.close()


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    up_reader: asyncio.StreamReader,
    up_writer: asyncio.StreamWriter,
) -> None:
    """Carry bytes both ways until either side ends; a client that hangs up must free the server's work."""
    ways = [
        asyncio.create_task(_carry(reader, up_writer)),
        asyncio.create_task(_carry(up_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        up_writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


async def serve(listen: Address, target: Address) -> None:
    server = await asyncio.start_server(Relay(*target).handle, *listen)
    async with server:
        await server.serve_forever()


def healthy(port: int) -> bool:
    """Whether the relay answers: a connection that says nothing is closed, whatever the servers do."""
    try:
        with socket.create_connection(("127.0.0.1", port), CONNECT_SECONDS + 3) as connection:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 10):
                pass
    except OSError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, on all addresses")
    parser.add_argument("--target", default="server:8000", help="name and port of the servers")
    parser.add_argument("--healthy", action="store_true", help="ask the relay here whether it answers")
    arguments = parser.parse_args()
    if arguments.healthy:
        sys.exit(not healthy(arguments.port))
    host, _, port = arguments.target.rpartition(":")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(("0.0.0.0", arguments.port), (host, int(port))))


if __name__ == "__main__":
    main()
