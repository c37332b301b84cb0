"""Killed anywhere, a monitor goes on as if nothing had been: nothing is lost, or counted twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fiduciary.errors import UsageError
from fiduciary.monitor.asking import AT_ONCE
from fiduciary.monitor.files import add_once, append_line, last_line, read_lines
from fiduciary.whole_files import write_whole
from tests.monitor.conftest import Called, Watch
from tests.monitor.watched import Watched

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["fiduciary.__main__", "inspect_ai._model.providers", "openai"])

_OF_THE_DAY = ("time", "latency", "since", "seconds")


def dies_at(point: int, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    """Call the monitor, and vanish when it is about to make something durable for the ``point``-th time."""
    os.environ.update(environment)
    passed, sync = 0, os.fsync

    def fsync(fd: Any) -> None:
        nonlocal passed
        if passed == point:
            os._exit(9)
        passed += 1
        sync(fd)

    os.fsync = fsync
    from fiduciary.__main__ import main

    os._exit(100 + main(arguments))


def content(watch: Watch) -> tuple[Any, ...]:
    """All that a monitor knows, but for times."""
    state = json.loads((watch.path / "state.json").read_text())

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if k not in _OF_THE_DAY}
        return [timeless(item) for item in value] if isinstance(value, list) else value

    return timeless(state), timeless(watch.lines), timeless(watch.setup.detector.to_json())


@pytest.mark.slow
def test_killed_at_every_point(watch: Watch, server: Watched, tmp_path: Path) -> None:
    """The process dies before each of its durable writes in turn; the next call ends where one call would."""
    lines = tmp_path / "lines.jsonl"
    watch("--jsonl", str(lines))
    shutil.copytree(watch.path, tmp_path / "before")
    shutil.copy(lines, tmp_path / "lines_before")
    server.requests.clear()
    assert watch("--jsonl", str(lines)).code == 0
    expected, asked = content(watch), set(server.asked())
    assert len(asked) == 12

    points = 0
    while True:
        shutil.rmtree(watch.path)
        shutil.copytree(tmp_path / "before", watch.path)
        shutil.copy(tmp_path / "lines_before", lines)
        server.requests.clear()
        arguments = ("monitor", "--state", str(watch.path), "--jsonl", str(lines))
        process = FORKED.Process(
            target=dies_at, args=(points, arguments, {"VLLM_BASE_URL": os.environ["VLLM_BASE_URL"]})
        )
        process.start()
        process.join(120)
        finished = process.exitcode == 100
        assert finished or process.exitcode == 9, process.exitcode
        kept = len(read_lines(watch.path / "journal.jsonl"))
        if finished:
            break
        before = watch.progress.rounds
        if before == 1:  # the audit that was killed is not written down: this call finishes it
            server_saw = len(server.requests)
            assert watch("--jsonl", str(lines)).code == 0
            assert len(server.requests) == server_saw + 12 - kept, points
            assert len(server.requests) <= 12 + AT_ONCE, points
            assert content(watch) == expected, points
        else:  # it is: this call repairs what is missing of it, and does the next
            assert watch("--jsonl", str(lines)).code == 0
            assert content(watch)[1][: len(expected[1])] == expected[1], points
            assert [line["line"] for line in watch.lines] == [1, 2, 3], points
        assert set(server.asked()) >= asked
        assert [json.loads(line) for line in lines.read_text().splitlines()] == watch.lines, points
        points += 1
    assert points >= 12 + 4, "answers, state, line, the other file"


def test_killed_by_a_signal_while_answers_come_in(
    watch: Watch, server: Watched, root: Path, tmp_path: Path
) -> None:
    shutil.copytree(watch.path, tmp_path / "other")
    other = Watch(tmp_path / "other", watch.run)
    assert other().code == 0
    expected = content(other)
    server.requests.clear()
    server.before = lambda number: time.sleep(0.2)
    command = [sys.executable, "-m", "fiduciary", "monitor", "--state", str(watch.path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while len(read_lines(watch.path / "journal.jsonl")) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL
    kept = len(read_lines(watch.path / "journal.jsonl"))
    assert 5 <= kept < 12
    server.before = lambda number: None
    assert watch().code == 0
    assert content(watch) == expected
    assert len(server.requests) <= 12 + AT_ONCE, "only what was in flight is asked again"


def test_a_schedule_ends_between_audits_when_told(watch: Watch, server: Watched, root: Path) -> None:
    command = [sys.executable, "-m", "fiduciary", "monitor", "--state", str(watch.path), "--every", "1h"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("holds")
        second = watch()
        assert second.code == 2
        assert f"in use by another monitor (process {process.pid})" in second.err
        assert watch("--status").code == 0, "reading needs no lock"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert len(watch.lines) == 1
    assert watch().code == 0, "the lock went with the process"


def test_what_a_crash_left_of_a_line_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    append_line(file, {"monitor": "m", "line": 1})
    with file.open("a") as there:
        there.write('{"monitor": "m", "li')
    assert read_lines(file) == [{"monitor": "m", "line": 1}]
    assert last_line(file) == {"monitor": "m", "line": 1}
    append_line(file, {"monitor": "m", "line": 2, "text": "\u2028\n\x1b é"})
    assert [record["line"] for record in read_lines(file)] == [1, 2]
    assert len(file.read_text("ascii").splitlines()) == 2
    add_once(file, {"monitor": "m", "line": 2})
    add_once(file, {"monitor": "other", "line": 2})
    assert len(read_lines(file)) == 3


def test_a_file_that_something_else_wrote_to_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"line": 1}\nhello\n{"line": 2}\n')
    with pytest.raises(UsageError, match="line 2 is not a record"):
        read_lines(file)


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.json"
    write_whole(file, "old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_is_said_and_gone_on_from(
    watch: Watch, server: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, passed = os.fsync, 0

    def full(fd: Any) -> None:
        nonlocal passed
        passed += 1
        if passed > 6:
            raise OSError(28, "No space left on device")
        sync(fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        found = watch()
    assert found.code == 3
    assert "cannot write to" in found.err and "No space left on device" in found.err
    assert watch().code == 0
    assert watch.progress.evidence.asked == 12


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("monitor.json", "{", "cannot be read"),
        ("monitor.json", "[]", "format None"),
        ("monitor.json", '{"format": 99}', "has format 99; this version reads 2"),
        ("monitor.json", '{"format": 2}', "cannot be read: KeyError"),
        ("state.json", '{"format": 2}', "cannot be read: KeyError"),
        ("state.json", "\x00\x00", "cannot be read"),
    ],
)
def test_damaged_files_are_named(watch: Watch, server: Watched, name: str, text: str, said: str) -> None:
    (watch.path / name).write_text(text)
    for arguments in ((), ("--status",)):
        found = watch(*arguments)
        assert found.code == 2
        assert name in found.err
        assert said in found.err
    assert server.requests == []


def test_a_folder_that_cannot_be_made(tmp_path: Path, called: Callable[..., Called]) -> None:
    (tmp_path / "file").write_text("")
    assert "is a file; name a folder" in called("monitor", "--state", str(tmp_path / "file")).err
    assert "cannot write to --state" in called("monitor", "--state", str(tmp_path / "file" / "below")).err
