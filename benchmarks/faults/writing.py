"""Full disks and killed writers: what was there stays whole, and made again all is as if undisturbed."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults.product import call, environment, logs
from benchmarks.faults.registry import Bench, Seen, fault, require

FULL, KILLS = "Full disks", "Kills"

KILLED = 50
"""Random moments at which each command is killed."""

SHORTER = 0.9
"""How much sooner a command is killed after one that had ended before its moment came."""

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        *("fiduciary.__main__", "fiduciary.leaderboard.build", "fiduciary.dossier.command"),
        *("fiduciary.export.rows", "fiduciary.export.files", "fiduciary.monitor.command", "openai"),
    ]
)

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:\+00:00|Z)?")

Words = Callable[[Path], tuple[str, ...]]


def content(folder: Path) -> dict[str, str]:
    """Relative name → digest of each file, but for times of day."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(_TIME.sub(b"", file.read_bytes())).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _child(words: tuple[str, ...], more: dict[str, str]) -> None:
    os.setpgrp()
    os.environ.update(more)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.environ["SOURCE_DATE_EPOCH"] = "1"
    from fiduciary.__main__ import main

    os._exit(main(words))


def killed(bench: Bench, before: Words | None, words: Words, start: Callable[[tuple[str, ...]], int]) -> int:
    """Kill a command at random moments, each time upon an earlier state; how often it was still at work.

    Args:
        bench: its folder and how often.
        before: the command that makes the earlier state, which is none where it is None.
        words: the command, for the folder that it is to make.
        start: starts it in a process group of its own, and gives its process.
    """
    draw = random.Random(bench.seed)
    old = bench.folder / "old" / "out"
    if before is not None:
        wait(start(before(old)))
    states = [content(old) if before is not None else {}]
    fresh = bench.folder / "new" / "out"
    began = time.monotonic()
    require(wait(start(words(fresh))) == 0, "the command fails undisturbed")
    seconds = time.monotonic() - began
    wanted = content(fresh)
    states.append(wanted)
    hit = 0
    for k in range(bench.count(KILLED)):
        place = bench.folder / f"kill{k}"
        out = place / "out"
        if before is not None:
            shutil.copytree(old, out)
        else:
            place.mkdir()
        pid = start(words(out))
        # Most of a run is reading: half of the kills fall into its end, where files are written.
        code = kill(pid, seconds * (draw.uniform(0, 1) if k % 2 else draw.uniform(0.8, 1)))
        hit += code != 0
        if code == 0:  # other work on this machine had made the undisturbed run longer
            seconds *= SHORTER
        found = content(out) if out.exists() else {}
        require(found in states, f"kill {k} left a folder that is neither the old nor the new")
        if found != wanted or before is not None:
            require(wait(start(words(out))) == 0, f"after kill {k} the command fails")
        require(content(out) == wanted, f"after kill {k} the command ends elsewhere")
        left = set(os.listdir(place)) - {"out"}
        require(not left, f"after kill {k} there is still {left}")
        shutil.rmtree(place)
    return hit


def kill(pid: int, seconds: float) -> int:
    """Kill a process group after a time; the exit code, 0 where it had ended well before."""
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):  # it has ended
        os.killpg(pid, signal.SIGKILL)
    return wait(pid)


_PROCESSES: dict[int, object] = {}


def fork(words: tuple[str, ...], **more: str) -> int:
    """Start a command in a process group of its own, with more in its environment; its process."""
    process = _FORKED.Process(target=_child, args=(words, more))
    process.start()
    assert process.pid is not None
    _PROCESSES[process.pid] = process
    for _ in range(1000):  # until it leads a group of its own
        try:
            if os.getpgid(process.pid) == process.pid:
                break
        except ProcessLookupError:
            break
        time.sleep(0.005)
    return process.pid


