"""Inspect's log viewer, put beside the page, so that a number leads to the log that it came from."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from inspect_ai.log import bundle_log_dir

LOGS = "logs"
VIEWER = "logs-view"

_MACHINE_PATH = re.compile(r'("abs_log_dir": )"[^"]*"')


def with_viewer(payload: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """Bundle the logs in ``out/logs`` with Inspect's viewer into ``out/logs-view``, and name its addresses.

    The viewer is a web application that fetches logs, which browsers allow only over http: opened from a
    disk, the page leads to the log files themselves instead. Logs in the bundle share the disk's blocks
    with those in ``out/logs`` where the file system has hard links.

    Args:
        payload: the page's data; runs' ``log`` are addresses relative to ``out``.
        out: the page's folder.

    Returns:
        The data, each run whose log is in the bundle with the ``viewer`` address. Where no run's log lies in
        ``out/logs``, the data as they are, and nothing is bundled.
    """
    runs = [run for model in payload["models"] for run in model.get("runs", [])]
    held = {run["log"] for run in runs if _held(run.get("log"), out)}
    if not held:
        return dict(payload)
    _bundle(out)
    models = [
        {**model, "runs": [_with_address(run, held) for run in model.get("runs", [])]}
        for model in payload["models"]
    ]
    return {**payload, "models": models}


def address(log: str) -> str:
    """Where the viewer shows a log, relative to the page."""
    return f"{VIEWER}/index.html#/logs/{quote(PurePosixPath(log).relative_to(LOGS).as_posix())}"


def _held(log: str | None, out: Path) -> bool:
    if not log or PurePosixPath(log).parts[0] != LOGS or ".." in PurePosixPath(log).parts:
        return False
    return (out / log).is_file()


def _with_address(run: Mapping[str, Any], held: set[str]) -> dict[str, Any]:
    return {**run, "viewer": address(run["log"])} if run.get("log") in held else dict(run)


def _bundle(out: Path) -> None:
    # Made elsewhere first: a build that fails leaves an earlier viewer as it was.
    with tempfile.TemporaryDirectory(dir=out, prefix=".logs-view-") as folder:
        made = Path(folder) / VIEWER
        with contextlib.redirect_stdout(io.StringIO()):
            bundle_log_dir(str(out / LOGS), str(made))
        index = made / "index.html"
        # A published page must not tell where its maker's logs lay.
        text = _MACHINE_PATH.sub(rf'\1"{LOGS}"', index.read_text("utf-8"))
        index.write_text(text, "utf-8")
        for copy in (made / LOGS).rglob("*"):
            own = out / LOGS / copy.relative_to(made / LOGS)
            if (
                copy.suffix in {".eval", ".json"}
                and own.is_file()
                and own.stat().st_size == copy.stat().st_size
            ):
                _share(own, copy)
        shutil.rmtree(out / VIEWER, ignore_errors=True)
        made.rename(out / VIEWER)


def _share(own: Path, copy: Path) -> None:
    linked = copy.with_name(f"{copy.name}.link")
    with contextlib.suppress(OSError):  # no hard links here: the copy stays
        os.link(own, linked)
        linked.replace(copy)
