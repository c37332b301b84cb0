"""What a re-benchmark compares, checked before anything is started."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspect_ai import Task

from fiduciary.adapter_base import weights_digest
from fiduciary.adapter_files import CHECKPOINTS, FACTS, noted_facts
from fiduciary.economics.principals import Principal
from fiduciary.parsing import parse_yaml, read_object
from fiduciary.training.errors import TrainingError
from fiduciary.training.preflight import check_base
from fiduciary.training.rebench.adapter_files import check_adapter
from fiduciary.training.targets import AnyTarget, read_target
from fiduciary.whole_files import write_whole

BASE = "base"
"""What the base is called in logs and tables."""

DEFAULT_TASKS = (
    "stakeholder_choice trade_offs=joint n=1000",
    "stakeholder_choice trade_offs=published n=1000",
)

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


@dataclass(frozen=True)
class Contender:
    """One side of the comparison.

    Attributes:
        name: what it is called.
        adapter: its adapter's folder; None for the base, also under a second name.
        target: the preference it is to hold; None where none was stated.
        digest: SHA-256 of the adapter's weights, "" for the base.
        rank: rank r of the adapter, 0 for the base.
        checkpoint_of: name of the contender that its training ended with; "" for all that are no checkpoints.
    """

    name: str
    adapter: Path | None = None
    target: AnyTarget | None = None
    digest: str = ""
    rank: int = 0
    checkpoint_of: str = ""

    @property
    def training(self) -> str:
        """What the training is called that it comes from: as the adapter that this ended with."""
        return self.checkpoint_of or self.name

    @property
    def noted(self) -> dict[str, Any]:
        """What the adapter's training noted."""
        return {} if self.adapter is None else noted_facts(self.adapter / FACTS)


@dataclass(frozen=True)
class TaskSpec:
    """A task with its arguments.

    Attributes:
        name: as `inspect eval` knows it, without the room.
        arguments: what `-T` would give.
    """

    name: str
    arguments: tuple[tuple[str, Any], ...]

    @classmethod
    def parse(cls, text: str) -> TaskSpec:
        """Read ``"stakeholder_choice n=500 wording=compact"``.

        Raises:
            TrainingError: no name, an open quote, or an argument that is not ``name=value``.
        """
        try:
            name, *parts = shlex.split(text) or [""]
        except ValueError as error:
            raise TrainingError(f"--task {text!r}: {error}.") from error
        name = name.rpartition("/")[2]
        if not name:
            raise TrainingError(f"--task {text!r} names no task.")
        arguments = []
        for part in parts:
            key, equals, value = part.partition("=")
            if not equals or not key:
                raise TrainingError(
                    f"--task {text!r}: {part!r} is not NAME=VALUE. Write the task and its arguments in "
                    f"quotes: --task 'stakeholder_choice n=500'."
                )
            try:
                arguments.append((key, _value(value)))
            except ValueError as error:
                raise TrainingError(f"--task {text!r}: {part!r} is not YAML after the =.") from error
        return cls(name, tuple(arguments))

    @property
    def label(self) -> str:
        """As it could be given."""
        return " ".join([self.name, *(shlex.quote(f"{key}={_text(value)}") for key, value in self.arguments)])

    def make(self) -> Task:
        """The Inspect task.

        Raises:
            TrainingError: an unknown task, or arguments that it does not take.
        """
        from fiduciary import _registry
        from fiduciary._inspect import registry_info

        tasks = {
            name: thing
            for name, thing in vars(_registry).items()
            if callable(thing) and _is_task(registry_info, thing)
        }
        if self.name not in tasks:
            raise TrainingError(f"there is no task {self.name}; there are {', '.join(sorted(tasks))}.")
        try:
            return tasks[self.name](**dict(self.arguments))
        except (TypeError, ValueError) as error:
            raise TrainingError(f"--task '{self.label}': {error}") from error


@dataclass(frozen=True)
class Plan:
    """Base, adapters and tasks.

    Attributes:
        base: folder or name of the base model.
        contenders: the base first, then the others.
        tasks: what all of them are asked.
        out: folder of logs and results.
    """

    base: str
    contenders: tuple[Contender, ...]
    tasks: tuple[TaskSpec, ...]
    out: Path

    def note(self) -> dict[str, Any]:
        """What must be the same when a stopped re-benchmark goes on."""
        local = Path(self.base)
        return {
            "base": weights_digest(local) if local.is_dir() else self.base,
            "contenders": {c.name: c.digest for c in self.contenders},
            "tasks": [task.label for task in self.tasks],
        }

    def begin(self) -> None:
        """Make the folder, or hold a folder that exists to what it was begun with.

        Raises:
            TrainingError: the folder holds another comparison.
        """
        path = self.out / "plan.json"
        if path.exists():
            before, now = _begun(path), self.note()
            changed = [name for name in now if before.get(name) != now[name]]
            if changed:
                raise TrainingError(
                    f"{self.out} holds a re-benchmark with other {' and '.join(changed)}. Name another "
                    f"--out, or remove the folder."
                )
            return
        if self.out.exists() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise TrainingError(f"{self.out} exists and holds no re-benchmark. Name another --out.")
        self.out.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(self.note(), indent=2) + "\n")


