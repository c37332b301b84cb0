"""A server that speaks vLLM's protocol and answers every choice at once, with the same probabilities.

It does as little as a server can, so that whoever asks it is measured. It keeps what it was asked.

    python -m benchmarks.instant_server          # prints its port, and serves until it is ended
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import Any

NAME = "instant"

_SHARES = {" A": 0.3, " B": 0.25, " C": 0.2, " D": 0.15, " E": 0.1}
_TOP = [{"token": token, "logprob": math.log(share), "bytes": None} for token, share in _SHARES.items()]

ANSWER = {
    "id": "instant",
    "object": "chat.completion",
    "created": 0,
    "model": NAME,
    "choices": [
        {
            "index": 0,
            "finish_reason": "length",
            "message": {"role": "assistant", "content": " A"},
            "logprobs": {"content": [{**_TOP[0], "top_logprobs": _TOP}]},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
MODELS = {"object": "list", "data": [{"id": NAME, "object": "model", "created": 0, "owned_by": NAME}]}


def _response(content: Any) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_ANSWER, _MODELS = _response(ANSWER), _response(MODELS)


class InstantServer:
    """What was asked since :meth:`_told` was last asked for, and when."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._times: list[float] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                _, _, length = head.partition(b"content-length:")
                body = await reader.readexactly(int(length.split(b"\r\n", 1)[0] or 0))
                writer.write(self._answer(head.split(b" ", 2)[1], body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, path: bytes, body: bytes) -> bytes:
        if path == b"/v1/chat/completions":
            self._times.append(time.perf_counter())
            self._bodies.append(body)
            return _ANSWER
        if path == b"/tokenize":
            text = json.loads(body)["prompt"]
            return _response({"tokens": [ord(text.strip()) + 1000 * text.startswith(" ")]})
        return _response(self._told()) if path == b"/told" else _MODELS

    def _told(self) -> dict[str, Any]:
        """Requests since the last call, and seconds from the first to the last of them."""
        told = {
            "requests": [json.loads(body) for body in self._bodies],
            "seconds": self._times[-1] - self._times[0] if self._times else 0.0,
        }
        self._bodies, self._times = [], []
        return told


async def main() -> None:
    """Serve at a free port of this machine."""
    server = await asyncio.start_server(InstantServer().serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
