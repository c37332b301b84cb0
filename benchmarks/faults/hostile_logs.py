"""Hostile and strange logs, among whole ones: one never stops the others."""

from __future__ import annotations

import csv
import json
import re
import shutil
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.faults.bad_logs import DEEP, LEFT_OUT, header_with, member_with, members, put, spec
from benchmarks.faults.product import MEMORY, Called, a_log, beside, call, logs, obeyed
from benchmarks.faults.registry import Bench, Seen, fault, require

AREA = "Logs"

EVIL = "subject/\x1b[31m\x9b2J\u202e<script>x</script>|＝cmd"


@cache
def gauntlet(shared: Path, folder: Path) -> dict[str, Called]:
    """All five commands on one folder of whole logs and every bad one."""
    bench = Bench(folder, shared)
    place = beside(bench)
    for name, (_, make) in LEFT_OUT.items():
        make(a_log(bench), place / f"{name}.eval")
    site = folder / "site"
    found = {
        "board": call("board", str(place), "--out", str(site), "--principal", "nonprofit"),
        "report": call("report", str(place), "--out", str(folder / "report.txt")),
        "dossier": call("dossier", "nonprofit", str(place), "--out", str(folder / "dossier"), "--no-pdf"),
        "compare": call("compare", str(place), str(place), "--out", str(folder / "compare.txt")),
        "export": call("export", str(place), "--out", str(folder / "export")),
    }
    models = {row["model"] for row in json.loads((site / "table.json").read_text("utf-8"))}
    require({"subject/study1", "subject/nonprofit"} <= models, f"the table holds only {models}")
    told = (folder / "report.txt").read_text("utf-8")
    require(told.count("stakeholder_choice  subject/") >= 2, "the report lacks a whole log")
    require((folder / "dossier/dossier.html").exists(), "no dossier was written")
    with (folder / "export/choices.csv").open(encoding="utf-8", newline="") as file:
        models = {row["model"] for row in csv.DictReader(file)}
    require({"subject/study1", "subject/nonprofit"} <= models, f"the export holds only {models}")
    return found


UNSEEN = {
    "flipped": ("board", "dossier", "compare", "export"),
    "scores": ("report",),
    "object": ("report",),
}
"""Commands that read the list of samples only, or the samples only."""


def left_out(name: str) -> Callable[[Bench], Seen]:
    """Every command names the log once, and goes on."""

    def run(bench: Bench) -> Seen:
        found = gauntlet(bench.shared, bench.shared / "gauntlet")
        lines = {}
        for command, called in found.items():
            require(called.code == 2, f"{command} returned {called.code}")
            if command in UNSEEN.get(name, ()):
                continue  # it does not read what is wrong
            named = {
                line
                for line in called.err.splitlines()
                if re.search(rf"[/_]{name}\.", line.partition(": ")[0])
            }
            require(len(named) == 1, f"{command} names it in {len(named)} lines")
            lines[command] = named.pop()
        said = next(iter(lines.values())).rpartition("/")[2]
        return Seen(f"{', '.join(lines)}: left out, the others used, exit code 2", said[:160])

    return run


for _name, (_title, _) in LEFT_OUT.items():
    fault(AREA, _title)(left_out(_name))


