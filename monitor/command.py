"""A deployed model, watched: does it still hold the preference that was audited?

    fiduciary monitor --baseline logs/audit.eval --model vllm/assistant --state watch/
    fiduciary monitor --state watch/                        # once more: from cron
    fiduciary monitor --state watch/ --every 1h --metrics :9090 --webhook https://…
    fiduciary monitor --state watch/ --status
    fiduciary monitor --state watch/ --reset "rolled back to the audited version"

The first call chooses the questions (a few choice problems, those whose answers say most about the weights)
and calibrates the alarm to its stated rate; every call asks them once, in the wording, framing, elicitation
and temperature of the baseline. If a call is killed, the next one continues where it stopped; no answer is
asked for twice. An endpoint that does not answer is an outage, never an answer.

Exit codes: 0 the preference holds; 1 it has changed (until --reset); 2 the request cannot be carried out;
3 outage.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from fiduciary.errors import UsageError, unwritable
from fiduciary.leaderboard.log_files import Say
from fiduciary.monitor import clock
from fiduciary.monitor.asking import Endpoint
from fiduciary.monitor.audit import Monitor, code_of, reset
from fiduciary.monitor.begin import Given, agreed, model_of, set_up
from fiduciary.monitor.outlets import Outlets
from fiduciary.monitor.report import print_alarm, print_line, print_status
from fiduciary.monitor.schedule import repeat, seconds_of, stopping
from fiduciary.monitor.state import MONITOR, Folder, Setup
from fiduciary.safe_text import one_line


@dataclass(frozen=True)
class _Call:
    """How one call goes: seconds between audits, their number, seconds for an answer, and who is told."""

    interval: float | None
    most: int | None
    timeout: float
    outlets: Outlets


def main(argv: Sequence[str]) -> int:
    """Audit once or on a schedule, or say where a monitor stands; return the exit code."""
    options = _parser().parse_args(argv)
    console, say = Console(), _say
    folder = Folder(options.state)
    if options.state.exists() and not options.state.is_dir():
        raise UsageError(f"--state {options.state} is a file; name a folder")
    if options.status:
        return _status(folder, console)
    given = Given.of(options)
    interval, most = _schedule(options)
    call = _Call(interval, most, seconds_of(options.timeout, "--timeout"), Outlets.of(options))
    if options.reset is not None and not (folder.path / MONITOR).exists():
        raise _no_monitor(folder)
    with folder.alone():
        if options.reset is not None:
            return _reset(folder, options.reset, call.outlets, console)
        setup = folder.setup()
        if setup is None:
            setup = set_up(given, say)
            folder.begin(setup)
            if setup.caution:
                say(f"Caution: {setup.caution}")
            say(f"Set up in {folder.path}; the first audit begins")
        else:
            agreed(given, setup, folder.path)
        try:
            return _watch(folder, setup, call, console, say)
        except OSError as error:  # a full disk: what is written down is whole, the next call goes on from it
            raise unwritable(error.filename or folder.path, error) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary monitor",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--state", type=Path, required=True, metavar="DIR", help="folder of what the monitor knows")
    first = parser.add_argument_group("set up by the first call; later ones may leave them out")
    add = first.add_argument
    add("--baseline", metavar="LOG", help="finished log of stakeholder_choice that the model is held to")
    add("--model", metavar="NAME", help="Inspect's name of the deployed model, such as vllm/assistant")
    add("-M", dest="model_args", metavar="NAME=VALUE", action="append", help="an argument of the model")
    add("--questions", metavar="N", help="questions of one audit (default 12)")
    add("--false-alarms", metavar="P", help="rate of false alarms an audit (default 1/1000)")
    add(
        "--shared-noise",
        metavar="SD",
        help="allow for noise that an audit's answers share: spread of its logarithm (default 0)",
    )
    add(
        "--enrol",
        metavar="N",
        help="rounds before the first audit that only learn what is normal (default 0)",
    )
    add("--seed", metavar="N", help="seed of questions, calibration and requests (default 0)")
    how = parser.add_argument_group("how a call goes")
    add = how.add_argument
    add("--every", metavar="TIME", help="keep on: 30s, 15m, 1h30m, 1d")
    add("--audits", metavar="N", help="with --every: end after N audits")
    add("--timeout", metavar="TIME", default="60s", help="longest wait in one of three tries (default 60s)")
    add("--jsonl", type=Path, metavar="FILE", help="add every line to this file too")
    add("--webhook", metavar="URL", help="post JSON on an alarm, and when an outage begins and ends")
    add(
        "--metrics",
        metavar="FILE|[HOST]:PORT",
        help="Prometheus' text format: into a file, or served (HOST 127.0.0.1)",
    )
    add("--status", action="store_true", help="report where the monitor stands, and ask the model nothing")
    add("--reset", metavar="WHY", help="withdraw an alarm, and ask the model nothing")
    return parser


def _say(text: str) -> None:
    """Progress, on stderr; cron mails what is on stdout."""
    print(one_line(text), file=sys.stderr, flush=True)


def _schedule(options: argparse.Namespace) -> tuple[float | None, int | None]:
    """Seconds between audits and their number; None for a single audit and for no end."""
    interval = None if options.every is None else seconds_of(options.every)
    if options.audits is None:
        return interval, None
    if interval is None:
        raise UsageError("--audits goes with --every; without it one call is one audit")
    if not options.audits.isdecimal() or int(options.audits) < 1:
        raise UsageError(f"--audits must be a whole number, at least 1, got {options.audits!r}")
    return interval, int(options.audits)


def _no_monitor(folder: Folder) -> UsageError:
    return UsageError(f"--state {folder.path} holds no monitor; --baseline and --model set one up")


def _status(folder: Folder, console: Console) -> int:
    setup = folder.setup()
    if setup is None:
        raise _no_monitor(folder)
    progress = folder.progress(setup)
    print_status(setup, progress, folder, console)
    return code_of(progress)


def _reset(folder: Folder, reason: str, outlets: Outlets, console: Console) -> int:
    setup = folder.setup()
    if setup is None:
        raise _no_monitor(folder)
    if not reason.strip():
        raise UsageError("--reset must say why, in a few words")
    progress = folder.progress(setup)
    folder.repair(progress)
    if progress.alarm is None:
        raise UsageError("--reset: there is no alarm in force")
    progress = reset(folder, setup, progress, reason.strip(), clock.now())
    assert progress.last is not None
    outlets.line(progress.last)
    outlets.publish(setup, progress)
    print_line(progress.last, console)
    return code_of(progress)


def _watch(folder: Folder, setup: Setup, call: _Call, console: Console, say: Say) -> int:
    """One audit, or many."""
    outlets = call.outlets
    progress = folder.progress(setup)
    folder.repair(progress)
    outlets.catch_up(progress)
    # What Inspect says about a failed try is in the line about the outage.
    logging.getLogger("inspect_ai").addHandler(logging.NullHandler())
    model = model_of(setup.model, setup.model_args)

    def tell(line: Mapping[str, Any]) -> None:
        print_line(line, console)
        outlets.line(line)

    monitor = Monitor(
        folder,
        setup,
        Endpoint(model, setup.config, setup.seed, call.timeout),
        tell,
        keeps_messages=outlets.hook is not None,
    )
    with ExitStack() as stack:
        stack.enter_context(outlets.open(say))
        # One loop for all audits: connections live in it.
        runner = stack.enter_context(asyncio.Runner())
        stack.callback(lambda: runner.run(model.api.aclose()))
        outlets.publish(setup, progress)

        def audit() -> int:
            nonlocal progress
            known = progress.alarm is not None and call.interval is not None
            progress = runner.run(monitor.audit(progress))
            if not known:
                print_alarm(progress, folder, console)
            progress = outlets.deliver(folder, progress, say)
            outlets.publish(setup, progress)
            return code_of(progress)

        if call.interval is None:
            return audit()
        stopped = stack.enter_context(stopping())
        return repeat(audit, call.interval, call.most, stopped)
