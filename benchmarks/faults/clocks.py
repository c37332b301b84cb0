"""Clocks that somebody sets, and the hour that comes twice: what was first stays first, nothing is lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from benchmarks.faults.bad_logs import spec
from benchmarks.faults.product import a_log, an_audit, call
from benchmarks.faults.registry import Bench, Seen, fault, require
from benchmarks.faults.servers import NAME, found_at, subject

AREA = "Time"

BEFORE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before Berlin's clocks go from 3 back to 2."""


@contextmanager
def berlin() -> Iterator[None]:
    """This process lives in Berlin while the context lasts."""
    try:
        with patch.dict(os.environ, {"TZ": "Europe/Berlin"}):
            time.tzset()
            yield
    finally:
        time.tzset()


def audited(bench: Bench, times: Sequence[datetime], gone: Sequence[int] = ()) -> list[dict[str, Any]]:
    """The lines of a monitor that audits at these times of the clock; what the machine counts goes on.

    Args:
        bench: its folder.
        times: what the clock says, call by call.
        gone: calls, from 0, at which nothing answers.
    """
    from fiduciary.monitor import asking, clock

    state = bench.folder / "state"
    words = ("monitor", "--baseline", str(an_audit(bench)), "--model", f"vllm/{NAME}", "--state", str(state))
    nobody = {"VLLM_BASE_URL": "http://127.0.0.1:9/v1"}
    with subject(bench) as server, found_at(server), patch.object(asking, "PAUSE", 0.01):
        for k, when in enumerate(times):
            with (
                patch.object(clock, "wall", return_value=when),
                patch.dict(os.environ, nobody if k in gone else {}),
            ):
                found = call(*words)
            require(found.code == (3 if k in gone else 0), f"call {k} returned {found.code}: {found.error}")
    lines = [json.loads(line) for line in (state / "audits.jsonl").read_text("ascii").splitlines()]
    require([line["line"] for line in lines] == list(range(1, len(times) + 1)), "lines are lost or doubled")
    require(
        [line["time"] for line in lines] == [when.isoformat() for when in times], "lines tell other times"
    )
    asked = [line["asked"] for line in lines if "asked" in line]
    require(asked == [12 * (k + 1) for k in range(len(asked))], f"answers counted after each audit: {asked}")
    return lines


@fault(AREA, "monitor: the clock is set 400 days back and forward between audits")
def set_clock(bench: Bench) -> Seen:
    """Audits keep their order and count once; none is taken for late."""
    days = (0, -400, 400, 0)
    lines = audited(bench, [BEFORE + timedelta(days=day) for day in days])
    require([line["audit"] for line in lines] == [1, 2, 3, 4], "audits are lost or doubled")
    said = call("monitor", "--state", str(bench.folder / "state"), "--status")
    require(said.code == 0, f"--status returned {said.code}")
    return Seen("all four audits count, once each and in their order", str(lines[-1]["sentence"])[:160])


@fault(AREA, "monitor: the clock is set 400 days back and forward during an outage")
def set_clock_in_outage(bench: Bench) -> Seen:
    """It lasts as long as it lasts."""
    begun = time.monotonic()
    days = (0, -400, 400, 0)
    lines = audited(bench, [BEFORE + timedelta(days=day) for day in days], gone=(0, 1, 2))
    lasted, most = lines[-1]["outage_ended"]["seconds"], time.monotonic() - begun
    require(0 <= lasted <= most, f"an outage within {most:.0f} seconds is said to have lasted {lasted}")
    return Seen("the outage lasts the seconds that it lasted", str(lines[0]["reason"])[:160])


@fault(AREA, "monitor: audits over the end of summer time")
def summer_ends(bench: Bench) -> Seen:
    """02:30 comes twice in Berlin; lines are in UTC, and say so."""
    minutes = (0, 45, 60, 90)
    with berlin():
        times = [BEFORE + timedelta(minutes=minute) for minute in minutes]
        local = [f"{when.astimezone():%H:%M}" for when in times]
        require(local[0] == local[2] == "02:30", f"no hour comes twice: {local}")
        lines = audited(bench, times)
    gaps = [datetime.fromisoformat(line["time"]) - BEFORE for line in lines]
    require(gaps == [timedelta(minutes=minute) for minute in minutes], f"times {gaps} after the first")
    return Seen("lines in their order, in UTC (+00:00), with the minutes that passed between them")


@fault(AREA, "two runs in the hour that comes twice: which is the newer")
def newest(bench: Bench) -> Seen:
    """The one of 02:15 after the change is newer than the one of 02:45 before it."""
    place = bench.folder / "logs"
    place.mkdir()
    for name, when, changed in (
        ("first", "2026-10-25T02:45:00+02:00", "sooner"),
        ("second", "2026-10-25T02:15:00+01:00", "later"),
    ):
        spec(created=when, tags=[changed])(a_log(bench), place / f"{name}.eval")
    with berlin():
        found = call("board", str(place), "--out", str(bench.folder / "site"))
    require(found.code == 0, f"the board returned {found.code}: {found.error}")
    said = found.line_with("an older run")
    require("/first.eval" in said.partition(": ")[0], f"the later run is left out: {said[-200:]!r}")
    return Seen("the later run counts, the earlier one is named", said.replace(str(place), "…"))