def _spawn(words: tuple[str, ...]) -> int:
    python = os.environ.get("TRAIN_PYTHON", "")
    process = subprocess.Popen(
        [python, "-m", "fiduciary", *words],
        env=dict(environment()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _PROCESSES[process.pid] = process
    return process.pid


def wait(pid: int) -> int:
    """The exit code of a process, below 0 for the signal that ended it, once it has ended."""
    process = _PROCESSES.pop(pid)
    if isinstance(process, subprocess.Popen):
        return process.wait()
    process.join()  # type: ignore[attr-defined]
    return int(process.exitcode)  # type: ignore[attr-defined]


def _kills(bench: Bench, hit: int) -> str:
    return f"{bench.count(KILLED)} kills, {hit} of them at work"


def _board(bench: Bench, principal: str) -> Words:
    return lambda out: ("board", str(logs(bench)), "--principal", principal, "--out", str(out))


def _dossier(bench: Bench, principal: str) -> Words:
    where = str(logs(bench))
    return lambda out: (
        "dossier",
        "nonprofit",
        where,
        "--no-pdf",
        "--principal",
        principal,
        "--out",
        str(out),
    )


@fault(KILLS, "kill -9 of board")
def kill_board(bench: Bench) -> Seen:
    """The page's folder is the old one or the new one."""
    hit = killed(bench, _board(bench, "for_profit"), _board(bench, "nonprofit"), fork)
    return Seen(f"{_kills(bench, hit)}: the folder is the old or the new, and made again as undisturbed")


@fault(KILLS, "kill -9 of dossier")
def kill_dossier(bench: Bench) -> Seen:
    """The dossier is the old one or the new one."""
    hit = killed(bench, _dossier(bench, "for_profit"), _dossier(bench, "nonprofit"), fork)
    return Seen(f"{_kills(bench, hit)}: the folder is the old or the new, and made again as undisturbed")


def _export(bench: Bench, form: str) -> Words:
    return lambda out: ("export", str(logs(bench)), "--format", form, "--out", str(out))


@fault(KILLS, "kill -9 of export")
def kill_export(bench: Bench) -> Seen:
    """The folder is the old one in Stata's format or the new one in CSV, codebook and programs with it."""
    hit = killed(bench, _export(bench, "stata"), _export(bench, "csv"), fork)
    return Seen(f"{_kills(bench, hit)}: the folder is the old or the new, and made again as undisturbed")


@fault(KILLS, "kill -9 of train pairs")
def kill_pairs(bench: Bench) -> Seen:
    """Data are whole or not there."""
    if not os.environ.get("TRAIN_PYTHON"):
        return Seen("left out: no training environment (TRAIN_PYTHON)")
    made = ("train", "pairs", "--principal", "nonprofit", "--pairs", "200", "--out")
    hit = killed(bench, None, lambda out: (*made, str(out)), _spawn)
    return Seen(f"{_kills(bench, hit)}: whole or not there, and made again as undisturbed")


@fault(FULL, "a disk that fills up under board, dossier, report and export")
def full_disk(bench: Bench) -> Seen:
    """What was there stays."""
    disk = bench.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        return Seen("left out: a small disk could not be mounted here")
    try:
        said = ""
        for name, before, words in (
            ("board", _board(bench, "for_profit"), _board(bench, "nonprofit")),
            ("dossier", _dossier(bench, "for_profit"), _dossier(bench, "nonprofit")),
            ("export", _export(bench, "stata"), _export(bench, "csv")),
            (
                "report",
                lambda out: ("report", str(logs(bench)), "--out", str(out / "told.json"), "--format", "json"),
                lambda out: ("report", str(logs(bench)), "--out", str(out / "told.json"), "--level", "0.9"),
            ),
        ):
            out = disk / name / "out"
            require(call(*before(out)).code == 0, f"{name} fails on an empty disk")
            whole = content(out)
            room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            (disk / "filler").write_bytes(b"x" * room)
            found = call(*words(out))
            require(found.code == 3, f"{name} on a full disk returned {found.code}: {found.error}")
            require(content(out) == whole, f"{name} on a full disk changed what was there")
            left = {p.name for p in out.parent.iterdir()} - {"out"}
            require(not left, f"{name} left {left}")
            said = said or found.error.partition(": ")[2].replace(str(disk), "…")
            (disk / "filler").unlink()
            require(call(*words(out)).code == 0, f"{name} fails once there is room")
            shutil.rmtree(out)
    finally:
        subprocess.run(["umount", str(disk)], check=False)
    return Seen(
        "exit code 3; the old page, dossier, report and export stay as they were; with room all is made",
        said,
    )
