"""The command: ``fiduciary chat``."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import socket
import sys
from collections.abc import Sequence

from fiduciary.chat.guard import LOOPBACK, Guard
from fiduciary.errors import UsageError
from fiduciary.safe_text import one_line


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the page until Ctrl-C; 0, or 2 with one line about what is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        _run(arguments)
    except UsageError as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary chat",
        description="Talk to a served base model and its adapters side by side, in the browser.",
        epilog="The server is any OpenAI-compatible one; runs/serve.sh and runs/serve_cpu.sh start vLLM. "
        "VLLM_BASE_URL and VLLM_API_KEY are read from the environment or from .env, as by inspect eval.",
    )
    parser.add_argument(
        "--base", metavar="NAME", help="served name of the base (the first that is not an adapter)"
    )
    parser.add_argument(
        "--adapter",
        action="append",
        default=[],
        metavar="NAME",
        help="served name of an adapter; can be repeated (default: every other model that is served)",
    )
    parser.add_argument(
        "--url", help="address of the server, with /v1 (VLLM_BASE_URL, else http://127.0.0.1:8000/v1)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address that the page listens on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=7860, help="port that the page listens on (7860)")
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="allow a --host beyond loopback: anyone who can reach it can use the models, without a password",
    )
    return parser


def _run(arguments: argparse.Namespace) -> None:
    host, port = arguments.host, arguments.port
    check_host(host, arguments.allow_remote)
    if not 1 <= port <= 65535:
        raise UsageError(f"--port must be a number from 1 to 65535, got {port}")
    if importlib.util.find_spec("gradio") is None:
        raise UsageError(
            "the chat needs Gradio: pip install '.[chat]' in a checkout, or 'gradio>=6.31,<7' beside an "
            "installed wheel; in an environment of its own, since Gradio wants an older Pillow than the rest"
        )

    # After the checks: these load Inspect, which takes seconds.
    from fiduciary.chat import server
    from fiduciary.serving.endpoint import endpoint, served

    where = endpoint(arguments.url)
    models = server.models(served(where), arguments.base, arguments.adapter)

    import uvicorn

    from fiduciary.chat import page

    blocks = page.build(models, server.asker(where), where.shown)
    with contextlib.closing(bound(host, port)) as listening:
        address = f"[{host}]" if ":" in host else host
        adapters = ", ".join(models.adapters) or "none"
        print(one_line(f"base {models.base}; adapters {adapters}; server {where.shown}"))
        if arguments.allow_remote:
            print("warning: there is no password; anyone who can reach this address can use the models")
        print(f"open http://{address}:{port} (Ctrl-C ends)", flush=True)
        app = page.application(blocks)
        hosts = () if arguments.allow_remote else LOOPBACK
        config = uvicorn.Config(
            Guard(app, hosts), log_level="warning", timeout_graceful_shutdown=2, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listening])


def check_host(host: str, allow_remote: bool) -> None:
    """Hold the page to this machine.

    Raises:
        UsageError: an address that others can reach, without ``--allow-remote``.
    """
    if host not in LOOPBACK and not allow_remote:
        raise UsageError(
            f"--host {host} lets others reach the page without a password; use 127.0.0.1 (with an SSH "
            "tunnel from elsewhere), or add --allow-remote"
        )


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UsageError: the port is taken, or the address does not belong to this machine.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose with --port"
        ) from None
