"""The product as a fault meets it: its commands, and logs to give to them."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.registry import Bench, require

MEMORY = 1 << 30
"""Bytes that reading and telling may take."""

SMALL = 70
"""Choice problems of a log."""


@dataclass(frozen=True)
class Called:
    """What a command returned and wrote."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The last line that the user saw of what went wrong."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def line_with(self, text: str) -> str:
        """The one line of the messages that holds a text.

        Raises:
            Failed: no line does, or several.
        """
        found = [line for line in self.err.splitlines() if text in line]
        require(len(found) == 1, f"{len(found)} lines name {text!r}, not one: {self.err[-300:]!r}")
        return found[0]


def call(*words: str) -> Called:
    """A command in this process, as a shell would see it.

    Raises:
        Failed: a traceback, or text that a terminal would obey.
    """
    from fiduciary.__main__ import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:  # argparse
            code = end.code if isinstance(end.code, int) else 1
    found = Called(code, out.getvalue(), err.getvalue())
    require("Traceback" not in found.err, f"a traceback: {found.err[-300:]!r}")
    require(not obeyed(found.out + found.err), f"a terminal would obey what {words[0]} printed")
    return found


def obeyed(text: str) -> bool:
    """Whether a terminal would do more than show a text: escapes, and marks that turn the direction."""
    return any(ch in text for ch in ("\x1b", "\x9b", "\u202e", "\u2066", "\u061c", "\x07", "\x08")) or any(
        "\ud800" <= ch <= "\udfff" for ch in text
    )


def logs(bench: Bench) -> Path:
    """Finished logs of two subjects and two tasks; made once."""
    folder = bench.shared / "logs"
    if folder.exists():
        return folder
    from fiduciary._registry import stakeholder_choice, transitivity

    made = bench.shared / "logs.part"
    for name in ("study1", "nonprofit"):
        ask(stakeholder_choice(n=SMALL, elicitation="text", principal="nonprofit"), name, made)
    ask(transitivity(n=3, repeats=1), "nonprofit", made)
    made.rename(folder)
    return folder


def ask(task: Any, subject: str, folder: Path) -> None:
    """Let a subject answer a task."""
    from inspect_ai import eval as inspect_eval
    from inspect_ai.model import get_model

    (log,) = inspect_eval(
        task,
        model=get_model(f"subject/{subject}"),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    require(log.status == "success", f"the subject {subject} did not finish")


def a_log(bench: Bench, model: str = "study1") -> Path:
    """One whole log of choice problems."""
    from inspect_ai.log import read_eval_log

    for file in sorted(logs(bench).glob("*stakeholder-choice*.eval")):
        if read_eval_log(str(file), header_only=True).eval.model == f"subject/{model}":
            return file
    raise FileNotFoundError(model)


def an_audit(bench: Bench) -> Path:
    """A log that a monitor can hold a model to; made once."""
    folder = bench.shared / "audit"
    if not folder.exists():
        from fiduciary._registry import stakeholder_choice

        ask(stakeholder_choice(n=300, elicitation="text", wording="plain"), "study1", folder)
    [file] = folder.glob("*.eval")
    return file


def beside(bench: Bench, name: str = "logs") -> Path:
    """A fresh copy of all whole logs, for a bad one to be put among."""
    folder = bench.folder / name
    shutil.copytree(logs(bench), folder)
    return folder


def environment(**more: str) -> Mapping[str, str]:
    """Of a command in a process of its own: this checkout, one thread."""
    root = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1", "INSPECT_DISPLAY": "none"} | more


def command(words: Sequence[str]) -> list[str]:
    """A command's words for a process of its own."""
    return [sys.executable, "-m", "fiduciary", *words]