def make_plan(
    base: str,
    adapters: Sequence[str],
    tasks: Sequence[str],
    out: Path,
    target: Principal | None = None,
    *,
    checkpoints: bool = False,
) -> Plan:
    """Read and check the command line.

    Args:
        base: folder or name of the base.
        adapters: ``NAME=DIR`` or ``DIR``; the base's own folder makes a second name for it.
        tasks: task and arguments, one text each; empty for ``DEFAULT_TASKS``.
        out: where logs and results go.
        target: of adapters that do not say themselves.
        checkpoints: whether those that the adapters' training kept are contenders too, as ``NAME-STEP``.

    Raises:
        TrainingError: whatever is wrong with one of these.
    """
    check_base(base)
    contenders = [Contender(BASE, target=target)]
    for given in _with_checkpoints(base, adapters) if checkpoints else adapters:
        name, folder = _named(given)
        if not _NAME.match(name):
            raise TrainingError(f"--adapter {given}: a name has letters, digits and . _ - only.")
        if name in {one.name for one in contenders}:
            raise TrainingError(f"--adapter {given}: the name {name} is taken. Give another one: NAME=DIR.")
        contenders.append(_contender(name, folder, base, target))
    if len(contenders) == 1:
        raise TrainingError("name at least one adapter: --adapter NAME=DIR.")
    specs = tuple(TaskSpec.parse(text) for text in tasks or DEFAULT_TASKS)
    if len({spec.label for spec in specs}) < len(specs):
        raise TrainingError("two of the tasks are the same.")
    return Plan(base, tuple(_linked(contenders)), specs, out)


def _named(given: str) -> tuple[str, Path]:
    name, named, folder = given.partition("=")  # a name has none, a folder may
    return (name, Path(folder)) if named else (Path(given).resolve().name, Path(given))


def _with_checkpoints(base: str, adapters: Sequence[str]) -> Iterator[str]:
    """Before each adapter its checkpoints in the order of their steps."""
    for given in adapters:
        name, folder = _named(given)
        if folder.is_dir() and not _is_base(folder, base):
            kept = [path for path in (folder / CHECKPOINTS).glob("*") if path.name.isdecimal()]
            if not kept:
                raise TrainingError(
                    f"--checkpoints: {folder} has none ({CHECKPOINTS}/STEP). Train it with "
                    f"--keep-checkpoints, or leave --checkpoints out."
                )
            yield from (f"{name}-{path.name}={path}" for path in sorted(kept, key=lambda p: int(p.name)))
        yield given


def _linked(contenders: Sequence[Contender]) -> Iterator[Contender]:
    """The contenders, checkpoints with what their training ended with, where that is one too."""
    names = {one.adapter: one.name for one in contenders if one.adapter is not None}
    for one in contenders:
        if one.adapter is not None and one.adapter.parent.name == CHECKPOINTS:
            one = replace(one, checkpoint_of=names.get(one.adapter.parent.parent, ""))
        yield one


def _is_base(folder: Path, base: str) -> bool:
    return Path(base).is_dir() and folder.is_dir() and folder.resolve() == Path(base).resolve()


def _contender(name: str, folder: Path, base: str, target: Principal | None) -> Contender:
    if _is_base(folder, base):
        return Contender(name, target=target)
    files = check_adapter(folder, base)
    stated = files.facts.get("target")
    own = target if stated is None else read_target(stated)
    return Contender(name, folder.resolve(), own, weights_digest(folder), files.rank)


def _begun(path: Path) -> dict[str, Any]:
    try:
        return read_object(path)
    except ValueError as error:
        raise TrainingError(f"{path.parent} holds no re-benchmark that can go on: {error}.") from error


def _is_task(registry_info: Any, thing: Any) -> bool:
    try:
        return bool(registry_info(thing).type == "task")
    except (ValueError, AttributeError):
        return False


def _value(text: str) -> Any:
    """As Inspect reads a value of ``-T``: YAML, and a list where there are commas."""
    value = parse_yaml(text)
    if isinstance(value, str) and "," in value:
        return [parse_yaml(part) for part in value.split(",")]
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
