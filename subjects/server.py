"""A subject behind an OpenAI-compatible endpoint, for whatever speaks to one.

    fiduciary subject study1 --port 8000
    fiduciary subject switching -M at=200 -M to=for_profit --served-model-name assistant

    VLLM_BASE_URL=http://127.0.0.1:8000/v1 inspect eval tasks/stakeholder_choice --model vllm/study1

Serves /health, /v1/models and /v1/chat/completions with temperature, seed, n, max_tokens, logprobs and
top_logprobs; a request gets the answer that --model subject/NAME gives it in process. Settings that it
does not know are ignored, as subjects ignore them in process; streaming is refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import reprlib
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from fiduciary.parsing import parse_json
from fiduciary.safe_text import one_line
from fiduciary.subjects.arguments import SubjectError
from fiduciary.subjects.catalogue import ARGUMENTS
from fiduciary.subjects.chat_format import RequestError, completion_of, config_of, messages_of
from fiduciary.subjects.provider import SubjectAPI

_MOST_BYTES = 4 * 2**20
_BODY_SECONDS = 30.0  # for the next part of a body that was announced
_DRAINED = 64 * 2**20  # bytes of a refused body that are read, so that its sender hears why


class SubjectServer(ThreadingHTTPServer):
    """An HTTP server around one subject.

    Args:
        name: a key of ``subjects.catalogue.ARGUMENTS``.
        arguments: of the subject.
        served: what the model is called; the subject's name by default.
        address: host and port; port 0 takes a free one.

    Raises:
        SubjectError: no such subject, or not with these arguments.
        OSError: the address cannot be listened at.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        served: str | None = None,
        address: tuple[str, int] = ("127.0.0.1", 8000),
    ) -> None:
        self.api = SubjectAPI(name, **dict(arguments or {}))
        self.served = served or name
        self.created = int(time.time())
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        """Address for clients, with ``/v1``."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    def models(self) -> dict[str, Any]:
        """What ``/v1/models`` says."""
        model = {"id": self.served, "object": "model", "created": self.created, "owned_by": "subjects"}
        return {"object": "list", "data": [model]}

    def complete(self, request: Any) -> dict[str, Any]:
        """What ``/v1/chat/completions`` answers.

        Raises:
            RequestError: a request that cannot be answered.
        """
        if not isinstance(request, dict):
            raise RequestError(400, "the body must be a JSON object")
        if request.get("model") != self.served:
            raise RequestError(
                404, f"The model {reprlib.repr(request.get('model'))} does not exist.", "model"
            )
        if request.get("stream"):
            raise RequestError(400, "stream must be false: subjects answer in one piece", "stream")
        output = asyncio.run(
            self.api.generate(messages_of(request.get("messages")), [], "none", config_of(request))
        )
        return completion_of(output, self.served)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke, usually because the client has gone: nobody is left to tell."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: SubjectServer
    protocol_version = "HTTP/1.1"  # clients keep connections open
    wbufsize = 1 << 16  # head and body leave together
    disable_nagle_algorithm = True
    timeout = 600  # seconds that an idle connection is kept

    def do_GET(self) -> None:
        """Health and the list of models."""
        if self.path == "/health":
            self._send(200, None)
        elif self.path == "/v1/models":
            self._send(200, self.server.models())
        else:
            self._fail(RequestError(404, f"there is nothing at {self.path}"))

    def do_POST(self) -> None:
        """A chat completion."""
        try:
            self._send(200, self._answer(self._body()))
        except RequestError as error:
            self._fail(error)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the protocol's own parser refuses, in the form of all other errors."""
        self.close_connection = True
        self.request_version = self.protocol_version  # without one there would be no head
        self._fail(RequestError(code, message or HTTPStatus(code).phrase))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet: a run is thousands of requests."""

    def _answer(self, body: bytes) -> dict[str, Any]:
        if self.path != "/v1/chat/completions":
            raise RequestError(404, f"there is nothing at {self.path}")
        try:
            request = parse_json(body)
        except ValueError as error:
            raise RequestError(400, f"the body is not JSON: {error}") from None
        try:
            return self.server.complete(request)
        except RequestError:
            raise
        except Exception as error:  # a client waits, whatever happened
            raise RequestError(500, f"the subject failed: {type(error).__name__}: {error}") from error

    def _body(self) -> bytes:
        self.close_connection, kept = True, self.close_connection
        given = self.headers.get("Content-Length")
        if given is None or "Transfer-Encoding" in self.headers:
            raise RequestError(411, "a request needs its Content-Length")
        if not re.fullmatch(r"[0-9]{1,18}", given):
            raise RequestError(400, f"Content-Length must be a number of bytes, got {reprlib.repr(given)}")
        length = int(given)
        self.connection.settimeout(_BODY_SECONDS)
        try:
            if length > _MOST_BYTES:
                # Unread, it would make the system reset the connection before the answer is read.
                left = min(length, _DRAINED)
                while left > 0 and (part := self.rfile.read(min(left, 1 << 16))):
                    left -= len(part)
                raise RequestError(413, f"a request may have {_MOST_BYTES} bytes, not {length}")
            body = self.rfile.read(length)
        except TimeoutError:
            raise RequestError(408, f"the body of {length} bytes did not come") from None
        if len(body) < length:
            raise RequestError(400, f"the body ended after {len(body)} of {length} bytes")
        self.connection.settimeout(self.timeout)
        self.close_connection = kept
        return body

    def _fail(self, error: RequestError) -> None:
        self._send(error.status, error.body())

    def _send(self, status: int, content: dict[str, Any] | None) -> None:
        body = b"" if content is None else json.dumps(content, allow_nan=False).encode()
        self.send_response(status)
        if content is not None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 2 for what cannot be served."""
    parser = argparse.ArgumentParser(
        prog="fiduciary subject",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help=f"one of {', '.join(ARGUMENTS)}")
    parser.add_argument(
        "-M",
        dest="arguments",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="an argument of the subject",
    )
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1)")
    parser.add_argument("--served-model-name", metavar="NAME", help="what clients call it (default: NAME)")
    options = parser.parse_args(argv)
    arguments = {}
    for given in options.arguments:
        name, equals, value = given.partition("=")
        if not equals:
            parser.error(f"argument -M: must be name=value, got {given!r}")
        arguments[name] = value
    try:
        server = SubjectServer(
            options.name, arguments, options.served_model_name, (options.host, options.port)
        )
    except SubjectError as error:
        parser.error(error.args[0])
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen at {options.host}:{options.port}: {error}")
    # A container stops by SIGTERM, and a shell's background job begins with Ctrl-C ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    shown = one_line(server.served)  # the terminal shows a name, whatever it is
    print(f"subject/{options.name} is served as vllm/{shown}; clients need:", flush=True)
    print(f"  export VLLM_BASE_URL={server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0
