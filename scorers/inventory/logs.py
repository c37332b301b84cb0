"""Which logs hold administrations of an inventory, and which of them can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.instruments import INSTRUMENTS
from fiduciary.errors import UsageError
from fiduciary.eval_logs import Trouble, UnusableLog, find, read_header, read_log, tell
from fiduciary.scorers.inventory.table import Administration, administration
from fiduciary.scorers.logs import task_of


@dataclass(frozen=True)
class Contender:
    """One model's answers.

    Attributes:
        name: as given; otherwise the model's, with those of its arguments in which models of that name
            differ.
        location: of the log.
        status: of the run: ``success`` unless it is unfinished.
        data: its answers.
    """

    name: str
    location: str
    status: str
    data: Administration


@dataclass(frozen=True)
class Matched:
    """Two administrations, block by block.

    Attributes:
        blocks: (B,) ids of the blocks that both have.
        base, tuned: (B, K), agreement.
        left_out: blocks that only one of them has.
    """

    blocks: tuple[str, ...]
    base: FloatArray
    tuned: FloatArray
    left_out: int


def load(paths: Sequence[str]) -> tuple[dict[str, list[Contender]], list[Trouble]]:
    """Inventory → contenders in the order of the paths, and the logs that cannot be read, which are named.

    Of one model in one path it is the newest log that counts.

    Args:
        paths: log files or folders of logs, or NAME=PATH, which says what to call the model.

    Raises:
        UsageError: no such file or folder, nothing of an inventory in it, or a log without samples.
    """
    logs: dict[str, list[EvalLog]] = {}
    called: dict[str, str] = {}
    troubles: list[Trouble] = []
    for given in paths:
        label, path = _label(given)
        newest, unread = _newest(path)
        tell(unread)
        troubles += unread
        if not newest:
            raise UsageError(f"{path} holds no log of {' or '.join(INSTRUMENTS)}")
        for log in newest:
            logs.setdefault(task_of(log), []).append(log)
            if label is not None:
                called[log.location] = label
    return {task: contenders(found, called) for task, found in logs.items()}, troubles


def _newest(path: str) -> tuple[list[EvalLog], list[Trouble]]:
    """The newest log of each inventory and model; one that cannot be read takes no other's place."""
    found: dict[tuple[str, str, str], list[EvalLog]] = {}
    logs, troubles = [], []

    def read(file: str, reading: Callable[[str], EvalLog]) -> EvalLog | None:
        try:
            return reading(file)
        except UnusableLog as error:
            troubles.append(Trouble(file, f"cannot be read: {error}", damaged=True))
            return None

    for file in find([path]):
        header = read(file, read_header)
        if header is not None and (task := task_of(header)) in INSTRUMENTS:
            which = (task, header.eval.model, str(sorted(header.eval.model_args.items())))
            found.setdefault(which, []).append(header)
    for headers in found.values():
        # A run that was finished counts more than a newer one that was not.
        for header in sorted(headers, key=lambda one: one.status == "success")[::-1]:
            if (log := read(header.location, read_log)) is not None:
                logs.append(log)
                break
    return logs, troubles


def contenders(logs: Sequence[EvalLog], called: Mapping[str, str] | None = None) -> list[Contender]:
    """The models of logs, with names that tell those of one inventory apart.

    Args:
        logs: with their samples.
        called: location of a log → what its model is called.

    Raises:
        UsageError: samples that cannot be laid out.
    """
    names = [(called or {}).get(log.location) or _name(log, logs) for log in logs]
    whole = [(log.eval.task, name) for log, name in zip(logs, names, strict=True)]
    out = []
    for i, (log, name) in enumerate(zip(logs, names, strict=True)):
        own = f"{name} ({whole[: i + 1].count(whole[i])})" if whole.count(whole[i]) > 1 else name
        try:
            out.append(Contender(own, log.location, log.status, administration(log)))
        except ValueError as error:
            raise UsageError(f"{log.location}: {error}") from error
    return out


def base_first(contenders: list[Contender], base: str | None) -> list[Contender]:
    """Move the named model to the front; without a name the first one is the base.

    Raises:
        UsageError: fewer than two models, or none or several of that name.
    """
    if len(contenders) < 2:
        names = ", ".join(contender.name for contender in contenders)
        raise UsageError(f"a comparison needs logs of a base and of another model, got only {names}")
    if base is None:
        return contenders
    chosen = [c for c in contenders if base in (c.name, c.name.rpartition("/")[2])]
    if len(chosen) != 1:
        names = ", ".join(contender.name for contender in contenders)
        raise UsageError(f"--base must name one of the models {names}, got {base!r}")
    return [*chosen, *(c for c in contenders if c is not chosen[0])]


def match(base: Contender, tuned: Contender) -> Matched:
    """Pair the blocks that both models were asked.

    Raises:
        UsageError: other instrument, version or way of asking, or no block in common.
    """
    a, b = base.data, tuned.data
    for name in ("task", "instrument", "elicitation", "context", "temperature"):
        if a.about[name] != b.about[name]:
            raise UsageError(
                f"{base.name} and {tuned.name} differ in {name}: {a.about[name]} and {b.about[name]}"
            )
    if (versions := [str(one.about["version"]).partition("-")[0] for one in (a, b)])[0] != versions[1]:
        raise UsageError(
            f"{base.name} and {tuned.name} answered versions {a.about['version']} and {b.about['version']} "
            f"of {a.about['task']}, which are not comparable"
        )
    (first, base_rows), (second, tuned_rows) = a.blocks(), b.blocks()
    common = [block for block in first if block in second]
    if not common:
        raise UsageError(f"{base.name} and {tuned.name} have no block (wording, direction, labels) in common")
    columns = [b.key.numbers.index(number) for number in a.key.numbers]
    return Matched(
        tuple(common),
        base_rows[[first.index(block) for block in common]],
        tuned_rows[[second.index(block) for block in common]][:, columns],
        len(first) + len(second) - 2 * len(common),
    )


def identical_repeats(data: Administration) -> float:
    """Share of answers that a repeat of the same cell gives again; NaN without repeats."""
    same = []
    for cell in dict.fromkeys(data.cell):
        rows = [i for i, own in enumerate(data.cell) if own == cell]
        for first, second in pairwise(rows):
            a, b = data.agreement[first], data.agreement[second]
            both = np.isfinite(a) & np.isfinite(b)
            same += (a[both] == b[both]).tolist()
    return float(np.mean(same)) if same else float("nan")


def _label(given: str) -> tuple[str | None, str]:
    """Name and path of NAME=PATH; a path that exists, or has a slash before the =, is a path alone."""
    label, equals, path = given.partition("=")
    if not equals or not label or "/" in label or Path(given).exists():
        return None, given
    return label, path


def _name(log: EvalLog, among: Sequence[EvalLog]) -> str:
    """The model, and the arguments that not all models of its name share."""
    own = log.eval.model_args
    alike = [other for other in among if other.eval.model == log.eval.model]
    others = [other.eval.model_args for other in alike if other.eval.task == log.eval.task]
    differ = [name for name in own if any(other.get(name) != own[name] for other in others)]
    return " ".join([log.eval.model, *(f"{name}={own[name]}" for name in differ)])
