"""A command is run to its end, or ended: it never outlives the launcher."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fiduciary.serving import command
from fiduciary.serving.errors import ServingError
from fiduciary.serving.signals import Signals, Stopped


def fine() -> None:
    pass


def test_exit_status():
    assert command.run(["sh", "-c", "exit 7"], os.environ, Signals(), fine) == 7
    assert command.run(["sh", "-c", "kill -TERM $$"], os.environ, Signals(), fine) == 143


def test_no_such_command():
    with pytest.raises(ServingError, match="'no-such-command' cannot be run"):
        command.run(["no-such-command"], os.environ, Signals(), fine)


def test_environment(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "example.org")
    env = command.environment("http://127.0.0.1:1/v1", "k")
    test = '[ "$VLLM_BASE_URL $VLLM_API_KEY $NO_PROXY" = "http://127.0.0.1:1/v1 k example.org,127.0.0.1" ]'
    assert command.run(["sh", "-c", test], env, Signals(), fine) == 0


def test_ended_when_the_server_has(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "_LOOK", 0.2)
    monkeypatch.setattr(command, "_ALONE", 0.0)

    def gone() -> None:
        raise ServingError("gone")

    mark = tmp_path / "pid"
    with pytest.raises(ServingError, match="gone"):
        command.run(["sh", "-c", f"echo $$ >{mark}; exec sleep 60"], os.environ, Signals(), gone)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_ended_when_it_does_not_want_to(monkeypatch, tmp_path):
    for name in ("_LOOK", "_ALONE", "_INTERRUPTED", "_TERMINATED"):
        monkeypatch.setattr(command, name, 0.2)

    def gone() -> None:
        raise ServingError("gone")

    code = "import signal,time\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\ntime.sleep(60)"
    started = time.monotonic()
    with pytest.raises(ServingError, match="gone"):
        command.run([sys.executable, "-c", code], os.environ, Signals(), gone)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals(number, root, tmp_path):
    """In a process of its own, whose command writes something when it is interrupted, as Inspect its log."""
    log = tmp_path / "log"
    inner = f"trap 'echo written >{log}; exit 0' INT; echo ready; while :; do sleep 0.1; done"
    code = (
        "import os, sys\nfrom fiduciary.serving import command\n"
        "from fiduciary.serving.signals import Signals, Stopped\n"
        "signals = Signals(); signals.install(); command._ALONE = 0.2\n"
        f"try:\n    command.run(['bash', '-c', {inner!r}], os.environ, signals, lambda: None)\n"
        "except Stopped as stopped:\n    sys.exit(128 + stopped.number)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    process.stdout.close()
    assert Path(log).read_text() == "written\n"


def test_a_signal_is_raised_once_and_not_in_between():
    signals = Signals()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signals.install()
    done: list[int] = []

    def work() -> None:
        with signals.held():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            done.append(1)

    try:
        with pytest.raises(Stopped) as raised:
            work()
        assert done
        assert raised.value.number == signal.SIGTERM
        os.kill(os.getpid(), signal.SIGINT)  # all is being ended already
        time.sleep(0.01)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
