"""The command that fills a gap, with this model's name in it, as it can be pasted; "" where there is none."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fiduciary.cards.beside import parameters
from fiduciary.dossier.case import STRESS, Case
from fiduciary.dossier.paths import shown_path
from fiduciary.dossier.words import plain
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.leaderboard.runs import Run

_TINY, _LLAMA = 50_000_000, (7_000_000_000, 9_000_000_000)
"""Parameters up to which, and between which, the recipes were tried."""

TRAINED_HERE = ("hf", "peft", "vllm", "sglang")
"""Providers whose models have weights that the training room can take; others are never told to train."""

WORDED = ("transitivity", "money_pump", "menus", "axioms", "reachable", STRESS)
"""Tasks whose problems come in one of several wordings: a further one is asked in the words of the others."""


def ask(case: Case, task: str, run: Run | None = None, **arguments: Any) -> str:
    """``inspect eval`` of a task.

    Args:
        run: of the model that is to be asked; by default of the dossier's own.
        arguments: of the task.
    """
    about = (run or case.any_run).log.header.eval
    parts = ["inspect", "eval", f"tasks/{task}", "--model", about.model]
    for name, value in about.model_args.items():
        parts += ["-M", f"{name}={_value(value)}"]
    if about.model_base_url:
        parts += ["--model-base-url", about.model_base_url]
    held = case.run(CHOICE)
    if "wording" not in arguments and held is not None:
        wording = held.arguments.get("wording", "all")
        several = not isinstance(wording, str) or "," in wording
        if wording != "all" and (task == CHOICE or (task in WORDED and not several and wording != "plain")):
            arguments = {"wording": wording, **arguments}
    if case.limits.way is not None and task in (CHOICE, *WORDED):
        # The card is asked by a letter or a text, and has no explanation to choose behind.
        way = "text" if (task, case.limits.way) == ("axioms", "explain") else case.limits.way
        arguments = {"elicitation": way, **arguments}
    if task in ("reachable", "delegation"):
        arguments = {**case.principal.arguments(), **arguments}
    for name, value in arguments.items():
        parts += ["-T", f"{name}={_value(value)}"]
    return _joined([*parts, "--log-dir", case.folder])


def ask_again(case: Case, run: Run, like: Run, **changed: Any) -> str:
    """The task of a run, asked of the model of another one, with its arguments but for what is changed."""
    passed = like.log.header.eval.task_args_passed or {}
    return ask(case, like.task, run, **{**passed, **changed})


def reaches(case: Case, task: str) -> bool:
    """Whether a task has the wording that this model was asked in; one for small models alone, few have."""
    held = case.run(CHOICE)
    return held is None or held.arguments.get("wording") != "compact" or task in WORDED


def trainable(case: Case) -> bool:
    """Whether this model's weights are at hand to be trained."""
    return case.any_run.model.partition("/")[0] in TRAINED_HERE


def train(case: Case, method: str) -> str:
    """Training towards this principal; "" where no recipe fits its size."""
    base = case.base or case.row
    run = case.run(CHOICE, base.name)
    about = (run or case.any_run).log.header.eval
    name = str(about.model_args.get("base") or about.model.partition("/")[2])
    found = recipe(name, method)
    if not found:
        return ""
    parts = ["train", method, "--recipe", found]
    return fiduciary(*parts, "--base", name, *case.principal.options(), "--out", f"adapters/{method}")


def dose(case: Case) -> str:
    """Training and answers at several strengths, beside instructing and both; "" where no recipe fits."""
    base = case.base or case.row
    about = (case.run(CHOICE, base.name) or case.any_run).log.header.eval
    name = str(about.model_args.get("base") or about.model.partition("/")[2])
    found = recipe(name, "{method}")
    if not found:
        return ""
    parts = ["python", "runs/techniques.py", "--base", name, *case.principal.options()]
    return _joined([*parts, "--recipes", found, "--out", "logs/techniques"])


def recipe(base: str, method: str) -> str:
    """The recipe for a base of this size; "" where there is none, or its size is not known."""
    size = 0
    with suppress(OSError, ValueError):
        size = sum(parameters(path) for path in Path(base).glob("*.safetensors"))
    named_8b = not size and "llama-3.1-8b" in base.lower()
    if 0 < size <= _TINY:
        return f"training/recipes/tiny-{method}.yaml"
    if named_8b or _LLAMA[0] <= size <= _LLAMA[1]:
        return f"training/recipes/llama-3.1-8b-{method}.yaml"
    return ""


def watch(case: Case) -> str:
    """The monitor, set up with this model's audited choices; "" where there are none."""
    run = case.run(CHOICE)
    if run is None:
        return ""
    about = run.log.header.eval
    parts = ["monitor", "--baseline", shown_path(run.file), "--model", about.model]
    for name, value in about.model_args.items():
        parts += ["-M", f"{name}={_value(value)}"]
    return fiduciary(*parts, "--state", f"watch/{about.model.replace('/', '-')}", "--every", "1d")


def fiduciary(*parts: str) -> str:
    """One of the suite's own commands."""
    return _joined(["fiduciary", *parts])


def _joined(parts: list[str]) -> str:
    return " ".join(shlex.quote(plain(part, 1000)) for part in parts)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_value, value))
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        return str(dict(value))
    # Commands are given in the checkout: a folder below it needs no machine's name for it.
    return shown_path(value) if isinstance(value, str) and value.startswith("/") else str(value)
