"""`fiduciary serve MODEL [-- COMMAND...]`: a server for a model, for as long as it is needed."""

from __future__ import annotations

import argparse
import errno
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from fiduciary.errors import DONE, OUTSIDE, of_system
from fiduciary.serving import checks, command, environment
from fiduciary.serving.container import Plan, Server
from fiduciary.serving.errors import DISK, ServingError
from fiduciary.serving.signals import Signals, Stopped

EPILOG = """\
Starts the serving image (docker/build.sh serve-gpu or serve-cpu builds it) on 127.0.0.1, waits until the
model and every adapter have generated a token, and writes VLLM_BASE_URL and VLLM_API_KEY into .env in the
current directory. What follows -- is run with that address, and its exit code is this program's; without it
the server runs until Ctrl-C. In either case, and after any failure, all that was started is removed, and
.env is as it was.

  fiduciary serve weights/Llama-3.1-8B-Instruct
  fiduciary serve weights/Llama-3.1-8B-Instruct --adapter tuned=adapters/tuned \\
      -- inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b,vllm/tuned

environment:
  VLLM_API_KEY            key the server asks for (default: a random one)
  VLLM_ARGS               more arguments for vLLM, for example '--max-model-len 8192'
  VLLM_CPU_KVCACHE_SPACE  GiB for the cache on a CPU (default 2)
  CUDA_VISIBLE_DEVICES    which GPUs to use (default: the first ones)
  HF_TOKEN                for a gated model of the Hugging Face Hub
  FIDUCIARY_TAG           tag of the image (default local)
  DOCKER_HOST             the Docker engine, where it has an address of its own
"""


def parser() -> argparse.ArgumentParser:
    """The command line before ``--``."""
    found = argparse.ArgumentParser(
        prog="fiduciary serve",
        usage="%(prog)s [options] MODEL [-- COMMAND...]",
        description="Serve a model in a container, alone or for as long as a command takes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = found.add_argument
    add("model", metavar="MODEL", help="folder of a checkpoint, or its name on the Hugging Face Hub")
    add("--name", help="name it is served under (default that of MODEL, in small letters)")
    add("--adapter", action="append", default=[], metavar="NAME=DIR", help="a LoRA adapter; can be repeated")
    add("--max-lora-rank", type=int, metavar="R", help="largest rank of an adapter (default: what they have)")
    add("--device", choices=("gpu", "cpu"), default="gpu", help="(default %(default)s)")
    add("--tensor-parallel", type=_count, default=1, metavar="N", help="GPUs that share a copy of the model")
    add("--data-parallel", type=_count, default=1, metavar="N", help="copies of the model")
    add("--image", help="serving image (default fiduciary-serve-gpu:local, or -cpu)")
    add("--timeout", type=_count, default=1800, metavar="SEC", help="wait for a token (default %(default)s)")
    return found


def plan(arguments: argparse.Namespace, words: Sequence[str]) -> Plan:
    """What to serve, checked as far as it can be before anything is started.

    Args:
        arguments: of ``parser``.
        words: the command to run with the server, if any.

    Raises:
        ServingError: a model, adapter or name that cannot be served.
    """
    name = checks.served_name(arguments.name or checks.default_name(arguments.model))
    model = checks.model(arguments.model)
    base = model.hub or str(Path(arguments.model).expanduser())
    adapters, rank = checks.adapters(arguments.adapter, base, name, arguments.max_lora_rank)
    tag = os.environ.get("FIDUCIARY_TAG") or "local"
    found = Plan(
        model=model,
        name=name,
        adapters=adapters,
        rank=rank,
        device=arguments.device,
        image=arguments.image or f"fiduciary-serve-{arguments.device}:{tag}",
        tensor_parallel=arguments.tensor_parallel,
        data_parallel=arguments.data_parallel,
        timeout=arguments.timeout,
    )
    checks.wanted(words, found.names)
    return found


def serve(found: Plan, words: Sequence[str], signals: Signals) -> int:
    """Start the server, run the command or stay, and remove all again.

    Args:
        found: what to serve.
        words: the command; empty to stay until a signal.
        signals: as installed.

    Returns:
        The command's exit status.

    Raises:
        ServingError: the server did not start, or ended.
        Stopped: by a signal.
    """
    file = Path(".env").absolute()
    environment.refuse_link(file)
    key = os.environ.get("VLLM_API_KEY") or secrets.token_hex(24)
    server = Server(found, key, signals, say)

    failed: list[Exception] = []

    def close() -> None:
        with signals.held():
            for undo in (lambda: environment.remove(file, server.url), server.close):
                try:
                    undo()
                except (ServingError, OSError) as error:
                    # Said, not raised: what happened before matters more.
                    failed.append(error)
                    say(f"error: {line(error)}")

    # Twice: a signal is raised once at most; where that cuts the inner one short, the outer one does it.
    try:
        try:
            started = time.monotonic()
            server.start()
            say(f"starting {' and '.join(found.names)} at {server.url}")
            server.wait()
            with signals.held():
                environment.write(file, server.url, key)
            seconds = time.monotonic() - started
            say(f"ready after {seconds:.0f} s; VLLM_BASE_URL and VLLM_API_KEY are in {file}")
            if words:
                status = command.run(words, command.environment(server.url, key), signals, server.check)
            else:
                stay(server)
        finally:
            close()
    finally:
        close()
        signals.done()
    return status or (OUTSIDE if failed else DONE)


def stay(server: Server) -> NoReturn:
    """Until the server ends or a signal comes; both are raised."""
    given = os.environ.get("VLLM_BASE_URL")
    if given and given != server.url:
        say(f"warning: VLLM_BASE_URL={given} is set in this environment and outranks .env")
    say("from this folder, in another terminal:")
    for name in server.plan.names:
        print(f"    inspect eval TASK --model vllm/{name}", flush=True)
    say("Ctrl-C stops the server")
    while True:
        time.sleep(2)
        server.check()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: its words, without the program's name.

    Returns:
        The exit status: the command's, an error's code, or 128 plus its number after a signal.
    """
    command_line = list(sys.argv[1:] if argv is None else argv)
    cut = command_line.index("--") if "--" in command_line else len(command_line)
    words = command_line[cut + 1 :]
    arguments = parser().parse_args(command_line[:cut])
    signals = Signals()
    signals.install()
    try:
        return serve(plan(arguments, words), words, signals)
    except (ServingError, OSError) as error:
        if isinstance(error, ServingError) and error.tail:
            print(error.tail, file=sys.stderr)
        say(f"error: {line(error)}")
        return error.code if isinstance(error, ServingError) else of_system(error).code
    except Stopped as stopped:
        say(f"stopped by {stopped}")
        return 128 + stopped.number


def say(text: str) -> None:
    """Tell people, not programs."""
    print(f"serving: {text}", file=sys.stderr, flush=True)


def line(error: Exception) -> str:
    """What went wrong, also where it was a file of ours."""
    if not isinstance(error, OSError):
        return str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DISK
    return f"'{error.filename}': {error.strerror}" if error.filename else str(error)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
