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

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    ["fiduciary.__main__", "fiduciary.leaderboard.build", "fiduciary.dossier.command"]
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


def _child(words: tuple[str, ...]) -> None:
    os.setpgrp()
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
        _wait(start(before(old)))
    states = [content(old) if before is not None else {}]
    fresh = bench.folder / "new" / "out"
    began = time.monotonic()
    require(_wait(start(words(fresh))) == 0, "the command fails undisturbed")
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
        time.sleep(seconds * (draw.uniform(0, 1) if k % 2 else draw.uniform(0.8, 1)))
        with contextlib.suppress(ProcessLookupError):  # it has ended
            os.killpg(pid, signal.SIGKILL)
        hit += _wait(pid) != 0
        found = content(out) if out.exists() else {}
        require(found in states, f"kill {k} left a folder that is neither the old nor the new")
        if found != wanted or before is not None:
            require(_wait(start(words(out))) == 0, f"after kill {k} the command fails")
        require(content(out) == wanted, f"after kill {k} the command ends elsewhere")
        left = set(os.listdir(place)) - {"out"}
        require(not left, f"after kill {k} there is still {left}")
        shutil.rmtree(place)
    return hit


_PROCESSES: dict[int, object] = {}


def _fork(words: tuple[str, ...]) -> int:
    process = _FORKED.Process(target=_child, args=(words,))
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


def _wait(pid: int) -> int:
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
    hit = killed(bench, _board(bench, "for_profit"), _board(bench, "nonprofit"), _fork)
    return Seen(f"{_kills(bench, hit)}: the folder is the old or the new, and made again as undisturbed")


@fault(KILLS, "kill -9 of dossier")
def kill_dossier(bench: Bench) -> Seen:
    """The dossier is the old one or the new one."""
    hit = killed(bench, _dossier(bench, "for_profit"), _dossier(bench, "nonprofit"), _fork)
    return Seen(f"{_kills(bench, hit)}: the folder is the old or the new, and made again as undisturbed")


@fault(KILLS, "kill -9 of train pairs")
def kill_pairs(bench: Bench) -> Seen:
    """Data are whole or not there."""
    if not os.environ.get("TRAIN_PYTHON"):
        return Seen("left out: no training environment (TRAIN_PYTHON)")
    made = ("train", "pairs", "--principal", "nonprofit", "--pairs", "200", "--out")
    hit = killed(bench, None, lambda out: (*made, str(out)), _spawn)
    return Seen(f"{_kills(bench, hit)}: whole or not there, and made again as undisturbed")


@fault(FULL, "a disk that fills up under board, dossier and report")
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
        "exit code 3; the old page, dossier and report stay as they were; with room all is made", said
    )