@fault(AREA, "the bomb of 3 GB, what it takes of memory")
def bomb_memory(bench: Bench) -> Seen:
    """Reading the bombs takes no more than reading any log."""
    from fiduciary.eval_logs import UnusableLog, read_header, read_log

    for name in ("bomb", "liar"):
        file = bench.folder / f"{name}.eval"
        LEFT_OUT[name][1](a_log(bench), file)
        before, peak = _resident(), [0]
        over = threading.Event()

        def watch(peak: list[int] = peak, over: threading.Event = over) -> None:
            while not over.is_set():
                peak[0] = max(peak[0], _resident())
                time.sleep(0.002)

        watcher = threading.Thread(target=watch)
        watcher.start()
        for read in (read_header, read_log):
            try:
                read(str(file))
            except UnusableLog:
                continue
            finally:
                over.set()
            require(False, f"{name} was read")
        watcher.join()
        grown = peak[0] - before
        require(grown < MEMORY // 4, f"{name} took {grown / 1e6:.0f} MB")
    return Seen("refused before it is inflated; memory grows by less than 256 MB")


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0


@fault(AREA, "terminal escapes, direction marks, markup and a formula in a model's name")
def evil_name(bench: Bench) -> Seen:
    """The name comes out as text everywhere."""
    place = beside(bench)
    spec(model=EVIL)(a_log(bench), place / "evil.eval")
    site = bench.folder / "site"
    require(call("board", str(place), "--out", str(site)).code == 0, "the board was not built")
    for form in ("text", "markdown", "json", "csv", "latex"):
        for words in (("report", str(place)), ("compare", str(place), str(place))):
            require(call(*words, "--format", form).code == 0, f"{words[0]} --format {form} failed")
    require(call("compare", str(place), str(place), "--format", "github").code == 0, "compare failed")
    written = call("dossier", EVIL, str(place), "--out", str(bench.folder / "dossier"), "--no-pdf")
    require(written.code == 0, f"no dossier: {written.error}")
    for form in ("csv", "parquet", "stata"):
        found = call("export", str(place), "--format", form, "--out", str(bench.folder / f"export-{form}"))
        require(found.code == 0, f"no export as {form}: {found.error}")
    texts = (bench.folder / "export-csv").glob("*.[cm]*")
    for file in (*site.glob("table.*"), *(bench.folder / "dossier").iterdir(), *texts):
        if file.suffix != ".parquet":
            require(not obeyed(file.read_text("utf-8")), f"{file.name} holds what a terminal obeys")
    for file in (site / "index.html", bench.folder / "dossier" / "dossier.html"):
        text = file.read_text("utf-8")
        require("[U+202E]" in text and "u202e" not in text, f"{file.name} turns the direction of writing")
    return Seen(
        "board, report, compare, dossier and export show it as text, in every format; pages name the marks "
        "([U+202E])"
    )


@fault(AREA, "formulas in names for spreadsheets: = + - @, full width, small, behind tabs and unseen marks")
def formulas(bench: Bench) -> Seen:
    """No cell begins as a formula does."""
    place = beside(bench)
    names = ("=1+1", "＝cmd", "﹢1", "\t@x", "\u200b-2", "＠SUM", "\r=3", "\u00a0=4")
    for k, name in enumerate(names):
        spec(model=name, created=f"2026-01-0{k + 1}T00:00:00+00:00")(a_log(bench), place / f"f{k}.eval")
    require(call("board", str(place), "--out", str(bench.folder / "site")).code == 0, "not built")
    with (bench.folder / "site/table.csv").open(encoding="utf-8", newline="") as file:
        models = {row["model"] for row in csv.DictReader(file)}
    require(call("export", str(place), "--out", str(bench.folder / "export")).code == 0, "not exported")
    with (bench.folder / "export/choices.csv").open(encoding="utf-8", newline="") as file:
        exported = {row["model"] for row in csv.DictReader(file)}
    for found in (models, exported):
        quoted = {model for model in found if model.startswith("'")}
        require(len(quoted) == len(names), f"{sorted(found)}")
    return Seen("each gets an apostrophe in front, on the board and in an export")


@fault(AREA, "folders named run#1, q?, 100%25, a::b, [x], *, ~ and two bytes that are no UTF-8")
def odd_folders(bench: Bench) -> Seen:
    """Names are names, whatever a URL would mean by them."""
    import os

    for name in ("run#1", "q?", "100%25", "a::b", "[x]", "*", "~", "file:", os.fsdecode(b"\xff\xfe")):
        place, site = bench.folder / name, bench.folder / f"{name}-site"
        shutil.copytree(logs(bench), place)
        for words in (
            ("board", str(place), "--out", str(site)),
            ("report", str(place)),
            ("compare", str(place), str(logs(bench))),
            ("export", str(place), "--out", str(bench.folder / f"{name}-export")),
        ):
            found = call(*words)
            require(found.code == 0, f"{words[0]} of {name!r} returned {found.code}: {found.error}")
        pages = list((site / "logs").glob("*.eval"))
        require(len(pages) == 3 and (site / "index.html").exists(), f"{name!r}: {len(pages)} logs")
        require((site / "logs-view/index.html").exists(), f"{name!r}: no viewer")
        if name != "*":
            shutil.rmtree(place)
    return Seen("board, report, compare and export read them and write beside them as anywhere")


@fault(AREA, "a folder named x.eval, and links that lead back to their own folder")
def folder_as_log(bench: Bench) -> Seen:
    """Folders are looked into, and links followed once."""
    place = beside(bench)
    (place / "x.eval").mkdir()
    shutil.copy(a_log(bench), place / "x.eval" / "inside.eval")
    (place / "x.eval" / "back").symlink_to(place)
    found = call("board", str(place), "--out", str(bench.folder / "site"))
    require(found.code == 0, f"returned {found.code}: {found.error}")
    return Seen("the folder is looked into, the link followed once", found.line_with("an older run")[-160:])


@fault(AREA, "every sample twice in the list of samples")
def duplicates(bench: Bench) -> Seen:
    """Each counts once."""
    place = bench.folder / "logs"
    place.mkdir()
    held = members(a_log(bench))
    held["summaries.json"] = json.dumps(json.loads(held["summaries.json"]) * 2).encode()
    put(held, place / "twice.eval")
    require(call("board", str(place), "--out", str(bench.folder / "site")).code == 0, "not built")
    rows = json.loads((bench.folder / "site/table.json").read_text("utf-8"))
    [n] = {row["n"] for row in rows if row["metric"] == "regret"}
    require(n == 70, f"70 samples count as {n}")
    return Seen("each counts once")


@fault(AREA, "a list of samples nested 100,000 deep")
def deep_list(bench: Bench) -> Seen:
    """The list repeats what the samples hold, which are sound."""
    place = bench.folder / "logs"
    place.mkdir()
    member_with("summaries.json", DEEP)(a_log(bench), place / "deep.eval")
    found = call("board", str(place), "--out", str(bench.folder / "site"), "--principal", "nonprofit")
    require(found.code == 0, f"the board returned {found.code}")
    models = {row["model"] for row in json.loads((bench.folder / "site/table.json").read_text("utf-8"))}
    require("subject/study1-renamed" in models, f"the table holds only {models}")
    return Seen("the board reads the samples themselves")


@fault(AREA, "one bad log alone")
def alone(bench: Bench) -> Seen:
    """Nothing can be built, and what was there stays."""
    header_with(lambda h: h["eval"].update(model=""))(a_log(bench), bench.folder / "bad.eval")
    site = bench.folder / "site"
    require(call("board", str(logs(bench)), "--out", str(site)).code == 0, "not built")
    before = (site / "table.json").read_bytes()
    found = call("board", str(bench.folder / "bad.eval"), "--out", str(site))
    require(found.code == 2 and (site / "table.json").read_bytes() == before, "the old table is gone")
    return Seen("2; an earlier build stays as it was", found.error)
